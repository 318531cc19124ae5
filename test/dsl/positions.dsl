# Arguments by position are those that every reader reads alike; what other frameworks write there is refused, and the help can be used.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 3x32x32
a = input -> Conv2d(3, 16, 3)            # expected-error {{E251: Conv2d takes 2 positional arguments (out, kernel)}} expected-help {{write Conv2d(16, 3)}}
b = input -> Conv2d(3, 16, 3, 2, 1)      # expected-error {{E251: Conv2d takes 2 positional arguments}} expected-help {{write Conv2d(16, 3, stride=2, padding=1)}}
c = input -> BatchNorm(16)               # expected-error {{E251: BatchNorm takes no positional arguments}} expected-help {{write BatchNorm}}
d = input -> Flatten -> Linear(784, 10)  # expected-error {{E251: Linear takes one positional argument (out)}} expected-help {{write Linear(10)}}
e = input -> Linear(64, 1)               # expected-error {{E251: Linear takes one positional argument (out)}} expected-help {{write Linear(1)}}
f = input -> Linear(64, relu)            # expected-error {{E251: Linear takes one positional argument (out)}} expected-help {{usage: Linear(out, bias=true, init=He)}}
g = input -> GroupNorm(8, 16)            # expected-error {{E251: GroupNorm takes one positional argument (groups)}} expected-help {{usage: GroupNorm(groups, eps=1e-5)}}
h = input -> Mean(1, true)               # expected-error {{E251: Mean takes one positional argument (axis)}}
i = input -> MaxPool2d(3, 1, padding=1)
j = input -> MaxPool2d(3, stride=1, padding=same)
k = input -> MaxPool2d(4, padding=same)  # expected-error {{E234: padding=same needs an odd kernel, found 4x4}}
l = input -> MaxPool2d(3, padding=valid) # expected-error {{E205: 'padding' of MaxPool2d takes a number, a pair such as 3x5, or same, found the word valid}}
m = input -> Conv2d(8, 3, padding="same") # expected-error {{E205: 'padding' of Conv2d takes a number, a pair such as 3x5, or same}} expected-help {{write same}}
n = input -> Conv2d(8, "3")              # expected-error {{E205: 'kernel' of Conv2d takes a number or a pair such as 3x5}}
output = i + j * 0 -> Flatten -> Linear(2)
[train]
loss = CrossEntropy
