// Statement constructors.
#include "ir/stmt.h"

#include <algorithm>
#include <array>

#include "dsl/diagnostic.h"
#include "ir/typing.h"

namespace tcc::ir {
namespace {

Stmt checked(OriginId origin, StmtNode::Value value) {
  auto node = std::make_shared<const StmtNode>(StmtNode{origin, std::move(value)});
  if (const std::string error = type_error(*node); !error.empty()) bug(error);
  return node;
}

/// A scope of its own: its declarations end with it.
bool declares(const Block& block) {
  return std::any_of(block.statements.begin(), block.statements.end(),
                     [](const Stmt& stmt) { return as<Let>(stmt) || as<Allocate>(stmt); });
}

}  // namespace

std::string_view name_of(ForKind kind) {
  static constexpr std::array<std::string_view, 16> names = {
      "serial",    "parallel",  "vector",  "unrolled", "cluster.x", "cluster.y",
      "cluster.z", "block.x",   "block.y", "block.z",  "thread.x",  "thread.y",
      "thread.z",  "warpgroup", "warp",    "lane",
  };
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(CacheLevel level) {
  static constexpr std::array<std::string_view, 3> names = {"L1", "L2", "L3"};
  return names[static_cast<std::size_t>(level)];
}

Stmt make_for(Expr var, Expr begin, Expr extent, ForKind kind, BufferId stage, Stmt body,
              OriginId origin) {
  return checked(origin, For{std::move(var), std::move(begin), std::move(extent), kind, stage,
                             std::move(body)});
}

Stmt make_if(Expr condition, Stmt body, OriginId origin) {
  return checked(origin, If{std::move(condition), std::move(body)});
}

Stmt make_let(Expr var, Expr value, OriginId origin) {
  return checked(origin, Let{std::move(var), std::move(value)});
}

Stmt make_allocate(BufferId buffer, OriginId origin) { return checked(origin, Allocate{buffer}); }

Stmt make_block(std::vector<Stmt> statements, OriginId origin) {
  std::vector<Stmt> flat;
  for (Stmt& stmt : statements) {
    const Block* nested = stmt ? as<Block>(stmt) : nullptr;
    if (nested && !declares(*nested)) {
      flat.insert(flat.end(), nested->statements.begin(), nested->statements.end());
    } else {
      flat.push_back(std::move(stmt));
    }
  }
  if (flat.size() == 1 && flat.front()) return flat.front();
  return checked(origin, Block{std::move(flat)});
}

Stmt make_store(BufferId buffer, std::vector<Expr> indices, Expr value, OriginId origin,
                Expr predicate) {
  return checked(origin, Store{buffer, std::move(indices), std::move(value), std::move(predicate)});
}

Stmt make_assert(Expr condition, std::string message, OriginId origin, Expr value) {
  return checked(origin, Assert{std::move(condition), std::move(message), std::move(value)});
}

Stmt make_prefetch(BufferId buffer, std::vector<Expr> indices, CacheLevel level, OriginId origin) {
  return checked(origin, Prefetch{buffer, std::move(indices), level});
}

}  // namespace tcc::ir
