# RUN: %dlc --emit-ir %s --verify-diagnostics
# Image layers on vectors, kernels that do not fit, groups that do not divide, paddings that are not whole.
[model]
input = 3x16x16
a = input -> Flatten -> Conv2d(8, 3)       # expected-error {{E233: Conv2d needs an image}}
b = input -> Flatten -> MaxPool2d(2)       # expected-error {{E233: MaxPool2d needs an image}}
c = input -> Conv2d(8, 4, padding=same)    # expected-error {{E234: padding=same needs an odd kernel}}
d = input -> Conv2d(8, 19)                 # expected-error {{E235: a kernel of 19x19 does not fit}}
e = input -> AvgPool2d(17)                 # expected-error {{E235: a window of 17x17 does not fit}}
f = input -> Conv2d(8, 3, groups=2)        # expected-error {{E236: 3 channels in and 8 out do not divide}}
g = input -> MaxPool2d(2, padding=2)       # expected-error {{E206: the padding of a pool must be at most half its kernel}}
h = input -> ConvTranspose2d(4, 3, stride=2, output_padding=2) # expected-error {{E206: output_padding must be less than the stride}}
i = input -> Reshape([7, -1])              # expected-error {{E230: cannot reshape 3x16x16}}
j = input -> Mean(3)                       # expected-error {{E206: Mean along axis 3}}
ja = input -> Mean(0.5)                    # expected-error {{E203: 'axis' of Mean takes a whole number, found 0.5}}
jb = input -> Softmax(axis=-4)             # expected-error {{E206: Softmax along axis -4 of a value with 3 axes}}
jc = input -> Transpose([0, 1])            # expected-error {{E230: the order of Transpose must name each of the 3 axes of}}
jd = input -> Transpose([1, 1, 2])         # expected-error {{E230: the order of Transpose must name each of the 3 axes of}}
output = input -> Conv2d(8, 3) -> BatchNorm -> GlobalAvgPool -> Linear(2)
