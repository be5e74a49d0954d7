// Statements of the loop IR.
//
// Semantics. A Block runs its statements in order; `Let` and `Allocate` declare for the rest of
// their Block. A serial or unrolled For runs its iterations in order; a vector For means them at
// once and is gone after the `vectorize` rewrite's pass. A parallel For's iterations touch no
// common memory but for reads. A Store whose predicate is false in a lane writes nothing there.
// Every access is inside its buffer wherever it is executed. A Prefetch accesses nothing: it tells
// the machine what will be needed, and may be left out; its indices may lie outside.
//
//   stmt ::= for i in b:e { .. } | if c { .. } | let x = e | allocate T: f32[8, 8] in register
//          | C[e, e] = e | (C[e, e] = e if p) | assert c, "message {}", e | { stmt* }
//          | prefetch C[e, e] into L1
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "ir/expr.h"

namespace tcc::ir {

/// How the iterations of a loop are run. The GPU's kinds name the place that each iteration has.
enum class ForKind : std::uint8_t {
  serial,
  parallel,
  vector,
  unrolled,
  cluster_x,
  cluster_y,
  cluster_z,
  block_x,
  block_y,
  block_z,
  thread_x,
  thread_y,
  thread_z,
  warpgroup,
  warp,
  lane,
};
std::string_view name_of(ForKind kind);

struct StmtNode;
/// A handle to an immutable statement, shared by counting.
using Stmt = std::shared_ptr<const StmtNode>;

/// for var in begin : begin + extent. `stage` is the buffer whose definition the loop belongs to:
/// a schedule finds loops by stage and name.
struct For {
  Expr var;  ///< a Var
  Expr begin, extent;
  ForKind kind;
  BufferId stage;
  Stmt body;
};
struct If {
  Expr condition;
  Stmt body;
};
struct Let {
  Expr var;
  Expr value;
};
struct Allocate {
  BufferId buffer;
};
struct Block {
  std::vector<Stmt> statements;
};
struct Store {
  BufferId buffer;
  std::vector<Expr> indices;
  Expr value;
  Expr predicate;
};  // may be null
struct Assert {
  Expr condition;
  std::string message;
  Expr value;  ///< may be null
};

/// The cache that a prefetch brings an element's line into.
enum class CacheLevel : std::uint8_t { L1, L2, L3 };
std::string_view name_of(CacheLevel level);

struct Prefetch {
  BufferId buffer;
  std::vector<Expr> indices;
  CacheLevel level;
};

struct StmtNode {
  using Value = std::variant<For, If, Let, Allocate, Block, Store, Assert, Prefetch>;
  OriginId origin;
  Value value;
};

// Constructors; each demands an origin and checks types.
Stmt make_for(Expr var, Expr begin, Expr extent, ForKind kind, BufferId stage, Stmt body,
              OriginId origin);
Stmt make_if(Expr condition, Stmt body, OriginId origin);
Stmt make_let(Expr var, Expr value, OriginId origin);
Stmt make_allocate(BufferId buffer, OriginId origin);
/// Nested blocks without declarations are flattened; a block of one statement is that statement.
Stmt make_block(std::vector<Stmt> statements, OriginId origin);
/// The lanes are those of the value; indices are scalar or have as many, a predicate has as many.
Stmt make_store(BufferId buffer, std::vector<Expr> indices, Expr value, OriginId origin,
                Expr predicate = {});
/// `{}` in the message stands for the value, an i64 scalar, where there is one.
Stmt make_assert(Expr condition, std::string message, OriginId origin, Expr value = {});

/// The indices are i64 scalars.
Stmt make_prefetch(BufferId buffer, std::vector<Expr> indices, CacheLevel level, OriginId origin);

template <typename... Lambdas> decltype(auto) match(const Stmt& stmt, Lambdas&&... lambdas) {
  return std::visit(Overloaded{std::forward<Lambdas>(lambdas)...}, stmt->value);
}

template <typename Node> const Node* as(const Stmt& stmt) {
  return std::get_if<Node>(&stmt->value);
}

}  // namespace tcc::ir
