# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 3x0x4            # expected-error {{E203: input takes sizes of at least 1, found 3x0x4}}
output = input -> Flatten -> Linear(3)
