//! Names that a configuration may have without needing code of its own, and modules that are on any computer with Python.
//!
//! Each list is one text of names with blanks between them, in order.

/// One of the classes of Keras, of any version.
pub(super) fn is_class(name: &str) -> bool {
    stands_in(CLASSES, name)
}

/// One of the functions that a layer or a loss may name.
pub(super) fn is_function(name: &str) -> bool {
    stands_in(FUNCTIONS, name)
}

/// A module that comes with Python: what it holds can be called without any code of the model's own.
pub(super) fn is_python(module: &str) -> bool {
    let package = module.split('.').next().unwrap_or_default();
    package.starts_with('_') && package != "__main__" || stands_in(PYTHON, package)
}

/// A module of a package that is often installed.
pub(super) fn is_installed(module: &str) -> bool {
    stands_in(PACKAGES, module.split('.').next().unwrap_or_default())
}

/// A function that Python has without an import.
pub(super) fn is_builtin(name: &str) -> bool {
    name.starts_with('_') || stands_in(BUILTINS, name)
}

/// An identifier, without a dot that would walk from module to module.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn stands_in(list: &str, name: &str) -> bool {
    list.split(' ').any(|known| known == name)
}

/// Layers, optimisers, initialisers, losses, metrics and what else a configuration names; old names among them.
const CLASSES: &str = "\
    AUC AWQConfig AWQDTypePolicy AbsMaxQuantizer Accuracy Activation ActivityRegularization Adadelta Adafactor Adagrad Adam AdamW \
    Adamax AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D \
    AdaptiveMaxPooling3D Add AddLoss AddMetric AdditiveAttention AlphaDropout Attention AugMix AutoCastVariable AutoContrast \
    Average AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization \
    BatchNormalizationV1 BatchNormalizationV2 Bidirectional BinaryAccuracy BinaryCrossentropy BinaryFocalCrossentropy BinaryIoU \
    CTC CategoricalAccuracy CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy \
    CategoricalHinge CategoryEncoding CenterCrop Circle ClassMethod Concatenate ConcordanceCorrelation Constant ConstantV2 \
    Constraint ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose \
    ConvLSTM1D ConvLSTM2D ConvLSTM2DCell ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose \
    Convolution3D Convolution3DTranspose CosineDecay CosineDecayRestarts CosineSimilarity Cropping1D Cropping2D Cropping3D \
    CuDNNGRU CuDNNLSTM CutMix DTypePolicy DTypePolicyMap DataParallel Dense DenseFeatures DepthwiseConv1D DepthwiseConv2D \
    DepthwiseConvolution2D DeviceMesh DeviceWrapper Dice Discretization Dot Dropout DropoutWrapper ELU Einsum EinsumDense \
    Embedding Equalization ExponentialDecay F1Score FBetaScore FalseNegatives FalsePositives Flatten FlaxLayer \
    Float8QuantizationConfig FloatDTypePolicy Ftrl Functional GPTQConfig GPTQDTypePolicy GRU GRUCell GRUV2 GaussianDropout \
    GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D \
    GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D \
    GlorotNormal GlorotNormalV2 GlorotUniform GlorotUniformV2 GroupNormalization GroupQueryAttention HashedCrossing Hashing \
    HeNormal HeNormalV2 HeUniform HeUniformV2 Highway Hinge Huber Identity IdentityInitializer IdentityV2 Initializer InputLayer \
    InputSpec InstanceMethod InstanceProperty Int4DTypePolicy Int4QuantizationConfig Int8QuantizationConfig IntegerLookup \
    InverseTimeDecay IoU JaxLayer KLDivergence KerasTensor L1 L1L2 L2 LSTM LSTMCell LSTMV2 Lamb Lambda Layer LayerNormalization \
    LayoutMap LeakyReLU LearningRateSchedule LecunNormal LecunNormalV2 LecunUniform LecunUniformV2 LinearModel Lion \
    LocallyConnected1D LocallyConnected2D LogCosh LogCoshError Loss LossScaleOptimizer LossScaleOptimizerV3 Masking MaxNorm \
    MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum MaxoutDense Mean \
    MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanRelativeError MeanSquaredError \
    MeanSquaredLogarithmicError MeanTensor MelSpectrogram Merge Metric MinMaxNorm Minimum MixUp Model ModelParallel ModuleWrapper \
    MultiHeadAttention MultiOptimizer Multiply Muon Nadam Node NoisyDense NonNeg NoneTensorSpec Normalization OneHotIoU \
    OneHotMeanIoU Ones OnesV2 Operation Optimizer OptimizerMap Orthogonal OrthogonalInitializer OrthogonalRegularizer OrthogonalV2 \
    PReLU PearsonCorrelation Permute PiecewiseConstantDecay Pipeline Poisson PolicyV1 PolynomialDecay Precision PrecisionAtRecall \
    QuantizationConfig QuantizedDTypePolicy QuantizedFloat8DTypePolicy Quantizer R2Score RMSNormalization RMSprop RNN \
    RaggedTensorSpec RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop \
    RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert \
    RandomNormal RandomNormalV2 RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear \
    RandomTranslation RandomUniform RandomUniformV2 RandomWidth RandomZoom ReLU Recall RecallAtPrecision Regularizer RepeatVector \
    Rescaling Reshape ResidualWrapper Resizing ReversibleEmbedding RootMeanSquaredError SGD STFT STFTInitializer STFTSpectrogram \
    ScheduleFreeAdamW SeedGenerator SensitivityAtSpecificity SeparableConv1D SeparableConv2D SeparableConvolution1D \
    SeparableConvolution2D Sequential SequentialFeatureExtractor SimpleRNN SimpleRNNCell SlicingOpLambda Softmax Solarization \
    SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTensorSpec SparseTopKCategoricalAccuracy SpatialDropout1D \
    SpatialDropout2D SpatialDropout3D SpecificityAtSensitivity SpectralNormalization SquaredHinge StackedRNNCells StringLookup \
    Subtract Sum SumOverBatchSize SyncBatchNormalization TFOpLambda TFSMLayer Tensor TensorFlowOpLayer TensorLayout TensorShape \
    TensorSpec TextVectorization ThresholdedReLU TimeDistributed TopKCategoricalAccuracy TorchModuleWrapper TrueNegatives \
    TruePositives TruncatedNormal TruncatedNormalV2 Tversky TypeSpec UnitNorm UnitNormalization UpSampling1D UpSampling2D UpSampling3D \
    Variable VarianceScaling VarianceScalingV2 WideDeepModel Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D Zeros ZerosV2 \
    constant glorot_normal glorot_uniform he_normal he_uniform identity l1 l1_l2 l2 lecun_normal lecun_uniform max_norm \
    min_max_norm non_neg ones orthogonal orthogonal_regularizer random_normal random_uniform stft truncated_normal unit_norm \
    variance_scaling zeros";

/// Activations, losses, metrics, and short names for them.
const FUNCTIONS: &str = "\
    acc accuracy bce binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy categorical_crossentropy \
    categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge celu circle concordance_correlation \
    cosine_proximity cosine_similarity crossentropy ctc dice elu exponential gelu glu hard_shrink hard_sigmoid hard_silu \
    hard_swish hard_tanh hinge huber kl_divergence kld kullback_leibler_divergence leaky_relu linear log_cosh log_sigmoid \
    log_softmax logcosh mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error \
    mean_squared_logarithmic_error mish mse msle pearson_correlation poisson relu relu6 selu sigmoid silu soft_shrink softmax \
    softplus softsign sparse_categorical_accuracy sparse_categorical_crossentropy sparse_plus sparse_sigmoid \
    sparse_top_k_categorical_accuracy sparsemax squared_hinge squareplus swish tanh tanh_shrink threshold \
    top_k_categorical_accuracy tversky";

/// Top-level modules of Python.
const PYTHON: &str = "\
    abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2 \
    cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser \
    contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest \
    email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath \
    getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io \
    ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap \
    modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os \
    ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty \
    pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched \
    secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile \
    sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny \
    tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace traceback \
    tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser \
    winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo";

/// Packages whose functions have been misused, or could be.
const PACKAGES: &str = "\
    IPython PIL absl aiohttp bokeh boto3 botocore celery cffi click cloudpickle cupy cv2 dask dill django docker fabric fickling \
    flask fsspec git gradio h5py httpx huggingface_hub invoke jax jaxlib jinja2 joblib jsonpickle jupyter_client keras_tuner \
    lightning matplotlib mlflow mypy nltk notebook numba numexpr numpy onnx onnxruntime pandas paramiko peft pexpect pip \
    pkg_resources plotly psutil py py4j pyarrow pydantic pydub pymongo pytest requests ruamel safetensors scipy seaborn selenium \
    setuptools sh six skimage sklearn smart_open spacy sqlalchemy statsmodels streamlit sympy tensorboard tensorflow \
    tensorflow_datasets tensorflow_hub tensorflow_io tensorflow_text theano timm tokenizers torch torchvision tornado tqdm \
    transformers twisted urllib3 virtualenv wandb werkzeug wheel xgboost yaml zmq";

/// Functions and types of Python.
const BUILTINS: &str = "\
    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright credits \
    delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input \
    int isinstance issubclass iter len license list locals map max memoryview min next object oct open ord pow print property quit \
    range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip";
