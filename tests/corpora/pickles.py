"""Writes harmless and hostile pickles with the tools that write models, and manifest.json: what each must be judged as.

Usage: pickles.py FOLDER. Hostile ones call os.getpid or print at most, and nothing here is unpickled. A writer that is not
installed is left out: numpy, joblib, scikit-learn, scipy, torch, dill, cloudpickle.

The manifest says `clean`, `suspicious` (needs code that is not in the file, or is odd) or `dangerous`.
"""

import bz2
import collections
import datetime
import decimal
import enum
import fractions
import gzip
import importlib
import io
import json
import lzma
import os
import pathlib
import pickle
import random
import struct
import sys
import tarfile
import types
import uuid
import zipfile
import zlib


def installed(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


numpy, joblib, torch = installed("numpy"), installed("joblib"), installed("torch")
dill, cloudpickle, sklearn, scipy = installed("dill"), installed("cloudpickle"), installed("sklearn"), installed("scipy")

CALL = b"\x80\x04cos\ngetpid\n)R."
TEXT_CALL = b"cos\ngetpid\n(tR."


class Calls:
    def __init__(self, function, arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


class Colour(enum.Enum):
    RED = 1


def values():
    """Harmless ones, for every protocol."""
    yield "plain", {"a": [1, 2.5, None, True], "b": ("x", b"y"), "c": {1, 2}, "long": 1 << 90, "f": frozenset([1])}
    yield "text", {"class": "import os\nos.system('x')", "module": "os", "system": "system", "__setstate__": 1, "append": 2}
    yield "ordered", collections.OrderedDict(a=1)
    yield "counter", collections.Counter("abca")
    yield "default", collections.defaultdict(list, a=[1])
    yield "deque", collections.deque([1, 2], 5)
    yield "times", [datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc), datetime.timedelta(1), decimal.Decimal("1.5")]
    yield "numbers", [fractions.Fraction(1, 3), complex(1, 2), uuid.UUID(int=5), range(1 << 40), slice(1, 2), bytearray(b"ab")]
    yield "path", pathlib.PurePosixPath("a/b")
    yield "record", types.SimpleNamespace(rate=0.1)
    yield "nothings", [type(None), Ellipsis, NotImplemented, ValueError("x")]
    shared = ["a"]
    loop = [shared, shared]
    loop.append(loop)
    yield "loop", loop
    deep = []
    for _ in range(300):
        deep = [deep]
    yield "deep", deep
    yield "long_text", "os\nsystem\n" * 5000
    yield "vocabulary", {word: number for number, word in enumerate(["c", "cos", "system", "R.", "\x80\x04"] * 500)}
    if numpy:
        yield from numpy_values()
    if sklearn:
        yield from sklearn_values()


def numpy_values():
    yield "array", numpy.arange(2000.0)
    yield "integers", numpy.arange(256, dtype="u1").repeat(16)
    yield "fortran", numpy.asfortranarray(numpy.ones((3, 4), "f4"))
    yield "empty", numpy.zeros((0, 3))
    yield "zero_d", numpy.array(3)
    yield "texts", numpy.array(["os", "system", "c"])
    yield "bytes", numpy.array([b"cos\nsystem\n", b"R."])
    yield "records", numpy.array([(1, 2.0, b"x")], dtype=[("a", "i4"), ("b", "f8", (2,)), ("c", "S3")])
    yield "recarray", numpy.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
    yield "object_records", numpy.array([(1, "x")], dtype=[("a", "i4"), ("b", "O")])
    yield "objects", numpy.array(["a", None, {1: 2}], dtype=object)
    yield "dates", numpy.array(["2026-01-01"], dtype="M8[ns]")
    yield "bools", numpy.array([True, False])
    yield "masked", numpy.ma.masked_array([1.0, 2.0], [True, False])
    yield "matrix", numpy.matrix([[1, 2]])
    yield "big_endian", numpy.arange(9, dtype=">f8")
    yield "scalar", [numpy.float32(1), numpy.int64(2), numpy.bool_(True), numpy.str_("a")]
    yield "dtypes", [numpy.dtype("f4"), numpy.float32, numpy.dtype("O"), numpy.dtype([("a", "O")])]
    yield "generator", [numpy.random.default_rng(1), numpy.random.RandomState(1), numpy.random.PCG64(3)]
    yield "functions", [numpy.log1p, numpy.exp, numpy.mean, numpy.poly1d([1, 2])]
    yield "many", [numpy.full(n % 40, n % 256, "u1") for n in range(300)]
    if scipy:
        from scipy import sparse

        yield "sparse", [kind(numpy.eye(3)) for kind in (sparse.csr_matrix, sparse.csc_matrix, sparse.coo_matrix, sparse.csr_array)]


def sklearn_values():
    from sklearn import cluster, decomposition, ensemble, feature_extraction, gaussian_process, linear_model, mixture, model_selection
    from sklearn import calibration, compose, feature_selection, metrics
    from sklearn import naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree

    x, y = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 5.0]] * 5, [0, 1, 0, 1] * 5
    for model in (
        linear_model.LogisticRegression(), ensemble.RandomForestClassifier(5), ensemble.GradientBoostingClassifier(n_estimators=3),
        ensemble.HistGradientBoostingClassifier(max_iter=3), svm.SVC(), linear_model.SGDClassifier(), tree.DecisionTreeRegressor(),
        ensemble.ExtraTreesClassifier(3), ensemble.IsolationForest(n_estimators=3), ensemble.AdaBoostClassifier(n_estimators=3),
        neighbors.KNeighborsClassifier(), neighbors.KernelDensity(), naive_bayes.GaussianNB(), cluster.KMeans(2, n_init=1),
        mixture.GaussianMixture(2), decomposition.PCA(1), neural_network.MLPClassifier(3, max_iter=5),
        gaussian_process.GaussianProcessClassifier(), linear_model.LassoCV(), svm.LinearSVC(), preprocessing.OneHotEncoder(),
        preprocessing.PolynomialFeatures(), preprocessing.SplineTransformer(), cluster.BisectingKMeans(2, n_init=1),
        calibration.CalibratedClassifierCV(linear_model.LogisticRegression(), method="isotonic", cv=2),
        feature_selection.SelectKBest(feature_selection.f_classif, k=1), preprocessing.FunctionTransformer(numpy.log1p),
        compose.ColumnTransformer([("a", preprocessing.StandardScaler(), [0, 1])]),
        model_selection.GridSearchCV(svm.SVC(), {"C": [1, 2]}, scoring=metrics.make_scorer(metrics.f1_score), cv=2), model_selection.GridSearchCV(linear_model.Ridge(), {"alpha": [1, 2]}, cv=2),
        pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.Ridge()),
        ensemble.VotingClassifier([("a", linear_model.LogisticRegression()), ("b", tree.DecisionTreeClassifier())]),
    ):
        yield type(model).__name__, model.fit(x, y)
    yield "TfidfVectorizer", feature_extraction.text.TfidfVectorizer().fit(["append the class", "import os"])


def hostile():
    import operator
    import subprocess

    yield "getpid", Calls(os.getpid, ())
    yield "eval", Calls(eval, ("1",))
    yield "exec", Calls(exec, ("1",))
    yield "getattr", Calls(getattr, ("a", "upper"))
    yield "popen", Calls(subprocess.Popen, (["true"],))
    yield "attrgetter", Calls(operator.attrgetter("upper"), ("a",))
    yield "in_list", [1, {"a": Calls(os.getpid, ())}]
    yield "in_default", collections.defaultdict(os.getpid)
    yield "import_module", Calls(importlib.import_module, ("json",))
    if numpy:
        yield "in_array", numpy.array([Calls(os.getpid, ())], dtype=object)
    if torch:
        yield "torch_load", Calls(torch.load, ("x",))
        yield "torch_rebuild", Calls(torch._tensor._rebuild_from_type_v2, (os.getpid, torch.Tensor, (), {}))


RAW = {
    "inst": b"(ios\ngetpid\n.",
    "obj": b"(cos\ngetpid\no.",
    "newobj_ex": b"\x80\x04cos\ngetpid\n)}\x92.",
    "memo": b"\x80\x04\x8c\x06getpid\x94\x8c\x02os\x940h\x01h\x00\x93)R.",
    "memo_huge": b"\x80\x04\x8c\x02osr\xff\xff\x0f\x000j\xff\xff\x0f\x00\x8c\x06getpid\x93)R.",
    "escapes": b"S'\\x6fs'\nV\\u0067etpid\n\x93)R.",
    "breaks": b"\x80\x04cos\ngetpid\n)R\xff",
    "cut": b"\x80\x04cos\ngetpid\n)R",
    "text": TEXT_CALL,
    "text_behind_a_long_line": b"S'" + b"a" * 9000 + b"'\n0" + TEXT_CALL,
    "protocol_one": b"\x80\x01" + TEXT_CALL,
    "nested": pickle.dumps(CALL),
    "nested_protocol_one": pickle.dumps(b"\x80\x01" + TEXT_CALL),
    "computed": b"cbuiltins\nstr\n(S'os'\ntR\x8c\x06getpid\x93)R.",
    "computed_by_codec": b"c_codecs\nencode\n(S'bf'\nS'rot13'\ntR\x8c\x06getpid\x93)R.",
    "dotted": b"\x80\x04\x8c\x0bcollections\x8c\x0f_sys.modules.get\x93.",
    "class_patch": b"ccollections\nOrderedDict\nN}\x8c\x01aK\x01s\x86b.",
    "state_twice": b"cargparse\nNamespace\n)R}b}b.",
    "state_method": b"cargparse\nNamespace\n)R}\x8c\x0c__setstate__cbuiltins\nprint\nsbNb.",
    "extends_itself": b"cargparse\nNamespace\n)R}\x8c\x06extendcbuiltins\nprint\nsb(Ne.",
    "python2": b"c__builtin__\nexecfile\n(S''\ntR.",
    "called_made": b"ccollections\nOrderedDict\n)R)R.",
    "rebuild_computed": b"ctorch._tensor\n_rebuild_from_type_v2\n(ccollections\nOrderedDict\n)Rctorch\nTensor\n)}tR.",
    "random_state": b"cnumpy.random._pickle\n__randomstate_ctor\n(S'x'\ncos\ngetpid\ntR.",
    "random_computed": b"cnumpy.random._pickle\n__randomstate_ctor\n(S'x'\ncargparse\nNamespace\n)RtR.",
    "dtype_forged": b"cnumpy\ndtype\n(S'O8'\nI00\nI01\ntR(I3\nS'|'\nNNNI-1\nI-1\nI0\ntb.",
    "dtype_of_objects": b"cnumpy\ndtype\n(S'f8'\nI00\nI01\ntR(I3\nS'|'\nNNNI-1\nI-1\nI63\ntb.",
    "tensor_beyond": b"ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQI0\n(I9\nt(I1\ntI00\nNtR.",
    "state_in_two_parts": b"cargparse\nNamespace\n)RN}\x8c\x0c__setstate__Ns\x86b.",
    "type_makes_a_class": b"cbuiltins\ntype\n(S'X'\n)}tR.",
    "ufunc_by_name": b"cnumpy.core\n_ufunc_reconstruct\n(S'os'\nS'getpid'\ntR.",
    "pandas_makes_another": b"cpandas.core.indexes.base\n_new_Index\n(ccollections\nOrderedDict\n}tR.",
    "module_of_torch": b"\x80\x02(X\x06\0\0\0modulecos\ngetpid\nNNtQ)\x81}b.",
    "functools": b"cfunctools\npartial\n(cos\ngetpid\ntR)R.",
}

ODD = {
    "encoding": b"c_codecs\nencode\n(S'a'\nS'zlib_codec'\ntR.",
    "bomb": b"cbuiltins\nbytearray\n(I99999999999\ntR.",
    "bomb_of_range": b"cbuiltins\nlist\n(cbuiltins\nrange\n(I99999999999\ntRtR.",
    "array_bomb": b"cnumpy._core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I99999999999\ntS'b'\ntR.",
    "ndarray_called": b"cnumpy\nndarray\n((I99999999999\ntS'b'\ntR.",
    "persistent": b"S'x'\nQ.",
    "extension": b"\x82\x01)R.",
    "trailing": pickle.dumps([1]) + b"\0\xff" * 40,
    "cut": pickle.dumps([1, "abc"])[:-3],
    "own_class": b"cmymodel\nNet\n)\x81}b.",
    "layer_called": b"\x80\x02ctorch.nn.modules.linear\nLinear\n(KcKctR.",
    "booster_called": b"\x80\x02cxgboost.core\nBooster\n(NNX\x01\0\0\0xtR.",
    "attrgetter_of_sklearn": b"csklearn.feature_selection._base\nattrgetter\n(S'x'\ntR.",
}


def joblib_files():
    """Joblib's own, each with its verdict; and what hides in its arrays."""

    def dumped(value, **how):
        file = io.BytesIO()
        joblib.dump(value, file, **how)
        return file.getvalue()

    sys.setrecursionlimit(9000)  # Its pickler is written in Python.
    for name, value in values():
        for protocol in (0, 2, 4, 5):
            yield f"{name}-{protocol}.joblib", dumped(value, protocol=protocol), "clean"
    state = [numpy.arange(3000.0), numpy.array(["x", None], dtype=object), {"a": numpy.ones((3, 3), "f4")}]
    for method in ("zlib", "gzip", "bz2", "xz", "lzma"):
        yield f"compressed-{method}.joblib", dumped(state, compress=(method, 3)), "clean"
        yield f"compressed-call-{method}.joblib", dumped([state, Calls(os.getpid, ())], compress=(method, 3)), "dangerous"
    yield "behind_an_array.joblib", dumped([numpy.arange(1000.0), Calls(os.getpid, ())]), "dangerous"
    yield "between_arrays.joblib", dumped([numpy.ones(9), Calls(os.getpid, ()), numpy.ones(9)]), "dangerous"
    yield "in_objects.joblib", dumped(numpy.array([Calls(os.getpid, ())], dtype=object)), "dangerous"
    yield "behind_objects.joblib", dumped([numpy.array([None]), Calls(os.getpid, ())]), "dangerous"
    yield "in_the_bytes.joblib", wrapper(b"K\x20\x85") + b"0" + TEXT_CALL + b"\0" * 99 + b".", "dangerous"
    for what, shape in (("overflow", b"(J\0\0\0\x7fJ\0\0\0\x7fJ\0\0\0\x7ft"), ("negative", b"J\xff\xff\xff\xff\x85"), ("computed", b"cbuiltins\nint\n(K\x09tR\x85")):
        yield f"size_{what}.joblib", wrapper(shape) + b"\0" * 9 + CALL, "dangerous"
    yield "size_set_again.joblib", wrapper(b"K\x01\x85", behind=b"0h\x10(\x8c\x05shapeK\x09\x85u0h\x11"), "dangerous"
    yield "frame_over_the_array.joblib", b"\x80\x04\x95" + struct.pack("<Q", 4000) + wrapper(b"K\x09\x85")[2:] + b"\0" * 4200 + CALL, "dangerous"
    yield "beyond_the_file.joblib", wrapper(b"M\xff\xff\x85") + b"\0" * 9, "suspicious"


def wrapper(shape, behind=b""):
    """joblib's place-holder of an array of bytes, up to its BUILD."""
    dtype = b"cnumpy\ndtype\n(\x8c\x02u1\x89\x88tR(K\x03\x8c\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
    state = b"}(\x8c\x08subclasscnumpy\nndarray\n\x8c\x05shape" + shape + b"\x8c\x05order\x8c\x01C\x8c\x05dtype" + dtype + b"u"
    return b"\x80\x02cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + state + behind + b"b"


def numpy_files():
    def saved(save, *what, **how):
        file = io.BytesIO()
        save(file, *what, **how)
        return file.getvalue()

    arrays = {name: value for name, value in numpy_values() if type(value) is numpy.ndarray}
    for name, value in arrays.items():
        yield f"{name}.npy", saved(numpy.save, value), "clean"
    yield "all.npz", saved(numpy.savez, **arrays), "clean"
    yield "all-compressed.npz", saved(numpy.savez_compressed, **arrays), "clean"
    yield "several.npy", b"".join(saved(numpy.save, value) for value in arrays.values()), "clean"
    call = numpy.array([Calls(os.getpid, ())], dtype=object)
    yield "objects-call.npy", saved(numpy.save, call), "dangerous"
    yield "objects-call.npz", saved(numpy.savez, a=numpy.ones(3), b=call), "dangerous"
    yield "objects-call-compressed.npz", saved(numpy.savez_compressed, a=numpy.ones(3), b=call), "dangerous"
    yield "objects-call-field.npy", saved(numpy.save, numpy.array([(1, Calls(os.getpid, ()))], dtype=[("a", "i4"), ("b", "O")])), "dangerous"
    yield "objects-call-last.npy", saved(numpy.save, numpy.ones(3)) + saved(numpy.save, call), "dangerous"
    one = saved(numpy.save, numpy.ones(300))
    yield "cut.npy", one[:-9], "suspicious"
    yield "tail.npy", one + b"x", "suspicious"
    yield "no_header.npy", one[:8] + b"\x20\x00" + b"{" * 32, "suspicious"
    yield "is_a_pickle.npy", CALL, "dangerous"


def torch_files():
    def saved(value, **how):
        file = io.BytesIO()
        torch.save(value, file, **how)
        return file.getvalue()

    net = torch.nn.Sequential(torch.nn.Linear(9, 9), torch.nn.ReLU(), torch.nn.Linear(9, 2)).requires_grad_(True)
    states = {
        "state": net.state_dict(),
        "kinds": {str(kind): torch.ones(3, 4).to(kind) for kind in (torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.bool)},
        "views": [torch.arange(12.0).reshape(3, 4).T, torch.arange(9.0)[3:], torch.zeros(0, 3), torch.tensor(1.0)],
        "parameter": torch.nn.Parameter(torch.ones(3)),
        "sparse": torch.eye(3).to_sparse(),
        "random": torch.randint(0, 256, (200_000,), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)),
        "checkpoint": {"epoch": 3, "model": net.state_dict(), "optimizer": torch.optim.Adam(net.parameters()).state_dict()},
        "numpy": {"array": numpy.arange(5), "size": torch.Size([1, 2]), "device": torch.device("cpu"), "dtype": torch.float32},
    }
    for name, state in states.items():
        yield f"torch-{name}.pt", saved(state), "clean"
        yield f"torch-{name}-old.pt", saved(state, _use_new_zipfile_serialization=False), "clean"
    parts = [net, torch.nn.LSTM(3, 4), torch.nn.TransformerEncoderLayer(8, 2), torch.nn.Embedding(5, 3)]
    yield "torch-module.pt", saved(parts), "clean"
    yield "torch-module-old.pt", saved(parts, _use_new_zipfile_serialization=False), "clean"
    yield "torch-quantised.pt", saved(torch.quantize_per_tensor(torch.ones(3, 4), 0.1, 0, torch.qint8)), "clean"
    yield "torch-call.pt", saved([torch.ones(3), Calls(os.getpid, ())]), "dangerous"
    yield "torch-call-old.pt", saved([torch.ones(3), Calls(os.getpid, ())], _use_new_zipfile_serialization=False), "dangerous"
    old = saved(torch.ones(9), _use_new_zipfile_serialization=False)
    yield "torch-behind-old.pt", old + CALL, "dangerous"
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(net), script)
    yield "torch-script.pt", script.getvalue(), "clean"
    for what, code, verdict in (
        ("reads", 'torch.from_file("nothing", False, 1)', "dangerous"), ("writes", 'ops.aten.save(x, "nothing")', "dangerous"),
        ("needs", 'ops.unknown.thing("nothing")', "suspicious"), ("says", 'print("torch.save(x)")', "clean"),
    ):
        yield f"torch-script-{what}.pt", with_code(script.getvalue(), f"    _0 = {code}\n"), verdict


def with_code(script, line):
    """TorchScript with one more line in the code of each class."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(script)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data + line.encode() if name.endswith(".py") else data)
    return file.getvalue()


def torch_tar(call=b""):
    """The oldest format, by hand: no version that runs today writes it."""
    import_storage = b"(S'1'\nS'cpu'\nctorch\nFloatStorage\nt."
    parts = {
        "sys_info": pickle.dumps({"protocol_version": 1000, "little_endian": True}),
        "pickle": b"\x80\x02S'1'\nQ.",
        "storages": b"\x80\x02K\x02." + (import_storage + struct.pack("<Q", 90_000) + os.urandom(360_000)) * 2 + call + b"\x80\x02].",
        "tensors": b"\x80\x02K\x01.(S'1'\nS'1'\nctorch\nFloatTensor\nt." + struct.pack("<iiqqq", 1, 0, 9, 1, 0) + call,
    }
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return file.getvalue()


def behind():
    """One pickle behind another, and behind what is none."""
    first = pickle.dumps({"a": 1})
    noise = random.Random(1).randbytes(300_000)
    yield "second.pkl", first + CALL, "dangerous"
    yield "second_old.pkl", first + TEXT_CALL, "dangerous"
    yield "two.pkl", first + pickle.dumps([1], 0) + pickle.dumps([2], 2), "clean"
    yield "behind_noise.pkl", first + noise + CALL, "dangerous"
    yield "noise.pkl", first + noise, "suspicious"
    yield "before_noise.pkl", CALL + noise, "dangerous"


def wrapped():
    for name, data, verdict in (("call", CALL, "dangerous"), ("plain", pickle.dumps({"a": 1}), "clean"), ("old", TEXT_CALL, "dangerous")):
        yield f"{name}.pkl.gz", gzip.compress(data), verdict
        yield f"{name}.pkl.z", zlib.compress(data), verdict
        yield f"{name}.zip", zipped(data), verdict
    yield "old_joblib.pkl", b"ZF" + hex(len(CALL)).encode().ljust(19) + zlib.compress(CALL), "dangerous"
    yield "call.pkl.bz2", bz2.compress(CALL), "dangerous"
    yield "call.pkl.xz", lzma.compress(CALL), "dangerous"


def zipped(data):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/weights.bin", data)
    return file.getvalue()


TEXTS = {
    "words.txt": "cat\ndog\nhouse\n", "cos.txt": "config\nname\nvalue\n", "class.txt": "class Net:\n    pass\n", "none.txt": "None of it\n.\n",
    "numbers.txt": "I\n1\n2\n", "lisp.el": "(lambda (x)\n  (list x))\n", "verse.txt": "Very\n.hidden\n", "list.json": "[1, 2]", "brackets.txt": "]\n)\n}.",
    "long.txt": "V" + "a" * 9000, "notes.md": "(c) 2026\n\nPickles.\n", "possible.txt": "Possible\nFirst\n.\n", "x.txt": "x^2 + 1\n", "persist.txt": "P.\n",
}


def main(folder):
    os.makedirs(folder, exist_ok=True)
    manifest = {}

    def put(name, data, expected):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        manifest[name] = expected

    for kind, named in (("clean", values()), ("dangerous", hostile())):
        for name, value in named:
            for protocol in range(6):
                put(f"{kind}-{name}-{protocol}.pkl", pickle.dumps(value, protocol), kind)
    for name, data in RAW.items():
        put(f"dangerous-{name}.pkl", data, "dangerous")
    for name, data in ODD.items():
        put(f"odd-{name}.pkl", data, "suspicious")
    for name, text in TEXTS.items():
        put(f"text-{name}", text.encode(), "clean")
    # The first releases of Python 3.11 wrote a call of getattr.
    enumerated = pickle.dumps(Colour.RED)
    put("enum.pkl", enumerated, "dangerous" if b"getattr" in enumerated else "suspicious")
    put("torch-tar.pt", torch_tar(), "clean")
    put("torch-tar-call.pt", torch_tar(CALL), "dangerous")
    more = [behind(), wrapped()]
    more += [joblib_files()] if joblib and numpy else []
    more += [numpy_files()] if numpy else []
    more += [torch_files()] if torch and numpy else []
    for name, data, expected in (entry for files in more for entry in files):
        put(name, data, expected)
    for writer in (dill, cloudpickle):
        if writer:
            put(f"{writer.__name__}-plain.pkl", writer.dumps({"a": [1, numpy.arange(3) if numpy else 2]}), "clean")
            put(f"{writer.__name__}-function.pkl", writer.dumps(lambda x: x + 1), "dangerous")
    with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1])
