# Iris: four lengths in centimetres, three species (see data/README.md).

[model]
input  = 4
output = input
  -> Linear(16) -> ReLU -> Dropout(10%)
  -> Linear(16) -> ReLU -> Dropout(10%)
  -> Linear(3)

[data]
train   = Csv("data/iris_train.csv", label=species)  # text labels become classes
test    = Csv("data/iris_test.csv", label=species)
prepare = Normalize                                  # mean and deviation fitted on train, kept in the model

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.01
epochs     = 100
batch_size = 16
