# Balanced weights are counted from the labels; where the targets are none, check says so.
# RUN: %dlc check %s --verify-diagnostics
[model]
input  = 2
output = input -> Linear(1)

[data]
train = Inline([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0.5, 0.5, 1])

[train]
loss          = BCE
class_weights = balanced # expected-error {{E309: class_weights = balanced needs classes}}
