# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)

[data]
train = Cvs("iris.csv")              # expected-error {{E250: unknown data source 'Cvs'}} expected-help {{did you mean Csv?}}
test = "iris.xyz"                    # expected-error {{E253: no data source reads files named *.xyz}}
val = 0.1                            # expected-error {{E204: val takes a percentage}} expected-help {{write 10%}}
prepare = Scale("x") -> Normalise    # expected-error {{E205: 'k' of Scale takes a number, found the string "x"}} expected-error {{E250: unknown data step 'Normalise'}}
augment = Resize(32x32) -> Filp      # expected-error {{E250: Resize is a data step, which belongs in prepare}} expected-error {{E250: unknown augmentation 'Filp'}} expected-help {{did you mean Flip?}}
target = labels                      # expected-error {{E209}} expected-help {{did you mean label?}}
shuffle = 2                          # expected-error {{E209: shuffle takes true or false, found 2}}
batch_size = 32                      # expected-error {{E260: unknown key 'batch_size' in [data]}} expected-help {{batch_size belongs in [train]}}
limit = 1/3                          # expected-error {{E203: limit takes a whole number, found 0.333}}
cache = none
classes = 3                          # expected-error {{E205: classes takes list or file, found 3}}

[train]
loss = CrossEntropy
