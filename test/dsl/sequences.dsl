# RUN: %dlc --emit-ir %s --verify-diagnostics
# Layers of sequences on something else, and heads that do not divide.
[model]
input = 16x6
a = input -> Flatten -> GRU(8)                # expected-error {{E238: GRU needs a sequence T x D}}
b = input -> Flatten -> LSTM(8)               # expected-error {{E238: LSTM needs a sequence T x D}}
c = input -> Flatten -> Position              # expected-error {{E238: Position needs a sequence T x D}}
d = input -> Reshape([4, 4, 6]) -> Attention(2) # expected-error {{E238: Attention needs a sequence T x D}}
e = input -> Attention(4)                     # expected-error {{E236: 6 features do not divide into 4 heads}}
output = input -> Position -> Attention(2, causal=true) -> GRU(4) -> LSTM(3, sequence=false) -> Linear(2)
