# XOR: model, data and training in one file.

[model]
input  = 2
output = input -> Linear(4) -> Tanh -> Linear(1) -> Sigmoid

[data]
train = Inline([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])

[train]
loss       = BCE
optimizer  = SGD
momentum   = 0.9
lr         = 0.1
epochs     = 1000
batch_size = 4
init       = Xavier
seed       = 0
log_every  = 100 epochs
