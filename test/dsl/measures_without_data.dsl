# A source that leaves its data to the command line is checked all the same.
# RUN: %dlc check %s --verify-diagnostics
[model]
input  = 2
output = input -> Linear(3)

[data]
val = 20%

[train]
loss          = CrossEntropy
class_weights = 1, 2, 3, 4 # expected-error {{E263: class_weights has 4 numbers, for 3 classes}}
monitor       = val_acuracy # expected-error {{E264: monitor = val_acuracy, but no such score is measured}}
