# What data steps and lists are given: no units where none is taken, files by the end of their names, names in lists.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 2
output = input -> Linear(2)

[data]
train = Inline([[1, 2s], [3, 4]], [0, 1])        # expected-error {{E204: 'inputs' of Inline takes no unit, found 's'}}
test = Csv("x.csv", label=3 epochs)              # expected-error {{E204: 'label' of Csv takes no unit, found 'epochs'}}
val = "pictures"                                 # expected-error {{E253: no data source recognises "pictures" by its name}} expected-help {{for a folder of pictures, write Images("pictures")}}
prepare = Normalize(mean=1MB, std=[1, 2])        # expected-error {{E204: 'mean' of Normalize takes no unit}}
classes = foo                                    # expected-error {{E205: classes takes list or file, found the word foo}} expected-help {{lists take brackets: [foo, ...]; a file takes quotes: "foo"}}

[train]
loss = CrossEntropy
class_weights = balance                          # expected-error {{E205: class_weights takes list or balanced, found the word balance}} expected-help {{did you mean balanced?}}
loss_weight.rge = 2                              # expected-error {{E260: there is no output.rge}} expected-help {{write loss_weight = ...}}
