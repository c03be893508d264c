#!/usr/bin/env python3
"""Writes models with the reference packages, and what must be found in each; reads back what Canteen wrote.

    python3 interop.py make FOLDER     GGUF, safetensors, ONNX and NumPy, with the packages of requirements.txt
    python3 interop.py torch FOLDER    PyTorch's own forms, with PyTorch
    python3 interop.py tensors FILE    the tensors of a GGUF file as the reference package reads them

`tests/it/interop.rs` calls it. FOLDER gets `expected.json`: for each file what `inspect --json` must say of it, as far as it is
listed, the codes of all hazards, and the digest of each tensor. A digest is SHA-256 of the element's name, a zero, the lengths as
64-bit numbers, and the tensor's bytes. What is hostile asks for the process's number at most, and nothing is unpickled here.
"""

import hashlib
import json
import os
import pickle
import struct
import sys
from pathlib import Path

import numpy

TEMPLATE = "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}\n{% endfor %}"
FREE = numpy.random.default_rng(4)
# As safetensors names a tensor, and as Canteen does whatever the container.
NAMES = {"model.embed_tokens.weight": "token_embd.weight", "model.layers.0.mlp.down_proj.weight": "blk.0.ffn_down.weight",
         "model.layers.0.input_layernorm.weight": "blk.0.attn_norm.weight", "model.norm.weight": "output_norm.weight"}


def digest(element, shape, data):
    return hashlib.sha256(element.encode() + b"\0" + struct.pack(f"<{len(shape)}Q", *shape) + bytes(data)).hexdigest()


class Corpus:
    def __init__(self, folder):
        self.folder, self.expected = folder, []
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, name):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        return self.folder / name

    def expect(self, name, kind, codes=(), verdict=None, facts=None, digests=None):
        verdict = verdict or ("dangerous" if codes else "clean")
        report = {"kind": kind, "verdict": verdict, "size": (self.folder / name).stat().st_size}
        if facts:
            report["facts"] = facts
        self.expected.append({"path": name, "report": report, "codes": sorted(codes), "digests": digests or {}})

    def done(self):
        (self.folder / "expected.json").write_text(json.dumps(self.expected, indent=1))


# ---- GGUF


def gguf_tensor(name, data, kind):
    """As the reference package keeps a tensor: a name, bytes and their kind; and the lengths in numbers."""
    if kind.name in ("F32", "F16", "F64", "I8", "I16", "I32", "I64"):
        return name, data, kind, data.shape
    import gguf
    try:
        return name, gguf.quants.quantize(data, kind), kind, data.shape
    except NotImplementedError:
        # It reads this form and does not write it: any bytes will do.
        numbers, size = gguf.GGML_QUANT_SIZES[kind]
        row = data.shape[-1] // numbers * size
        return name, FREE.integers(0, 256, (*data.shape[:-1], row), dtype=numpy.uint8), kind, data.shape


def gguf_file(corpus, name, keys=lambda writer: None, kinds=("F32",), codes=(), facts=None, **how):
    import gguf
    writer = gguf.GGUFWriter(corpus.path(name), how.pop("architecture", "llama"), **how)
    keys(writer)
    tensors = []
    for at, kind in enumerate(kinds):
        kind = gguf.GGMLQuantizationType[kind]
        shape = (3, 512) if at % 2 == 0 else (2, 2, 256)
        numbers = FREE.normal(0, 1, shape)
        whole = {"F64": "f8", "I8": "i1", "I16": "i2", "I32": "i4", "I64": "i8", "F16": "f2"}.get(kind.name, "f4")
        tensors.append(gguf_tensor(f"blk.{at}.ffn_down.weight", (numbers * 9).astype(whole), kind))
    for tensor, data, kind, shape in tensors:
        writer.add_tensor(tensor, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return [(tensor, digest(kind.name, shape, data.tobytes()), int(numpy.prod(shape))) for tensor, data, kind, shape in tensors]


def described(tensors, **more):
    return {"architecture": "llama", "parameters": sum(count for _, _, count in tensors), "tensors": len(tensors), **more}


def all_keys(writer):
    """One key of each type, and arrays of them, empty and nested ones too."""
    import gguf
    kinds = gguf.GGUFValueType
    numbers = (kinds.UINT8, kinds.INT8, kinds.UINT16, kinds.INT16, kinds.UINT32, kinds.INT32, kinds.UINT64, kinds.INT64,
               kinds.FLOAT32, kinds.FLOAT64)
    for kind in numbers:
        writer.add_key_value(f"own.{kind.name.lower()}", 7, kind)
        writer.add_key_value(f"own.{kind.name.lower()}s", [1, 2, 3], kinds.ARRAY, kind)
    writer.add_bool("own.bool", True)
    writer.add_array("own.bools", [True, False])
    writer.add_string("own.string", "ä 漢字\n")
    writer.add_array("own.strings", ["a", ""])


def model_keys(writer):
    writer.add_name("Tiny of tests")
    writer.add_license("CC0-1.0")
    writer.add_context_length(4096)
    writer.add_block_count(2)
    writer.add_base_model_count(1)
    writer.add_base_model_name(0, "Tiny base")
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["a", "b", "ab"])
    writer.add_token_merges(["a b"])
    writer.add_chat_template(TEMPLATE)


def ggufs(corpus):
    import gguf
    # Q8_1 is for computing, not for files: the package gives its blocks 40 bytes and llama.cpp 36.
    for kind in (kind.name for kind in gguf.GGMLQuantizationType if kind.name != "Q8_1"):
        name = f"gguf/kinds/{kind}.gguf"
        tensors = gguf_file(corpus, name, kinds=[kind, kind, "F32"])
        facts = described(tensors, quantisation=kind)
        corpus.expect(name, "GGUF", facts=facts, digests={tensor: value for tensor, value, _ in tensors})
    tensors = gguf_file(corpus, "gguf/keys.gguf", all_keys)
    corpus.expect("gguf/keys.gguf", "GGUF", facts=described(tensors), digests={tensor: value for tensor, value, _ in tensors})
    tensors = gguf_file(corpus, "gguf/model.gguf", model_keys, ["Q4_0", "Q4_0", "F32"])
    facts = described(tensors, name="Tiny of tests", licence="CC0-1.0", context_length=4096, base_models=["Tiny base"],
                      quantisation="Q4_0", chat_template="sha256:" + hashlib.sha256(TEMPLATE.encode()).hexdigest())
    corpus.expect("gguf/model.gguf", "GGUF", facts=facts, digests={tensor: value for tensor, value, _ in tensors})

    # Version 2 has the same form; the package reads it, and writes the number that stands here.
    gguf.gguf_writer.GGUF_VERSION = 2
    tensors = gguf_file(corpus, "gguf/version-2.gguf", model_keys)
    gguf.gguf_writer.GGUF_VERSION = 3
    corpus.expect("gguf/version-2.gguf", "GGUF", facts=described(tensors), digests={tensor: value for tensor, value, _ in tensors})

    gguf_file(corpus, "gguf/big-endian.gguf", model_keys, endianess=gguf.GGUFEndian.BIG)
    corpus.expect("gguf/big-endian.gguf", "GGUF, big-endian", facts={"architecture": "llama", "name": "Tiny of tests"})

    parts = gguf_file(corpus, "gguf/shards/tiny.gguf", model_keys, ["F16"] * 5, split_max_tensors=2)
    for at, count in enumerate((2, 2, 1)):
        name = f"gguf/shards/tiny-{at + 1:05}-of-00003.gguf"
        shard, parts = parts[:count], parts[count:]
        facts = {"parameters": sum(size for _, _, size in shard), "tensors": count}
        corpus.expect(name, "GGUF", facts=facts, digests={tensor: value for tensor, value, _ in shard})

    hostile = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    gguf_file(corpus, "gguf/hostile-template.gguf", lambda writer: writer.add_chat_template(hostile))
    corpus.expect("gguf/hostile-template.gguf", "GGUF", ["template.reaches_outside", "template.unknown_call"])
    whole = (corpus.folder / "gguf/model.gguf").read_bytes()
    corpus.path("gguf/cut.gguf").write_bytes(whole[:-32])
    corpus.expect("gguf/cut.gguf", "GGUF", ["gguf.truncated"], "suspicious")
    corpus.path("gguf/renamed.safetensors").write_bytes(whole)
    corpus.expect("gguf/renamed.safetensors", "GGUF")


# ---- safetensors


def safetensors(corpus):
    from ml_dtypes import bfloat16, float8_e4m3fn, float8_e5m2
    from safetensors.numpy import save_file
    tensors = {name: FREE.normal(0, 1, (4, 8) if "norm" not in name else (8,)).astype("f4") for name in NAMES}

    def expect(name, some, elements, **facts):
        digests = {NAMES.get(tensor, tensor): digest(elements[str(value.dtype)], value.shape, value.tobytes()) for tensor, value in some.items()}
        facts |= {"parameters": sum(value.size for value in some.values()), "tensors": len(some)}
        corpus.expect(name, "safetensors", facts=facts, digests=digests)

    kinds = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32", "int16": "I16",
             "int8": "I8", "uint8": "U8", "uint16": "U16", "uint32": "U32", "uint64": "U64", "bool": "BOOL", "complex64": "C64",
             "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2"}
    own = {"bfloat16": bfloat16, "float8_e4m3fn": float8_e4m3fn, "float8_e5m2": float8_e5m2}
    for kind, element in kinds.items():
        some = {"a": numpy.arange(6).astype(own.get(kind, kind)).reshape(2, 3), "scalar": numpy.array(1).astype(own.get(kind, kind)),
                "empty": numpy.zeros((0, 3), own.get(kind, kind))}
        save_file(some, corpus.path(f"safetensors/kinds/{element}.safetensors"))
        expect(f"safetensors/kinds/{element}.safetensors", some, kinds, quantisation=element)
    save_file(tensors, corpus.path("safetensors/model.safetensors"), metadata={"format": "pt", "license": "CC0-1.0"})
    expect("safetensors/model.safetensors", tensors, kinds)

    names, index = list(tensors), {}
    for at, some in enumerate((names[:2], names[2:])):
        name = f"model-{at + 1:05}-of-00002.safetensors"
        some = {tensor: tensors[tensor] for tensor in some}
        save_file(some, corpus.path(f"safetensors/shards/{name}"), metadata={"format": "pt"})
        expect(f"safetensors/shards/{name}", some, kinds)
        index |= dict.fromkeys(some, name)
    text = json.dumps({"metadata": {"total_size": sum(value.nbytes for value in tensors.values())}, "weight_map": index})
    corpus.path("safetensors/shards/model.safetensors.index.json").write_text(text)

    whole = (corpus.folder / "safetensors/model.safetensors").read_bytes()
    corpus.path("safetensors/tail.safetensors").write_bytes(whole + b"more than it says")
    corpus.expect("safetensors/tail.safetensors", "safetensors", ["safetensors.tail"])


# ---- ONNX


def onnx_models(corpus):
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 64]) for name in "xy")
    values = {"a": FREE.normal(0, 1, (64, 64)).astype("f4"), "b": FREE.normal(0, 1, (64, 64)).astype("f4")}
    kinds = [TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT8, TensorProto.INT4,
             TensorProto.FLOAT8E4M3FN]

    def model(more=()):
        nodes = [helper.make_node("MatMul", ["x", "a"], ["h"]), helper.make_node("MatMul", ["h", "b"], ["y"])]
        weights = [numpy_helper.from_array(value, name) for name, value in values.items()]
        graph = helper.make_graph(nodes, "tiny", [x], [y], [*weights, *more])
        made = helper.make_model(graph, producer_name="canteen", opset_imports=[helper.make_opsetid("", 21)])
        made.ir_version = 10
        onnx.checker.check_model(made)
        return made

    digests = {name: digest("F32", value.shape, value.tobytes()) for name, value in values.items()}
    facts = {"parameters": 2 * 64 * 64, "tensors": 2}
    onnx.save(model(), corpus.path("onnx/inside.onnx"))
    corpus.expect("onnx/inside.onnx", "ONNX", facts=facts, digests=digests)
    more = [helper.make_tensor(f"t{kind}", kind, [3], [1, 2, 3]) for kind in kinds]
    onnx.save(model(more), corpus.path("onnx/kinds.onnx"))
    corpus.expect("onnx/kinds.onnx", "ONNX", facts={"parameters": 2 * 64 * 64 + 3 * len(kinds), "tensors": 2 + len(kinds)})
    for name, one in (("one", True), ("each", False)):
        onnx.save(model(), corpus.path(f"onnx/{name}/model.onnx"), save_as_external_data=True, all_tensors_to_one_file=one,
                  location="model.onnx.data" if one else None, size_threshold=0)
        corpus.expect(f"onnx/{name}/model.onnx", "ONNX", facts=facts)
    (corpus.path("onnx/without/model.onnx")).write_bytes((corpus.folder / "onnx/one/model.onnx").read_bytes())
    corpus.expect("onnx/without/model.onnx", "ONNX", ["onnx.external_missing"], "suspicious")
    made = onnx.load(corpus.folder / "onnx/one/model.onnx", load_external_data=False)
    for tensor in made.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = "../../nothing-there"
    corpus.path("onnx/outside.onnx").write_bytes(made.SerializeToString())
    corpus.expect("onnx/outside.onnx", "ONNX", ["onnx.external_outside"])


# ---- NumPy and pickles


class Calls:
    def __init__(self, function, arguments):
        self.how = function, arguments

    def __reduce__(self):
        return self.how


def arrays(corpus):
    some = {"floats": numpy.arange(12, dtype="f4").reshape(3, 4), "fortran": numpy.asfortranarray(numpy.ones((3, 4))),
            "records": numpy.zeros(3, dtype=[("a", "<i4"), ("b", "<f8", (2,))]), "texts": numpy.array(["a", "bc"]),
            "scalar": numpy.array(1.5), "objects": numpy.array([{"a": 1}, None], dtype=object)}
    for name, value in some.items():
        numpy.save(corpus.path(f"numpy/{name}.npy"), value)
        corpus.expect(f"numpy/{name}.npy", "NumPy array")
    numpy.savez(corpus.path("numpy/some.npz"), **some)
    numpy.savez_compressed(corpus.path("numpy/compressed.npz"), **some)
    for name in ("some", "compressed"):
        corpus.expect(f"numpy/{name}.npz", "NumPy arrays")
    numpy.save(corpus.path("numpy/hostile.npy"), numpy.array([Calls(os.getpid, ())], dtype=object))
    numpy.savez(corpus.path("numpy/hostile.npz"), good=some["floats"], bad=numpy.array([Calls(os.getpid, ())], dtype=object))
    corpus.expect("numpy/hostile.npy", "NumPy array", ["pickle.executor"])
    corpus.expect("numpy/hostile.npz", "NumPy arrays", ["pickle.executor"])


def make(folder):
    corpus = Corpus(folder)
    for write in (ggufs, safetensors, onnx_models, arrays):
        write(corpus)
    corpus.done()


# ---- PyTorch


def torch_files(folder):
    import torch
    corpus = Corpus(folder)
    net = torch.nn.Sequential(torch.nn.Linear(9, 9), torch.nn.ReLU(), torch.nn.Linear(9, 2))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(9)).sum().backward()
    optimizer.step()
    some = {
        "weights": net.state_dict(),
        "checkpoint": {"epoch": 3, "model": net.state_dict(), "optimizer": optimizer.state_dict()},
        "kinds": {str(kind): torch.ones(3, 4).to(kind) for kind in (torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.bool)},
    }
    for name, value in some.items():
        for how, zipped, kind in (("zip", True, "PyTorch"), ("old", False, "pickle")):
            path = f"torch/{name}-{how}.pt"
            torch.save(value, corpus.path(path), _use_new_zipfile_serialization=zipped)
            # Its strict reader knew no numbers at first.
            if name != "checkpoint":
                torch.load(corpus.folder / path, weights_only=True)
            corpus.expect(path, kind)
            path = f"torch/{name}-{how}-hostile.pt"
            torch.save([value, Calls(os.getpid, ())], corpus.path(path), _use_new_zipfile_serialization=zipped)
            try:
                torch.load(corpus.folder / path, weights_only=True)
                raise SystemExit(f"{path} should not load")
            except pickle.UnpicklingError:
                corpus.expect(path, kind, ["pickle.executor"])
    torch.save(net, corpus.path("torch/module.pt"))
    corpus.expect("torch/module.pt", "PyTorch")
    torch.jit.save(torch.jit.script(net), corpus.path("torch/script.pt"))
    torch.jit.save(torch.jit.trace(net, torch.ones(9)), corpus.path("torch/trace.pt"))
    for name in ("script", "trace"):
        corpus.expect(f"torch/{name}.pt", "TorchScript")
    corpus.done()


# ---- What Canteen wrote


def tensors(path):
    import gguf
    reader = gguf.GGUFReader(path)
    some = {tensor.name: digest(tensor.tensor_type.name, [int(length) for length in reversed(tensor.shape)], tensor.data.tobytes())
            for tensor in reader.tensors}
    architecture = reader.fields["general.architecture"].contents()
    print(json.dumps({"architecture": architecture, "digests": some}))


def main():
    match sys.argv[1:]:
        case ["make", folder]:
            make(Path(folder))
        case ["torch", folder]:
            torch_files(Path(folder))
        case ["tensors", path]:
            tensors(path)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
