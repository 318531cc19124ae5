# '@' is the matrix product of each sample: attention by hand.
# RUN: %dlc --emit-ir %s | FileCheck %s
# RUN: %dlc test %s | FileCheck --check-prefix=GRADIENTS %s
[model]
input  = 5x8
key    = input -> Linear(6) -> Transpose([1, 0])
weight = input -> Linear(6) -> Softmax
mixed  = weight @ key
output = mixed @ input -> Flatten -> Linear(2)
# CHECK: batch_matmul({{.*}}) : f32[32,5,5]
# CHECK: batch_matmul({{.*}}) : f32[32,5,8]
# GRADIENTS: tensors ok
[train]
loss = MSE
