"""NumPy's side of train_step.py: prints the time of each training step of one net, in microseconds, one a line.

The nets are written as a good NumPy user writes them: one BLAS call a product, convolutions as products of patches, channels last,
updates in place. It measures nothing of dlc; the number of threads is that of BLAS (OPENBLAS_NUM_THREADS).
"""
import argparse
import time

import numpy as np

random = np.random.default_rng(1)


def he(*shape):
    fan_in = np.prod(shape[:-1])
    return random.standard_normal(shape).astype(np.float32) * np.float32((2 / fan_in) ** 0.5)


class Linear:
    """y = relu(x w + b), or without the relu."""

    def __init__(self, inputs, outputs, relu):
        self.w, self.b, self.relu = he(inputs, outputs), np.zeros(outputs, np.float32), relu

    def forward(self, x):
        self.x = x
        y = x @ self.w
        y += self.b
        if self.relu:
            np.maximum(y, 0, out=y)
        self.y = y
        return y

    def backward(self, dy, first):
        if self.relu:
            dy = dy * (self.y > 0)
        self.dw, self.db = self.x.T @ dy, dy.sum(axis=0)
        return None if first else dy @ self.w.T


class Conv:
    """y = relu(3x3 convolution with a margin of one + b), channels last."""

    def __init__(self, inputs, outputs):
        self.w, self.b = he(9 * inputs, outputs), np.zeros(outputs, np.float32)

    def forward(self, x):
        n, h, w, c = x.shape
        padded = np.zeros((n, h + 2, w + 2, c), np.float32)
        padded[:, 1:-1, 1:-1] = x
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        self.patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(n * h * w, 9 * c)
        y = self.patches @ self.w
        y += self.b
        np.maximum(y, 0, out=y)
        self.y, self.shape = y, x.shape
        return y.reshape(n, h, w, -1)

    def backward(self, dy, first):
        n, h, w, c = self.shape
        dy = dy.reshape(self.y.shape) * (self.y > 0)
        self.dw, self.db = self.patches.T @ dy, dy.sum(axis=0)
        if first:
            return None
        patches = (dy @ self.w.T).reshape(n, h, w, 3, 3, c)
        padded = np.zeros((n, h + 2, w + 2, c), np.float32)
        for i in range(3):
            for j in range(3):
                padded[:, i:i + h, j:j + w] += patches[:, :, :, i, j]
        return padded[:, 1:-1, 1:-1]


class Pool:
    """The largest of 2x2; the gradient goes to the first of equal ones."""

    def forward(self, x):
        n, h, w, c = x.shape
        cells = x.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4).reshape(n, h // 2, w // 2, c, 4)
        self.where = cells.argmax(axis=-1)[..., None]
        self.shape = x.shape
        return np.take_along_axis(cells, self.where, -1)[..., 0]

    def backward(self, dy, first):
        n, h, w, c = self.shape
        cells = np.zeros((n, h // 2, w // 2, c, 4), np.float32)
        np.put_along_axis(cells, self.where, dy[..., None], -1)
        return cells.reshape(n, h // 2, w // 2, c, 2, 2).transpose(0, 1, 4, 2, 5, 3).reshape(n, h, w, c)


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(x.shape[0], -1)

    def backward(self, dy, first):
        return dy.reshape(self.shape)


def softmax_cross_entropy(z, labels):
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    z[np.arange(len(labels)), labels] -= 1
    z /= len(labels)
    return z


def sigmoid_cross_entropy(z, labels):
    return (1 / (1 + np.exp(-z)) - labels[:, None].astype(np.float32)) / np.float32(len(labels))


class Sgd:
    def __call__(self, weights):
        for p, g in weights:
            p -= np.float32(0.01) * g


class Adam:
    def __init__(self):
        self.t, self.state = 0, None

    def __call__(self, weights):
        self.t += 1
        if self.state is None:
            self.state = [(np.zeros_like(p), np.zeros_like(p)) for p, _ in weights]
        rate = np.float32(1e-3 * (1 - 0.999 ** self.t) ** 0.5 / (1 - 0.9 ** self.t))
        for (p, g), (m, v) in zip(weights, self.state):
            m *= np.float32(0.9)
            m += np.float32(0.1) * g
            v *= np.float32(0.999)
            v += np.float32(0.001) * (g * g)
            p -= rate * m / (np.sqrt(v) + np.float32(1e-8))


# name: layers, shape of a sample, classes, gradient of the loss, optimizer
NETS = {
    "mlp": (lambda: [Linear(784, 256, True), Linear(256, 128, True), Linear(128, 64, True), Linear(64, 10, False)],
            (784,), 10, softmax_cross_entropy, Adam),
    "cat_dog": (lambda: [Conv(3, 32), Pool(), Conv(32, 64), Pool(), Conv(64, 128), Pool(), Flatten(),
                         Linear(32768, 128, True), Linear(128, 1, False)],
                (128, 128, 3), 2, sigmoid_cross_entropy, Sgd),
}

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--net", choices=list(NETS), default="mlp")
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--batches", type=int, default=16, help="batches in memory that training walks through")
args = parser.parse_args()

build, shape, classes, gradient, optimizer = NETS[args.net]
layers, update = build(), optimizer()
batches = [(random.random((args.batch, *shape), dtype=np.float32), random.integers(0, classes, args.batch))
           for _ in range(args.batches)]
warm = max(2, args.steps // 6)
times = []
for step in range(args.steps + warm):
    value, labels = batches[step % len(batches)]
    begin = time.perf_counter_ns()
    for layer in layers:
        value = layer.forward(value)
    value = gradient(value, labels)
    for index in range(len(layers) - 1, -1, -1):
        value = layers[index].backward(value, index == 0)
    update([pair for layer in layers if hasattr(layer, "w") for pair in ((layer.w, layer.dw), (layer.b, layer.db))])
    times.append(time.perf_counter_ns() - begin)
for nanoseconds in times[warm:]:
    print(f"{nanoseconds / 1e3:.1f}")
