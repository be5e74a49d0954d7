// Where every node of the IRs comes from: source text, rewrite, and what could not be proven.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dsl/source.h"

namespace tcc::ir {

/// Index into an OriginTable. Every node carries one; 0 is no origin and fails the verifier.
struct OriginId {
  std::uint32_t value = 0;
  bool operator==(const OriginId&) const = default;
};

/// Why a node exists.
struct Origin {
  std::vector<Span> spans;        ///< the program text it means; empty where parents have it
  std::string rewrite;            ///< the rewrite or pass that made it; empty from the lowering
  std::vector<OriginId> parents;  ///< the nodes it was made from
  std::string unproven;           ///< for a guard: why its condition is not proven, for people
};

/// The origins of one graph or loop program; grows, never changes.
class OriginTable {
 public:
  OriginTable();

  OriginId from_source(Span span);
  OriginId from_rewrite(std::string rewrite, std::vector<OriginId> parents,
                        std::string unproven = {});

  const Origin& operator[](OriginId id) const { return origins_[id.value]; }
  std::size_t size() const { return origins_.size(); }

  /// In the table, and with a source span somewhere among its ancestors.
  bool is_traceable(OriginId id) const;

  /// The spans of the node and its ancestors, each once.
  std::vector<Span> source_spans(OriginId id) const;

 private:
  OriginId add(Origin origin);

  std::vector<Origin> origins_;
  std::vector<bool> traceable_;  // by id; parents are older, so it is known on insertion
};

}  // namespace tcc::ir
