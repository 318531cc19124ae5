# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)

[train]
loss = CrossEntropy
lr = 0.1 -> Warmup(5) -> Decay() -> Steps(80 epochs, 120 epochs, factr=0.1) -> Cosine(1, 2)
# expected-error@-1 {{E204: 'length' of Warmup takes epochs or steps, found 5}}
# expected-error@-2 {{E251: Decay needs the argument 'factor'}}
# expected-error@-3 {{E251: Steps has no argument 'factr'}}
# expected-error@-4 {{E251: Cosine takes one positional argument (min)}}
