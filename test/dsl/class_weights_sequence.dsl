# A sequence has a class at every place, and a sample no single one that could be weighed.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = Tokens(8, vocab=5)
output = input -> Embedding(4) -> Linear(5)

[train]
loss          = CrossEntropy
class_weights = 1, 2, 3, 4, 5        # expected-error {{E262: class_weights needs one class per sample, found 8}}
