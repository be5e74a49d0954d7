// A definition as other definitions see it.
#include "ir/rewrites/producer.h"

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

Refusal scheduled_already(const Buffer& buffer) {
  return {fmt::format("'{}' has a schedule of its own already", buffer.name),
          {},
          fmt::format("put the block of '{}' behind this one", buffer.name)};
}

/// Every store to `buffer` writes the element of its loops.
bool stores_own_element(const Producer& producer, BufferId buffer) {
  bool own = true;
  for_each_statement(producer.body, [&](const Stmt& stmt) {
    const Store* store = as<Store>(stmt);
    if (!store) return;
    own &= store->buffer == buffer && !store->predicate;
    for (std::size_t axis = 0; own && axis < producer.loops.size(); ++axis) {
      own &= same_value(store->indices[axis], as<For>(producer.loops[axis])->var);
    }
  });
  return own;
}

}  // namespace

bool reads(const Stmt& stmt, BufferId buffer) {
  bool found = false;
  for_each_expression(stmt, [&](const Expr& expr) { found = found || loads_from(expr, buffer); });
  return found;
}

namespace {

bool prefetches(const Stmt& stmt, BufferId buffer) {
  bool found = false;
  for_each_statement(stmt, [&](const Stmt& inner) {
    const Prefetch* prefetch = as<Prefetch>(inner);
    found = found || (prefetch && prefetch->buffer == buffer);
  });
  return found;
}

}  // namespace

bool reads_guarded(const Stmt& stmt, BufferId buffer) {
  bool found = false;
  for_each_expression(stmt, [&](const Expr& expr) {
    for (const Expr& node : post_order(expr)) {
      const Load* load = as<Load>(node);
      found = found || (load && load->buffer == buffer && load->predicate);
    }
  });
  return found;
}

tl::expected<Producer, Refusal> find_producer(const IndexedProgram& program, BufferId id,
                                              BufferId stage) {
  const Buffer& buffer = program[id];
  if (id == stage) {
    return tl::unexpected(
        Refusal{fmt::format("this block is the schedule of '{}' itself", buffer.name),
                {},
                "name a definition that it reads"});
  }
  if (buffer.use == BufferUse::input) {
    return tl::unexpected(Refusal{fmt::format("'{}' is an input", buffer.name), {}, ""});
  }
  const auto kernel = program.kernel_named_as(id);
  if (!kernel) {
    return tl::unexpected(
        Refusal{fmt::format("'{}' has no kernel of its own any more", buffer.name), {}, ""});
  }
  for (const KernelIndex reader : program.kernels_with_loops_of(stage)) {
    if (!prefetches(program.body(reader), id)) continue;
    return tl::unexpected(
        Refusal{fmt::format("'{}' is prefetched, and would not be in memory any more", buffer.name),
                {},
                "prefetch what is left to be read after this"});
  }
  Producer producer{*kernel, {}, program.body(*kernel)};
  while (producer.loops.size() < buffer.shape.size()) {
    const For* loop = as<For>(producer.body);
    const bool plain = loop && loop->kind == ForKind::serial && loop->stage == id &&
                       constant_of(loop->begin) == 0 &&
                       same_value(loop->extent, buffer.shape[producer.loops.size()]);
    if (!plain) return tl::unexpected(scheduled_already(buffer));
    producer.loops.push_back(producer.body);
    producer.body = loop->body;
  }
  for (const Stmt& loop : producer.loops) {
    if (!steps_recurrence(*as<For>(loop))) continue;
    return tl::unexpected(
        Refusal{fmt::format("'{}' is made step by step, each from the one before, and never a part "
                            "of it alone",
                            buffer.name),
                {},
                ""});
  }
  if (!stores_own_element(producer, id)) return tl::unexpected(scheduled_already(buffer));
  return producer;
}

}  // namespace tcc::ir
