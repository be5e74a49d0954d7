// Local copies of tensors: what cache_read, cache_write and pack share.
#pragma once

#include "ir/rewrites/region.h"

namespace tcc::ir {

/// The loop that a copy is made in, as the rewrites' `at` says.
struct Place {
  KernelIndex kernel;
  Stmt stmt;  ///< the For
  VarId var;

  const For& loop() const { return *as<For>(stmt); }
};

/// The loop of parameter `at`. Refuses loops that are, or are inside, vector loops.
tl::expected<Place, Refusal> place_of(const IndexedProgram& program, const RewriteCall& call);

/// Where a copy of that extent is kept, as the rewrites' `scope` says: `register`, of constant size
/// and at most 8 KiB, or `global`. Refuses scopes of a GPU, and others.
tl::expected<Memory, Refusal> memory_of_scope(std::string_view scope,
                                              const std::vector<Expr>& extent, DType dtype,
                                              VarId loop);

/// The name of a new buffer: the call's result, or `otherwise` where there is none. Refuses names
/// that are taken.
tl::expected<std::string, Refusal> name_of_result(const IndexedProgram& program,
                                                  const RewriteCall& call,
                                                  const std::string& otherwise);

/// Whether a statement stores to the buffer.
bool stores(const Stmt& stmt, BufferId buffer);

/// The loop with another body, in its kernel.
void replace_body(IndexedProgram& program, const Place& place, std::vector<Stmt> body,
                  OriginId origin);

}  // namespace tcc::ir
