# Depthwise-separable net: a small MobileNet for 96x96 images.
alpha = 0.5

[block Sep(out, stride=1)]
output = input
  -> DepthwiseConv2d(3, stride=stride, padding=same, bias=false) -> BatchNorm -> ReLU6
  -> Conv2d(out * alpha, 1, bias=false)                          -> BatchNorm -> ReLU6

[model]
input  = 3x96x96
output = input
  -> Conv2d(32 * alpha, 3, stride=2, padding=same, bias=false) -> BatchNorm -> ReLU6
  -> Sep(64)
  -> Sep(128, stride=2) -> Sep(128)
  -> Sep(256, stride=2) -> Sep(256)
  -> Sep(512, stride=2) -> 5 * Sep(512)
  -> GlobalAvgPool -> Dropout(0.2)
  -> Linear(2)

[data]
train   = Images("person")
val     = 10%
prepare = Resize(96x96) -> Scale(1/255)
augment = Flip(horizontal) -> Brightness(0.2) -> Rotate(10)

[train]
loss         = CrossEntropy(smoothing=0.1)
optimizer    = AdamW
weight_decay = 0.01
lr           = 0.002 -> Warmup(2 epochs) -> Cosine
epochs       = 50
batch_size   = 64

[deploy]
format = c
batch  = 1
