"""Writes the weights of a safetensors file as PyTorch or ONNX keep them: convert.py torch|onnx FROM TO"""

import json
import sys

to, source, target = sys.argv[1:4]


def tensors():
    data = open(source, "rb").read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    for name, tensor in header.items():
        first, last = tensor["data_offsets"]
        if tensor["dtype"] == "F32":
            yield name, tensor["shape"], bytearray(data[start + first : start + last])


if to == "torch":
    import torch

    torch.save({name: torch.frombuffer(data, dtype=torch.float32).reshape(shape) for name, shape, data in tensors()}, target)
else:
    from onnx import TensorProto, helper, save

    name, shape, data = max(tensors(), key=lambda tensor: len(tensor[2]))
    words = helper.make_tensor(name, TensorProto.FLOAT, shape, bytes(data), raw=True)
    node = helper.make_node("Gather", [name, "token"], ["vector"])
    ins = [helper.make_tensor_value_info("token", TensorProto.INT64, ["n"])]
    outs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", shape[1]])]
    graph = helper.make_graph([node], "embeddings", ins, outs, [words])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    # Stands last: another byte there makes another file of the same model.
    helper.set_model_props(model, {"mark": "@"})
    save(model, target)
