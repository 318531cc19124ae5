# LeNet-5: handwritten digits of 28x28 pixels, 61,706 parameters.

[model]
input  = 1x28x28
output = input
  -> Conv2d(6, 5, padding=2) -> Tanh -> AvgPool2d(2)
  -> Conv2d(16, 5)           -> Tanh -> AvgPool2d(2)
  -> Flatten
  -> Linear(120) -> Tanh
  -> Linear(84)  -> Tanh
  -> Linear(10)

[data]
train   = Idx("data/train-images-idx3-ubyte", "data/train-labels-idx1-ubyte")
test    = Idx("data/t10k-images-idx3-ubyte", "data/t10k-labels-idx1-ubyte")
val     = 10%
prepare = Scale(1/255) -> Normalize

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.001 -> Cosine
epochs     = 8
batch_size = 64
