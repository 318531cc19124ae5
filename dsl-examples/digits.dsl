# Handwritten digits of 8x8 pixels, 0 to 16 each (UCI optical digits; see data/README.md).

[model]
input  = 8x8
output = input -> Flatten -> Linear(64) -> ReLU -> Linear(32) -> ReLU -> Linear(10)

[data]
train   = Csv("data/digits_train.csv")
test    = Csv("data/digits_test.csv")
val     = 10%
prepare = Scale(1/16)

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.003 -> Cosine
epochs     = 30
batch_size = 32
