//! Names as data, with a blank between two. A name is added to [`ALLOWED`] when a published kind of model needs it and calling it
//! with any argument is harmless, or with those that a rule lets pass.

/// What model files need, by module; one `*` may begin or end a name.
pub(super) const ALLOWED: &[(&str, &str)] = &[
    ("collections", "OrderedDict Counter deque defaultdict ChainMap UserDict UserList UserString"),
    (
        "builtins",
        "set frozenset list dict tuple int long float str unicode bytes bytearray complex bool slice range xrange \
         object type Ellipsis NotImplemented Exception ValueError TypeError KeyError IndexError RuntimeError",
    ),
    ("types", "SimpleNamespace"),
    ("typing", "Any"),
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
    ("pytz", "_UTC _p"),
    ("dateutil.tz.tz", "tzutc tzlocal tzoffset"),
    (
        "torch",
        "Size *Tensor device dtype float double half float16 float32 float64 float8_* float4_* bfloat16 complex32 \
         complex64 complex128 cfloat cdouble chalf int long short int8 int16 int32 int64 uint1 uint2 uint3 uint4 \
         uint5 uint6 uint7 uint8 uint16 uint32 uint64 bool bits* quint8 qint8 qint32 quint4x2 quint2x4 *Storage \
         per_tensor_affine per_channel_affine per_channel_affine_float_qparams per_tensor_symmetric per_channel_symmetric \
         contiguous_format channels_last channels_last_3d preserve_format",
    ),
    (
        "torch._utils",
        "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state \
         _rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_meta_tensor_no_storage \
         _rebuild_wrapper_subclass \
         _rebuild_device_tensor_from_numpy _rebuild_device_tensor_from_cpu_tensor",
    ),
    ("torch._tensor", "_rebuild_from_type_v2"),
    ("torch.nn.parameter", "Parameter"),
    ("torch._C._nn", "gelu leaky_relu hardswish hardtanh relu6 silu mish softplus"),
    (
        "torch.nn.functional",
        "relu relu6 gelu silu elu selu celu glu mish tanh sigmoid softmax log_softmax softplus leaky_relu hardswish \
         hardsigmoid hardtanh logsigmoid softsign normalize cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss \
         binary_cross_entropy binary_cross_entropy_with_logits",
    ),
    ("torch.serialization", "_get_layout"),
    ("torch.storage", "UntypedStorage TypedStorage"),
    ("torch.cuda", "*Storage"),
    ("torch.jit._pickle", "build_intlist build_doublelist build_boollist build_tensorlist build_tensor_from_id restore_type_tag"),
    (
        "numpy",
        "dtype ndarray bool_ bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 intc uintc intp uintp longlong \
         ulonglong float16 float32 float64 longdouble float128 float96 complex64 complex128 complex256 str_ bytes_ \
         void object_ datetime64 timedelta64 matrix recarray record memmap poly1d mean median max min sum prod std var any all",
    ),
    ("numpy", UFUNCS),
    ("numpy.core._multiarray_umath", UFUNCS),
    ("numpy._core._multiarray_umath", UFUNCS),
    ("scipy.special._ufuncs", UFUNCS),
    ("numpy.lib.polynomial", "poly1d"),
    ("numpy.lib._polynomial_impl", "poly1d"),
    ("numpy.char", "chararray"),
    ("numpy.random.mtrand", "RandomState"),
    ("numpy.random._generator", "Generator"),
    ("numpy.core.records", "recarray record"),
    ("numpy._core.records", "recarray record"),
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
    ("scipy.sparse._bsr", "bsr_matrix bsr_array"),
    ("scipy.sparse._dia", "dia_matrix dia_array"),
    ("scipy.sparse._lil", "lil_matrix lil_array"),
    ("scipy.interpolate._interpolate", "interp1d"),
    ("scipy.interpolate.interpolate", "interp1d"),
    ("scipy.interpolate._bsplines", "BSpline"),
    ("scipy._lib.array_api_compat.numpy._aliases", "asarray"),
    ("scipy.spatial._ckdtree", "cKDTree"),
    ("scipy.spatial._kdtree", "KDTree"),
    ("scipy.sparse.csr", "csr_matrix"),
    ("scipy.sparse.csc", "csc_matrix"),
    ("scipy.sparse.coo", "coo_matrix"),
    ("sklearn.cluster._kmeans", "_kmeans_single_lloyd _kmeans_single_elkan"),
    ("sklearn.compose._column_transformer", "make_column_selector"),
    ("sklearn.feature_selection._univariate_selection", SELECTORS),
    ("sklearn.feature_selection.univariate_selection", SELECTORS),
    ("sklearn.feature_selection._mutual_info", SELECTORS),
    ("sklearn.metrics._classification", "*_score *_loss hinge_loss"),
    ("sklearn.metrics._regression", "*_score *_error *_loss *_deviance"),
    ("sklearn.metrics._ranking", "*_score *_error *_loss"),
    ("sklearn.metrics.cluster._supervised", "*_score"),
    ("sklearn.metrics.cluster._unsupervised", "*_score"),
    ("sklearn.metrics.pairwise", "*_kernel *_distances *_similarity"),
    (
        "pandas",
        "DataFrame Series Index RangeIndex MultiIndex CategoricalIndex DatetimeIndex Categorical CategoricalDtype \
         DatetimeTZDtype StringDtype Timestamp",
    ),
    ("pandas.arrays", "DatetimeArray StringArray ArrowStringArray"),
    ("pandas.core.frame", "DataFrame"),
    ("pandas.core.series", "Series"),
    ("pandas.core.internals.managers", "BlockManager SingleBlockManager"),
    ("pandas._libs.internals", "_unpickle_block"),
    ("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked"),
    ("pandas.core.indexes.base", "Index _new_Index"),
    ("pandas.core.indexes.range", "RangeIndex"),
    ("pandas.core.indexes.multi", "MultiIndex"),
    ("pandas.core.indexes.category", "CategoricalIndex"),
    ("pandas.core.indexes.numeric", "Int64Index UInt64Index Float64Index"),
    ("pandas.core.indexes.datetimes", "DatetimeIndex _new_DatetimeIndex"),
    ("pandas.core.indexes.frozen", "FrozenList"),
    ("pandas.core.arrays.categorical", "Categorical"),
    ("pandas.core.arrays.datetimes", "DatetimeArray"),
    ("pandas.core.arrays.string_", "StringArray StringDtype"),
    ("pandas.core.dtypes.dtypes", "CategoricalDtype DatetimeTZDtype"),
    ("pandas._libs.tslibs.timestamps", "Timestamp _unpickle_timestamp"),
    ("omegaconf.dictconfig", "DictConfig"),
    ("omegaconf.listconfig", "ListConfig"),
    ("omegaconf.base", "ContainerMetadata Metadata"),
    ("omegaconf.nodes", "AnyNode StringNode IntegerNode FloatNode BooleanNode"),
    ("transformers.training_args", "OptimizerNames"),
    ("transformers.trainer_utils", "IntervalStrategy SaveStrategy EvaluationStrategy SchedulerType HubStrategy FSDPOption"),
    ("accelerate.utils.dataclasses", "DistributedType DynamoBackend"),
];

/// Functions that numpy and scipy apply number by number. They are handed over, never called.
const UFUNCS: &str = "\
    abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil clip conjugate cos cosh deg2rad degrees \
    divide equal exp exp2 expit expm1 fabs floor floor_divide fmax fmin greater greater_equal hypot invert isfinite isinf isnan \
    less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logit maximum \
    minimum mod multiply negative not_equal power rad2deg radians reciprocal remainder rint sign signbit sin sinh sqrt square \
    subtract tan tanh true_divide trunc xlogy";

/// Tests by which features are selected.
const SELECTORS: &str = "f_classif f_regression f_oneway chi2 r_regression mutual_info_classif mutual_info_regression";

/// Classes, and packages with all classes in them, that are made without being called and get their state: parts of networks, as
/// whole models are saved, and what training leaves. Called, some fetch weights or open files.
pub(super) const BUILT: &str = "\
    torch.nn torch.ao.nn torch.ao.quantization.observer torch.ao.quantization.fake_quantize torch.optim torchvision.models \
    torchvision.ops torchvision.transforms timm.models timm.layers ultralytics.nn gensim.models xgboost.core.Booster \
    xgboost.sklearn lightgbm.basic.Booster lightgbm.sklearn lightning_fabric.utilities.data.AttributeDict \
    lightning.fabric.utilities.data.AttributeDict pytorch_lightning.utilities.parsing.AttributeDict \
    pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint pytorch_lightning.callbacks.early_stopping.EarlyStopping \
    transformers.training_args.TrainingArguments transformers.training_args_seq2seq.Seq2SeqTrainingArguments \
    transformers.trainer_pt_utils.AcceleratorConfig accelerate.state.PartialState accelerate.state.AcceleratorState";

/// Runs, evaluates, loads, reaches the network or writes: a module with all that is in it, or one name. Only grades.
pub(super) const EXECUTORS: &str = "\
    os posix nt subprocess popen2 sys pty platform shutil socket ssl select signal importlib imp runpy code \
    codeop pickle _pickle cPickle dill cloudpickle marshal shelve ctypes _ctypes cffi types operator _operator \
    webbrowser http urllib urllib3 requests httpx aiohttp ftplib smtplib poplib imaplib telnetlib nntplib xmlrpc \
    socketserver asyncio multiprocessing threading _thread concurrent timeit cProfile profile pdb bdb trace \
    doctest pip setuptools distutils ensurepip venv pydoc idlelib lib2to3 zipimport pkgutil site atexit gc \
    inspect tempfile sqlite3 dbm tkinter turtle antigravity io _io mmap fileinput zipfile tarfile linecache \
    logging.config _osx_support _aix_support _pyrepl test IPython bpython numexpr uuid._get_command_stdout \
    uuid._popen builtins.eval builtins.exec builtins.execfile builtins.compile builtins.open builtins.__import__ \
    builtins.getattr builtins.setattr builtins.delattr builtins.map builtins.filter builtins.apply \
    builtins.globals builtins.locals builtins.vars builtins.breakpoint builtins.input builtins.file \
    builtins.reload builtins.reduce builtins.exit builtins.quit builtins.help functools.reduce \
    functools.partialmethod copyreg.add_extension copyreg.pickle codecs.open _codecs.register numpy.load \
    numpy.save numpy.savetxt numpy.fromfile numpy.f2py numpy.distutils numpy.testing \
    numpy.core._ufunc_reconstruct numpy._core._ufunc_reconstruct numpy.DataSource numpy.genfromtxt numpy.loadtxt \
    numpy.lib.npyio numpy.lib._npyio_impl numpy.lib._datasource torch.load torch.save torch.serialization.load \
    torch.hub torch.utils.cpp_extension torch.utils._config_module torch.utils.bottleneck \
    torch.utils.collect_env torch.utils.model_zoo torch.ops.load_library torch.classes.load_library \
    torch._inductor torch._dynamo torch.distributed torch.multiprocessing torch.package torch.jit.load \
    torch.jit.script torch.jit.CompilationUnit torch.jit._script torch.jit._serialization \
    torch.jit.unsupported_tensor_ops torch.jit.frontend torch.storage._load_from_bytes torch.from_file \
    torch.export torch.onnx torch.utils.data.datapipes torch.utils.tensorboard torch._C.import_ir_module \
    torch._utils_internal torch.fx.experimental torch.fx.graph_module torch.testing joblib.load \
    joblib.numpy_pickle.load joblib.memory joblib.externals sklearn.externals pandas.eval pandas.read_pickle \
    pandas.core.computation pandas.io pandas.read_csv pandas.read_json pandas.read_html pandas.read_excel \
    sklearn.utils._testing sympy.sympify sympy.parsing jinja2 yaml nltk.downloader tensorflow.io \
    tensorflow.py_function keras.models.load_model huggingface_hub transformers.dynamic_module_utils fsspec \
    logging.FileHandler logging.handlers logging.basicConfig dataclasses._create_fn dataclasses.make_dataclass \
    typing.get_type_hints typing.ForwardRef weakref.finalize contextlib.ExitStack sched cgi cgitb mailcap \
    unittest _posixsubprocess _winapi winreg msvcrt _sqlite3 gzip bz2 lzma getpass rlcompleter sysconfig tty pwd \
    crypt spwd resource fcntl wsgiref cookielib Cookie new jsonpickle ruamel mako hydra mlflow ray dask \
    distributed datasets docker boto3 botocore pytest nose virtualenv conda debugpy pydevd ptpython anyio \
    execnet fire twisted celery triton pycuda cython Cython win32api win32com js pyodide gensim.utils.unpickle \
    nltk.data networkx.read_gpickle scipy.io scipy.weave keras.saving keras.utils keras.src.saving \
    keras.src.utils tensorflow.python.lib.io tensorflow.python.ops.io_ops tensorflow.python.ops.script_ops \
    tensorflow.raw_ops tensorflow.keras.utils tensorflow.keras.models.load_model transformers.pipeline \
    transformers.pipelines psutil pexpect paramiko sh plumbum fabric invoke git numba";

/// Whose unlisted names are worded more mildly than those of a module that nobody knows.
pub(super) const LIBRARIES: &str = "\
    builtins collections copyreg _codecs codecs datetime decimal fractions functools itertools enum typing pathlib re \
    argparse random string numbers abc dataclasses uuid math time logging torch torchvision torchaudio numpy scipy \
    sklearn pandas joblib transformers tokenizers sentence_transformers diffusers peft accelerate safetensors xgboost \
    lightgbm catboost keras tensorflow jax jaxlib flax spacy thinc gensim nltk ultralytics fastai pytorch_lightning \
    lightning timm statsmodels imblearn omegaconf PIL pyarrow polars networkx easydict";
