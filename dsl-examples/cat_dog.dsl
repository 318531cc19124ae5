# Cats and dogs: three Conv-ReLU-MaxPool stages and a dense head.

[block Stage(channels)]
output = input -> Conv2d(channels, 3, padding=same) -> ReLU -> MaxPool2d(2)

[model]
input  = 3x128x128
output = input
  -> Stage(32) -> Stage(64) -> Stage(128)
  -> Flatten
  -> Linear(128) -> ReLU
  -> Linear(1)   -> Sigmoid

[data]
train   = Images("cats_and_dogs")  # one folder per class
val     = 10%
prepare = Resize(128x128) -> Scale(1/255)
augment = Flip(horizontal)

[train]
loss       = BCE
optimizer  = SGD
lr         = 0.01
epochs     = 10
batch_size = 16
checkpoint = "cat_dog.ckpt"
