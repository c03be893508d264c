//! Names as data, with a blank between two. A name is added to [`ALLOWED`] when a published kind of model needs it and calling it
//! with any argument is harmless, or with those that a rule lets pass.

/// What model files need, by module; one `*` may begin or end a name.
pub(super) const ALLOWED: &[(&str, &str)] = &[
    ("collections", "OrderedDict Counter deque defaultdict"),
    (
        "builtins",
        "set frozenset list dict tuple int long float str unicode bytes bytearray complex bool slice range xrange \
         object",
    ),
    ("_codecs", "encode"),
    ("copyreg", "_reconstructor"),
    ("datetime", "datetime date time timedelta timezone"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("uuid", "UUID"),
    ("pathlib", "Path PurePath PosixPath WindowsPath PurePosixPath PureWindowsPath"),
    ("pathlib._local", "Path PurePath PosixPath WindowsPath PurePosixPath PureWindowsPath"),
    ("re", "_compile"),
    ("argparse", "Namespace"),
    (
        "torch",
        "Size *Tensor device dtype float double half float16 float32 float64 float8_* float4_* bfloat16 complex32 \
         complex64 complex128 cfloat cdouble chalf int long short int8 int16 int32 int64 uint1 uint2 uint3 uint4 \
         uint5 uint6 uint7 uint8 uint16 uint32 uint64 bool bits* quint8 qint8 qint32 quint4x2 quint2x4 *Storage",
    ),
    (
        "torch._utils",
        "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state \
         _rebuild_qtensor _rebuild_sparse_tensor _rebuild_meta_tensor_no_storage _rebuild_wrapper_subclass \
         _rebuild_device_tensor_from_numpy _rebuild_device_tensor_from_cpu_tensor",
    ),
    ("torch._tensor", "_rebuild_from_type_v2"),
    ("torch.nn.parameter", "Parameter"),
    ("torch.serialization", "_get_layout"),
    ("torch.storage", "UntypedStorage TypedStorage"),
    ("torch.cuda", "*Storage"),
    ("torch.jit._pickle", "build_intlist build_doublelist build_boollist build_tensorlist build_tensor_from_id restore_type_tag"),
    (
        "numpy",
        "dtype ndarray bool_ bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 intc uintc intp uintp longlong \
         ulonglong float16 float32 float64 longdouble float128 float96 complex64 complex128 complex256 str_ bytes_ \
         void object_ datetime64 timedelta64 matrix recarray record memmap",
    ),
    ("numpy.dtypes", "*DType"),
    ("numpy.core.multiarray", "_reconstruct scalar"),
    ("numpy._core.multiarray", "_reconstruct scalar"),
    ("numpy.core._internal", "_reconstruct"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy.matrixlib.defmatrix", "matrix"),
    ("numpy.rec", "recarray record"),
    ("numpy.ma", "MaskedArray _mareconstruct"),
    ("numpy.ma.core", "MaskedArray _mareconstruct"),
    ("numpy.random._pickle", "__randomstate_ctor __bit_generator_ctor __generator_ctor"),
    ("numpy.random._mt19937", "MT19937"),
    ("numpy.random._pcg64", "PCG64 PCG64DXSM"),
    ("numpy.random._philox", "Philox"),
    ("numpy.random._sfc64", "SFC64"),
    ("numpy.random.bit_generator", "SeedSequence __pyx_unpickle_SeedSequence"),
    ("joblib.numpy_pickle", "NumpyArrayWrapper"),
    ("dill._dill", "_create_array"),
    ("scipy.sparse._csr", "csr_matrix csr_array"),
    ("scipy.sparse._csc", "csc_matrix csc_array"),
    ("scipy.sparse._coo", "coo_matrix coo_array"),
    ("scipy.sparse.csr", "csr_matrix"),
    ("scipy.sparse.csc", "csc_matrix"),
    ("scipy.sparse.coo", "coo_matrix"),
];

/// Runs, evaluates, loads, reaches the network or writes: a module with all that is in it, or one name. Only grades.
pub(super) const EXECUTORS: &str = "\
    os posix nt subprocess popen2 sys pty platform shutil socket ssl select signal importlib imp runpy code codeop \
    pickle _pickle cPickle dill cloudpickle marshal shelve ctypes _ctypes cffi types operator _operator webbrowser \
    http urllib urllib3 requests httpx aiohttp ftplib smtplib poplib imaplib telnetlib nntplib xmlrpc socketserver \
    asyncio multiprocessing threading _thread concurrent timeit cProfile profile pdb bdb trace doctest pip setuptools \
    distutils ensurepip venv pydoc idlelib lib2to3 zipimport pkgutil site atexit gc inspect tempfile sqlite3 dbm \
    tkinter turtle antigravity io _io mmap fileinput zipfile tarfile linecache logging.config _osx_support \
    _aix_support _pyrepl test IPython bpython numexpr uuid._get_command_stdout uuid._popen builtins.eval \
    builtins.exec builtins.execfile builtins.compile builtins.open builtins.__import__ builtins.getattr \
    builtins.setattr builtins.delattr builtins.map builtins.filter builtins.apply builtins.globals builtins.locals \
    builtins.vars builtins.breakpoint builtins.input builtins.file builtins.reload builtins.exit builtins.quit \
    builtins.help functools.reduce functools.partialmethod copyreg.add_extension copyreg.pickle codecs.open \
    _codecs.register numpy.load numpy.save numpy.savetxt numpy.fromfile numpy.f2py numpy.distutils \
    numpy.testing torch.load torch.save torch.serialization.load torch.hub torch.utils.cpp_extension \
    torch.utils._config_module torch.utils.bottleneck torch.utils.collect_env torch.utils.model_zoo \
    torch.ops.load_library torch.classes.load_library torch._inductor torch._dynamo.guards torch.distributed \
    torch.multiprocessing torch.package torch.jit.load torch.fx.experimental torch.fx.graph_module torch.testing \
    joblib.load joblib.numpy_pickle.load joblib.memory joblib.externals sklearn.externals pandas.eval \
    pandas.read_pickle pandas.core.computation pandas.io sympy.sympify sympy.parsing jinja2 yaml nltk.downloader \
    tensorflow.io tensorflow.py_function keras.models.load_model huggingface_hub transformers.dynamic_module_utils \
    fsspec psutil pexpect paramiko sh plumbum fabric invoke git numba";

/// Whose unlisted names are worded more mildly than those of a module that nobody knows.
pub(super) const LIBRARIES: &str = "\
    builtins collections copyreg _codecs codecs datetime decimal fractions functools itertools enum typing pathlib re \
    argparse random string numbers abc dataclasses uuid math time logging torch torchvision torchaudio numpy scipy \
    sklearn pandas joblib transformers tokenizers sentence_transformers diffusers peft accelerate safetensors xgboost \
    lightgbm catboost keras tensorflow jax jaxlib flax spacy thinc gensim nltk ultralytics fastai pytorch_lightning \
    lightning timm statsmodels imblearn omegaconf PIL pyarrow polars networkx easydict";
