"""Loads a model as the makers of a library show it, says "loaded", and keeps it: engine.py LIBRARY HOW MODEL [PACKAGES …]"""

import os
import sys
import time

library, how, path = sys.argv[1:4]
sys.path[:0] = sys.argv[4:]


def load():
    if library == "safetensors" and how == "map":
        from safetensors import safe_open

        opened = safe_open(path, framework="np")
        return opened, [opened.get_tensor(name) for name in opened.keys()]
    if library == "safetensors":
        from safetensors.numpy import load_file

        return load_file(path)
    if library == "torch":
        import torch

        return torch.load(path, map_location="cpu")
    if library == "onnxruntime":
        import onnxruntime

        return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    if library == "mistralrs":
        from mistralrs import Runner, Which

        folder, name = os.path.split(path)
        return Runner(which=Which.GGUF(quantized_model_id=folder, quantized_filename=name))
    raise SystemExit(f"no library {library}")


kept = load()
if os.environ.get("ENGINE_FORKS") and os.fork():
    os._exit(0)
print("loaded", flush=True)
time.sleep(3600)
