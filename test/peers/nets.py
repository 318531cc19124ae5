"""Random nets as text of the language, with the numbers of their parameters and data. It knows nothing of PyTorch."""
from dataclasses import dataclass, field

VECTOR = ["Linear", "BatchNorm", "LayerNorm", "RMSNorm", "Dropout", "Reshape", "Mean", "Sum", "Max"]
IMAGE = ["Conv2d", "DepthwiseConv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "GlobalAvgPool", "GlobalMaxPool",
         "Upsample", "BatchNorm", "GroupNorm",
         "InstanceNorm", "Flatten", "Transpose", "Reshape", "Mean", "Sum", "Max"]
SEQUENCE = ["Linear", "LayerNorm", "RMSNorm", "Position", "Attention", "GRU", "LSTM", "Conv1d", "MaxPool1d", "AvgPool1d",
            "GlobalAvgPool", "GlobalMaxPool", "Transpose", "Flatten",
            "Mean", "Sum", "Max"]
ACTIVATIONS = ["ReLU", "ReLU6", "LeakyReLU", "PReLU", "ELU", "SELU", "GELU", "SiLU", "Mish", "HardSwish", "HardSigmoid",
               "Softplus", "Sigmoid", "Tanh", "Snake", "Softmax", "LogSoftmax"]
LOSSES = ["CrossEntropy", "BCE", "MSE", "L1", "Huber", "Hinge", "KL", "Focal", "Dice"]
OPTIMIZERS = ["SGD", "Adam", "AdamW", "RMSProp", "AdaGrad", "Adafactor", "Lion"]
CALLED = ["beta2_decay", "eps1", "eps2", "clip", "relative"]
# Layers that make whole numbers of whole numbers.
WHOLE = {"Linear", "Conv2d", "DepthwiseConv2d", "ConvTranspose2d", "Conv1d", "MaxPool1d", "MaxPool2d", "GlobalMaxPool", "Sum", "Max", "Flatten",
         "Transpose", "Reshape", "Dropout", "Position"}
ALL = set(VECTOR + IMAGE + SEQUENCE + ACTIVATIONS + LOSSES + OPTIMIZERS + ["Embedding", "Concat", "add"])


@dataclass
class Net:
    """A chain of values h0, h1 ...; `steps` says the same as `lines`, for whoever computes it another way."""

    dtype: str
    batch: int
    input: tuple
    vocab: int = 0
    lines: list = field(default_factory=list)  # of [model], without `input` and `output`
    steps: list = field(default_factory=list)  # (layer, arguments, weight name, operands as numbers of values)
    shapes: list = field(default_factory=list)  # of a sample, of each value
    layers: set = field(default_factory=set)
    parameters: dict = field(default_factory=dict)  # name -> (shape, numbers)
    frozen: set = field(default_factory=set)  # statistics
    decayed: set = field(default_factory=set)  # weights, to which weight decay applies
    samples: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    whole: bool = False  # all numbers are whole ones, and so are all that follow from them in a step of descent
    loss: str = "MSE"
    loss_args: dict = field(default_factory=dict)
    counts: dict = field(default_factory=dict)


def product(shape):
    result = 1
    for size in shape:
        result *= size
    return result


class Maker:
    """Draws one net. `features_last`: of each value, whether it is known to be a sequence T x D, not channels C x L."""

    FEATURES_LAST = {"Linear", "GRU", "LSTM", "Attention", "Position", "Embedding"}
    CHANNELS_FIRST = {"Conv1d", "Flatten", "Reshape", "Transpose"}

    def __init__(self, rng):
        self.rng = rng
        dtype = "f32" if rng.random() < 0.25 else "f64"
        whole = dtype == "f64" and rng.random() < 0.2
        kind = rng.choice(["vector", "image", "image", "sequence"] + ["tokens"] * (not whole))
        shape = {"vector": (rng.randint(2, 8),), "image": (rng.randint(1, 4), rng.randint(5, 9), rng.randint(5, 9)),
                 "sequence": (rng.randint(2, 6), rng.randint(2, 6)), "tokens": (rng.randint(2, 6),)}[kind]
        self.net = Net(dtype, 4 if whole else rng.randint(2, 5), shape, vocab=rng.randint(3, 7) if kind == "tokens" else 0,
                       whole=whole)
        self.net.shapes.append(shape)
        self.features_last = [False]

    @property
    def shape(self):
        return self.net.shapes[-1]

    def parameter(self, name, shape, low=-0.5, high=0.5, frozen=False, decayed=False):
        numbers = [self.number(low, high) for _ in range(product(shape))]
        self.net.parameters[name] = (tuple(shape), numbers)
        if frozen:
            self.net.frozen.add(name)
        if decayed:
            self.net.decayed.add(name)

    def number(self, low, high):
        """Exact in either dtype, so that both sides start from the same."""
        if self.net.whole:
            return float(self.rng.randint(-2, 2))
        return self.rng.randint(int(low * 2**20), int(high * 2**20)) / 2**20

    def add(self, layer, shape, positional=(), weights=(), **keywords):
        """weights: (name, shape[, flags]) of the layer."""
        n = self.net
        count = n.counts[layer] = n.counts.get(layer, 0) + 1
        scope = layer.lower() + str(count)
        for name, size, *flags in weights:
            self.parameter(scope + "." + name, size, **(flags[0] if flags else {}))
        words = [text(value) for value in positional] + [f"{key}={text(value)}" for key, value in keywords.items()]
        at = len(n.shapes) - 1
        n.lines.append(f"h{at + 1} = h{at} -> {layer}" + (f"({', '.join(words)})" if words else ""))
        n.steps.append((layer, dict(enumerate(positional)) | keywords, scope, [at]))
        n.shapes.append(tuple(shape))
        n.layers.add(layer)
        self.features_last.append(
            layer in self.FEATURES_LAST or (self.features_last[-1] and layer not in self.CHANNELS_FIRST))

    def join(self):
        """The last value plus, or beside, an earlier one of the same rank."""
        n, at = self.net, len(self.net.shapes) - 1
        same = [i for i in range(1, at) if n.shapes[i] == self.shape]
        if same:
            other = self.rng.choice(same)
            if self.rng.random() < 0.5:
                n.lines.append(f"h{at + 1} = h{at} + h{other}")
                n.steps.append(("add", {}, "", [at, other]))
                n.shapes.append(self.shape)
                n.layers.add("add")
                self.features_last.append(self.features_last[at] or self.features_last[other])
                return
            axis = self.rng.randrange(len(self.shape))
            n.lines.append(f"h{at + 1} = Concat(h{at}, h{other}, axis={axis})")
            n.steps.append(("Concat", {"axis": axis}, "", [at, other]))
            n.shapes.append(tuple(2 * size if d == axis else size for d, size in enumerate(self.shape)))
            n.layers.add("Concat")
            self.features_last.append(self.features_last[at])

    # -- one layer of each kind ------------------------------------------------------------------------------------

    def norm(self, layer, features, bias=True):
        weights = [("weight", (features,), {"low": 0.5, "high": 1.5})]
        if bias:
            weights.append(("bias", (features,)))
        if layer == "BatchNorm":
            weights += [("running_mean", (features,), {"frozen": True}),
                        ("running_var", (features,), {"low": 0.5, "high": 1.5, "frozen": True})]
        return weights

    def window(self, sizes, pool=False, dilated=False):
        """kernel, stride, padding, dilation and what comes out, for each of the sizes."""
        rng, result = self.rng, []
        for size in sizes:
            kernel, stride, dilation = rng.randint(1, 3), rng.randint(1, 2), rng.randint(1, 2) if dilated else 1
            reach = dilation * (kernel - 1) + 1
            padding = rng.randint(0, kernel // 2 if pool else 2)
            if size + 2 * padding < reach:
                kernel, dilation, reach = 1, 1, 1
                padding = min(padding, 0) if pool else padding
            result.append((kernel, stride, padding, dilation, (size + 2 * padding - reach) // stride + 1))
        return [tuple(part) for part in zip(*result)]

    def step(self):
        rng, shape = self.rng, self.shape
        if self.net.vocab and len(self.net.shapes) == 1:
            dim = rng.randint(2, 6)
            self.add("Embedding", shape + (dim,), (dim,), [("weight", (self.net.vocab, dim), {"decayed": True})])
            return
        if rng.random() < 0.4:
            if self.net.whole:
                self.add("ReLU", shape)
            else:
                self.activation()
            return
        if rng.random() < 0.2:
            self.join()
            return
        layers = [VECTOR, SEQUENCE, IMAGE][len(shape) - 1]
        layer = rng.choice([layer for layer in layers if layer in WHOLE] if self.net.whole else layers)
        getattr(self, layer.lower())()

    def activation(self):
        layer = self.rng.choice(ACTIVATIONS)
        keywords = {}
        if layer == "LeakyReLU" and self.rng.random() < 0.5:
            keywords["slope"] = 0.25
        if layer == "ELU" and self.rng.random() < 0.5:
            keywords["alpha"] = 0.5
        if layer == "Snake" and self.rng.random() < 0.5:
            keywords["alpha"] = 2.5
        if layer in ("Softmax", "LogSoftmax") and self.rng.random() < 0.5:
            keywords["axis"] = self.rng.randrange(len(self.shape))
        weights = [("slope", (1,), {"low": 0.1, "high": 0.4})] if layer == "PReLU" else []
        self.add(layer, self.shape, (), weights, **keywords)

    def linear(self):
        out, bias = self.rng.randint(1, 8), self.rng.random() < 0.7
        weights = [("weight", (out, self.shape[-1]), {"decayed": True})] + ([("bias", (out,))] if bias else [])
        self.add("Linear", self.shape[:-1] + (out,), (out,), weights, **({} if bias else {"bias": False}))

    def batchnorm(self):
        self.add("BatchNorm", self.shape, (), self.norm("BatchNorm", self.shape[0]),
                 **({"momentum": 0.25} if self.rng.random() < 0.5 else {}))

    def layernorm(self):
        if self.shape[-1] > 1:
            self.add("LayerNorm", self.shape, (), self.norm("LayerNorm", self.shape[-1]))

    def rmsnorm(self):
        self.add("RMSNorm", self.shape, (), self.norm("RMSNorm", self.shape[-1], bias=False))

    def groupnorm(self):
        channels = self.shape[0]
        groups = self.rng.choice([g for g in range(1, channels + 1) if channels % g == 0])
        if product(self.shape) // groups > 1:
            self.add("GroupNorm", self.shape, (groups,), self.norm("GroupNorm", channels))

    def instancenorm(self):
        if self.shape[1] * self.shape[2] > 1:
            self.add("InstanceNorm", self.shape)

    def dropout(self):
        self.add("Dropout", self.shape, (0,))

    def reshape(self):
        count = product(self.shape)
        if len(self.shape) == 3:
            self.add("Reshape", (self.shape[0], count // self.shape[0]), ([self.shape[0], -1],))
        elif count % 2 == 0:
            self.add("Reshape", (2, count // 2), ([2, -1],))

    def reduction(self, layer):
        axis, keep = self.rng.randrange(len(self.shape)), self.rng.random() < 0.5 or len(self.shape) == 1
        shape = tuple(1 if d == axis else size for d, size in enumerate(self.shape) if keep or d != axis)
        self.add(layer, shape, (axis,), **({"keep": True} if keep else {}))

    def mean(self):
        self.reduction("Mean")

    def sum(self):
        self.reduction("Sum")

    def max(self):
        self.reduction("Max")

    def transpose(self):
        order = list(range(len(self.shape)))
        self.rng.shuffle(order)
        self.add("Transpose", tuple(self.shape[d] for d in order), (order,))

    def flatten(self):
        self.add("Flatten", (product(self.shape),))

    def conv2d(self):
        rng, (channels, *sizes) = self.rng, self.shape
        kernel, stride, padding, dilation, out = self.window(sizes, dilated=True)
        groups = rng.choice([g for g in range(1, channels + 1) if channels % g == 0])
        features, bias = groups * rng.randint(1, 3), rng.random() < 0.7
        weights = [("weight", (features, channels // groups) + kernel, {"decayed": True})]
        self.add("Conv2d", (features,) + out, (features, Pair(kernel)), weights + ([("bias", (features,))] if bias else []),
                 stride=Pair(stride), padding=Pair(padding), dilation=Pair(dilation), groups=groups, bias=bias)

    def depthwiseconv2d(self):
        rng, (channels, *sizes) = self.rng, self.shape
        kernel, stride, padding, _, out = self.window(sizes)
        multiplier = rng.randint(1, 2)
        features = channels * multiplier
        self.add("DepthwiseConv2d", (features,) + out, (Pair(kernel),),
                 [("weight", (features, 1) + kernel, {"decayed": True}), ("bias", (features,))], stride=Pair(stride),
                 padding=Pair(padding), multiplier=multiplier)

    def convtranspose2d(self):
        rng, (channels, *sizes) = self.rng, self.shape
        features = rng.randint(1, 3)
        kernel = tuple(rng.randint(2, 3) for _ in sizes)
        stride = tuple(rng.randint(1, 2) for _ in sizes)
        padding = tuple(rng.randint(0, 1) if size > 2 else 0 for size in sizes)
        extra = tuple(rng.randint(0, s - 1) for s in stride)
        out = tuple((n - 1) * s - 2 * p + k + e for n, s, p, k, e in zip(sizes, stride, padding, kernel, extra))
        if max(out) <= 20:
            self.add("ConvTranspose2d", (features,) + out, (features, Pair(kernel)),
                     [("weight", (channels, features) + kernel, {"decayed": True}), ("bias", (features,))],
                     stride=Pair(stride), padding=Pair(padding), output_padding=Pair(extra))

    def pool(self, layer):
        channels, *sizes = self.shape
        kernel, stride, padding, _, out = self.window(sizes, pool=True)
        self.add(layer, (channels,) + out, (Pair(kernel),), stride=Pair(stride), padding=Pair(padding))

    def maxpool2d(self):
        self.pool("MaxPool2d")

    def avgpool2d(self):
        self.pool("AvgPool2d")

    def pool1d(self, layer):
        turned = self.features_last[-1]
        channels, length = self.shape[::-1] if turned else self.shape
        (kernel,), (stride,), (padding,), _, (out,) = self.window([length], pool=True)
        self.add(layer, (out, channels) if turned else (channels, out), (kernel,), stride=stride, padding=padding)
        self.net.steps[-1][1]["turned"] = turned

    def maxpool1d(self):
        self.pool1d("MaxPool1d")

    def avgpool1d(self):
        self.pool1d("AvgPool1d")

    def globalpool(self, layer):
        features_last = self.features_last[-1] and len(self.shape) == 2
        axes = tuple(range(1, len(self.shape)))
        self.add(layer, self.shape[1:] if features_last else self.shape[:1])
        self.net.steps[-1][1]["over"] = (1,) if features_last else tuple(axis + 1 for axis in axes)

    def globalavgpool(self):
        self.globalpool("GlobalAvgPool")

    def globalmaxpool(self):
        self.globalpool("GlobalMaxPool")

    def upsample(self):
        channels, *sizes = self.shape
        factor = self.rng.randint(1, 3)
        if factor * max(sizes) <= 20:
            self.add("Upsample", (channels, *(factor * size for size in sizes)), (factor,),
                     mode=self.rng.choice(["nearest", "bilinear"]))

    def position(self):
        self.add("Position", self.shape, (), [("weight", self.shape, {"decayed": True})])

    def attention(self):
        dim = self.shape[1]
        heads = self.rng.choice([h for h in range(1, dim + 1) if dim % h == 0])
        weights = []
        for part in ("query", "key", "value", "out"):
            weights += [(part + ".weight", (dim, dim), {"decayed": True}), (part + ".bias", (dim,))]
        self.add("Attention", self.shape, (heads,), weights, causal=self.rng.random() < 0.5)

    def recurrent(self, layer, gates):
        length, dim = self.shape
        size, sequence = self.rng.randint(1, 5), self.rng.random() < 0.6
        weights = [("weight_ih", (gates * size, dim), {"decayed": True}),
                   ("weight_hh", (gates * size, size), {"decayed": True}), ("bias_ih", (gates * size,)),
                   ("bias_hh", (gates * size,))]
        self.add(layer, (length, size) if sequence else (size,), (size,), weights,
                 **({} if sequence else {"sequence": False}))

    def gru(self):
        self.recurrent("GRU", 3)

    def lstm(self):
        self.recurrent("LSTM", 4)

    def conv1d(self):
        channels, length = self.shape
        (kernel,), (stride,), (padding,), (dilation,), (out,) = self.window([length], dilated=True)
        features = self.rng.randint(1, 4)
        self.add("Conv1d", (features, out), (features, kernel),
                 [("weight", (features, channels, kernel), {"decayed": True}), ("bias", (features,))], stride=stride,
                 padding=padding, dilation=dilation)

    # -- the end ---------------------------------------------------------------------------------------------------

    def finish(self):
        n, rng = self.net, self.rng
        if len(self.shape) > 1:
            self.flatten()
        n.loss = "MSE" if n.whole else rng.choice(LOSSES)
        out = 1 if n.loss == "BCE" else rng.choice([2, 4]) if n.whole else rng.randint(2, 5)
        bias = [("bias", (out,))]
        self.add("Linear", (out,), (out,), [("weight", (out, self.shape[0]), {"decayed": True})] + bias)
        if n.loss == "CrossEntropy" and rng.random() < 0.5:
            n.loss_args["smoothing"] = 0.125
        if n.loss == "Huber":
            n.loss_args["delta"] = rng.choice([0.5, 1, 2])
        if n.loss == "Focal":
            n.loss_args["gamma"] = rng.choice([0, 0.5, 2, 5])
        if n.loss == "Dice":
            n.loss_args["smooth"] = rng.choice([0.25, 1])
        for _ in range(n.batch):
            n.samples.append([rng.randrange(n.vocab) if n.vocab else self.number(-1, 1) for _ in range(product(n.input))])
            n.targets.append(self.target(out))
        return n

    def target(self, out):
        loss = self.net.loss
        if loss in ("CrossEntropy", "Focal"):
            return [self.rng.randrange(out)]
        if loss in ("BCE", "Hinge", "Dice"):
            return [self.rng.randint(0, 1) for _ in range(out)]
        if loss == "KL":
            parts = [self.rng.randint(1, 64) for _ in range(out - 1)]
            return [part / 256 for part in parts] + [1 - sum(parts) / 256]
        return [self.number(-1, 1) for _ in range(out)]


class Pair(tuple):
    """Height and width, written 3x5."""


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Pair):
        return "x".join(map(str, value))
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)


def make(rng):
    maker = Maker(rng)
    for _ in range(rng.randint(2, 7)):
        maker.step()
    return maker.finish()


def optimizer(rng, names, dtype):
    """One of the names, and the keys of [train] for it."""
    name = rng.choice(names)
    keys = {"lr": rng.choice([0.01, 0.0625]), "weight_decay": rng.choice([0, 0, 0.125])}
    if name == "SGD":
        keys["momentum"] = rng.choice([0, 0.5, 0.9])
        keys["nesterov"] = keys["momentum"] > 0 and rng.random() < 0.5
    elif name == "RMSProp":
        keys["momentum"] = rng.choice([0, 0.5])
    elif name in ("Adam", "AdamW", "Lion"):
        keys["beta1"] = rng.choice([0.9, 0.9, 0.75] + ([0.9999999] if dtype == "f32" else []))
        # PyTorch takes 1 - beta2^t of a rounded power: 16 digits less those of 1 / (1 - beta2), too few for f64 nets.
        keys["beta2"] = rng.choice([0.999, 0.9, 0.99999] + ([0.9999999, 0.99999999] if dtype == "f32" else []))
    elif name == "Adafactor":
        keys.update(beta2_decay=rng.choice([-0.8, -0.5]), eps1=rng.choice([1e-4, 1e-5]), eps2=rng.choice([1e-3, 0.5]),
                    clip=rng.choice([1, 0.25]), relative=rng.random() < 0.5)
    if name not in ("SGD", "Adafactor", "Lion"):
        keys["eps"] = rng.choice([1e-2, 1e-3])  # with a tiny eps the first step only knows the sign of the gradient
    return name, keys


def source(net, samples, targets, steps, name, keys):
    shape = "x".join(map(str, net.input))
    declared = f"Tokens({shape}, vocab={net.vocab})" if net.vocab else shape
    loss = net.loss
    if net.loss_args:
        loss += "(" + ", ".join(f"{key}={value}" for key, value in net.loss_args.items()) + ")"
    lines = ["[model]", f"input = {declared}", "h0 = input"] + net.lines + [f"output = h{len(net.shapes) - 1}"]
    lines += ["[data]", f'train = Csv("{samples}", "{targets}", header=no)', "shuffle = false"]
    call = [f"{key}={text(keys[key])}" for key in CALLED if key in keys]  # which are no keys of [train]
    keys = {key: value for key, value in keys.items() if key not in CALLED}
    lines += ["[train]", f"dtype = {net.dtype}", f"loss = {loss}", f"optimizer = {name}" + (f"({', '.join(call)})" if call else ""),
              f"steps = {steps}", f"batch_size = {net.batch}"]
    return "\n".join(lines + [f"{key} = {text(value)}" for key, value in keys.items()]) + "\n"
