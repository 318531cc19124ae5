# An autoencoder for MNIST: 784 pixels through 32 numbers and back.
[model]
input  = 784
latent = input  -> Linear(256) -> ReLU -> Linear(32)
output = latent -> ReLU -> Linear(256) -> ReLU -> Linear(784) -> Sigmoid

[data]
train   = Idx("train-images-idx3-ubyte")
test    = Idx("t10k-images-idx3-ubyte")
target  = input
prepare = Scale(1/255)

[train]
loss       = MSE
optimizer  = Adam
lr         = 0.001
epochs     = 20
batch_size = 128
