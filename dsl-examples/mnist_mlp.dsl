# An MLP for MNIST: 784-256-128-64-10, He initialisation, learning rate x 0.97 per epoch.
# Run it in the folder of the four files, or name them with --data, --labels and --test.
# The same net with momentum:  --set train.optimizer=SGD --set train.momentum=0.95 --set 'train.lr=0.001 -> Decay(0.97)'

[model]
input  = 784
output = input
  -> Linear(256) -> ReLU
  -> Linear(128) -> ReLU
  -> Linear(64)  -> ReLU
  -> Linear(10)  -> Softmax

[data]
train   = Idx("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
test    = Idx("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
val     = 5000
prepare = Scale(1/255)

[train]
loss       = CrossEntropy
optimizer  = Adam
eps        = 1e-7
lr         = 0.0005 -> Decay(0.97)
epochs     = 25
batch_size = 64
init       = He
# With so small an eps Adam leaps now and then once the loss is near 0: the best epoch is kept, not the last.
monitor    = accuracy
