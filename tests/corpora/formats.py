#!/usr/bin/env python3
"""Writes small models with the reference packages: `clean-*` must come out clean, `hostile-*` with the hazard in the name.

    pip install onnx numpy h5py keras jax flatbuffers coremltools openvino zstandard lz4 py7zr && python3 formats.py FOLDER [NAME…]

Nothing in them does harm: what the hostile ones name does not exist. TensorFlow's and TensorFlow Lite's files are written by
hand, field by field, since their packages are too large for a test.
"""

import io
import json
import os
import struct
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import h5py

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


# ---- HDF5


def hdf5(folder):
    """Plain files, and those that read others; in the first form of the format and in the latest."""
    for form in ("earliest", "latest"):
        def file(name, form=form):
            return h5py.File(folder / f"{name}-{form}.h5", "w", libver=form)

        with file("clean-plain") as made:
            made.attrs["note"] = "weights"
            group = made.create_group("model_weights")
            for number in range(40):
                group.create_group(f"layer_{number}").create_dataset("kernel:0", data=numpy.zeros((2, 3), numpy.float32))
            group["again"] = h5py.SoftLink("/model_weights/layer_0")
        with file("clean-compressed") as made:
            made.create_dataset("w", data=numpy.zeros((64, 64), numpy.float16), compression="gzip")
            made.create_dataset("text", data=["a", "b"])
            made.create_dataset("later", shape=(10,), dtype="i8")
        with file("clean-attributes") as made:
            for number in range(60):
                made.attrs[f"attribute_{number}"] = number
        with file("hostile-hdf5.external_link") as made:
            made.create_group("a")["out"] = h5py.ExternalLink("nothing-there.h5", "/x")
        with file("hostile-hdf5.external_link-many") as made:
            for number in range(200):
                made.create_group(f"layer_{number:04}")
            made["zz"] = h5py.ExternalLink("nothing-there.h5", "/x")
        with file("hostile-hdf5.external_storage") as made:
            made.create_dataset("w", shape=(4,), dtype="f4", external=[("nothing-there.raw", 0, 16)])
        with file("hostile-hdf5.virtual_dataset") as made:
            layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
            layout[:] = h5py.VirtualSource("nothing-there.h5", "w", shape=(4,))
            made.create_virtual_dataset("w", layout)
        with file("hostile-hdf5.shape_lies") as made:
            made.create_dataset("w", shape=(1 << 40,), dtype="f4", chunks=(1024,))
        with file("hostile-keras.lambda") as made:
            made.attrs["model_config"] = json.dumps(LAMBDA_OF_KERAS_2)
        with file("hostile-keras.lambda-many") as made:
            for number in range(60):
                made.attrs[f"attribute_{number}"] = number
            made.attrs["model_config"] = json.dumps(LAMBDA_OF_KERAS_2)
        with file("hostile-keras.lambda-fixed") as made:
            made.attrs.create("model_config", json.dumps(LAMBDA_OF_KERAS_2).encode(), dtype="S4096")
    with h5py.File(folder / "clean-userblock.h5", "w", userblock_size=1024) as made:
        made.create_dataset("w", data=numpy.zeros(3, numpy.float32))


# ---- Keras

LAMBDA_OF_KERAS_2 = {
    "class_name": "Sequential",
    "config": {"name": "tiny", "layers": [
        {"class_name": "Lambda", "config": {"name": "l", "function": ["4wAAAA==", None, None], "function_type": "lambda"}},
    ]},
    "keras_version": "2.4.0",
}


def layer(module, name, config=None, registered=None):
    return {"module": module, "class_name": name, "config": config or {}, "registered_name": registered}


def function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def sequential(*layers):
    return layer("keras", "Sequential", {"name": "tiny", "trainable": True, "layers": list(layers)})


HOSTILE_LAYERS = {
    "lambda": layer("keras.layers", "Lambda", {"function": {"class_name": "__lambda__", "config": {"code": "4wAAAA=="}}}),
    "lambda-nested": sequential(layer("keras.layers", "TimeDistributed", {"layer": layer("keras.layers", "Lambda", {
        "function": {"class_name": "__lambda__", "config": {"code": "4wAAAA=="}}})})),
    "unsafe_function": layer("keras.layers", "Lambda", {"function": function("keras.utils", "get_file")}),
    "unsafe_function-config": layer("keras.layers", "Lambda", {"function": function("keras.config", "enable_unsafe_deserialization")}),
    "unsafe_function-class": layer("keras.src.saving.saving_lib", "load_model"),
    "unsafe_function-activation": layer("keras.layers", "Activation", {"activation": function("keras.models", "load_model")}),
    "foreign_module": layer("os", "system", {"command": "nothing"}),
    "foreign_module-class": layer("subprocess", "Popen"),
    "foreign_module-builtin": layer("keras.layers", "Activation", {"activation": function("builtins", "exec")}),
    "foreign_module-numpy": layer("keras.layers", "Lambda", {"function": function("numpy", "load")}),
    "foreign_module-typespec": {"class_name": "__typespec__", "module": "runpy", "spec_name": "run_path", "serialized": []},
    "wrapper": layer("keras.layers", "TorchModuleWrapper", {"module": {"class_name": "__bytes__", "config": "gAJ9Lg=="}}),
    "wrapper-saved": layer("keras.layers", "TFSMLayer", {"filepath": "saved"}),
    "outside_file": layer("keras.layers", "StringLookup", {"vocabulary": "/nothing/there"}),
    "outside_file-address": layer("keras.layers", "TextVectorization", {"vocabulary": "https://example.com/nothing"}),
    "custom_object": layer("my_layers", "Net", {}, "my_layers>Net"),
    "custom_object-function": layer("keras.layers", "Activation", {"activation": function("my_functions", "bend")}),
}


def keras_zip(path, config, weights=b"", extra=()):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("metadata.json", json.dumps({"keras_version": "3.15.1", "date_saved": "2026-11-30@00:00:00"}))
        made.writestr("config.json", config if isinstance(config, (str, bytes)) else json.dumps(config))
        for name, content in extra:
            made.writestr(name, content)
        made.writestr("model.weights.h5", weights)


def keras_models(folder):
    import keras

    inputs = keras.Input((8, 8, 3), name="image")
    x = keras.layers.Conv2D(4, 3, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01))(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Activation(keras.activations.gelu)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    inner = keras.Sequential([keras.layers.Dense(3, activation="softmax")], name="head")
    model = keras.Model(inputs, inner(x), name="tiny")
    schedule = keras.optimizers.schedules.CosineDecay(0.001, 10)
    model.compile(optimizer=keras.optimizers.Adam(schedule), loss=keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])
    text = keras.Sequential([keras.Input((4,)), keras.layers.Embedding(10, 4), keras.layers.Bidirectional(keras.layers.LSTM(3)),
                             keras.layers.Dense(1, activation=keras.ops.tanh)])
    mixed = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, dtype="mixed_float16"), keras.layers.Rescaling(2.0)])
    for name, made in (("functional", model), ("text", text), ("mixed", mixed)):
        made.save(folder / f"clean-{name}.keras")
        made.save(folder / f"clean-{name}.h5")
        (folder / f"clean-{name}.json").write_text(made.to_json())
    model.save_weights(folder / "clean-only.weights.h5")
    for name, part in HOSTILE_LAYERS.items():
        keras_zip(folder / f"hostile-keras.{name}.keras", sequential(part), (folder / "clean-only.weights.h5").read_bytes())
    hostile = sequential(HOSTILE_LAYERS["lambda"])
    (folder / "hostile-keras.lambda-alone.json").write_text(json.dumps(hostile))
    # What Python's reader takes and stricter ones do not.
    nan = json.dumps(hostile).replace('"trainable": true', '"trainable": NaN, "odd": "\\ud800"')
    keras_zip(folder / "hostile-keras.lambda-nan.keras", nan)
    keras_zip(folder / "hostile-keras.lambda-utf16.keras", json.dumps(hostile).encode("utf-16"))
    twice = json.dumps(hostile)[:-1] + ', "class_name": "Sequential"}'
    keras_zip(folder / "hostile-keras.lambda-twice.keras", twice.replace('"config": {"name"', '"config": {"class\\u005fname": 1, "name"'))
    keras_zip(folder / "hostile-keras.unreadable.keras", "{")
    linked = io.BytesIO()
    with h5py.File(linked, "w") as made:
        made["layers"] = h5py.ExternalLink("nothing-there.h5", "/x")
    keras_zip(folder / "hostile-hdf5.external_link.keras", sequential(), linked.getvalue())


# ---- protobufs by hand


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def node(operation, name="n"):
    return field(1, name) + field(2, operation)


def graph(*operations, functions=()):
    nodes = b"".join(field(1, node(operation, f"n{number}")) for number, operation in enumerate(operations))
    bodies = b"".join(field(1, field(1, field(1, f"f{number}")) + field(3, node(operation)))
                      for number, operation in enumerate(functions))
    return nodes + (field(2, bodies) if bodies else b"") + field(4, field(1, 1882))


GRAPH_IN_TEXT = b"""saved_model_schema_version: 1
meta_graphs { graph_def { node { name: "a" op: "Const" } node { name: "b" op: 'Write' "File" } } }
"""


def saved_model(made, assets=(), metadata=None):
    info = field(2, field(1, field(1, "AddV2"))) + field(4, "serve") + field(5, "2.15.0")
    files = b"".join(field(6, field(1, field(1, "x:0")) + field(2, name)) for name in assets)
    objects = field(7, field(1, field(4, field(1, "_tf_keras_model") + field(3, metadata)))) if metadata else b""
    return field(1, 1) + field(2, field(1, info) + field(2, made) + files + objects)


def tensorflow(folder):
    normal = ["Placeholder", "Const", "VarHandleOp", "MatMul", "SaveV2", "RestoreV2", "MergeV2Checkpoints", "ShardedFilename",
              "StaticRegexFullMatch", "InitializeTableFromTextFileV2", "StatefulPartitionedCall"]
    lambda_ = json.dumps(LAMBDA_OF_KERAS_2["config"]["layers"][0])
    for name, made in {
        "clean-model": saved_model(graph(*normal, functions=["ReadVariableOp"]), ["vocab.txt"]),
        "hostile-tensorflow.touches_files": saved_model(graph("Const", "WriteFile")),
        "hostile-tensorflow.touches_files-library": saved_model(graph("Const", functions=["Const", "ReadFile"])),
        "hostile-tensorflow.runs_code": saved_model(graph("PyFunc")),
        "hostile-tensorflow.reads_data": saved_model(graph("TextLineDataset")),
        "hostile-tensorflow.custom_operator": saved_model(graph("Addons>Thing")),
        "hostile-tensorflow.asset_outside": saved_model(graph("Const"), ["../../nothing"]),
        "hostile-keras.lambda": saved_model(graph("Const"), metadata=lambda_),
    }.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "saved_model.pb").write_bytes(made)
    attribute = field(5, field(1, "output_stream") + field(2, field(2, "file:///nothing/there")))
    printing = saved_model(field(1, node("PrintV2") + attribute))
    for name, file, made in (("print", "saved_model.pb", printing), ("text", "saved_model.pbtxt", GRAPH_IN_TEXT)):
        (folder / f"hostile-tensorflow.touches_files-{name}").mkdir(parents=True, exist_ok=True)
        (folder / f"hostile-tensorflow.touches_files-{name}" / file).write_bytes(made)
    (folder / "clean-frozen.pb").write_bytes(graph(*normal))
    (folder / "hostile-tensorflow.touches_files-frozen.pb").write_bytes(graph("Placeholder", "MatchingFiles"))
    objects = field(1, field(3, "root") + field(4, "_tf_keras_model") + field(5, json.dumps({"class_name": "Sequential", "config": {}})))
    (folder / "clean-keras_metadata.pb").write_bytes(objects)
    layers = objects + field(1, field(2, 1) + field(3, "root.layer-0") + field(5, lambda_))
    (folder / "hostile-keras.lambda-metadata.pb").write_bytes(layers)


# ---- names that a loader calls


def called(folder):
    def safetensors(metadata):
        header = json.dumps({"__metadata__": metadata, "w": {"dtype": "I8", "shape": [2], "data_offsets": [0, 2]}}).encode()
        return struct.pack("<Q", len(header)) + header + b"ab"

    def skops(module, name):
        inner = {"__class__": name, "__module__": module, "__loader__": "ObjectNode"}
        schema = {"__class__": "dict", "__module__": "builtins", "__loader__": "DictNode", "content": {"a": inner}, "protocol": 2}
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as made:
            made.writestr("schema.json", json.dumps(schema))
        return file.getvalue()

    for name, made in {
        "clean-hydra.yaml": b"net:\n  _target_: torch.nn.Linear\n  tags: [a, !!str b]\n",
        "clean-python.yaml": b"size: !!python/tuple [1, 2]\nrate: !!python/object:argparse.Namespace {a: 1}\n",
        "clean-metadata.safetensors": safetensors({"format": "pt", "net": "{'_target_': 'diffusers.AutoencoderKL'}"}),
        "clean-tree.skops": skops("sklearn.tree._classes", "DecisionTreeClassifier"),
        "hostile-config.runs_code.yaml": b"net:\n  _target_: os.system\n  command: nothing\n",
        "hostile-config.runs_code-tag.yaml": b"a: !!python/object/apply:os.system [nothing]\n",
        "hostile-config.runs_code-escaped.json": b'{"net": {"_target_": "os\\u002esystem"}, "auto": "\\u005ftarget_"}',
        "hostile-config.runs_code-metadata.safetensors": safetensors({"net": "{'_target_': 'os.system'}"}),
        "hostile-config.python_object.yaml": b"a: !!python/object:mymodel.Net {}\n",
        "hostile-config.python_object-handle.yaml": b"%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system [nothing]\n",
        "hostile-skops.executor.skops": skops("os", "system"),
        "hostile-skops.not_allowed.skops": skops("mymodel", "Net"),
    }.items():
        (folder / name).write_bytes(made)


# ---- TensorFlow Lite


def tflite(folder):
    import flatbuffers

    def model(custom=None, claim=(2, 3), outside=None):
        builder = flatbuffers.Builder(0)

        def vector(offsets):
            builder.StartVector(4, len(offsets), 4)
            for offset in reversed(offsets):
                builder.PrependUOffsetTRelative(offset)
            return builder.EndVector()

        def table(fields):
            builder.StartObject(10)
            for number, add, value in fields:
                add(number, value, 0)
            return builder.EndObject()

        offset, byte, int32 = builder.PrependUOffsetTRelativeSlot, builder.PrependInt8Slot, builder.PrependInt32Slot
        data = builder.CreateByteVector(numpy.arange(6, dtype=numpy.float32).tobytes())
        buffers = vector([table([]), table([(0, offset, data)])])
        name, shape = builder.CreateString("w"), builder.CreateNumpyVector(numpy.array(claim, dtype=numpy.int32))
        weight = table([(0, offset, shape), (2, builder.PrependUint32Slot, 1), (3, offset, name)])
        tensors = vector([weight])
        subgraph = table([(0, offset, tensors), (3, offset, vector([table([(0, builder.PrependUint32Slot, 0)])]))])
        subgraphs = vector([subgraph])
        if custom:
            text = builder.CreateString(custom)
            code = table([(0, byte, 32), (1, offset, text), (3, int32, 32)])
        else:
            code = table([(0, byte, 9), (3, int32, 9)])
        codes = vector([code])
        description = builder.CreateString("tiny")
        fields = [(0, builder.PrependUint32Slot, 3), (1, offset, codes), (2, offset, subgraphs), (3, offset, description),
                  (4, offset, buffers)]
        if outside:
            text = builder.CreateString(outside)
            fields.append((8, offset, vector([table([(0, offset, text)])])))
        root = table(fields)
        builder.Finish(root, file_identifier=b"TFL3")
        return bytes(builder.Output())

    labels = io.BytesIO()
    with zipfile.ZipFile(labels, "w") as made:
        made.writestr("labels.txt", "cat\ndog\n")
    for name, made in {
        "clean-plain": model(),
        "clean-labels": model() + labels.getvalue(),
        "clean-known": model("TFLite_Detection_PostProcess"),
        "clean-flex": model("FlexErf"),
        "hostile-tensorflow.touches_files": model("FlexWriteFile"),
        "hostile-tflite.custom_operator": model("MyOperator"),
        "hostile-tflite.tensor_size": model(claim=(200, 3)),
        "hostile-tflite.external_outside": model(outside="../../nothing.bin"),
        "hostile-tflite.unreadable": model()[:-40],
    }.items():
        (folder / f"{name}.tflite").write_bytes(made)


# ---- Core ML


def coreml(folder):
    from coremltools.models import datatypes
    from coremltools.models.neural_network import NeuralNetworkBuilder
    from coremltools.proto import MIL_pb2, Model_pb2

    def network(custom=None):
        shape = datatypes.Array(3)
        builder = NeuralNetworkBuilder([("x", shape)], [("y", datatypes.Array(2))])
        builder.add_inner_product("dense", numpy.ones((2, 3)), None, 3, 2, False, "x", "y" if not custom else "z")
        if custom:
            layer = builder.spec.neuralNetwork.layers.add()
            layer.name = "own"
            layer.custom.className = custom
        builder.spec.description.metadata.license = "CC0-1.0"
        return builder.spec

    def program(file="@model_path/weights/weight.bin"):
        spec = Model_pb2.Model(specificationVersion=7)
        spec.description.input.add(name="x").type.multiArrayType.shape.append(3)
        operation = MIL_pb2.Operation(type="const")
        operation.attributes["val"].blobFileValue.fileName = file
        block = MIL_pb2.Block()
        block.operations.append(operation)
        spec.mlProgram.version = 1
        spec.mlProgram.functions["main"].block_specializations["CoreML7"].CopyFrom(block)
        return spec

    pipeline = Model_pb2.Model(specificationVersion=4)
    pipeline.description.input.add(name="x").type.int64Type.SetInParent()
    pipeline.pipeline.models.add().CopyFrom(network("Own"))
    linked = Model_pb2.Model(specificationVersion=4)
    linked.description.input.add(name="x").type.int64Type.SetInParent()
    linked.linkedModel.linkedModelFile.linkedModelFileName.defaultValue = "nothing"
    for name, made in {
        "clean-network": network(),
        "hostile-coreml.custom_layer": network("Own"),
        "hostile-coreml.custom_layer-pipeline": pipeline,
        "hostile-coreml.linked_model": linked,
        "hostile-coreml.outside": program("@model_path/../../nothing.bin"),
        "hostile-coreml.weights_missing": program(),
    }.items():
        (folder / f"{name}.mlmodel").write_bytes(made.SerializeToString(deterministic=True))
    for name, path in (("clean-package", "com.apple.CoreML/model.mlmodel"), ("hostile-coreml.outside-package", "../../nothing")):
        package = folder / f"{name}.mlpackage"
        inside = package / "Data" / "com.apple.CoreML"
        (inside / "weights").mkdir(parents=True, exist_ok=True)
        (inside / "model.mlmodel").write_bytes(program().SerializeToString(deterministic=True))
        (inside / "weights" / "weight.bin").write_bytes(bytes(64))
        manifest = {"fileFormatVersion": "1.0.0", "itemInfoEntries": {"A": {"author": "com.apple.CoreML", "path": path}}}
        (package / "Manifest.json").write_text(json.dumps(manifest))


# ---- OpenVINO


def openvino_models(folder):
    import openvino
    from openvino import opset13

    x = opset13.parameter([1, 3], numpy.float32, name="x")
    w = opset13.constant(numpy.ones((3, 2), numpy.float32))
    made = openvino.Model([opset13.relu(opset13.matmul(x, w, False, False))], [x], "tiny")
    openvino.save_model(made, folder / "clean-plain.xml", compress_to_fp16=False)
    plain = (folder / "clean-plain.xml").read_text()
    weights = (folder / "clean-plain.bin").read_bytes()
    head, rest = plain.split("\n", 1)
    for name, text, data in (
        ("clean-tokenizer", plain.replace('type="ReLU" version="opset1"', 'type="BPETokenizer" version="extension"'), weights),
        ("hostile-openvino.doctype", f'{head}\n<!DOCTYPE net [<!ENTITY a SYSTEM "file:///nothing">]>\n{rest}', weights),
        ("hostile-openvino.extension_layer", plain.replace('type="ReLU" version="opset1"', 'type="Own" version="own"'), weights),
        ("hostile-openvino.library", plain.replace('type="ReLU"', 'type="ReLU" library="nothing.so"'), weights),
        ("hostile-openvino.weights_range", plain, weights[:8]),
        ("hostile-openvino.weights_missing", plain, None),
        ("hostile-openvino.unreadable", plain[: len(plain) // 2] + "<<", weights),
    ):
        (folder / f"{name}.xml").write_text(text)
        if data is not None:
            (folder / f"{name}.bin").write_bytes(data)


# ---- GGML


def ggml(folder):
    def words(*numbers):
        return struct.pack(f"<{len(numbers)}I", *numbers)

    def tensor(name, shape, kind, size, at=None):
        head = words(len(shape), len(name), kind, *shape) + name
        pad = b"" if at is None else bytes(-(at + len(head)) % 32)
        return head + pad + bytes(size)

    def whisper(tokens=2):
        filters = words(2, 3) + bytes(24)
        vocabulary = words(tokens) + words(1) + b"a" + words(2) + b"bc"
        return b"lmgg" + words(2, 1500, 4, 1, 1, 448, 4, 1, 1, 80, 1) + filters + vocabulary + tensor(b"w", (2, 3), 1, 12)

    def llama(size=24, shape=(2, 3)):
        made = b"tjgg" + words(3) + words(1, 4, 4, 1, 1, 4, 0) + words(1) + b"a" + words(0)
        return made + tensor(b"w", shape, 0, size, len(made))

    for name, made in {
        "clean-whisper": whisper(),
        "clean-llama": llama(),
        "hostile-ggml.count_lies": whisper(1 << 30),
        "hostile-ggml.count_lies-shape": llama(shape=(1 << 30, 1 << 30)),
        "hostile-ggml.unreadable-short": llama(size=20),
        "hostile-ggml.unreadable": whisper()[:70],
    }.items():
        (folder / f"{name}.bin").write_bytes(made)
    # Programs for the graphics processor are ELF as well, for the machine 190.
    cubin = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 2, 190) + bytes(40)
    (folder / "hostile-tensorrt.opaque.engine").write_bytes(b"ftrt" + bytes(60))
    (folder / "hostile-tensorrt.opaque-cubin.plan").write_bytes(b"ptrt" + bytes(60) + cubin)


# ---- compressed


def packed(folder):
    """The same in each: weights, a program under a model's name, and a text that was cut."""
    import bz2
    import lzma

    import lz4.frame
    import zstandard

    header = b'{"a":{"dtype":"I8","shape":[600],"data_offsets":[0,600]}}'
    weights = struct.pack("<Q", len(header)) + header + bytes(range(200)) * 3
    program = b"\x7fELF\x02\x01\x01" + bytes(500)
    lines = "".join(f"line {number * number}\n" for number in range(400)).encode()
    skipped = struct.pack("<II", 0x184D2A50, 5) + b"ahead"
    packers = {
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
        "lz4": lambda data: lz4.frame.compress(data[:300]) + skipped + lz4.frame.compress(data[300:], content_checksum=True),
        "zst": lambda data: skipped + zstandard.compress(data[:300]) + zstandard.compress(data[300:]),
    }
    for ending, pack in packers.items():
        (folder / f"clean-weights.safetensors.{ending}").write_bytes(pack(weights))
        (folder / f"hostile-file.executable-model.safetensors.{ending}").write_bytes(pack(program))
        (folder / f"hostile-archive.damaged-cut.txt.{ending}").write_bytes(pack(lines)[:-20])


def sevenzip(folder):
    """Every method; several files in one stream; what is encrypted; what cannot be unpacked here."""
    import lzma

    import py7zr

    header = b'{"a":{"dtype":"I8","shape":[600],"data_offsets":[0,600]}}'
    weights = struct.pack("<Q", len(header)) + header + bytes(range(200)) * 3
    program = b"\x7fELF\x02\x01\x01" + bytes(500)
    executor = b"\x80\x02cnt\nsystem\nX\x0b\x00\x00\x00nonexistent\x85R."
    # Calls of each processor, which its filter turns into something else.
    arm, thumb, power, sparc = b"\x10\x02\x00\xeb", b"\x01\xf0\x02\xf8", b"\x48\x00\x12\x01", b"\x40\x00\x12\x00"
    intel = [b"\xe8" + struct.pack("<i", number * 64) + b"\x90" * 3 for number in range(60)]
    calls = b"".join(one + arm + thumb + power + sparc for one in intel)

    def write(name, members, *filters, link=None, **more):
        chain = [{"id": one} if isinstance(one, int) else one for one in filters] or None
        with py7zr.SevenZipFile(folder / f"{name}.7z", "w", filters=chain, **more) as archive:
            if link:
                archive.write(link, "link.txt")
            for member, data in members.items():
                archive.writestr(data, member)

    honest = {"model/config.json": b'{"a": 1}', "model/model.safetensors": weights, "model/README.md": b"# Tiny\n", "calls.dat": calls}
    lzma2 = py7zr.FILTER_LZMA2
    for name, filters in {
        "lzma2": [lzma2],
        "lzma": [py7zr.FILTER_LZMA],
        "bzip2": [py7zr.FILTER_BZIP2],
        "deflate": [py7zr.FILTER_DEFLATE],
        "zstd": [py7zr.FILTER_ZSTD],
        "copy": [py7zr.FILTER_COPY],
        "delta": [{"id": lzma.FILTER_DELTA, "dist": 4}, lzma2],
        "x86": [py7zr.FILTER_X86, lzma2],
        "arm": [py7zr.FILTER_ARM, lzma2],
        "arm-thumb": [py7zr.FILTER_ARMTHUMB, lzma2],
        "sparc": [py7zr.FILTER_SPARC, lzma2],
        "powerpc": [py7zr.FILTER_POWERPC, lzma2],
    }.items():
        write(f"clean-{name}", honest, *filters)
        write(f"hostile-file.executable-{name}", {**honest, "model.bin": program}, *filters)
    write("hostile-pickle.executor-member", {**honest, "notes.txt": executor})
    write("hostile-7z.method-ppmd", honest, {"id": py7zr.FILTER_PPMD, "order": 6, "mem": 16})
    write("hostile-7z.method-brotli", honest, py7zr.FILTER_BROTLI)
    write("hostile-7z.encrypted-members", honest, lzma2, py7zr.FILTER_CRYPTO_AES256_SHA256, password="x")
    write("hostile-7z.encrypted-listing", honest, password="x", header_encryption=True)
    link = folder / "link"
    link.symlink_to("clean-copy.7z")
    write("hostile-7z.link-member", honest, link=link)
    link.unlink()
    copied = (folder / "clean-copy.7z").read_bytes()
    for name, place in (("stream", copied.index(b"Tiny")), ("listing", len(copied) - 9)):
        damaged = bytearray(copied)
        damaged[place] ^= 1
        (folder / f"hostile-7z.damaged-{name}.7z").write_bytes(damaged)
    (folder / "hostile-7z.tail-text.7z").write_bytes((folder / "clean-lzma2.7z").read_bytes() + b"behind")


def onnx_models(folder):
    for name, made in everything():
        (folder / f"{name}.onnx").write_bytes(made.SerializeToString(deterministic=True))
    (folder / "clean-beside.data").write_bytes(numpy.arange(6, dtype=numpy.float32).tobytes())
    onnx.checker.check_model(str(folder / "clean-plain.onnx"))


def main():
    for name, write in (("onnx", onnx_models), ("hdf5", hdf5), ("keras", keras_models), ("tensorflow", tensorflow),
                        ("called", called),
                        ("tflite", tflite), ("coreml", coreml), ("openvino", openvino_models), ("ggml", ggml), ("packed", packed), ("sevenzip", sevenzip)):
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        write(folder)


if __name__ == "__main__":
    main()
