# A character-level causal transformer.
context = 64
dim     = 96

[block Layer(heads)]
mixed  = input + (input -> LayerNorm -> Attention(heads, causal=true))
output = mixed + (mixed -> LayerNorm -> Linear(4*dim) -> GELU -> Linear(dim))

[model]
input  = Tokens(context, vocab=65)
output = input
  -> Embedding(dim) -> Position
  -> 4 * Layer(heads=4)
  -> LayerNorm
  -> Linear(65)

[data]
train  = Text("shakespeare.txt")
val    = 10%
target = next

[train]
loss         = CrossEntropy
optimizer    = AdamW
weight_decay = 0.1
lr           = 0.001 -> Warmup(100 steps) -> Cosine(min=1e-4)
steps        = 5000
batch_size   = 32
clip_norm    = 1.0
