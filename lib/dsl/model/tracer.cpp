// Implements Tracer: the trail of a diagnostic, and the builder that every op comes from.
// No layer is known here by name, but those that errors advise.
#include "tracer.h"

#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {

static Loc argumentLoc(const OpError &error, Loc nameLoc, const Bound *bound) {
  if (!bound || error.argument.empty())
    return nameLoc;
  auto it = bound->locs.find(error.argument);
  return it == bound->locs.end() ? nameLoc : it->second;
}

Origin Tracer::originOf(Loc loc) const { return {loc, diags.sources().where(loc)}; }

std::string Tracer::shapeOf(Value value) {
  llvm::ArrayRef<int64_t> shape(value.shape());
  if (shape.size() < 2)
    return "a number";
  std::string text;
  for (int64_t size : shape.drop_front()) {
    text += text.empty() ? "" : "x";
    text += std::to_string(size);
  }
  return text;
}

void Tracer::addTrail(InFlight &diagnostic, const TrailNode *trail) const {
  llvm::SmallVector<const TrailNode *, 16> nodes;
  for (; trail; trail = trail->before)
    nodes.push_back(trail);
  std::vector<TrailLine> lines;
  Loc pending; // steps on this line that left the shape alone
  const std::string *shape = nullptr;
  for (const TrailNode *node : llvm::reverse(nodes)) {
    bool sameLine =
        pending.isValid() && diags.sources().position(pending).line == diags.sources().position(node->loc).line;
    if (shape && *shape == node->shape) {
      if (!sameLine)
        pending = node->loc;
      continue;
    }
    lines.push_back({sameLine ? join(pending, node->loc) : node->loc, node->shape});
    pending = {};
    shape = &node->shape;
  }
  diagnostic.trail(std::move(lines));
}

Traced Tracer::traced(Value value, Loc loc, const TrailNode *before) {
  trails.push_back({loc, shapeOf(value), before});
  return {value, &trails.back()};
}

LayerBuilder Tracer::makeBuilder(Loc loc, const TrailNode *trail) {
  LayerBuilder b(graph, registry);
  b.setOrigin(originOf(loc));
  b.onError([this, loc, trail](const OpError &error, const Origin &) {
    reportOpError(error, loc, Traced{{}, trail}, nullptr);
  });
  b.init = settings.train.init.value;
  b.training = trains(options.mode);
  b.seed = settings.train.seed;
  b.dtype = settings.train.dtype;
  return b;
}

void Tracer::reportOpError(const OpError &error, Loc nameLoc, llvm::ArrayRef<Traced> inputs, const Bound *bound) {
  auto d = diags.error(argumentLoc(error, nameLoc, bound), error.code);
  d << error.message;
  if (!error.help.empty())
    d.help(error.help);
  else if (error.code == "E231" && inList)
    d.help("write layer=Flatten above it");
  else if (error.code == "E231")
    d.help(registry.findLayer("GlobalAvgPool", Role::Layer) ? "put -> Flatten or -> GlobalAvgPool before it"
                                                            : "put -> Flatten before it");
  if (error.code.str().starts_with("E23"))
    for (const Traced &input : inputs)
      addTrail(d, input.trail);
}

bool Tracer::tooLarge(Loc loc, Value value) {
  double elements = 1;
  for (int64_t size : value.shape())
    elements *= static_cast<double>(size);
  double sample = elements / static_cast<double>(std::max<int64_t>(options.batch, 1));
  // Both bounds keep sizes in bytes far away from overflow; what fits into memory is the planner's business.
  constexpr double kMaxBatch = 1e12;
  if (sample <= kMaxSize && elements <= kMaxBatch)
    return false;
  diags.error(loc, "E208") << "this value would have " << shortNumber(elements) << " elements (batch of "
                           << options.batch << "); at most " << grouped(static_cast<int64_t>(kMaxSize))
                           << " per sample are allowed, and " << grouped(static_cast<int64_t>(kMaxBatch))
                           << " per batch";
  return true;
}

bool Tracer::areNumbers(const Traced &value, Loc loc, llvm::StringRef what, const llvm::Twine &help) {
  if (!value.vocab)
    return true;
  auto d = diags.error(loc, "E237");
  d << what << " takes numbers, but its input is tokens";
  d.help(help);
  addTrail(d, value.trail);
  return false;
}

std::string Tracer::summary() const {
  if (!onlyWidths || widths.size() < 2 || widths.size() > 12)
    return "";
  std::string text;
  for (int64_t width : widths) {
    text += text.empty() ? "" : "-";
    text += std::to_string(width);
  }
  return text;
}

} // namespace dlc::dsl
