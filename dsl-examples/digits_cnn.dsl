# The digits of digits.dsl, seen as images by a small convolutional net.

[block Conv(out)]
output = input -> Conv2d(out, 3, padding=same, bias=false) -> BatchNorm -> ReLU

[model]
input  = 1x8x8
output = input
  -> Conv(16) -> Conv(32) -> MaxPool2d(2)
  -> Conv(64) -> GlobalAvgPool
  -> Linear(10)

[data]
train   = Csv("data/digits_train.csv")
test    = Csv("data/digits_test.csv")
prepare = Scale(1/16)

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.003 -> Cosine
epochs     = 10
batch_size = 32
