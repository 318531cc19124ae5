# Characters: what comes next? A recurrent net reads 32 of them and says the next one after each.
context = 32
letters = 28

[model]
input  = Tokens(context, vocab=letters)
output = input
  -> Embedding(16)
  -> GRU(64)
  -> Linear(letters)

[data]
train  = Text("data/text.txt")
val    = 10%
target = next

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.005 -> Cosine
epochs     = 4
batch_size = 32
clip_norm  = 1
