# Pictures in folders, one folder for each class: a small convolutional net with BatchNorm.

[block Conv(out)]
output = input -> Conv2d(out, 3, padding=same, bias=false) -> BatchNorm -> ReLU

[model]
input  = 1x24x24
output = input
  -> Conv(8)  -> MaxPool2d(2)
  -> Conv(16) -> MaxPool2d(2)
  -> Conv(32) -> GlobalAvgPool
  -> Linear(3)

[data]
train   = Images("data")
val     = 20%
prepare = Scale(1/255)
augment = Flip(horizontal)

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.005 -> Cosine
epochs     = 12
batch_size = 16
