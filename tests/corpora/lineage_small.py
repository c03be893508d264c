#!/usr/bin/env python3
"""Families of small models that the usual library makes and trains, and that the usual tools export: none had a part in the thresholds.

    python3 -m venv --system-site-packages V   # over a Python with PyTorch
    V/bin/pip install transformers==4.40.2 'numpy<2' onnx onnxruntime gguf
    V/bin/python lineage_small.py FOLDER [--steps N] [--only NAME …]
    cargo run --release -p canteen-modelfile --example lineage -- pairs FOLDER > pairs.jsonl
    python3 lineage.py judge FOLDER pairs.jsonl

Each begins with random weights and learns the help pages of the Python that runs it, byte by byte. A Bert, a GPT-2 (its matrices turned,
queries, keys and values in one), a T5 (norms without biases, two stacks), a Llama, an Albert (one layer for all) and an OPT (norms
with biases). Exported by `torch.onnx` in one file and with its weights beside it, in 16 bits, with 8 in both of ONNX Runtime's ways, and
after its optimiser has fused what it can. A file is named as in `lineage.py`.
"""

import argparse
import copy
import pydoc_data.topics
import shutil
from pathlib import Path

import lineage
import numpy
import onnx
import torch
import transformers
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_dynamic, quantize_static
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.optimizer import optimize_model
from safetensors.torch import save_file

WIDTH, INNER, LAYERS, HEADS, WORDS, LENGTH = 96, 256, 6, 4, 258, 48


def bert():
    return transformers.BertForMaskedLM(transformers.BertConfig(
        vocab_size=WORDS, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS, intermediate_size=INNER))


def gpt2():
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=WORDS, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, n_inner=INNER, n_positions=128, use_cache=False))


def t5():
    return transformers.T5ForConditionalGeneration(transformers.T5Config(
        vocab_size=WORDS, d_model=WIDTH, d_kv=WIDTH // HEADS, d_ff=INNER, num_layers=4, num_heads=HEADS, decoder_start_token_id=0,
        feed_forward_proj="gated-gelu", use_cache=False))


def llama():
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(
        vocab_size=WORDS, hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        num_key_value_heads=2, use_cache=False))


def albert():
    return transformers.AlbertForMaskedLM(transformers.AlbertConfig(
        vocab_size=WORDS, embedding_size=32, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=INNER))


def opt():
    return transformers.OPTForCausalLM(transformers.OPTConfig(
        vocab_size=WORDS, hidden_size=WIDTH, word_embed_proj_dim=WIDTH, ffn_dim=INNER, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, max_position_embeddings=128, use_cache=False))


MAKERS = {"bert": bert, "gpt2": gpt2, "t5": t5, "llama": llama, "albert": albert, "opt": opt}


def rows(part):
    topics = list(pydoc_data.topics.topics.values())
    data = "\n".join(topics[: len(topics) // 2] if part == 0 else topics[len(topics) // 2:]).encode()
    ids = torch.tensor(list(data)) + 2
    return ids[: len(ids) // LENGTH * LENGTH].reshape(-1, LENGTH)


def train(model, steps, rate, part=0):
    optimizer, data, losses = torch.optim.AdamW(model.parameters(), lr=rate), rows(part), []
    model.train()
    for _ in range(steps):
        ids = data[torch.randint(0, len(data), (8,))]
        seen = torch.where(torch.rand(ids.shape) < 0.15, 1, ids) if "Masked" in type(model).__name__ else ids
        loss = model(input_ids=seen, labels=ids).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    print(f"  {numpy.mean(losses[:5]):.2f} to {numpy.mean(losses[-5:]):.2f}", flush=True)
    return model.eval()


def made(name, steps, seed):
    torch.manual_seed(seed)
    return train(MAKERS[name](), steps, 2e-3)


def weights(model, kind=torch.float32):
    """Those that are shared once."""
    seen, out = set(), {}
    for name, value in model.state_dict().items():
        if value.data_ptr() not in seen and value.dtype.is_floating_point:
            seen.add(value.data_ptr())
            out[name] = value.to(kind).contiguous().clone()
    return out


def merged(model, share):
    """A low rank on all queries and values, of this size beside them."""
    model = copy.deepcopy(model)
    torch.manual_seed(9)
    for name, value in model.named_parameters():
        if any(f".{part}." in f".{name}" for part in ("query", "value", "q_proj", "v_proj", "c_attn", "q", "v")) and value.ndim == 2:
            change = torch.randn(value.shape[0], 4) @ torch.randn(4, value.shape[1])
            value.data += change * (share * value.std() / change.std())
    return model


def export(model, path, name):
    ids = torch.randint(2, WORDS, (1, 16))
    arguments, names = ((ids, None, ids), ["input_ids", "attention_mask", "decoder_input_ids"]) if name == "t5" else ((ids,), ["input_ids"])
    model.config.return_dict = False
    torch.onnx.export(model, arguments, path, input_names=names, opset_version=14, do_constant_folding=True)


class Calibration(CalibrationDataReader):
    def __init__(self, path):
        inputs = [one.name for one in onnx.load(path).graph.input]
        self.left = iter([{one: numpy.random.default_rng(at).integers(2, WORDS, (1, 16)) for one in inputs} for at in range(4)])

    def get_next(self):
        return next(self.left, None)


def graphs(model, name, out):
    plain = out / f"{name}.same.torch.onnx"
    export(model, str(plain), name)
    beside = out / f"{name}.same.beside"
    beside.mkdir(exist_ok=True)
    onnx.save_model(onnx.load(plain), beside / "model.onnx", save_as_external_data=True, location="model.onnx_data", size_threshold=0)
    onnx.save(convert_float_to_float16(onnx.load(plain)), out / f"{name}.requantised.fp16.onnx")
    quantize_dynamic(plain, out / f"{name}.requantised.int8.onnx")
    quantize_dynamic(plain, out / f"{name}.requantised.uint8-channel.onnx", per_channel=True)
    try:
        quantize_static(plain, out / f"{name}.requantised.qdq.onnx", Calibration(plain), quant_format=QuantFormat.QDQ)
    except Exception as error:  # Some graphs it cannot walk.
        print(f"  no qdq: {error}")
    kind = "bert" if name in ("bert", "albert") else "gpt2"
    if name in ("bert", "gpt2", "albert"):
        optimize_model(str(plain), kind, num_heads=HEADS, hidden_size=WIDTH).save_model_to_file(str(out / f"{name}.same.fused.onnx"))


def gguf_of_llama(tensors, path, kind):
    theirs = {value: key for key, value in lineage.PARTS.items()}
    ours = {}
    for name, value in tensors.items():
        value, part = value.float().numpy(), name.removesuffix(".weight").removeprefix("model.")
        if part.startswith("layers."):
            _, number, part = part.split(".", 2)
            if part in ("self_attn.q_proj", "self_attn.k_proj"):
                heads = HEADS if "q_proj" in part else 2
                value = value.reshape(heads, 2, value.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(value.shape)
            part = f"blk.{number}.{theirs[part]}"
        part = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output"}.get(part, part)
        if value.ndim == 2:
            value = (lineage.gguf.quants.quantize(numpy.ascontiguousarray(value), kind), kind)
        ours[f"{part}.weight"] = value
    keys = [("general.architecture", "llama", lineage.gguf.GGUFValueType.STRING, None)]
    lineage.write(path, keys, ours)


def family(name, out, steps):
    print(name, flush=True)
    model, stranger = made(name, steps, 0), made(name, steps, 1)
    file = lambda what: str(out / f"{name}.{what}.safetensors")
    save_file(weights(model), file("published.F32"))
    shutil.copyfile(file("published.F32"), file("identical"))
    save_file(weights(model, torch.float16), file("requantised.F16"))
    save_file(weights(model, torch.bfloat16), file("requantised.BF16"))
    save_file(weights(stranger), str(out / f"other-{name}.unrelated.safetensors"))
    tuned = train(copy.deepcopy(model), steps // 3, 1e-4, 1)
    save_file(weights(tuned), file("derived.tuned"))
    save_file(weights(merged(model, 0.05)), file("derived.lora"))
    save_file(weights(merged(model, 0.05), torch.float16), file("derived.lora.F16"))
    graphs(model, name, out)
    export(tuned, str(out / f"{name}.derived.tuned.onnx"), name)
    export(merged(model, 0.05), str(out / f"{name}.derived.lora.onnx"), name)
    export(stranger, str(out / f"other-{name}.unrelated.onnx"), name)
    if name == "llama":
        for kind in ("F16", "Q8_0", "Q4_0", "Q4_1", "Q5_1"):
            gguf_of_llama(weights(model), out / f"llama.requantised.{kind}.gguf", lineage.Kind[kind])
            gguf_of_llama(weights(merged(model, 0.05)), out / f"llama.derived.lora.{kind}.gguf", lineage.Kind[kind])
        gguf_of_llama(weights(model), out / "llama.same.F32.gguf", lineage.Kind.F32)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--steps", type=int, default=150)
    arguments.add_argument("--only", nargs="*", default=list(MAKERS))
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name in given.only:
        family(name, given.folder, given.steps)


if __name__ == "__main__":
    main()
