# RUN: %dlc --emit-ir %s --verify-diagnostics
# Pools of sequences: windows that do not fit, paddings that are too wide, values that are no sequences.
[model]
input = 3x30
a = input -> Flatten -> MaxPool1d(2)          # expected-error {{E233: MaxPool1d needs channels of one length (8x100), but its input is 90}}
b = input -> AvgPool1d(31)                    # expected-error {{E235: a window of 31 does not fit into a length of 30}}
c = input -> MaxPool1d(2, padding=2)          # expected-error {{E206: the padding of a pool must be at most half its kernel, found 2 for a kernel of 2}}
d = input -> AvgPool1d(4, padding=same)       # expected-error {{E234: padding=same needs an odd kernel, found 4}}
e = input -> MaxPool1d                        # expected-error {{E251: MaxPool1d needs the argument 'kernel'}}
f = input -> Flatten -> GlobalAvgPool         # expected-error {{E233: GlobalAvgPool needs an image or a sequence, but its input is a vector of 90}}
g = input -> Flatten -> GlobalMaxPool         # expected-error {{E233: GlobalMaxPool needs an image or a sequence, but its input is a vector of 90}}
output = input -> Conv1d(16, 3) -> MaxPool1d(2) -> GlobalAvgPool -> Linear(4)

[train]
loss = CrossEntropy
