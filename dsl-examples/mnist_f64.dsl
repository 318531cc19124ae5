# 784-32-10 in double precision: 25,450 parameters, 203,600 bytes.
# Run it in the folder of the four MNIST files.

[model]
input  = 784
output = input
  -> Linear(32, init=Uniform(0.0815)) -> Sigmoid
  -> Linear(10, init=Uniform(0.378))  -> Softmax

[data]
train   = Idx("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
test    = Idx("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
prepare = Scale(1/255)

[train]
dtype      = f64
loss       = CrossEntropy
optimizer  = SGD
lr         = 0.1
epochs     = 30
batch_size = 32
