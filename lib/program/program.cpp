// Programs: names, roles and look-ups, and the list of instruction families.
// Printing, parsing, verifying and planning have files of their own.
#include "call.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc {

namespace {
constexpr const InstrDef *kInstrs[] = {&gemmInstr,   &batchGemmInstr, &packInstr,     &mapInstr,    &rowsInstr,
                                       &reduceInstr, &copyInstr,      &pickInstr,     &oneHotInstr, &embedInstr,
                                       &randomInstr, &convInstr,      &packConvInstr, &poolInstr,   &concatInstr};

/// Only letters, digits, '_' and '.', and no digit in front, so that a name is one word of the text form.
void cleanName(std::string &name) {
  for (char &c : name)
    if (!llvm::isAlnum(c) && c != '.')
      c = '_';
  if (name.empty() || llvm::isDigit(name[0]))
    name.insert(0, "t");
}
} // namespace

std::span<const InstrDef *const> instrDefs() { return kInstrs; }

const InstrDef *findInstrDef(llvm::StringRef name) {
  for (const InstrDef *def : kInstrs)
    if (def->name == name)
      return def;
  return nullptr;
}

BufferNames::BufferNames(const Program &program) {
  for (const Buffer &buffer : program.buffers)
    taken_.insert(buffer.name);
}

std::string BufferNames::take(std::string wanted, size_t number) {
  cleanName(wanted);
  if (taken_.insert(wanted).second)
    return wanted;
  std::string result;
  do
    result = wanted + "." + std::to_string(number++);
  while (!taken_.insert(result).second);
  return result;
}

BufferId Program::addBuffer(Buffer buffer) {
  BufferNames names(*this);
  return addBuffer(std::move(buffer), names);
}

BufferId Program::addBuffer(Buffer buffer, BufferNames &names) {
  buffer.name = names.take(std::move(buffer.name), buffers.size());
  buffers.push_back(std::move(buffer));
  return static_cast<BufferId>(buffers.size() - 1);
}

std::optional<BufferId> Program::find(llvm::StringRef name) const {
  for (size_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].name == name)
      return static_cast<BufferId>(i);
  return std::nullopt;
}

std::optional<BufferId> Program::findExternal(BufferRole role, llvm::StringRef external) const {
  for (size_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].role == role && buffers[i].external == external)
      return static_cast<BufferId>(i);
  return std::nullopt;
}

Verify &Verify::holds(BufferId id, DType dtype, CheckedSize elements) {
  const Buffer &buffer = program_.buffer(id);
  if (buffer.type.dtype != dtype) // most buffers are right: no text is made for those
    that(false, "'" + buffer.name + "' is " + toString(buffer.type) + ", wanted " + name(dtype).str());
  if (!elements.fitsIn(static_cast<uint64_t>(buffer.type.elements())))
    that(false, "'" + buffer.name + "' is " + toString(buffer.type) + ", but " +
                    std::to_string(elements.value().value_or(UINT64_MAX)) + " elements are touched");
  return *this;
}

Verify &Verify::write(size_t i, DType dtype, CheckedSize elements) {
  holds(instr_.writes[i], dtype, elements);
  const Buffer &buffer = program_.buffer(instr_.writes[i]);
  if (error_.empty() && elements.value() != static_cast<uint64_t>(buffer.type.elements()))
    that(false, "'" + buffer.name + "' is " + toString(buffer.type) + ", but only " +
                    std::to_string(*elements.value()) + " elements are written");
  return *this;
}

} // namespace dlc
