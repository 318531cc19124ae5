// fuse: a map joins the map, gemm or conv that wrote what it reads; any chain, any number of results, updates of parameters
// included. It looks at families and buffers only, so whatever op lowers to a map fuses on the day it is added.
#include "dlc/lower/passes.h"
#include "dlc/program/instrs.h"
#include "edit.h"

#include <algorithm>

namespace dlc {

namespace {

/// A map, or a gemm or conv seen as a map over its accumulator: what each buffer written holds is an expression.
struct Tile {
  MapCode code; ///< outputs are kept beside, in `results`
  llvm::SmallVector<BufferId, 8> reads; ///< by input of the code; unused for Acc
  llvm::SmallVector<std::pair<BufferId, MapRef>, 4> results;
};

int64_t countOf(const Instr &instr) {
  if (instr.family == &mapInstr)
    return instr.attrs.as<MapAttrs>().count;
  return accumulatorOf(instr)->count;
}

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
    instr.attrs = withKeep(like, keep);
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

class Fuser {
public:
  explicit Fuser(Program &program) : program_(program), step_(program.step) {}

  bool run() {
    // One join may enable others on both sides, so the walk starts over; each removes an instruction.
    bool changed = false;
    do {
      changed |= recomputeCheap();
      moveScalarsUp();
    } while (joinOne() && (changed = true));
    for (auto &[consumer, reason] : refusals_)
      program_.remarks.push_back(reason);
    if (changed)
      dropUnusedBuffers(program_);
    return changed;
  }

private:
  /// Single numbers (step sizes, corrections) are computed as early as possible: what they enter into can then be joined
  /// early too.
  void moveScalarsUp() {
    for (size_t i = 0; i < step_.size(); ++i) {
      if (step_[i].family != &mapInstr || countOf(step_[i]) != 1)
        continue;
      size_t to = i;
      while (to > 0 && !conflict(step_[to - 1], step_[i]))
        --to;
      while (to < i && step_[to].family == &mapInstr && countOf(step_[to]) == 1)
        ++to; // those before it stay before it
      std::rotate(step_.begin() + static_cast<std::ptrdiff_t>(to), step_.begin() + static_cast<std::ptrdiff_t>(i),
                  step_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }

  /// A cheap map over what is kept in memory anyway (such as the sign of an activation that a gemm reads, too) is worth no
  /// buffer of its own between then and its readers, when those are maps: each computes it anew.
  bool recomputeCheap() {
    bool changed = false;
    for (size_t i = 0; i < step_.size(); ++i) {
      auto readers = cheapReaders(i);
      if (readers.empty())
        continue;
      program_.remarks.push_back(text(step_[i]) + " is computed anew by its readers");
      for (size_t reader : readers)
        step_[reader] = joined(step_[i], step_[reader], {});
      step_.erase(step_.begin() + static_cast<std::ptrdiff_t>(i--));
      changed = true;
    }
    return changed;
  }

  /// The readers of step[i], if it is such a map; else none.
  llvm::SmallVector<size_t, 4> cheapReaders(size_t i) const {
    const Instr &map = step_[i];
    if (map.family != &mapInstr || map.writes.size() != 1 || program_.buffer(map.writes[0]).role != BufferRole::Temp ||
        map.code->steps.size() > 2)
      return {};
    for (const MapCodeStep &step : map.code->steps)
      if (step.op == kernels::MapOp::Div || step.op == kernels::MapOp::Sqrt || step.op == kernels::MapOp::Exp ||
          step.op == kernels::MapOp::Log || step.op == kernels::MapOp::Tanh)
        return {};
    bool full = false;
    for (size_t r = 0; r < map.reads.size(); ++r) {
      full |= map.code->inputs[r].source == MapInputKind::Full;
      if (!keptAnyway(map.reads[r]))
        return {};
    }
    llvm::SmallVector<size_t, 4> readers;
    for (size_t p = i + 1; p < step_.size() && full; ++p) {
      if (touches(step_[p].writes, map.reads))
        return {};
      for (size_t r = 0; r < step_[p].reads.size(); ++r) {
        if (step_[p].reads[r] != map.writes[0])
          continue;
        if (step_[p].family != &mapInstr || countOf(step_[p]) != countOf(map) ||
            step_[p].code->inputs[r].source != MapInputKind::Full ||
            step_[p].code->inputs.size() + map.code->inputs.size() > kernels::kMaxMapInputs / 2)
          return {};
        if (!llvm::is_contained(readers, p))
          readers.push_back(p);
      }
    }
    return readers;
  }

  bool keptAnyway(BufferId id) const {
    if (program_.buffer(id).role != BufferRole::Temp)
      return true;
    return llvm::any_of(step_, [&](const Instr &instr) {
      return instr.family != &mapInstr && llvm::is_contained(instr.reads, id);
    });
  }

  bool joinOne() {
    refusals_.clear();
    std::vector<int64_t> writer(program_.buffers.size(), -1);
    for (size_t j = 0; j < step_.size(); ++j) {
      if (step_[j].family == &mapInstr) {
        llvm::SmallVector<int64_t, 4> producers;
        for (BufferId id : step_[j].reads)
          if (writer[id] >= 0 && !llvm::is_contained(producers, writer[id]))
            producers.push_back(writer[id]);
        llvm::sort(producers, std::greater<>());
        for (int64_t i : producers) {
          std::string why = join(static_cast<size_t>(i), j);
          if (why.empty())
            return true;
          refusals_.push_back({j, text(step_[j]) + " does not join " + text(step_[static_cast<size_t>(i)]) + ": " + why});
        }
      }
      for (BufferId id : step_[j].writes)
        writer[id] = static_cast<int64_t>(j);
    }
    return false;
  }

  /// "" after step[j] has joined step[i]; else why not.
  std::string join(size_t i, size_t j) {
    const Instr &producer = step_[i], &consumer = step_[j];
    if (producer.family != &mapInstr && !accumulatorOf(producer))
      return producer.family->name.str() + " takes no tile program";
    if (countOf(producer) != countOf(consumer))
      return "it has " + std::to_string(countOf(consumer)) + " elements, not " + std::to_string(countOf(producer));
    if (touches(producer.writes, consumer.writes))
      return "both write the same buffer";

    for (size_t r = 0; r < consumer.reads.size(); ++r) {
      const MapInputKind &kind = consumer.code->inputs[r];
      if ((kind.source != MapInputKind::Full || kind.i32) && llvm::is_contained(producer.writes, consumer.reads[r]))
        return program_.buffer(consumer.reads[r]).name + " is not read element by element";
    }
    // What nobody else reads need not reach memory.
    llvm::SmallVector<BufferId, 4> kept;
    llvm::copy_if(producer.writes, std::back_inserter(kept), [&](BufferId id) { return neededBeside(id, j); });
    Instr joined = Fuser::joined(producer, consumer, kept);
    if (joined.code && !fits(*joined.code))
      return "the tile program would exceed the kernels' limits";
    for (size_t w = 0; w < joined.writes.size(); ++w)
      for (size_t r = 0; r < joined.reads.size(); ++r)
        if (joined.writes[w] == joined.reads[r] && !joined.family->inPlace(joined, w, r))
          return program_.buffer(joined.writes[w]).name + " would be changed while it is still read";

    // The producer moves down to the last instruction that the consumer must stay behind.
    size_t to = i;
    for (size_t p = i + 1; p < j; ++p)
      if (conflict(step_[p], consumer))
        to = p;
    for (size_t p = i + 1; p <= to; ++p)
      if (conflict(step_[p], producer))
        return "between them stands " + text(step_[p]);
    program_.remarks.push_back(text(consumer) + " joins " + text(producer));
    step_.erase(step_.begin() + static_cast<std::ptrdiff_t>(j));
    step_[i] = std::move(joined);
    std::rotate(step_.begin() + static_cast<std::ptrdiff_t>(i), step_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                step_.begin() + static_cast<std::ptrdiff_t>(to) + 1);
    return "";
  }

  /// One instruction that does what both do, and of the producer's results writes only those in `kept`.
  static Instr joined(const Instr &producer, const Instr &consumer, llvm::ArrayRef<BufferId> kept) {
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
    if (kept.empty() && producer.family == &mapInstr)
      instr.origin = consumer.origin;
    return instr;
  }

  static MapRef input(Tile &tile, BufferId id, const MapInputKind &kind) {
    for (size_t i = 0; i < tile.code.inputs.size(); ++i)
      if (tile.code.inputs[i] == kind && tile.reads[i] == id)
        return MapRef::input(static_cast<uint32_t>(i));
    tile.code.inputs.push_back(kind);
    tile.reads.push_back(id);
    return MapRef::input(static_cast<uint32_t>(tile.reads.size() - 1));
  }

  /// The consumer's steps behind the producer's, its inputs replaced.
  static void append(Tile &tile, const Instr &consumer, llvm::ArrayRef<MapRef> inputs) {
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

  bool neededBeside(BufferId id, size_t consumer) const {
    if (program_.buffer(id).role != BufferRole::Temp)
      return true;
    for (size_t p = 0; p < step_.size(); ++p)
      if (p != consumer && llvm::is_contained(step_[p].reads, id))
        return true;
    return false;
  }

  /// "map h2 (net.dsl:4:7)"
  std::string text(const Instr &instr) const {
    std::string result = instr.family->name.str() + " " + program_.buffer(instr.writes[0]).name;
    return instr.origin.empty() ? result : result + " (" + instr.origin + ")";
  }

  Program &program_;
  std::vector<Instr> &step_;
  std::vector<std::pair<size_t, std::string>> refusals_; ///< of the last walk, by consumer
};

} // namespace

bool fuseProgram(Program &program) { return Fuser(program).run(); }

} // namespace dlc
