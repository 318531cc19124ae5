# RUN: %dlc --emit-ir %s --verify-diagnostics

[model]
input = 6x8x8                                # expected-note {{6x8x8}}
a = input -> Conv2d(8, 4, padding=same)      # expected-error {{E234: padding=same needs an odd kernel, found 4x4}} expected-help {{odd kernel}}
b = input -> Conv2d(8, 9)                    # expected-error {{E235: a kernel of 9x9 does not fit into an image of 8x8}}
c = input -> Conv2d(8, 3, groups=4)          # expected-error {{E236: 6 channels in and 8 out do not divide into 4 groups}}
d = input -> Flatten -> Conv2d(8, 3)         # expected-error {{E233: Conv2d needs an image, but its input is a vector of 384}} expected-note {{384}}
e = input -> GroupNorm(4)                    # expected-error {{E236: 6 channels do not divide into 4 groups}}
f = input -> MaxPool2d(9)                    # expected-error {{E235: a window of 9x9 does not fit}}
g = input -> Conv1d(8, 3)                    # expected-error {{E233: Conv1d needs channels of one length}}
h = input -> Linear(3)                       # expected-error {{E231: Linear needs a vector}} expected-help {{put -> Flatten or -> GlobalAvgPool before it}}
i = input -> Conv2d(8, 3x3x3)                # expected-error {{E206: 'kernel' of Conv2d takes at most 2 sizes}}
j = input -> Conv2d(8, 3, padding=some)      # expected-error {{E205: 'padding' of Conv2d takes a number, a pair such as 3x5, or same, found the word some}}
output = input -> GlobalAvgPool -> Linear(3)

[train]
loss = CrossEntropy
