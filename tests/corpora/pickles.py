"""Writes harmless and hostile pickles with the reference tools, and manifest.json: what each must be judged as.

Usage: pickles.py FOLDER. Hostile ones call os.getpid or print at most. numpy and scikit-learn are used where they are installed.
"""

import collections
import datetime
import decimal
import json
import os
import pickle
import sys


class Calls:
    def __init__(self, function, arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def harmless():
    yield "plain", {"a": [1, 2.5, None, True], "b": ("x", b"y"), "c": {1, 2}, "long": 1 << 90}
    yield "ordered", collections.OrderedDict(a=1)
    yield "counter", collections.Counter("abca")
    yield "default", collections.defaultdict(list, a=[1])
    yield "times", [datetime.datetime(2026, 1, 1), datetime.timedelta(1), decimal.Decimal("1.5")]
    deep = []
    for _ in range(300):
        deep = [deep]
    yield "deep", deep
    try:
        import numpy

        yield "array", numpy.arange(2000.0)
        yield "objects", numpy.array(["a", None], dtype=object)
        yield "scalar", numpy.float32(1)
        yield "generator", numpy.random.default_rng(1)
    except ImportError:
        pass
    try:
        from sklearn import ensemble, linear_model, pipeline, preprocessing, svm

        x, y = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 5.0]] * 5, [0, 1, 0, 1] * 5
        for model in (
            linear_model.LogisticRegression(), ensemble.RandomForestClassifier(5), ensemble.GradientBoostingClassifier(n_estimators=3),
            ensemble.HistGradientBoostingClassifier(max_iter=3), svm.SVC(), linear_model.SGDClassifier(),
            pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.Ridge()),
        ):
            yield type(model).__name__, model.fit(x, y)
    except ImportError:
        pass


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


RAW = {
    "inst": b"(ios\ngetpid\n.",
    "obj": b"(cos\ngetpid\no.",
    "newobj_ex": b"\x80\x04cos\ngetpid\n)}\x92.",
    "memo": b"\x80\x04\x8c\x06getpid\x94\x8c\x02os\x940h\x01h\x00\x93)R.",
    "memo_huge": b"\x80\x04\x8c\x02osr\xff\xff\x0f\x000j\xff\xff\x0f\x00\x8c\x06getpid\x93)R.",
    "escapes": b"S'\\x6fs'\nV\\u0067etpid\n\x93)R.",
    "breaks": b"\x80\x04cos\ngetpid\n)R\xff",
    "cut": b"\x80\x04cos\ngetpid\n)R",
    "second": pickle.dumps({"a": 1}) + b"cos\ngetpid\n)R.",
    "nested": pickle.dumps(b"\x80\x02cos\ngetpid\n)R."),
    "computed": b"cbuiltins\nstr\n(S'os'\ntR\x8c\x06getpid\x93)R.",
    "dotted": b"\x80\x04\x8c\x0bcollections\x8c\x0f_sys.modules.get\x93.",
    "class_patch": b"ccollections\nOrderedDict\nN}\x8c\x01aK\x01s\x86b.",
    "python2": b"c__builtin__\nexecfile\n(S''\ntR.",
}


def main(folder):
    os.makedirs(folder, exist_ok=True)
    manifest = {}

    def put(name, data, expected):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        manifest[name] = expected

    for kind, values in (("clean", harmless()), ("dangerous", hostile())):
        for name, value in values:
            for protocol in range(6):
                put(f"{kind}-{name}-{protocol}.pkl", pickle.dumps(value, protocol), kind)
    for name, data in RAW.items():
        put(f"dangerous-{name}.pkl", data, "dangerous")
    with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1])
