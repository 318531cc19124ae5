# The layer-list form: one layer a line, with its input size. Data come from the command line:
#   dlc train layer_list.dsl data/layer_list_samples.csv data/layer_list_labels.csv net.model

[model]
input_dim=784
layer=Linear,784,64
activation=ReLU
layer=Linear,64,10
activation=Softmax

[train]
optimizer=Adam
lr=0.001
epochs=10
batch_size=64
loss=CrossEntropy
