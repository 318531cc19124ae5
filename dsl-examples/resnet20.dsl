# ResNet-20 for CIFAR-10: depth=3 gives 20 layers, --set depth=9 gives 56. Run it beside cifar-10-batches-bin.
width = 16
depth = 3

[block ConvBN(out, kernel=3, stride=1)]
output = input -> Conv2d(out, kernel, stride=stride, padding=same, bias=false) -> BatchNorm

[block Basic(out)]
main   = input -> ConvBN(out) -> ReLU -> ConvBN(out)
output = main + input -> ReLU

[block Down(out)]
main   = input -> ConvBN(out, stride=2) -> ReLU -> ConvBN(out)
skip   = input -> ConvBN(out, kernel=1, stride=2)
output = main + skip -> ReLU

[model]
input  = 3x32x32
output = input
  -> ConvBN(width) -> ReLU
  -> depth * Basic(width)
  -> Down(2*width) -> (depth-1) * Basic(2*width)
  -> Down(4*width) -> (depth-1) * Basic(4*width)
  -> GlobalAvgPool
  -> Linear(10)

[data]
train   = Cifar10("cifar-10-batches-bin", train)
test    = Cifar10("cifar-10-batches-bin", test)
val     = 5000
prepare = Scale(1/255) -> Normalize
augment = Crop(32x32, pad=4) -> Flip(horizontal)

[train]
loss         = CrossEntropy
optimizer    = SGD
momentum     = 0.9
weight_decay = 1e-4
lr           = 0.1 -> Warmup(1 epoch) -> Steps(80 epochs, 120 epochs, factor=0.1)
epochs       = 160
batch_size   = 128
checkpoint   = "resnet20.ckpt"
