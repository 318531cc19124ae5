"""The nets of train_step.py as PyTorch users write them: model, one batch of drawn data, loss and optimizer by name.

They mirror the texts in dsl-examples/; they are measured, never trained to an end.
"""
import torch
import torch.nn.functional as F
from torch import nn


def mlp():
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
                          nn.Linear(64, 10))
    return model, torch.optim.Adam(model.parameters(), lr=1e-3)


def cat_dog():
    stages = []
    for before, after in ((3, 32), (32, 64), (64, 128)):
        stages += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    # The final Sigmoid is part of the loss, as it is in dlc.
    model = nn.Sequential(*stages, nn.Flatten(), nn.Linear(128 * 16 * 16, 128), nn.ReLU(), nn.Linear(128, 1))
    return model, torch.optim.SGD(model.parameters(), lr=0.01)


class Basic(nn.Module):
    """Two convolutions and a way around them, which is a convolution of its own where the size changes."""

    def __init__(self, before, after, stride=1):
        super().__init__()
        self.main = nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
                                  nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after))
        self.skip = nn.Identity() if stride == 1 else nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False),
                                                                    nn.BatchNorm2d(after))

    def forward(self, x):
        return F.relu(self.main(x) + self.skip(x))


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    layers += [Basic(16, 16) for _ in range(3)]
    for width in (32, 64):
        layers += [Basic(width // 2, width, 2), Basic(width, width), Basic(width, width)]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    return model, torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)


# name: model and optimizer, shape of a sample, loss, classes (0: one logit)
NETS = {
    "mlp": (mlp, (784,), F.cross_entropy, 10),
    "cat_dog": (cat_dog, (3, 128, 128), F.binary_cross_entropy_with_logits, 0),
    "resnet20": (resnet20, (3, 32, 32), F.cross_entropy, 10),
}


def batch(name, size):
    """Drawn samples and targets of one batch."""
    _, shape, _, classes = NETS[name]
    x = torch.rand(size, *shape)
    return x, torch.randint(0, classes, (size,)) if classes else torch.randint(0, 2, (size, 1)).float()
