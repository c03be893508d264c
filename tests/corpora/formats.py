#!/usr/bin/env python3
"""Writes small ONNX models with the reference package: `clean-*` must come out clean, `hostile-*` with the hazard in the name.

    pip install onnx numpy && python3 formats.py FOLDER

Nothing in them does harm: what the hostile ones name does not exist. Same bytes for the same version of the package.
"""

import sys
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def weight(name="w"):
    return numpy_helper.from_array(numpy.arange(6, dtype=numpy.float32).reshape(2, 3), name)


def elsewhere(location, offset="0", length="24"):
    tensor = TensorProto(name="w", dims=[2, 3], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=value)
    return tensor


def model(nodes, initialisers, functions=(), domains=()):
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])
    graph = helper.make_graph(nodes, "tiny", [x], [y], initialisers)
    opsets = [helper.make_opsetid("", 21), *(helper.make_opsetid(domain, 1) for domain in domains)]
    made = helper.make_model(graph, producer_name="canteen", producer_version="1", opset_imports=opsets, functions=list(functions))
    made.ir_version = 10
    helper.set_model_props(made, {"license": "CC0-1.0"})
    return made


def multiply(domain=""):
    return helper.make_node("MatMul" if not domain else "Thing", ["x", "w"], ["y"], domain=domain)


def everything():
    yield "clean-plain", model([multiply()], [weight()])
    yield "clean-beside", model([multiply()], [elsewhere("clean-beside.data")])
    kinds = [helper.make_tensor("h", TensorProto.INT4, [3], [1, 2, 3]), helper.make_tensor("t", TensorProto.STRING, [1], [b"a"])]
    yield "clean-kinds", model([multiply()], [weight(), *kinds])
    body = helper.make_function("own", "Thing", ["a", "b"], ["c"], [helper.make_node("MatMul", ["a", "b"], ["c"])],
                                [helper.make_opsetid("", 21)])
    yield "clean-function", model([multiply("own")], [weight()], [body], ["own"])
    yield "hostile-onnx.external_outside", model([multiply()], [elsewhere("../../nothing-there")])
    constant = helper.make_node("Constant", [], ["w"], value=elsewhere("/nothing/there"))
    inner = helper.make_graph([constant], "inner", [], [helper.make_tensor_value_info("w", TensorProto.FLOAT, [2, 3])])
    branch = helper.make_node("If", ["x"], ["w"], then_branch=inner, else_branch=inner)
    yield "hostile-onnx.external_outside-deep", model([branch, multiply()], [])
    yield "hostile-onnx.external_range", model([multiply()], [elsewhere("clean-beside.data", offset="8")])
    yield "hostile-onnx.custom_operator", model([multiply("unknown.example")], [weight()], domains=["unknown.example"])
    python = helper.make_node("PyOp", ["x"], ["y"], domain="any.example", module="nothing", compute="there")
    yield "hostile-onnx.python_operator", model([python], [], domains=["any.example"])
    lying = weight()
    lying.dims[0] = 3
    yield "hostile-onnx.tensor_size", model([multiply()], [lying])


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in everything():
        (folder / f"{name}.onnx").write_bytes(made.SerializeToString(deterministic=True))
    (folder / "clean-beside.data").write_bytes(numpy.arange(6, dtype=numpy.float32).tobytes())
    onnx.checker.check_model(str(folder / "clean-plain.onnx"))


if __name__ == "__main__":
    main()
