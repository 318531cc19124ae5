# Handwritten digits of 8x8 pixels, 0 to 16 each (UCI optical digits; see data/README.md).

[model]
input  = 8x8
output = input
  -> Flatten
  -> Linear(128) -> ReLU -> Dropout(20%)
  -> Linear(64)  -> ReLU -> Dropout(20%)
  -> Linear(10)

[data]
train   = Csv("data/digits_train.csv")
test    = Csv("data/digits_test.csv")
prepare = Scale(1/16)

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.003 -> Cosine
epochs     = 40
batch_size = 32
