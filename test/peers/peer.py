"""The nets of nets.py computed by PyTorch. Optimizers it lacks, or says otherwise, are written out here."""
import torch
from torch.nn import functional as F


def hard_sigmoid(v):
    """F.hardsigmoid multiplies its gradient by a sixth in single precision, whatever the dtype."""
    return torch.clamp(v / 6 + 0.5, 0, 1)


def activation(layer, arguments, x):
    axis = arguments.get("axis", -1)
    return {
        "ReLU": F.relu, "ReLU6": F.relu6, "ELU": lambda v: F.elu(v, arguments.get("alpha", 1)),
        "LeakyReLU": lambda v: F.leaky_relu(v, arguments.get("slope", 0.01)), "SELU": F.selu, "GELU": F.gelu,
        "SiLU": F.silu, "Mish": F.mish, "HardSwish": lambda v: v * hard_sigmoid(v), "HardSigmoid": hard_sigmoid,
        "Softplus": lambda v: F.softplus(v, threshold=1000), "Sigmoid": torch.sigmoid, "Tanh": torch.tanh,
        "Snake": lambda v: v + torch.sin(v * arguments.get("alpha", 1)) ** 2 / arguments.get("alpha", 1),
        "Softmax": lambda v: torch.softmax(v, axis + 1 if axis >= 0 else axis),
        "LogSoftmax": lambda v: torch.log_softmax(v, axis + 1 if axis >= 0 else axis),
    }[layer](x)


class Twin:
    """The same net with the same numbers. `forward` gives what the loss reads."""

    def __init__(self, net, dtype=None):
        self.net = net
        self.dtype = torch.float64 if (dtype or net.dtype) == "f64" else torch.float32
        self.values = {}
        for name, (shape, numbers) in net.parameters.items():
            tensor = torch.tensor(numbers, dtype=self.dtype).reshape(shape)
            tensor.requires_grad_(name not in net.frozen)
            self.values[name] = tensor
        kind = torch.long if net.vocab else self.dtype
        self.x = torch.tensor(net.samples, dtype=kind).reshape((net.batch,) + tuple(net.input))

    def trainable(self):
        return [(name, v) for name, v in self.values.items() if name not in self.net.frozen]

    def everything(self):
        return list(self.values.items())

    def forward(self, training=True):
        values = [self.x]
        for layer, arguments, scope, operands in self.net.steps:
            values.append(self.step(layer, arguments, scope, [values[i] for i in operands], training))
        return values[-1]

    def step(self, layer, a, scope, operands, training):
        x = operands[0]
        w = {name[len(scope) + 1:]: v for name, v in self.values.items() if name.startswith(scope + ".")}
        weight, bias = w.get("weight"), w.get("bias")
        if layer == "add":
            return operands[0] + operands[1]
        if layer == "Concat":
            return torch.cat(operands, a["axis"] + 1)
        if layer == "Linear":
            return F.linear(x, weight, bias)
        if layer == "BatchNorm":
            return self.batch_norm(x, scope, weight, bias, a.get("momentum", 0.1), training)
        if layer == "LayerNorm":
            return F.layer_norm(x, weight.shape, weight, bias, 1e-5)
        if layer == "RMSNorm":
            return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5) * weight
        if layer == "GroupNorm":
            return F.group_norm(x, a[0], weight, bias, 1e-5)
        if layer == "InstanceNorm":
            return F.instance_norm(x, eps=1e-5)
        if layer == "Dropout":
            return F.dropout(x, a[0], training)
        if layer == "Reshape":
            return x.reshape([x.shape[0]] + a[0])
        if layer == "Flatten":
            return x.flatten(1)
        if layer == "Transpose":
            return x.permute([0] + [d + 1 for d in a[0]])
        if layer in ("Mean", "Sum"):
            return getattr(x, layer.lower())(a[0] + 1, keepdim=a.get("keep", False))
        if layer == "Max":
            return x.amax(a[0] + 1, keepdim=a.get("keep", False))
        if layer == "Conv2d":
            return F.conv2d(x, weight, bias, a["stride"], a["padding"], a["dilation"], a["groups"])
        if layer == "DepthwiseConv2d":
            return F.conv2d(x, weight, bias, a["stride"], a["padding"], 1, x.shape[1])
        if layer == "Conv1d":
            return F.conv1d(x, weight, bias, a["stride"], a["padding"], a["dilation"])
        if layer == "ConvTranspose2d":
            return F.conv_transpose2d(x, weight, bias, a["stride"], a["padding"], a["output_padding"])
        if layer == "MaxPool2d":
            return F.max_pool2d(x, a[0], a["stride"], a["padding"])
        if layer == "AvgPool2d":
            return F.avg_pool2d(x, a[0], a["stride"], a["padding"])
        if layer in ("MaxPool1d", "AvgPool1d"):
            pool = F.max_pool1d if layer == "MaxPool1d" else F.avg_pool1d
            if a["turned"]:
                return pool(x.transpose(1, 2), a[0], a["stride"], a["padding"]).transpose(1, 2)
            return pool(x, a[0], a["stride"], a["padding"])
        if layer == "GlobalAvgPool":
            return x.mean(a["over"])
        if layer == "GlobalMaxPool":
            return x.amax(a["over"])
        if layer == "Upsample":
            extra = {} if a["mode"] == "nearest" else {"align_corners": False}
            return F.interpolate(x, scale_factor=a[0], mode=a["mode"], **extra)
        if layer == "PReLU":
            return F.prelu(x, w["slope"])
        if layer == "Embedding":
            return F.embedding(x, weight)
        if layer == "Position":
            return x + weight
        if layer == "Attention":
            return self.attention(x, w, a[0], a["causal"])
        if layer in ("GRU", "LSTM"):
            return self.recurrent(layer, x, w, a)
        return activation(layer, a, x)

    def batch_norm(self, x, scope, weight, bias, momentum, training):
        mean, var = self.values[scope + ".running_mean"], self.values[scope + ".running_var"]
        # The running values change in this call, but only once a step: see train.
        return F.batch_norm(x, mean, var, weight, bias, training, momentum, 1e-5)

    @staticmethod
    def attention(x, w, heads, causal):
        length, dim = x.shape[1:]
        parts = [w[p + "." + q] for q in ("weight", "bias") for p in ("query", "key", "value")]
        mask = torch.triu(torch.ones(length, length, dtype=torch.bool), 1) if causal else None
        x = x.transpose(0, 1)
        y, _ = F.multi_head_attention_forward(
            x, x, x, dim, heads, torch.cat(parts[:3]), torch.cat(parts[3:]), None, None, False, 0.0, w["out.weight"],
            w["out.bias"], need_weights=False, attn_mask=mask)
        return y.transpose(0, 1)

    @staticmethod
    def recurrent(layer, x, w, a):
        module = getattr(torch.nn, layer)(x.shape[2], a[0], batch_first=True).to(x.dtype)
        weights = [w[name] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        state = torch.zeros(1, x.shape[0], a[0], dtype=x.dtype)
        call = torch._VF.gru if layer == "GRU" else torch._VF.lstm
        y = call(x, state if layer == "GRU" else (state, state), weights, True, 1, 0.0, module.training, False, True)[0]
        return y if a.get("sequence", True) else y[:, -1]

    def loss(self):
        net, y = self.net, self.forward()
        if net.loss == "CrossEntropy":
            target = torch.tensor(net.targets).reshape(-1)
            return F.cross_entropy(y, target, label_smoothing=net.loss_args.get("smoothing", 0.0))
        if net.loss == "Focal":
            log = torch.log_softmax(y, 1).gather(1, torch.tensor(net.targets)).reshape(-1)
            return ((-torch.expm1(log)) ** net.loss_args["gamma"] * -log).mean()
        target = torch.tensor(net.targets, dtype=self.dtype)
        if net.loss == "Dice":
            p, more = torch.sigmoid(y), net.loss_args["smooth"]
            return (1 - (2 * (p * target).sum(1) + more) / (p.sum(1) + target.sum(1) + more)).mean()
        if net.loss == "BCE":
            return F.binary_cross_entropy_with_logits(y, target)
        if net.loss == "MSE":
            return F.mse_loss(y, target)
        if net.loss == "L1":
            return F.l1_loss(y, target)
        if net.loss == "Huber":
            return F.huber_loss(y, target, delta=net.loss_args["delta"])
        if net.loss == "Hinge":
            return F.relu(1 - (2 * target - 1) * y).mean()
        return F.kl_div(torch.log_softmax(y, 1), target, reduction="batchmean")

    def answer(self):
        """What `infer --probs` prints."""
        with torch.no_grad():
            y = self.forward(training=False)
            if self.net.loss in ("CrossEntropy", "Focal"):
                return torch.softmax(y, 1)
            return torch.sigmoid(y) if self.net.loss in ("BCE", "Dice") else y

    def descended(self):
        """The answer after a step of plain gradient descent with lr = 1; gradients are there already."""
        with torch.no_grad():
            for _, v in self.trainable():
                v -= v.grad
        return self.answer()

    def train(self, steps, name, keys):
        """Returns the smallest number whose sign Lion took, relative to the largest one of its step; 1 of others."""
        keys = dict(keys)
        decay = keys.pop("weight_decay")
        plain = [v for n, v in self.trainable() if n not in self.net.decayed]
        groups = [{"params": [v for n, v in self.trainable() if n in self.net.decayed], "weight_decay": decay}]
        if plain:
            groups.append({"params": plain, "weight_decay": 0.0})
        optimizer = self.optimizer(name, keys, groups)
        for _ in range(steps):
            for _, v in self.trainable():
                v.grad = torch.zeros_like(v)
            self.loss().backward()
            optimizer.step()
        return getattr(optimizer, "closest", 1.0)

    @staticmethod
    def optimizer(name, keys, groups):
        if "beta1" in keys:
            keys["betas"] = (keys.pop("beta1"), keys.pop("beta2"))
        if name in ("Adafactor", "Lion"):
            return globals()[name](groups, **keys)
        return getattr(torch.optim, {"RMSProp": "RMSprop", "AdaGrad": "Adagrad"}.get(name, name))(groups, **keys)


class Adafactor(torch.optim.Optimizer):
    """Shazeer and Stern 2018, which PyTorch has from 2.5 on, as its authors wrote it: matrices keep means of rows and columns."""

    def __init__(self, groups, **keys):
        super().__init__(groups, {**keys, "weight_decay": 0.0})
        self.steps = 0

    @torch.no_grad()
    def step(self, closure=None):
        def size(x):
            return float(x.norm()) / x.numel() ** 0.5

        self.steps += 1
        for group in self.param_groups:
            rate, lr = self.steps ** group["beta2_decay"], group["lr"]
            for p in group["params"]:
                square = p.grad ** 2 + group["eps1"]
                if p.dim() < 2:
                    mean = self.state[p].setdefault("square", torch.zeros_like(p))
                    mean += rate * (square - mean)
                else:
                    row = self.state[p].setdefault("row", torch.zeros_like(p[..., 0]))
                    column = self.state[p].setdefault("column", torch.zeros_like(p[..., 0, :]))
                    row += rate * (square.mean(-1) - row)
                    column += rate * (square.mean(-2) - column)
                    mean = row.unsqueeze(-1) * column.unsqueeze(-2) / row.mean(-1)[..., None, None]
                step = p.grad / mean.sqrt()
                step /= max(1.0, size(step) / group["clip"])
                relative = min(lr, self.steps ** -0.5) * max(group["eps2"], size(p)) if group["relative"] else lr
                p.mul_(1 - lr * group["weight_decay"]).sub_(step, alpha=relative)


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, which PyTorch does not have: w -= lr (sign(b1 m + (1 - b1) g) + decay w), m = b2 m + (1 - b2) g."""

    def __init__(self, groups, lr, betas):
        super().__init__(groups, {"lr": lr, "betas": betas, "weight_decay": 0.0})
        self.closest = 1.0

    @torch.no_grad()
    def step(self, closure=None):
        smallest, largest, tensors = [], [], []
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                direction = first * m + (1 - first) * p.grad
                tensors.append(float(direction.abs().max()))
                sizes = direction[direction != 0].abs()
                if sizes.numel():
                    smallest.append(float(sizes.min()))
                    largest.append(float(sizes.max()))
                step = torch.sign(direction) + group["weight_decay"] * p
                m.mul_(second).add_(p.grad, alpha=1 - second)
                p.sub_(step, alpha=group["lr"])
        if smallest:
            self.closest = min(self.closest, min(smallest) / max(largest))
            # A weight that nothing depends on, as a bias before BatchNorm: its direction is whatever rounding leaves.
            if min(tensors) < 1e-9 * max(largest):
                self.closest = 0.0
