// pack: a tensor read from a copy of another layout.
#include "ir/rewrites/pack.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/local_copy.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/packed_layout.h"
#include "ir/rewrites/producer.h"
#include "ir/rewrites/reduction_nest.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

using Part = LayoutIndex::Part;

class Packing {
 public:
  Packing(IndexedProgram& program, BufferId tensor, PackedLayout layout, OriginId origin)
      : program_(program), tensor_(tensor), layout_(std::move(layout)), origin_(origin) {}

  /// `kept`: the region that the copy holds.
  void allocate(const std::string& name, const Region& kept) {
    kept_ = kept;
    std::vector<Expr> shape;
    for (const PackedIndex& index : layout_)
      shape.push_back(packed_extent(index, kept.extent, origin_));
    const DType dtype = program_[tensor_].dtype;
    const Memory memory = memory_for(shape, dtype);
    copy_ = program_.add_buffer({name, dtype, std::move(shape), memory, BufferUse::local, origin_});
  }

  Stmt allocation() const { return make_allocate(copy_, origin_); }

  /// The nest that packs `region`, a part of what is kept. Outside of the tensor there are zeros.
  Stmt fill(const Region& region, VarRanges ranges) {
    const Expr zero = make_int(0, origin_);
    std::vector<Expr> vars;
    std::vector<Expr> places = region.offset;  // in the tensor
    for (const PackedIndex& index : layout_) {
      vars.push_back(make_var(program_.fresh_var(), loop_name(index), origin_));
      const Expr extent = packed_extent(index, region.extent, origin_);
      ranges[as<Var>(vars.back())->id] = {zero, extent};
      Expr step = vars.back();
      if (index.part == Part::quotient) {
        step = make_binary(Op::multiply, step, make_int(index.divisor, origin_), origin_);
      }
      places[index.axis] = make_binary(Op::add, places[index.axis], step, origin_);
    }
    for (Expr& place : places)
      place = simplify(place);
    const Expr value =
        make_load(program_[tensor_].dtype, tensor_, places, origin_, inside(places, ranges));
    Stmt nest = make_store(copy_, where(places, ranges), value, origin_);
    for (std::size_t l = layout_.size(); l-- > 0;) {
      nest = make_for(vars[l], zero, ranges.at(as<Var>(vars[l])->id).extent, ForKind::serial, copy_,
                      std::move(nest), origin_);
    }
    return nest;
  }

  /// The statement with its reads of the tensor from the copy.
  Stmt with_reads_moved(const Stmt& stmt, VarRanges ranges) const {
    if (const For* loop = as<For>(stmt)) {
      ranges[as<Var>(loop->var)->id] = {loop->begin, loop->extent};
    }
    const Stmt moved = map_expressions(stmt, [&](const Expr& root) {
      if (!loads_from(root, tensor_)) return root;
      return rewrite(root, [&](const Expr& expr) {
        const Load* load = as<Load>(expr);
        if (!load || load->buffer != tensor_) return expr;
        return make_load(expr->type.dtype, copy_, where(load->indices, ranges), expr->origin,
                         load->predicate);
      });
    });
    return map_statements(moved,
                          [&](const Stmt& inner) { return with_reads_moved(inner, ranges); });
  }

  /// An axis on which parts of the copy would begin inside a piece of the layout.
  std::optional<std::size_t> misaligned_axis(const Region& part, const Region& kept,
                                             const VarRanges& ranges) const {
    for (const PackedIndex& index : layout_) {
      if (index.part == Part::whole) continue;
      const Expr begin = simplify(
          make_binary(Op::subtract, part.offset[index.axis], kept.offset[index.axis], origin_));
      const Expr rest = packed_indices({{0, Part::remainder, index.divisor}}, {begin}, ranges,
                                       program_->facts, origin_)
                            .front();
      if (constant_of(rest) != 0) return index.axis;
    }
    return {};
  }

 private:
  static std::string loop_name(const PackedIndex& index) {
    switch (index.part) {
      case Part::whole: return fmt::format("i{}", index.axis);
      case Part::quotient: return fmt::format("i{}.o", index.axis);
      case Part::remainder: return fmt::format("i{}.i", index.axis);
    }
    return {};
  }

  /// Where element `places` of the tensor is in the copy.
  std::vector<Expr> where(const std::vector<Expr>& places, const VarRanges& ranges) const {
    std::vector<Expr> local;
    for (std::size_t axis = 0; axis < places.size(); ++axis)
      local.push_back(make_binary(Op::subtract, places[axis], kept_.offset[axis], origin_));
    return packed_indices(layout_, local, ranges, program_->facts, origin_);
  }

  /// Whether an element is one of the tensor's; null where it always is.
  Expr inside(const std::vector<Expr>& places, const VarRanges& ranges) const {
    Expr all;
    const Expr zero = make_int(0, origin_);
    for (std::size_t axis = 0; axis < places.size(); ++axis) {
      for (const Expr& condition :
           {make_binary(Op::less, places[axis], program_[tensor_].shape[axis], origin_),
            make_binary(Op::greater_equal, places[axis], zero, origin_)}) {
        if (prove(condition, ranges, program_->facts) == Verdict::proven) continue;
        all = all ? make_binary(Op::logical_and, all, condition, origin_) : condition;
      }
    }
    return all;
  }

  IndexedProgram& program_;
  BufferId tensor_, copy_;
  PackedLayout layout_;
  OriginId origin_;
  Region kept_;
};

std::optional<Refusal> refuse_stores(const IndexedProgram& program, BufferId tensor,
                                     const Stmt& stmt, std::optional<VarId> var) {
  const std::string& name = program[tensor].name;
  if (stores(stmt, tensor)) {
    return Refusal{fmt::format("'{}' is stored to where it would be read from a copy", name), var,
                   ""};
  }
  if (!reads(stmt, tensor)) {
    return Refusal{fmt::format("'{}' is not read there", name), var, ""};
  }
  return {};
}

std::size_t count_reads(const Stmt& stmt, BufferId tensor) {
  std::size_t count = 0;
  for_each_read(stmt, tensor, {}, [&](const Load&, const VarRanges&) { ++count; });
  return count;
}

/// All of the tensor before the kernel's nests.
Rewritten pack_all(IndexedProgram& program, const RewriteCall& call, BufferId tensor,
                   Packing& packing, const std::string& name, OriginId origin) {
  const auto kernel = program.kernel_named_as(call.stage);
  if (!kernel) {
    return tl::unexpected(Refusal{
        fmt::format("'{}' has no kernel of its own any more", program[call.stage].name), {}, ""});
  }
  const Stmt body = program.body(*kernel);
  if (auto refusal = refuse_stores(program, tensor, body, {})) return tl::unexpected(*refusal);
  if (program[tensor].use == BufferUse::local) {
    return tl::unexpected(Refusal{
        fmt::format("'{}' is local to the kernel", program[tensor].name), {}, "write at = LOOP"});
  }
  Region all{{}, program[tensor].shape};
  for (std::size_t axis = 0; axis < all.extent.size(); ++axis)
    all.offset.push_back(make_int(0, origin));
  packing.allocate(name, all);
  Stmt fill = packing.fill(all, {});
  program.set_body(*kernel, make_block({packing.allocation(), std::move(fill),
                                        packing.with_reads_moved(body, {})},
                                       origin));
  return {};
}

/// What one iteration of a loop reads, at its start.
Rewritten pack_at(IndexedProgram& program, BufferId tensor, Packing& packing,
                  const std::string& name, const Place& place, OriginId origin) {
  const auto region = region_accessed(place.loop(), tensor, program->facts, origin);
  if (!region) return tl::unexpected(region.error());
  const VarRanges around = ranges_around(program.body(place.kernel), place.var);
  packing.allocate(name, *region);
  Stmt fill = packing.fill(*region, around);
  replace_body(
      program, place,
      {packing.allocation(), std::move(fill), packing.with_reads_moved(place.loop().body, around)},
      origin);
  return {};
}

/// Whether what is between loop `around` and loop `var` is the same for each iteration of `around`.
bool runs_alike(const For& around, VarId var) {
  const VarId outer = as<Var>(around.var)->id;
  bool alike = true;
  for_each_statement(around.body, [&](const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    const If* guard = as<If>(stmt);
    const Stmt body = loop ? loop->body : guard ? guard->body : nullptr;
    const bool is_it = loop && as<Var>(loop->var)->id == var;
    if (!body || (!is_it && !find_loop(body, var))) return;
    if (loop) {
      alike &= loop->kind != ForKind::parallel && !uses_var(loop->begin, outer) &&
               !uses_var(loop->extent, outer);
    }
    if (guard) alike &= !uses_var(guard->condition, outer);
  });
  return alike && around.kind != ForKind::parallel;
}

std::optional<Refusal> refuse_first_use(const IndexedProgram& program, BufferId tensor,
                                        const Place& place, const Stmt& outer, const Region& kept) {
  const For& around = *as<For>(outer);
  const VarId var = as<Var>(around.var)->id;
  const auto refuse = [&](std::string reason) { return Refusal{std::move(reason), var, ""}; };
  const std::string& name = program[tensor].name;
  if (place.var == var || !find_loop(around.body, place.var)) {
    return refuse(
        fmt::format("loop '{}' is not around loop '{}'", name_of(around), name_of(place.loop())));
  }
  for (std::size_t axis = 0; axis < kept.offset.size(); ++axis) {
    if (!uses_var(kept.offset[axis], var) && !uses_var(kept.extent[axis], var)) continue;
    return refuse(fmt::format("what is read of '{}' depends on loop '{}'", name, name_of(around)));
  }
  if (stores(outer, tensor)) {
    return refuse(
        fmt::format("loop '{}' makes '{}' anew in each iteration", name_of(around), name));
  }
  if (!runs_alike(around, place.var)) {
    return refuse(fmt::format("the first iteration of loop '{}' may not reach all of '{}'",
                              name_of(around), name));
  }
  if (count_reads(outer, tensor) != count_reads(place.stmt, tensor)) {
    return refuse(fmt::format("loop '{}' reads '{}' outside loop '{}' too", name_of(around), name,
                              name_of(place.loop())));
  }
  return {};
}

/// Each iteration of a loop packs what it reads where that is for the first time.
Rewritten pack_on_first_use(IndexedProgram& program, BufferId tensor, Packing& packing,
                            const std::string& name, const Place& place, VarId outer_var,
                            OriginId origin) {
  const Stmt outer = find_loop(program.body(place.kernel), outer_var);
  if (!outer) {
    return tl::unexpected(Refusal{"the loops are not in one nest", place.var, ""});
  }
  const For& around = *as<For>(outer);
  const auto kept = region_accessed(around, tensor, program->facts, origin);
  if (!kept) return tl::unexpected(kept.error());
  const auto part = region_accessed(place.loop(), tensor, program->facts, origin);
  if (!part) return tl::unexpected(part.error());
  if (auto refusal = refuse_first_use(program, tensor, place, outer, *kept)) {
    return tl::unexpected(*refusal);
  }
  const VarRanges ranges = ranges_around(program.body(place.kernel), place.var);
  if (const auto axis = packing.misaligned_axis(*part, *kept, ranges)) {
    return tl::unexpected(Refusal{
        fmt::format("what loop '{}' reads does not begin at a multiple of the divisor of i{}",
                    name_of(place.loop()), *axis),
        place.var, "let the loops' factors be multiples of it"});
  }
  packing.allocate(name, *kept);
  const Expr first = make_binary(Op::equal, around.var, around.begin, origin);
  Stmt fill = make_if(first, packing.fill(*part, ranges), origin);
  replace_body(program, place,
               {std::move(fill), packing.with_reads_moved(place.loop().body, ranges)}, origin);
  replace_loop(
      program, place.kernel, outer_var,
      make_block({packing.allocation(), find_loop(program.body(place.kernel), outer_var)}, origin));
  return {};
}

/// Two loops around all reads of a tensor: the outermost one whose iterations all read the same of
/// it, and the first one inside that goes through that, part by part.
struct FirstUse {
  Place part;
  VarId around;
};

tl::expected<FirstUse, Refusal> find_first_use(const IndexedProgram& program,
                                               const RewriteCall& call, BufferId tensor,
                                               OriginId origin) {
  std::optional<VarId> around;
  for (const KernelIndex kernel : program.kernels_with_loops_of(call.stage)) {
    const std::size_t all = count_reads(program.body(kernel), tensor);
    std::vector<Stmt> loops;
    for_each_statement(program.body(kernel), [&](const Stmt& stmt) {
      const For* loop = as<For>(stmt);
      const bool has_all = loop && loop->stage == call.stage && loop->kind == ForKind::serial &&
                           all > 0 && count_reads(loop->body, tensor) == all;
      if (has_all) loops.push_back(stmt);
    });
    for (const Stmt& stmt : loops) {
      const For& loop = *as<For>(stmt);
      const VarId var = as<Var>(loop.var)->id;
      const auto region = region_accessed(loop, tensor, program->facts, origin);
      if (!region) return tl::unexpected(region.error());
      const bool moves = std::any_of(region->offset.begin(), region->offset.end(),
                                     [&](const Expr& offset) { return uses_var(offset, var); });
      if (!moves && !around) around = var;
      if (moves && around) return FirstUse{{kernel, stmt, var}, *around};
    }
  }
  return tl::unexpected(
      Refusal{fmt::format("no loop reads the same of '{}' in each iteration, part by part",
                          program[tensor].name),
              {},
              "write at = LOOP, on_first_use = LOOP, or leave on_first_use out"});
}

}  // namespace

Rewritten pack(IndexedProgram& program, const RewriteCall& call) {
  const BufferId tensor = call.tensor("tensor");
  auto layout = packed_layout(call["layout"].layout, program[tensor].shape.size());
  if (!layout) return tl::unexpected(layout.error());
  const auto name = name_of_result(program, call, program[tensor].name + ".packed");
  if (!name) return tl::unexpected(name.error());
  const OriginId origin = program.origins().from_rewrite("pack", {program[tensor].origin});
  Packing packing(program, tensor, *std::move(layout), origin);
  if (call.has("on_first_use") && call.loops("on_first_use").empty()) {
    auto first = find_first_use(program, call, tensor, origin);
    if (!first) return tl::unexpected(first.error());
    if (call.has("at") && !call.loops("at").empty()) {
      const auto place = place_of(program, call);
      if (!place) return tl::unexpected(place.error());
      first->part = *place;
    }
    if (auto refusal = refuse_stores(program, tensor, first->part.stmt, first->part.var)) {
      return tl::unexpected(*refusal);
    }
    return pack_on_first_use(program, tensor, packing, *name, first->part, first->around, origin);
  }
  if (!call.has("at")) {
    if (!call.has("on_first_use")) return pack_all(program, call, tensor, packing, *name, origin);
    return tl::unexpected(Refusal{"'on_first_use' needs 'at'", call.loop("on_first_use"),
                                  "write at = LOOP, the loop that packs what it reads"});
  }
  const auto place = place_of(program, call);
  if (!place) return tl::unexpected(place.error());
  if (auto refusal = refuse_stores(program, tensor, place->stmt, place->var)) {
    return tl::unexpected(*refusal);
  }
  if (call.loops("at").empty()) {
    return tl::unexpected(Refusal{"'at' needs a loop", {}, "write at = LOOP"});
  }
  if (!call.has("on_first_use")) {
    return pack_at(program, tensor, packing, *name, *place, origin);
  }
  return pack_on_first_use(program, tensor, packing, *name, *place, call.loop("on_first_use"),
                           origin);
}

}  // namespace tcc::ir
