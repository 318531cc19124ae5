# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)

[data]
train = Csv("a.csv", labels=3, label=species, header=yes, extra=1)
# expected-error@-1 {{E205: 'labels' of Csv takes a string, found 3}}
# expected-error@-2 {{E251: Csv has no argument 'extra'}}
test = Images(x)                     # expected-error {{E205: 'dir' of Images takes a string, found the word x}}
val = tset[9000:]                    # expected-error {{E209: a slice must be of train or test, found tset}}

[train]
loss = CrossEntropy
