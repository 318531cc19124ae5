# LeNet-5: 61,706 parameters.
# Run it in the folder of the four MNIST files.

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
train   = Idx("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
test    = Idx("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
val     = 5000
prepare = Scale(1/255) -> Normalize(mean=0.1307, std=0.3081)

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.001 -> Cosine
epochs     = 12
batch_size = 128
