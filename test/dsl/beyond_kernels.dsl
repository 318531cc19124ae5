# Convolutions that no kernel can hold, and values that no memory can, are the user's mistake.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 1x40000x3
a = input -> Conv2d(2, 3)                               # longer than 2^15, and fine
b = input -> Conv2d(2, 1, stride=40000)                 # expected-error {{E208: a convolution takes images of at most 16777216 lines and columns}}
c = input -> Conv2d(2, 1, padding=40000)                # expected-error {{E208}}
d = input -> Conv2d(2, 3x1, dilation=15000x1)           # expected-error {{E208}}
e = input -> DepthwiseConv2d(1, stride=40000)           # expected-error {{E208}}
f = input -> Reshape(1x120000) -> Conv1d(2, 3)          # a second of sound, and fine
g = input -> Reshape(1x120000) -> Conv1d(2, 3, stride=40000) # expected-error {{E208}}
output = a -> GlobalAvgPool -> Linear(2)
