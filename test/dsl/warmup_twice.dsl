# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)

[train]
loss = CrossEntropy
lr   = 0.1 -> Warmup(1 epoch) -> Warmup(2 epochs)  # expected-error {{E262: Warmup appears twice}} expected-note {{the other one is here}}
