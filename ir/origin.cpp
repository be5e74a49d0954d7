// Origins: the table, and the way back to the source.
#include "ir/origin.h"

#include <algorithm>

#include "dsl/diagnostic.h"

namespace tcc::ir {

OriginTable::OriginTable() : origins_(1), traceable_(1, false) {}

OriginId OriginTable::from_source(Span span) { return add({{span}, "", {}, ""}); }

OriginId OriginTable::from_rewrite(std::string rewrite, std::vector<OriginId> parents,
                                   std::string unproven) {
  return add({{}, std::move(rewrite), std::move(parents), std::move(unproven)});
}

OriginId OriginTable::add(Origin origin) {
  bool traceable = !origin.spans.empty();
  for (const OriginId parent : origin.parents) {
    if (parent.value >= origins_.size()) bug("an origin's parent is in another table");
    traceable = traceable || traceable_[parent.value];
  }
  origins_.push_back(std::move(origin));
  traceable_.push_back(traceable);
  return OriginId{static_cast<std::uint32_t>(origins_.size() - 1)};
}

bool OriginTable::is_traceable(OriginId id) const {
  return id.value < traceable_.size() && traceable_[id.value];
}

std::vector<Span> OriginTable::source_spans(OriginId id) const {
  std::vector<Span> spans;
  if (id.value >= origins_.size()) return spans;
  std::vector<bool> seen(id.value + 1, false);  // parents have smaller numbers
  std::vector<OriginId> pending{id};
  seen[id.value] = true;
  while (!pending.empty()) {
    const Origin& origin = origins_[pending.back().value];
    pending.pop_back();
    for (const Span& span : origin.spans) {
      if (std::find(spans.begin(), spans.end(), span) == spans.end()) spans.push_back(span);
    }
    for (auto parent = origin.parents.rbegin(); parent != origin.parents.rend(); ++parent) {
      if (!seen[parent->value]) pending.push_back(*parent);
      seen[parent->value] = true;
    }
  }
  return spans;
}

}  // namespace tcc::ir
