// Tile programs put together: what the consumer computes, with the producer's expressions in the place of its inputs.
// It looks at no other instruction than the two.
#include "tile.h"

#include "dlc/program/instrs.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace dlc {

namespace {

/// A map, or a gemm or conv seen as a map over its accumulator: what each buffer written holds is an expression.
struct Tile {
  MapCode code;                         ///< outputs are kept beside, in `results`
  llvm::SmallVector<BufferId, 8> reads; ///< by input of the code; unused for Acc
  llvm::SmallVector<std::pair<BufferId, MapRef>, 4> results;
};

Tile tileOf(const Instr &instr) {
  Tile tile;
  size_t write = 0, read = 0;
  if (instr.code)
    tile.code = *instr.code;
  if (auto accumulator = accumulatorOf(instr)) {
    if (!instr.code)
      tile.code.inputs = {{MapInputKind::Acc}};
    tile.reads.push_back(0);
    read = 2;
    if (accumulator->keep)
      tile.results.push_back({instr.writes[write++], MapRef::input(0)});
  }
  for (; read < instr.reads.size(); ++read)
    tile.reads.push_back(instr.reads[read]);
  for (const MapRef &output : tile.code.outputs)
    tile.results.push_back({instr.writes[write++], output});
  tile.code.outputs.clear();
  return tile;
}

/// The instruction that computes the tile in the place of `like`.
Instr instrOf(const Instr &like, Tile tile) {
  Instr instr;
  instr.family = like.family;
  instr.attrs = like.attrs;
  instr.origin = like.origin;
  const bool accumulates = accumulatorOf(like).has_value();
  if (accumulates) {
    auto isAcc = [](const auto &result) { return result.second == MapRef::input(0); };
    auto plain = llvm::find_if(tile.results, isAcc);
    const bool keep = plain != tile.results.end();
    if (keep)
      std::rotate(tile.results.begin(), plain, plain + 1);
    instr.attrs = like.family->product->withKeep(like, keep);
    instr.reads = {like.reads[0], like.reads[1]};
    if (keep) {
      instr.writes.push_back(tile.results.front().first);
      tile.results.erase(tile.results.begin());
      if (tile.results.empty())
        return instr;
    }
  }
  for (auto &[buffer, ref] : tile.results) {
    instr.writes.push_back(buffer);
    tile.code.outputs.push_back(ref);
  }
  auto kept = tile.code.prune();
  for (uint32_t input : kept)
    if (!(input == 0 && accumulates))
      instr.reads.push_back(tile.reads[input]);
  instr.code = std::move(tile.code);
  return instr;
}

MapRef input(Tile &tile, BufferId id, const MapInputKind &kind) {
  for (size_t i = 0; i < tile.code.inputs.size(); ++i)
    if (tile.code.inputs[i] == kind && tile.reads[i] == id)
      return MapRef::input(static_cast<uint32_t>(i));
  tile.code.inputs.push_back(kind);
  tile.reads.push_back(id);
  return MapRef::input(static_cast<uint32_t>(tile.reads.size() - 1));
}

/// The consumer's steps behind the producer's, its inputs replaced.
void append(Tile &tile, const Instr &consumer, llvm::ArrayRef<MapRef> inputs) {
  llvm::SmallVector<MapRef, 16> steps;
  auto translate = [&](const MapRef &ref) {
    return ref.kind == MapRef::Input ? inputs[ref.index] : ref.kind == MapRef::Step ? steps[ref.index] : ref;
  };
  for (const MapCodeStep &step : consumer.code->steps) {
    MapRef args[3];
    for (unsigned a = 0; a < kernels::arity(step.op); ++a)
      args[a] = translate(step.args[a]);
    steps.push_back(tile.code.apply(step.op, args[0], args[1], args[2]));
  }
  for (size_t o = 0; o < consumer.writes.size(); ++o)
    tile.results.push_back({consumer.writes[o], translate(consumer.code->outputs[o])});
}

} // namespace

int64_t tileCount(const Instr &instr) {
  return isMap(instr) ? instr.family->elements(instr) : accumulatorOf(instr)->count;
}

Instr joinInstrs(const Instr &producer, const Instr &consumer, llvm::ArrayRef<BufferId> kept) {
  Tile tile = tileOf(producer);
  llvm::SmallVector<MapRef, 8> inputs;
  for (size_t r = 0; r < consumer.reads.size(); ++r) {
    auto result = llvm::find_if(tile.results, [&](const auto &p) { return p.first == consumer.reads[r]; });
    inputs.push_back(result != tile.results.end() ? result->second
                                                  : input(tile, consumer.reads[r], consumer.code->inputs[r]));
  }
  llvm::erase_if(tile.results, [&](const auto &result) { return !llvm::is_contained(kept, result.first); });
  append(tile, consumer, inputs);
  Instr instr = instrOf(producer, std::move(tile));
  if (kept.empty() && isMap(producer))
    instr.origin = consumer.origin;
  return instr;
}

} // namespace dlc
