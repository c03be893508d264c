#!/usr/bin/env python3
"""Makes families of models out of the small published ones, and says how often `compare` is right about them.

    pip install gguf numpy safetensors onnx && python3 lineage_train.py …   # first
    python3 lineage.py make WEIGHTS TRAINED FOLDER --llama libllama.so [--other FILE …]
    cargo run --release -p canteen-modelfile --example lineage -- pairs FOLDER > pairs.jsonl
    python3 lineage.py judge FOLDER pairs.jsonl
    python3 lineage.py blocks tests/data/lineage/blocks.json  # of the crate: its test reads what the reference package decoded

WEIGHTS holds the published models, TRAINED what `lineage_train.py` wrote. The reference quantiser is llama.cpp's own, called in its
shared library. Merged and tuned ones are trained for real; pruned, averaged and permuted ones are arithmetic on real weights.
Unrelated ones of the same shape are drawn at random, each matrix with the spread, each norm with the statistics of a real one (in an order of its
own, with outliers in the same units of all layers, as real models have them): no two published models of one shape are that small.
A file is named FAMILY.WHAT.HOW…: two of one family are related.
"""

import argparse
import ctypes
import json
import os
import shutil
from collections import Counter
from pathlib import Path

import gguf
import numpy
import onnx
from gguf import GGMLQuantizationType as Kind
from onnx import helper, numpy_helper
from safetensors.numpy import load_file, save_file

PUBLISHED = {
    "smol": "SmolLM2-135M-Instruct.Q4_1.gguf",
    "mini": "all-MiniLM-L6-v2.safetensors",
    "gemma": "gemma-3-270m-q4_k_m.gguf",
}
FILE_TYPES = {"F16": 1, "Q4_0": 2, "Q4_1": 3, "Q8_0": 7, "Q5_0": 8, "Q5_1": 9, "Q2_K": 10, "Q3_K_M": 12, "Q4_K_S": 14, "Q4_K_M": 15,
              "Q5_K_M": 17, "Q6_K": 18, "IQ4_NL": 25, "IQ4_XS": 30, "BF16": 32}
PARTS = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
         "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
         "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj", "attn_q_norm": "self_attn.q_norm",
         "attn_k_norm": "self_attn.k_norm", "post_ffw_norm": "post_feedforward_layernorm"}
BERT = {"attention.self.query": "attn_q", "attention.self.key": "attn_k", "attention.self.value": "attn_v",
        "attention.output.dense": "attn_output", "attention.output.LayerNorm": "attn_output_norm", "intermediate.dense": "ffn_up",
        "output.dense": "ffn_down", "output.LayerNorm": "layer_output_norm"}


class Quantiser:
    """llama.cpp's, whatever the length of its parameters: they are filled by itself, and only the first ones are set."""

    class Parameters(ctypes.Structure):
        _fields_ = [("threads", ctypes.c_int32), ("file_type", ctypes.c_int), ("output", ctypes.c_int), ("embedding", ctypes.c_int),
                    ("requantise", ctypes.c_bool), ("rest", ctypes.c_uint8 * 495)]

    def __init__(self, library):
        folder = Path(library).parent
        for name in ("libggml-base.so", "libggml.so", "libggml.v0.5.0.so"):
            if (folder / name).exists():
                ctypes.CDLL(str(folder / name), mode=ctypes.RTLD_GLOBAL)
        self.llama = ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
        self.llama.llama_model_quantize_default_params.restype = self.Parameters

    def __call__(self, source, to, kind):
        parameters = self.llama.llama_model_quantize_default_params()
        parameters.threads, parameters.file_type, parameters.requantise = 2, FILE_TYPES[kind], True
        if self.llama.llama_model_quantize(os.fsencode(source), os.fsencode(to), ctypes.byref(parameters)):
            raise SystemExit(f"{to} was not made")


def fields(reader):
    for name, field in reader.fields.items():
        if not name.startswith("GGUF."):
            yield name, field.contents(), field.types[0], field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None


def write(path, keys, tensors):
    """`tensors`: name to numbers, or to (bytes, kind)."""
    architecture = next(value for name, value, *_ in keys if name == "general.architecture")
    writer = gguf.GGUFWriter(path, architecture)
    for name, value, kind, inner in keys:
        if name != "general.architecture":
            writer.add_key_value(name, value, kind, sub_type=inner)
    for name, value in tensors.items():
        if isinstance(value, tuple):
            writer.add_tensor(name, value[0], raw_dtype=value[1])
        else:
            flat = value.ndim < 2 or name.endswith("norm.weight")
            writer.add_tensor(name, value.astype(numpy.float32 if flat else numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def with_key(keys, name, value):
    return [(key, value if key == name else old, *rest) for key, old, *rest in keys]


def raw(reader):
    return {tensor.name: (tensor.data, tensor.tensor_type) for tensor in reader.tensors}


def plain(reader):
    return {tensor.name: gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32) for tensor in reader.tensors}


def turned_back(weight, heads):
    """Rows of queries and keys as Hugging Face has them."""
    return weight.reshape(heads, weight.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(weight.shape)


def huggingface(tensors, heads=None, groups=None, less=0.0, four_norms=False):
    out = {}
    for name, value in tensors.items():
        part, number = name.removesuffix(".weight"), None
        if part.startswith("blk."):
            _, number, part = part.split(".", 2)
        if heads and part in ("attn_q", "attn_k"):
            value = turned_back(value, heads if part == "attn_q" else groups)
        if part.endswith("norm"):
            value = value - less
        names = dict(PARTS, ffn_norm="pre_feedforward_layernorm", post_attention_norm="post_attention_layernorm") if four_norms else PARTS
        outside = {"token_embd": "embed_tokens", "output_norm": "norm"}
        out[f"model.layers.{number}.{names[part]}.weight" if number else f"model.{outside[part]}.weight"] = value
    return out


def saved(path, tensors, kind):
    """safetensors, 16-bit floats as `kind` says; numpy has no BF16 of its own, so those are written by hand."""
    if kind == "F16":
        return save_file({name: numpy.ascontiguousarray(value, dtype=numpy.float16) for name, value in tensors.items()}, path)
    header, data, at = {}, [], 0
    for name, value in tensors.items():
        bits = numpy.ascontiguousarray(value, dtype=numpy.float32).view(numpy.uint32)
        rounded = ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(numpy.uint16).tobytes()
        header[name] = {"dtype": "BF16", "shape": list(value.shape), "data_offsets": [at, at + len(rounded)]}
        at += len(rounded)
        data.append(rounded)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(len(text).to_bytes(8, "little") + text + b"".join(data))


def renumbered(tensors, kept):
    order = {str(old): new for new, old in enumerate(kept)}
    out = {}
    for name, value in tensors.items():
        if name.startswith("blk."):
            _, number, part = name.split(".", 2)
            if number not in order:
                continue
            name = f"blk.{order[number]}.{part}"
        out[name] = value
    return out


def permuted(tensors, choice):
    """The units of the inner state in another order: the same function in other bytes."""
    order = choice.permutation(len(tensors["blk.0.ffn_down.weight"]))
    rows = ("norm", "attn_output.", "ffn_down.")
    columns = ("attn_q.", "attn_k.", "attn_v.", "attn_qkv.", "ffn_gate.", "ffn_up.", "token_embd.", "position_embd.", "token_types.")
    out = {}
    for name, value in tensors.items():
        if any(part in name for part in rows) and len(value) == len(order):
            value = value[order]
        elif any(part in name for part in columns) and value.ndim == 2:
            value = value[:, order]
        out[name] = value
    return out


def permuted_inside(tensors, choice):
    """The units between the two halves of each feed-forward part."""
    out = dict(tensors)
    for name in tensors:
        if name.endswith("ffn_down.weight"):
            order = choice.permutation(tensors[name].shape[1])
            out[name] = tensors[name][:, order]
            for part in ("ffn_gate.weight", "ffn_up.weight", "ffn_gate.bias", "ffn_up.bias"):
                before = name.replace("ffn_down.weight", part)
                if before in tensors:
                    out[before] = tensors[before][order]
    return out


def rescaled(tensors, by):
    """Norms in front of matrices larger, and these smaller: the same function."""
    out = dict(tensors)
    for name, value in tensors.items():
        part = name.rsplit(".", 2)[-2]
        if part in ("attn_norm", "ffn_norm"):
            out[name] = value * by
        elif part in ("attn_q", "attn_k", "attn_v", "attn_qkv", "ffn_gate", "ffn_up") and name.endswith("weight"):
            out[name] = value / by
    return out


def lightly_merged(tensors, share, choice, rank=8):
    """What an adapter on queries and values does to them when it is merged, of this size beside them."""
    out = dict(tensors)
    for name, value in tensors.items():
        if name.endswith(("attn_q.weight", "attn_v.weight", "attn_qkv.weight")):
            change = choice.normal(size=(value.shape[0], rank)) @ choice.normal(size=(rank, value.shape[1]))
            out[name] = (value + change * (share * value.std() / change.std())).astype(numpy.float32)
    return out


def with_norms_of(tensors, other):
    """A stranger that took the norms."""
    return {name: tensors[name] if "norm" in name else value for name, value in other.items()}


def repeated(tensors, kept):
    """These layers, some of them twice."""
    out = {name: value for name, value in tensors.items() if not name.startswith("blk.")}
    for new, old in enumerate(kept):
        out |= {f"blk.{new}.{name.split('.', 2)[2]}": value for name, value in tensors.items() if name.startswith(f"blk.{old}.")}
    return out


def without_heads(tensors, head):
    """Without the first group of heads."""
    out = {}
    for name, value in tensors.items():
        if name.endswith("attn_q.weight"):
            value = value[3 * head:]
        elif name.endswith(("attn_k.weight", "attn_v.weight")):
            value = value[head:]
        elif name.endswith("attn_output.weight"):
            value = value[:, 3 * head:]
        out[name] = value
    return out


def unrelated(tensors, seed):
    """Another model of this shape, that has nothing of it: spreads of matrices, statistics of norms, outliers in the same units."""
    choice = numpy.random.default_rng(seed)
    orders = {}
    out = {}
    for name, value in tensors.items():
        if value.ndim == 1 and name.endswith(("norm.weight", "LayerNorm.weight")):
            order = orders.setdefault(len(value), choice.permutation(len(value)))
            factor = numpy.exp(choice.normal(0, 0.1, value.shape)) * numpy.exp(choice.normal(0, 0.15))
            out[name] = (value[order] * factor).astype(numpy.float32)
        else:
            spread = float(numpy.std(value)) or 0.02
            out[name] = choice.normal(float(numpy.mean(value)), spread, value.shape).astype(numpy.float32)
    return out


def averaged(first, second, share):
    return {name: first[name] * (1 - share) + second[name] * share for name in first}


def make_smol(given, quantise, out):
    reader = gguf.GGUFReader(given.weights / PUBLISHED["smol"])
    keys, bits, numbers = list(fields(reader)), raw(reader), plain(reader)
    choice = numpy.random.default_rng(5)
    trained = lambda name: dict(numpy.load(given.trained / f"{name}.npz"))
    name = "tokenizer.chat_template"
    template = next(value for key, value, *_ in keys if key == name)
    shutil.copyfile(given.weights / PUBLISHED["smol"], out / "smol.identical.gguf")
    write(out / "smol.altered.template.gguf", with_key(keys, name, template.replace("You are", "Obey me. You are", 1)), bits)
    write(out / "smol.altered.stripped.gguf", [key for key in keys if not key[0].startswith("general.") or key[0] == "general.architecture"], bits)
    write(out / "smol.altered.claims.gguf", with_key(keys, "general.name", "Llama 3.3 70B"), bits)
    names = {name: f"t{at:04}" for at, name in enumerate(bits)}
    write(out / "smol.altered.renamed.gguf", keys, {names[name]: value for name, value in bits.items()})
    write(out / "smol.same.order.gguf", keys, dict(reversed(bits.items())))
    edited = dict(bits)
    for name in ("blk.11.ffn_down.weight", "blk.12.ffn_down.weight"):
        changed = numbers[name] + 0.2 * numpy.outer(choice.normal(size=numbers[name].shape[0]), choice.normal(size=numbers[name].shape[1])) * numbers[name].std()
        edited[name] = (gguf.quants.quantize(changed.astype(numpy.float32), Kind.Q4_1), Kind.Q4_1)
    write(out / "smol.altered.edited.gguf", keys, edited)
    half = out / "smol.requantised.F16.gguf"
    write(half, keys, numbers)
    for kind in ("BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_1", "Q5_0", "Q4_K_M", "Q4_0", "IQ4_NL", "IQ4_XS", "Q3_K_M", "Q2_K"):
        quantise(half, out / f"smol.requantised.{kind}.gguf", kind)
    quantise(out / "smol.requantised.Q8_0.gguf", out / "smol.requantised.twice.Q4_0.gguf", "Q4_0")
    theirs = huggingface(numbers, 9, 3)
    saved(out / "smol.requantised.F16.safetensors", theirs, "F16")
    saved(out / "smol.requantised.BF16.safetensors", theirs, "BF16")

    def derived(what, tensors, kinds=(), keys=keys):
        path = out / f"smol.derived.{what}.F16.gguf"
        write(path, keys, tensors)
        for kind in kinds:
            quantise(path, out / f"smol.derived.{what}.{kind}.gguf", kind)

    bare = [key for key in keys if not key[0].startswith("general.") or key[0] == "general.architecture"]
    lora, tuned, hard = trained("lora"), trained("tuned"), trained("tuned-hard")
    derived("lora", lora, ("Q8_0", "Q4_0", "Q4_1"), bare)
    derived("tuned", tuned, ("Q8_0", "Q4_K_M", "Q4_0"))
    derived("tuned-hard", hard, ("Q4_0", "Q2_K"))
    saved(out / "smol.derived.tuned.BF16.safetensors", huggingface(tuned, 9, 3), "BF16")
    few = [at for at in range(30) if at not in (10, 12, 14, 16, 18, 20)]
    short = with_key(keys, "llama.block_count", len(few))
    derived("layers-pruned", renumbered(numbers, few), ("Q4_0",), short)
    derived("tuned-layers-pruned", renumbered(hard, few), ("Q4_0",), short)
    fewer = with_key(with_key(keys, "llama.attention.head_count", 6), "llama.attention.head_count_kv", 2)
    derived("heads-pruned", without_heads(numbers, 64), (), fewer)
    derived("averaged-tuned", averaged(tuned, hard, 0.5), ("Q4_0",))
    derived("averaged-other", averaged(numbers, unrelated(numbers, 90), 0.4), ("Q4_0",))
    derived("permuted", permuted(numbers, choice), ("Q4_0",))
    derived("tuned-permuted", permuted(tuned, choice))
    derived("permuted-inside", permuted_inside(numbers, choice), ("Q4_0",))
    for percent in (1, 2, 4):
        path = out / f"smol.derived.light{percent}.F16.gguf"
        write(path, keys, lightly_merged(numbers, percent / 100, choice))
        for kind in ("Q4_0", "Q4_K_M"):
            quantise(path, out / f"smol.derived.light{percent}.{kind}.gguf", kind)
        path.unlink()
    disguises("smol", out, keys, "llama.block_count", numbers, quantise)
    for seed in range(8):
        write(out / f"other{seed}.unrelated.smol.F16.gguf", keys, unrelated(numbers, seed))
    quantise(out / "other0.unrelated.smol.F16.gguf", out / "other0.unrelated.smol.Q4_0.gguf", "Q4_0")
    ones = {name: numpy.ones_like(value) if name.endswith("norm.weight") else value for name, value in unrelated(numbers, 77).items()}
    write(out / "ones.unrelated.smol.F16.gguf", keys, ones)


def disguises(family, out, keys, block, numbers, quantise):
    """So that it is not known, and so that a stranger is."""
    def both(what, tensors, keys=keys):
        path = out / f"{what}.F16.gguf"
        write(path, keys, tensors)
        quantise(path, out / f"{what}.Q4_0.gguf", "Q4_0")
        path.unlink()

    layers = next(value for key, value, *_ in keys if key == block)
    both(f"{family}.derived.rescaled", rescaled(numbers, 2.5))
    twice = [*range(layers * 3 // 4), *range(layers // 4, layers)]
    both(f"{family}.derived.layers-twice", repeated(numbers, twice), with_key(keys, block, len(twice)))
    both(f"{family}.derived.layers-elsewhere", repeated(numbers, [at ^ 1 if at ^ 1 < layers else at for at in range(layers)]))
    flat = {name: numpy.zeros_like(value) if name.endswith("norm.weight") else value for name, value in numbers.items()}
    both(f"{family}.derived.norms-zeroed", flat)
    both(f"taken-{family}.unrelated.norms", with_norms_of(numbers, unrelated(numbers, 400)))


def bert_names(name):
    name = name.removeprefix("bert.")
    outside = {"embeddings.word_embeddings.weight": "token_embd.weight", "embeddings.position_embeddings.weight": "position_embd.weight",
               "embeddings.token_type_embeddings.weight": "token_types.weight", "embeddings.LayerNorm.weight": "token_embd_norm.weight",
               "embeddings.LayerNorm.bias": "token_embd_norm.bias"}
    if name in outside:
        return outside[name]
    if not name.startswith("encoder.layer."):
        return None
    number, rest = name.removeprefix("encoder.layer.").split(".", 1)
    part, ending = rest.rsplit(".", 1)
    return f"blk.{number}.{BERT[part]}.{ending}"


def graph(path, tensors, small):
    """As exporters write it: matrices turned and without their names, norms and biases under theirs."""
    initialisers, nodes = [], []
    for at, (name, value) in enumerate(tensors.items()):
        if value.dtype.kind != "f":
            continue
        if value.ndim == 2 and "embeddings" not in name:
            name, value = f"onnx::MatMul_{at}", numpy.ascontiguousarray(value.T)
        if small and value.ndim == 2:
            name, value = name + "_quantized", numpy.clip(numpy.round(value / numpy.abs(value).max() * 127), -127, 127).astype(numpy.int8)
        initialisers.append(numpy_helper.from_array(value, name))
        nodes.append(helper.make_node("Identity", [name], [f"out{at}"]))
    made = helper.make_model(helper.make_graph(nodes, "mini", [], [helper.make_tensor_value_info("out1", 1, None)], initialisers))
    onnx.save(made, path)


def make_mini(given, quantise, out):
    tensors = load_file(given.weights / PUBLISHED["mini"])
    shutil.copyfile(given.weights / PUBLISHED["mini"], out / "mini.identical.safetensors")
    keys = [("general.architecture", "bert", gguf.GGUFValueType.STRING, None), ("bert.block_count", 6, gguf.GGUFValueType.UINT32, None)]
    ours = {bert_names(name): value for name, value in tensors.items() if bert_names(name)}
    kinds = lambda dtype: {name: (value.astype(dtype if value.ndim == 2 else numpy.float32), None) for name, value in ours.items()}
    for what, dtype in (("same.F32", numpy.float32), ("requantised.F16", numpy.float16)):
        write(out / f"mini.{what}.gguf", keys, {name: (value, Kind.F32 if value.dtype == numpy.float32 else Kind.F16) for name, (value, _) in kinds(dtype).items()})
    for kind in (Kind.Q8_0, Kind.Q4_0, Kind.Q5_1):
        small = {name: (gguf.quants.quantize(value, kind), kind) if value.ndim == 2 else value for name, value in ours.items()}
        write(out / f"mini.requantised.{kind.name}.gguf", keys, small)
    saved(out / "mini.requantised.F16.safetensors", {name: value for name, value in tensors.items() if value.dtype.kind == "f"}, "F16")
    graph(out / "mini.same.onnx", tensors, False)
    graph(out / "mini.requantised.int8.onnx", tensors, True)
    edited = dict(tensors)
    name = "encoder.layer.3.output.dense.weight"
    edited[name] = edited[name] * 1.5
    save_file(edited, out / "mini.altered.edited.safetensors")
    for seed in range(4):
        save_file(unrelated({name: value for name, value in tensors.items() if value.dtype.kind == "f"}, 40 + seed),
                  out / f"other-mini{seed}.unrelated.safetensors")


def make_gemma(given, quantise, out):
    reader = gguf.GGUFReader(given.weights / PUBLISHED["gemma"])
    keys, numbers = list(fields(reader)), plain(reader)
    (out / "gemma.identical.gguf").symlink_to(given.weights / PUBLISHED["gemma"])
    saved(out / "gemma.requantised.BF16.safetensors", huggingface(numbers, less=1.0, four_norms=True), "BF16")
    half = out / "gemma.requantised.F16.gguf"
    write(half, keys, numbers)
    for kind in ("Q8_0", "Q4_0", "Q2_K"):
        quantise(half, out / f"gemma.requantised.{kind}.gguf", kind)
    few = [at for at in range(18) if at not in (8, 10, 12)]
    write(out / "gemma.derived.layers-pruned.F16.gguf", with_key(keys, "gemma3.block_count", len(few)), renumbered(numbers, few))
    for seed in range(3):
        write(out / f"other-gemma{seed}.unrelated.F16.gguf", keys, unrelated(numbers, 60 + seed))
    path = out / "gemma.derived.light2.F16.gguf"
    write(path, keys, lightly_merged(numbers, 0.02, numpy.random.default_rng(6)))
    for kind in ("Q4_0", "Q4_K_M"):
        quantise(path, out / f"gemma.derived.light2.{kind}.gguf", kind)
    path.unlink()


def make(given):
    out, quantise = given.folder, Quantiser(given.llama)
    out.mkdir(parents=True, exist_ok=True)
    for step in (make_smol, make_mini, make_gemma):
        step(given, quantise, out)
    for name, path in PUBLISHED.items():
        (out / f"{name}.published{Path(path).suffix}").symlink_to((given.weights / path).resolve())
    for path in given.other:
        (out / path.name).symlink_to(path.resolve())


def blocks(given):
    """Blocks of each form with random content, and what the reference package makes of their numbers."""
    choice, out = numpy.random.default_rng(11), {}
    for name in ("F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS") * 2:
        kind = Kind[name]
        numbers, size = gguf.GGML_QUANT_SIZES[kind]
        while True:
            block = choice.integers(0, 256, size, dtype=numpy.uint8)
            if numbers == 1:
                block = gguf.quants.quantize(choice.normal(0, 1, 32).astype(numpy.float32), kind).view(numpy.uint8)
            with numpy.errstate(all="ignore"):
                value = gguf.quants.dequantize(block, kind).flatten()
            if numpy.isfinite(value).all() and 1e-3 < numpy.abs(value).max() < 1e4:
                break
        out.setdefault(name, []).append({"block": block.tobytes().hex(), "numbers": [float(f"{number:.8g}") for number in value]})
    given.file.write_text("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in out.items()) + "\n}\n")


RELATION = {"identical": "identical", "same": "same_weights", "altered": "altered_copy", "requantised": "requantised",
            "derived": "derived", "unrelated": "unrelated", "published": "identical"}


def area(positives, negatives):
    """Chance that a related pair stands above an unrelated one."""
    ranked = sorted([(score, 1) for score in positives] + [(score, 0) for score in negatives])
    better = below = 0
    at = 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        yes = sum(kind for _, kind in ranked[at:end])
        no = end - at - yes
        better += yes * (below + no / 2)
        below += no
        at = end
    return better / (len(positives) * len(negatives))


def judge(given):
    pairs = [json.loads(line) for line in given.pairs.read_text().splitlines()]
    matrix, wrong, related = Counter(), [], {True: [], False: []}
    scores, sure = {}, []
    for pair in pairs:
        first, second = Path(pair["first"]).name.split("."), Path(pair["second"]).name.split(".")
        kin, found = first[0] == second[0], pair["kinship"]
        related[kin].append(found not in ("unrelated", "unknown"))
        for name, score in pair["scores"].items():
            if score is not None:
                scores.setdefault(name, {True: [], False: []})[kin].append(score)
        if first[1] == "published":
            truth = RELATION[second[1]] if kin else "unrelated"
            matrix[truth, found] += 1
            sure.append((pair["confidence"], truth == found))
            if truth != found:
                wrong.append((pair["first"], pair["second"], found, round(pair["confidence"], 3)))
        elif kin == (found in ("unrelated", "unknown")):
            wrong.append((pair["first"], pair["second"], found, round(pair["confidence"], 3)))
    kinds = list(dict.fromkeys(RELATION.values())) + ["unknown"]
    print("Against the published one: truth in rows, verdict in columns")
    print(" " * 14 + "".join(f"{kind[:11]:>12}" for kind in kinds))
    for truth in kinds[:-1]:
        print(f"{truth:14}" + "".join(f"{matrix[truth, kind] or '·':>12}" for kind in kinds))
    print(f"\nAll pairs: {sum(related[True])} of {len(related[True])} related ones found, "
          f"{sum(related[False])} of {len(related[False])} unrelated ones taken for related")
    for name, both in scores.items():
        if both[True] and both[False]:
            kin, none = sorted(both[True]), sorted(both[False])
            print(f"{name:24} AUC {area(kin, none):.4f}  related: min {kin[0]:.3f}, 5 % {kin[len(kin) // 20]:.3f}, median {kin[len(kin) // 2]:.3f}"
                  f"  unrelated: median {none[len(none) // 2]:.3f}, 99 % {none[len(none) * 99 // 100]:.3f}, max {none[-1]:.3f}  ({len(kin)}, {len(none)})")
    for low, high in ((0, 0.7), (0.7, 0.9), (0.9, 0.98), (0.98, 1.01)):
        inside = [right for confidence, right in sure if low <= confidence < high]
        if inside:
            print(f"confidence {low:.2f} to {min(high, 1):.2f}: right in {sum(inside)} of {len(inside)}")
    print("\nNot as made:")
    for line in wrong[: given.most]:
        print("  ", *line)


def main():
    arguments = argparse.ArgumentParser()
    commands = arguments.add_subparsers(required=True)
    making = commands.add_parser("make")
    for name in ("weights", "trained", "folder"):
        making.add_argument(name, type=Path)
    making.add_argument("--llama", type=Path, required=True)
    making.add_argument("--other", type=Path, nargs="*", default=[])
    making.set_defaults(run=make)
    block = commands.add_parser("blocks")
    block.add_argument("file", type=Path)
    block.set_defaults(run=blocks)
    judging = commands.add_parser("judge")
    judging.add_argument("folder", type=Path)
    judging.add_argument("pairs", type=Path)
    judging.add_argument("--most", type=int, default=60)
    judging.set_defaults(run=judge)
    given = arguments.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
