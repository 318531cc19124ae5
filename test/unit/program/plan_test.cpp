// The planner on random items, and the verifier of plans on plans that were spoiled.
// Nothing is run here.
#include "dlc/program/instrs.h"
#include "dlc/program/plan.h"
#include "dlc/program/verify.h"

#include "gtest/gtest.h"

#include <random>

using namespace dlc;

namespace {

std::vector<PlanItem> randomItems(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<PlanItem> items(random() % 60);
  for (PlanItem &item : items) {
    item.size = 1 + static_cast<int64_t>(random() % (random() % 2 ? 100 : 100000));
    item.align = int64_t(1) << (random() % 8);
    item.live.begin = static_cast<int64_t>(random() % 40);
    item.live.end = item.live.begin + static_cast<int64_t>(random() % (random() % 4 ? 5 : 40));
  }
  return items;
}

TEST(PlaceItems, KeepsItsPromiseOnRandomItems) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    std::vector<PlanItem> items = randomItems(seed);
    Placement placement = placeItems(items);
    ASSERT_EQ(placement.offsets.size(), items.size());
    int64_t sum = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      int64_t begin = placement.offsets[i], end = begin + items[i].size;
      sum += items[i].size + items[i].align;
      ASSERT_GE(begin, 0) << seed;
      ASSERT_EQ(begin % items[i].align, 0) << seed;
      ASSERT_LE(end, placement.arena) << seed;
      for (size_t j = 0; j < i; ++j) {
        bool apart = end <= placement.offsets[j] || placement.offsets[j] + items[j].size <= begin;
        ASSERT_TRUE(apart || !items[i].live.overlaps(items[j].live)) << "seed " << seed << ", items " << i << " " << j;
      }
    }
    EXPECT_LE(placement.peakLive, std::max(placement.arena, sum));
    Placement again = placeItems(items);
    EXPECT_EQ(placement.offsets, again.offsets) << seed;
  }
}

TEST(PlaceItems, NeverWorseThanPlacingByFirstUse) {
  int64_t arenas = 0, peaks = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::vector<PlanItem> items = randomItems(seed);
    for (PlanItem &item : items)
      item.align = 64;
    Placement placement = placeItems(items);
    ASSERT_GE(placement.arena, placement.peakLive) << seed;
    arenas += placement.arena;
    peaks += placement.peakLive;
  }
  EXPECT_LT(static_cast<double>(arenas), 1.1 * static_cast<double>(peaks)) << "plans are over a tenth above the bound";
}

// So many that only best fit is tried; among them some that live long, as activations do, and some as short as
// gradients.
TEST(PlaceItems, ManyItemsAreHeldApartToo) {
  std::mt19937 random(7);
  constexpr size_t kItems = 6000;
  std::vector<PlanItem> items(kItems);
  for (size_t i = 0; i < kItems; ++i) {
    auto at = static_cast<int64_t>(i);
    items[i].size = 1 + static_cast<int64_t>(random() % 4000);
    items[i].align = 64;
    items[i].live = {at,
                     random() % 4 ? at + static_cast<int64_t>(random() % 6) : 2 * static_cast<int64_t>(kItems) - at};
  }
  Placement placement = placeItems(items);
  EXPECT_EQ(placement.order, "best-fit");
  EXPECT_LT(static_cast<double>(placement.arena), 1.1 * static_cast<double>(placement.peakLive));
  for (size_t i = 0; i < kItems; ++i) {
    ASSERT_EQ(placement.offsets[i] % 64, 0);
    ASSERT_LE(placement.offsets[i] + items[i].size, placement.arena);
    for (size_t j = 0; j < i; ++j)
      ASSERT_FALSE(items[i].live.overlaps(items[j].live) &&
                   placement.offsets[i] < placement.offsets[j] + items[j].size &&
                   placement.offsets[j] < placement.offsets[i] + items[i].size)
          << i << " and " << j;
  }
}

/// out = ((x + 1) * 2) + softmax(x), which leaves something to overlap and something to take over.
Program smallProgram() {
  Program program;
  program.isa = kernels::kScalar;
  auto buffer = [&](llvm::StringRef name, BufferRole role) {
    Buffer b;
    b.name = name.str();
    b.role = role;
    b.external = isPlanned(role) && role != BufferRole::Output ? "" : name.str();
    b.type = {DType::F32, {4, 10}};
    return program.addBuffer(b);
  };
  BufferId x = buffer("x", BufferRole::Input), a = buffer("a", BufferRole::Temp), b = buffer("b", BufferRole::Temp),
           s = buffer("s", BufferRole::Temp), out = buffer("out", BufferRole::Output);
  auto map = [&](llvm::ArrayRef<BufferId> reads, BufferId write, auto make) {
    Instr instr;
    instr.family = &mapInstr;
    instr.attrs = Attrs::of(MapAttrs{40});
    instr.reads.assign(reads.begin(), reads.end());
    instr.writes = {write};
    instr.code.emplace();
    instr.code->inputs.assign(reads.size(), MapInputKind{});
    instr.code->outputs = {make(*instr.code)};
    program.step.push_back(instr);
  };
  map({x}, a, [](MapCode &m) { return m.add(m.in(0), m.imm(1)); });
  map({a}, b, [](MapCode &m) { return m.mul(m.in(0), m.imm(2)); });
  Instr rows;
  rows.family = &rowsInstr;
  rows.attrs = Attrs::of(RowsAttrs{kernels::RowsOp::Softmax, 4, 10});
  rows.reads = {x};
  rows.writes = {s};
  program.step.push_back(rows);
  map({b, s}, out, [](MapCode &m) { return m.add(m.in(0), m.in(1)); });
  return program;
}

TEST(PlanProgram, ResultsTakeOverOperandsThatDie) {
  Program program = smallProgram();
  ASSERT_EQ(verifyProgram(program), "");
  planProgram(program);
  EXPECT_EQ(verifyProgram(program), "");
  EXPECT_EQ(program.buffers[2].offset, program.buffers[1].offset) << "b over a";
  EXPECT_EQ(program.buffers[4].offset, program.buffers[2].offset) << "out over b";
  EXPECT_EQ(program.arena, 2 * 192);
  EXPECT_EQ(program.peakLive, 2 * 192);
  EXPECT_EQ(program.buffers[4].live, (LiveRange{3, 4})) << "outputs outlive the step";
}

TEST(PlanProgram, SaysWhyAResultIsNotInPlace) {
  Program program = smallProgram();
  program.step[3].reads[1] = 1; // a + b: a lives on while b is made
  program.step.erase(program.step.begin() + 2);
  program.buffers[3].role = BufferRole::Param;
  planProgram(program);
  EXPECT_EQ(program.step[1].note, "not in place: a is live until 2");
  EXPECT_NE(program.buffers[1].offset, program.buffers[2].offset);
}

TEST(VerifyPlan, FindsEverySpoiledOffset) {
  Program good = smallProgram();
  planProgram(good);
  for (size_t id = 0; id < good.buffers.size(); ++id) {
    if (!good.buffers[id].live)
      continue;
    for (int64_t offset : {int64_t(-64), int64_t(8), good.arena, good.arena - 64}) {
      Program bad = good;
      bad.buffers[id].offset = offset;
      EXPECT_NE(verifyPlan(bad), "") << id << " at " << offset;
    }
  }
  Program bad = good;
  bad.buffers[3].offset = bad.buffers[2].offset; // s over b: both are read by the last instruction
  EXPECT_NE(verifyPlan(bad), "");
  bad = good;
  bad.arena -= 64;
  EXPECT_NE(verifyPlan(bad), "");
  bad = good;
  bad.step[1].code->inputs[0] = {MapInputKind::Periodic, false, 1, 10}; // a is no longer read element by element
  EXPECT_NE(verifyPlan(bad), "");
}

} // namespace
