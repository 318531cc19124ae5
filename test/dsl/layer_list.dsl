# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input_dim=784
layer=Linear,784,64
activation=ReLU
layer=Linear,128,10  # expected-error {{E232: Linear declares 128 inputs, but its input has 64}} expected-help {{write 64, or leave it out: Linear(10)}}
activation=Softmax

[train]
optimizer=Adam
lr=0.001
epochs=10
batch_size=64
loss=CrossEntropy
