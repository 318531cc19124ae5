# RUN: %dlc --emit-ir %s --verify-diagnostics
# Every number of a schedule step has a range, and every argument a place of its own.
[model]
input  = 4
output = input -> Linear(3)

[train]
loss    = CrossEntropy
metrics = TopK(0)                    # expected-error {{E203: 'k' of TopK takes a whole number of at least 1, found 0}}
lr = 0.1
  -> Decay(0)                        # expected-error {{E206: 'factor' of Decay takes a number above 0, found 0}}
  -> Decay(-0.5)                     # expected-error {{E206: 'factor' of Decay takes a number above 0, found -0.5}}
  -> Decay(0.5, every=0 epochs)      # expected-error {{E206: 'every' of Decay takes a time above 0, found 0 epochs}}
  -> Decay(0.5, every=-1 epochs)     # expected-error {{E204: arithmetic does not accept the unit 'epochs'}}
  -> Steps(1 epoch, factor=0)        # expected-error {{E206: 'factor' of Steps takes a number above 0}}
  -> Steps(-1 epoch)                 # expected-error {{E204: arithmetic does not accept the unit 'epochs'}}
  -> Cosine(min=-1)                  # expected-error {{E206: 'min' of Cosine takes a number of at least 0}}
  -> Ramp(to=-1)                     # expected-error {{E206: 'to' of Ramp takes a number of at least 0}}
  -> Poly(power=-1)                  # expected-error {{E206: 'power' of Poly takes a number of at least 0}}
  -> Poly(powr=3)                    # expected-error {{E251: Poly has no argument 'powr'}} expected-help {{did you mean power?}}
  -> OneCycle(-3)                    # expected-error {{E206: 'peak' of OneCycle takes a number above 0}}
  -> Plateau(patience=0)             # expected-error {{E203: 'patience' of Plateau takes a whole number of at least 1, found 0}}
  -> Plateau(patience=2.5)           # expected-error {{E203: 'patience' of Plateau takes a whole number}}
  -> 2 * Cosine                      # expected-error {{E223: only layers and blocks take a count}}
  -> Plateau(factor=-2)              # expected-error {{E206: 'factor' of Plateau takes a number above 0}}
