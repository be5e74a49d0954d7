// prefetch: what later iterations need is brought into a cache.
#include "ir/rewrites/prefetch.h"

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/local_copy.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t line_bytes = 64;
constexpr std::int64_t max_lines = 64;

std::optional<CacheLevel> level_of(std::string_view name) {
  if (name == "L1") return CacheLevel::L1;
  if (name == "L2") return CacheLevel::L2;
  if (name == "L3") return CacheLevel::L3;
  return {};
}

/// Where the lines of a region begin, as offsets from its first element; nothing where there are
/// too many, or not a constant number. An axis that fills a line is stepped through line by line.
std::optional<std::vector<std::vector<std::int64_t>>> lines_of(const Region& region, DType dtype) {
  const std::int64_t elements = line_bytes / static_cast<std::int64_t>(size_in_bytes(dtype));
  std::vector<std::vector<std::int64_t>> lines = {{}};
  for (std::size_t axis = 0; axis < region.extent.size(); ++axis) {
    const std::int64_t step = axis + 1 == region.extent.size() ? elements : 1;
    const auto extent = constant_of(region.extent[axis]);
    if (!extent || *extent / step > max_lines) return {};
    std::vector<std::vector<std::int64_t>> longer;
    for (const auto& line : lines) {
      for (std::int64_t at = 0; at < *extent; at += step) {
        longer.push_back(line);
        longer.back().push_back(at);
      }
    }
    lines = std::move(longer);
    if (static_cast<std::int64_t>(lines.size()) > max_lines) return {};
  }
  return lines;
}

std::optional<Refusal> refuse_prefetch(const IndexedProgram& program, const RewriteCall& call,
                                       const Place& place, const Region& region) {
  const Buffer& buffer = program[call.tensor("tensor")];
  if (buffer.use == BufferUse::local && buffer.memory != Memory::heap) {
    return Refusal{
        fmt::format("'{}' is in {}, and needs no cache", buffer.name, name_of(buffer.memory)),
        place.var, ""};
  }
  if (is_allocated_in(place.stmt, call.tensor("tensor"))) {
    return Refusal{fmt::format("each iteration of loop '{}' has a '{}' of its own",
                               name_of(place.loop()), buffer.name),
                   place.var, "prefetch at a loop inside"};
  }
  if (region.extent.empty()) {
    return Refusal{fmt::format("loop '{}' does not access an axis of '{}'", name_of(place.loop()),
                               buffer.name),
                   place.var, ""};
  }
  if (call.has("ahead") && call.number("ahead") < 0) {
    return Refusal{fmt::format("{} iterations ahead have been", call.number("ahead")), place.var,
                   "write ahead = 0 or more"};
  }
  return {};
}

}  // namespace

Rewritten prefetch(IndexedProgram& program, const RewriteCall& call) {
  const BufferId tensor = call.tensor("tensor");
  const auto place = place_of(program, call);
  if (!place) return tl::unexpected(place.error());
  const OriginId origin = program.origins().from_rewrite("prefetch", {place->stmt->origin});
  const auto region = region_accessed(place->loop(), tensor, program->facts, origin);
  if (!region) return tl::unexpected(region.error());
  if (auto refusal = refuse_prefetch(program, call, *place, *region)) {
    return tl::unexpected(*refusal);
  }
  const auto lines = lines_of(*region, program[tensor].dtype);
  if (!lines) {
    return tl::unexpected(Refusal{
        fmt::format("what one iteration of loop '{}' accesses of '{}' is not a constant number "
                    "of lines, at most {}",
                    name_of(place->loop()), program[tensor].name, max_lines),
        place->var, "name a loop further inside"});
  }
  const Expr ahead = make_int(call.has("ahead") ? call.number("ahead") : 1, origin);
  const Substitution later = {{place->var, make_binary(Op::add, place->loop().var, ahead, origin)}};
  std::vector<Stmt> body;
  for (const std::vector<std::int64_t>& line : *lines) {
    std::vector<Expr> indices;
    for (std::size_t axis = 0; axis < line.size(); ++axis) {
      const Expr first = substitute(region->offset[axis], later);
      indices.push_back(
          simplify(make_binary(Op::add, first, make_int(line[axis], origin), origin)));
    }
    body.push_back(
        make_prefetch(tensor, std::move(indices), *level_of(call.word("into", "L1")), origin));
  }
  body.push_back(place->loop().body);
  replace_body(program, *place, std::move(body), origin);
  return {};
}

}  // namespace tcc::ir
