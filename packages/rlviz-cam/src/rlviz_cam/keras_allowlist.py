"""What a Keras model may be made of to be data: classes and functions that only compute on tensors.

Whatever is not listed here is refused, so a class that Keras adds one day is refused until someone has read
it. Left out on purpose: ``Lambda`` and every other carrier of code (``TFSMLayer``, ``JaxLayer``,
``TorchModuleWrapper``, ``ClassMethod``, ``InstanceMethod``, ``TensorFlowOpLayer``), and the layers that open
a file named in their config (``StringLookup``, ``IntegerLookup``, ``TextVectorization``).
"""

from collections.abc import Mapping

MODELS = frozenset({"Functional", "Model", "Sequential"})

_BY_DIMENSION = (
    "AveragePooling", "Conv", "ConvLSTM", "Cropping", "GlobalAveragePooling", "GlobalMaxPooling",
    "MaxPooling", "SpatialDropout", "UpSampling", "ZeroPadding",
)  # fmt: skip

LAYERS = frozenset(f"{stem}{n}D" for stem in _BY_DIMENSION for n in (1, 2, 3)) | {
    "Activation", "ActivityRegularization", "Add", "AdditiveAttention", "AlphaDropout", "Attention",
    "Average", "BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "Bidirectional",
    "CenterCrop", "Concatenate", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "CuDNNGRU",
    "CuDNNLSTM", "Dense", "DepthwiseConv1D", "DepthwiseConv2D", "Dot", "Dropout", "ELU", "EinsumDense",
    "Embedding", "Flatten", "GRU", "GRUCell", "GRUCellV1", "GRUCellV2", "GRUV1", "GRUV2", "GaussianDropout",
    "GaussianNoise", "GroupNormalization", "GroupQueryAttention", "Identity", "InputLayer", "LSTM",
    "LSTMCell", "LSTMCellV1", "LSTMCellV2", "LSTMV1", "LSTMV2", "LayerNormalization", "LeakyReLU",
    "LocallyConnected1D", "LocallyConnected2D", "Masking", "Maximum", "Minimum", "MultiHeadAttention",
    "Multiply", "Normalization", "PReLU", "Permute", "RMSNormalization", "RNN", "RandomBrightness",
    "RandomContrast", "RandomCrop", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom",
    "ReLU", "RepeatVector", "Rescaling", "Reshape", "Resizing", "SeparableConv1D", "SeparableConv2D",
    "SimpleRNN", "SimpleRNNCell", "Softmax", "SpectralNormalization", "StackedRNNCells", "Subtract",
    "SyncBatchNormalization", "ThresholdedReLU", "TimeDistributed", "UnitNormalization",
}  # fmt: skip

ALIASES: Mapping[str, str] = {
    **{f"Convolution{n}D": f"Conv{n}D" for n in (1, 2, 3)},
    **{f"Convolution{n}DTranspose": f"Conv{n}DTranspose" for n in (1, 2, 3)},
    **{f"SeparableConvolution{n}D": f"SeparableConv{n}D" for n in (1, 2)},
    **{f"{kind}Pool{n}D": f"{long}Pooling{n}D" for n in (1, 2, 3) for kind, long in (
        ("Max", "Max"), ("Avg", "Average"), ("GlobalMax", "GlobalMax"), ("GlobalAvg", "GlobalAverage"),
    )},
}  # fmt: skip
"""Names of layers that older Keras wrote, to today's."""

INITIALIZERS = frozenset({
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "LecunNormal",
    "LecunUniform", "Ones", "Orthogonal", "OrthogonalInitializer", "RandomNormal", "RandomUniform",
    "TruncatedNormal", "VarianceScaling", "Zeros",
})  # fmt: skip
REGULARIZERS = frozenset({"L1", "L1L2", "L2", "OrthogonalRegularizer"})
CONSTRAINTS = frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "RadialConstraint", "UnitNorm"})
POLICIES = frozenset({"DTypePolicy", "FloatDTypePolicy", "Policy"})

INITIALIZER_NAMES = INITIALIZERS | {
    "constant", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "identity", "lecun_normal",
    "lecun_uniform", "normal", "one", "ones", "orthogonal", "random_normal", "random_uniform",
    "truncated_normal", "uniform", "variance_scaling", "zero", "zeros",
}  # fmt: skip
REGULARIZER_NAMES = REGULARIZERS | {"l1", "l1_l2", "l2", "orthogonal_regularizer"}
CONSTRAINT_NAMES = CONSTRAINTS | {
    "max_norm", "maxnorm", "min_max_norm", "non_neg", "nonneg", "radial_constraint", "unit_norm", "unitnorm",
}  # fmt: skip
ACTIVATION_NAMES = frozenset({
    "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
    "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu",
    "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid",
    "sparsemax", "squareplus", "swish", "tanh", "tanh_shrink", "threshold",
})  # fmt: skip
ACTIVATION_LAYERS = frozenset({"ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "ThresholdedReLU"})

TENSOR_OP_LAYERS = frozenset({"SlicingOpLambda", "TFOpLambda"})
TENSOR_OPS = frozenset({
    "__operators__.add", "__operators__.getitem", "cast", "clip_by_value", "compat.v1.squeeze",
    "compat.v1.transpose", "concat", "expand_dims", "identity", "image.resize", "image.rgb_to_grayscale",
    "linalg.matmul", "math.abs", "math.add", "math.argmax", "math.cos", "math.divide", "math.divide_no_nan",
    "math.exp", "math.l2_normalize", "math.log", "math.maximum", "math.minimum", "math.multiply",
    "math.negative", "math.pow", "math.reduce_max", "math.reduce_mean", "math.reduce_min", "math.reduce_sum",
    "math.sigmoid", "math.sin", "math.softplus", "math.sqrt", "math.square", "math.subtract", "math.tanh",
    "math.truediv", "nn.elu", "nn.gelu", "nn.leaky_relu", "nn.relu", "nn.relu6", "nn.softmax", "pad",
    "repeat", "reshape", "reverse", "split", "squeeze", "stack", "tile", "transpose", "unstack",
})  # fmt: skip
"""What Keras 2 writes for arithmetic between layers, and for ``keras.layers.concatenate`` inside tf.keras."""

NUMPY_OPERATIONS = frozenset({
    "Absolute", "Add", "Amax", "Amin", "Argmax", "Clip", "Concatenate", "Cos", "Divide", "Exp", "ExpandDims",
    "Flip", "GetItem", "Log", "Matmul", "Max", "Maximum", "Mean", "Min", "Minimum", "Moveaxis", "Multiply",
    "Negative", "Pad", "Power", "Repeat", "Reshape", "Sin", "Split", "Sqrt", "Square", "Squeeze", "Stack",
    "Subtract", "Sum", "Swapaxes", "Tanh", "Tile", "Transpose", "TrueDivide",
})  # fmt: skip
NN_OPERATIONS = frozenset({
    "Elu", "Gelu", "LeakyRelu", "LogSoftmax", "Relu", "Relu6", "Selu", "Sigmoid", "Silu", "Softmax",
    "Softplus",
})  # fmt: skip
OPERATIONS: Mapping[str, frozenset[str]] = {
    "keras.src.ops.numpy": NUMPY_OPERATIONS,
    "keras.src.ops.nn": NN_OPERATIONS,
}
"""What Keras 3 writes for arithmetic between layers, by the module that it names."""

PLAIN_CLASSES = frozenset({
    "__ellipsis__", "__keras_tensor__", "__numpy__", "__slice__", "__tensor__", "__tuple__", "TensorShape",
})  # fmt: skip
"""Values that JSON has no notation for."""
