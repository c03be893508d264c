#!/usr/bin/env python3
"""Trains real descendants of the small published text model on this machine's CPU, for `lineage.py`.

    pip install gguf numpy jax tokenizers && python3 lineage_train.py SmolLM2.gguf FOLDER [--steps N]

Writes arrays by GGUF's names: `base.npz` (the weights as 32-bit numbers), `lora.npz` (rank 8 on queries and values, merged),
`tuned.npz` (every weight trained, at the rate of instruction tuning) and `tuned-hard.npz` (five times that rate). The texts are
the help pages of the Python that runs it. A full pass through every weight is real training; some hundred steps of it are little.
"""

import argparse
import pydoc_data.topics
from functools import partial
from pathlib import Path

import gguf
import jax
import jax.numpy as jnp
import numpy
from tokenizers import Tokenizer, models, pre_tokenizers

LAYER = ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")
LENGTH, BATCH, RANK = 64, 2, 8


def number(reader, key):
    return float(reader.fields[key].contents())


def weights(reader):
    return {t.name.removesuffix(".weight"): gguf.quants.dequantize(t.data, t.tensor_type).astype(numpy.float32)
            for t in reader.tensors}


def texts(reader):
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in reader.fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={token: at for at, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    ids = numpy.array(tokenizer.encode("\n".join(pydoc_data.topics.topics.values())).ids, dtype=numpy.int32)
    return ids[: len(ids) // LENGTH * LENGTH].reshape(-1, LENGTH)


def norm(x, weight, epsilon):
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + epsilon) * weight


def turned(x, base):
    """Positions as llama.cpp turns them for this architecture: neighbouring pairs."""
    size = x.shape[-1]
    angles = jnp.arange(x.shape[1])[:, None] / base ** (jnp.arange(0, size, 2) / size)
    cos, sin = jnp.cos(angles)[None, :, None], jnp.sin(angles)[None, :, None]
    even, odd = x[..., 0::2], x[..., 1::2]
    return jnp.stack([even * cos - odd * sin, even * sin + odd * cos], -1).reshape(x.shape)


def loss(parameters, ids, shape):
    heads, groups, epsilon, base = shape
    x = parameters["token_embd"][ids]
    mask = jnp.where(jnp.tril(jnp.ones((LENGTH, LENGTH), bool)), 0.0, -1e9)

    def layer(x, w):
        y = norm(x, w["attn_norm"], epsilon)
        split = lambda z, count: z.reshape(*z.shape[:2], count, -1)
        q = turned(split(y @ w["attn_q"].T, heads), base)
        k = turned(split(y @ w["attn_k"].T, groups), base)
        v = split(y @ w["attn_v"].T, groups)
        k, v = (jnp.repeat(z, heads // groups, 2) for z in (k, v))
        score = jnp.einsum("bqhd,bkhd->bhqk", q, k) / jnp.sqrt(q.shape[-1]) + mask
        seen = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(score), v).reshape(y.shape[0], LENGTH, -1)
        x = x + seen @ w["attn_output"].T
        y = norm(x, w["ffn_norm"], epsilon)
        return x + (jax.nn.silu(y @ w["ffn_gate"].T) * (y @ w["ffn_up"].T)) @ w["ffn_down"].T, None

    x, _ = jax.lax.scan(jax.checkpoint(layer), x, {name: parameters[name] for name in LAYER})
    scores = jax.nn.log_softmax(norm(x, parameters["output_norm"], epsilon) @ parameters["token_embd"].T)
    return -jnp.mean(jnp.take_along_axis(scores[:, :-1], ids[:, 1:, None], -1))


def merged(frozen, lora):
    full = dict(frozen)
    for name in ("attn_q", "attn_v"):
        full[name] = full[name] + 2.0 * jnp.einsum("lor,lri->loi", lora[name + ".b"], lora[name + ".a"])
    return full


@partial(jax.jit, static_argnums=(0,))
def step(of, state, ids, rate):
    """Adam."""
    trained, first, second, count = state
    value, slope = jax.value_and_grad(of)(trained, ids)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)
    count = count + 1
    move = lambda w, m, v: w - rate * (m / (1 - 0.9**count)) / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8)
    return (jax.tree.map(move, trained, first, second), first, second, count), value


def train(of, trained, rows, steps, rate):
    zeros = jax.tree.map(jnp.zeros_like, trained)
    state, choice, losses = (trained, zeros, zeros, 0), numpy.random.default_rng(7), []
    for at in range(steps):
        state, value = step(of, state, rows[choice.integers(0, len(rows), BATCH)], rate)
        losses.append(float(value))
        if at % 10 == 9:
            print(f"  {at + 1}: {numpy.mean(losses[-10:]):.3f}", flush=True)
    return state[0]


def save(path, parameters):
    flat = {}
    for name, value in parameters.items():
        if name in LAYER:
            flat.update({f"blk.{at}.{name}.weight": numpy.asarray(part) for at, part in enumerate(value)})
        else:
            flat[f"{name}.weight"] = numpy.asarray(value)
    numpy.savez(path, **flat)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("model", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--steps", type=int, default=120)
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    reader = gguf.GGUFReader(given.model)
    flat, layers = weights(reader), int(number(reader, "llama.block_count"))
    base = {name: jnp.stack([flat[f"blk.{at}.{name}"] for at in range(layers)]) for name in LAYER}
    base |= {name: jnp.asarray(flat[name]) for name in ("token_embd", "output_norm")}
    shape = (int(number(reader, "llama.attention.head_count")), int(number(reader, "llama.attention.head_count_kv")),
             number(reader, "llama.attention.layer_norm_rms_epsilon"), number(reader, "llama.rope.freq_base"))
    rows = texts(reader)
    save(given.folder / "base.npz", base)
    print("lora")
    key = jax.random.key(3)
    lora = {}
    for name in ("attn_q", "attn_v"):
        key, now = jax.random.split(key)
        _, out, into = base[name].shape
        lora[name + ".a"] = jax.random.normal(now, (layers, RANK, into)) / into**0.5
        lora[name + ".b"] = jnp.zeros((layers, out, RANK))
    lora = train(lambda some, ids: loss(merged(base, some), ids, shape), lora, rows, given.steps, 2e-4)
    save(given.folder / "lora.npz", merged(base, lora))
    for name, rate in (("tuned", 2e-5), ("tuned-hard", 1e-4)):
        print(name)
        save(given.folder / f"{name}.npz", train(lambda some, ids: loss(some, ids, shape), base, rows, given.steps, rate))


if __name__ == "__main__":
    main()
