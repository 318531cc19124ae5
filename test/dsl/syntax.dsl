# RUN: %dlc --emit-ir %s --verify-diagnostics
# Every line here is wrong in its own way; one mistake costs one message and hides no other.

[model]
input = 784
a = input -> -> ReLU                 # expected-error {{E103: expected a layer or block after '->'}}
b = input -> 3                       # expected-error {{E103: expected '*' and a layer}}
c = input -> Linear (10)             # expected-error {{E102: expected '->' or the end of the line}} expected-help {{directly after}}
d = input -> Linear(10               # expected-error {{E104: expected ',' or ')'}} expected-note {{to close this '('}}
e =                                  # expected-error {{E105: expected a value}}
f = 'x'                              # expected-error {{E101: unexpected character}} expected-help {{double quotes}}
g = input -> Linear(10, bias=true -> ReLU   # expected-error {{E104: expected ',' or ')'}}
h = Concat(input -> ReLU, input)     # expected-error {{E104}} expected-help {{its own parentheses}}
i input                              # expected-error {{E112: expected '=' after the name}}
j = input -> Linear(5 minutes)       # expected-error {{E104}}
k = "never closed                    # expected-error {{E104: the string is not closed}}
l = input[3]                         # expected-error {{E102: expected ':'}}
m = 1e999                            # expected-error {{E202: too large or too small}}
output = input -> Linear(10)

[train]
lr = 5 minutes                       # expected-error {{E102}} expected-help {{units are}}
loss = MSE ->                        # expected-error {{E103}}
epochs = ((1)                        # expected-error {{E104: expected ')'}}
