// Sorting as loop nests.
#include "ir/lower_sort.h"

#include <bit>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "ir/nest.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t max_stack_bytes = 16 * 1024;

/// Passes that sort any line: the runs of the last one have 2^61 elements.
constexpr std::int64_t most_passes = 62;

class SortLowering {
 public:
  SortLowering(LoopProgram& program, const Tensor& tensor, const Sort& sort, BufferId buffer)
      : program_(program),
        tensor_(tensor),
        sort_(sort),
        line_(sort.axes[sort.axis]),
        origin_(tensor.origin),
        places_(buffer),
        keys_(local("keys", sort.body->type.dtype, line_.extent)),
        merged_places_(local("merged", DType::i64, line_.extent)),
        merged_keys_(local("merged_keys", sort.body->type.dtype, line_.extent)),
        heads_(local("heads", DType::i64, number(2))) {}

  Stmt lower() {
    std::vector<Axis> lines = sort_.axes;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(sort_.axis));
    std::vector<Stmt> statements;
    for (const BufferId buffer : {keys_, merged_places_, merged_keys_, heads_})
      statements.push_back(make_allocate(buffer, origin_));
    statements.push_back(begin());
    statements.push_back(passes());
    return make_nest(lines, places_, make_block(std::move(statements), origin_));
  }

 private:
  // --- expressions

  Expr number(std::int64_t value) const { return make_int(value, origin_); }
  Expr apply(Op op, Expr a, Expr b) const {
    return make_binary(op, std::move(a), std::move(b), origin_);
  }
  Expr variable(const char* name) const { return make_var(program_.fresh_var(), name, origin_); }

  /// The element of the result at a place of the line.
  std::vector<Expr> at(const Expr& place) const {
    std::vector<Expr> indices;
    for (std::size_t axis = 0; axis < sort_.axes.size(); ++axis)
      indices.push_back(axis == sort_.axis ? place : sort_.axes[axis].var);
    return indices;
  }
  Expr place_at(const Expr& at_place) const {
    return make_load(DType::i64, places_, at(at_place), origin_);
  }
  Expr key_at(const Expr& place, Expr predicate) const {
    return make_load(sort_.body->type.dtype, keys_, {place}, origin_, std::move(predicate));
  }
  Expr head(std::int64_t run) const {
    return make_load(DType::i64, heads_, {number(run)}, origin_);
  }
  Stmt set_head(std::int64_t run, Expr value) const {
    return make_store(heads_, {number(run)}, std::move(value), origin_);
  }

  /// Whether key `a` has to stand before `b`.
  Expr is_before(const Expr& a, const Expr& b) const {
    const bool ascends = sort_.order == SortOrder::ascending;
    Expr before = apply(ascends ? Op::less : Op::greater, a, b);
    if (!is_float(sort_.body->type.dtype)) return before;
    const Expr& greatest = ascends ? b : a;
    const Expr& other = ascends ? a : b;
    const Expr is_nan = apply(Op::not_equal, greatest, greatest);
    const Expr is_number = apply(Op::equal, other, other);
    return apply(Op::logical_or, before, apply(Op::logical_and, is_nan, is_number));
  }

  // --- statements

  /// for p { P[p] = p; keys[p] = body }
  Stmt begin() const {
    const Stmt body = make_block({make_store(places_, at(line_.var), line_.var, origin_),
                                  make_store(keys_, {line_.var}, sort_.body, sort_.body->origin)},
                                 origin_);
    return make_nest(std::span(&line_, 1), places_, body);
  }

  /// for pass { if 1 << pass < n { for run { merge } copy back } }
  Stmt passes() const {
    const Expr pass = variable("pass");
    const Expr& count = line_.extent;
    const Expr length = variable("length");
    const Expr both = apply(Op::multiply, length, number(2));
    const Expr round_up = apply(Op::add, count, apply(Op::subtract, both, number(1)));
    const Expr run = variable("run");
    const Stmt merges =
        loop(run, number(0), apply(Op::floor_divide, round_up, both), merge(run, length));
    const Stmt body = make_block({make_let(length, apply(Op::shift_left, number(1), pass), origin_),
                                  make_if(apply(Op::less, length, count),
                                          make_block({merges, copy_back()}, origin_), origin_)},
                                 origin_);
    return loop(pass, number(0), number(passes_needed()), body);
  }

  /// Of a line whose length is known as many as it takes, so that none is skipped.
  std::int64_t passes_needed() const {
    const auto count = constant_of(line_.extent);
    if (!count) return most_passes;
    return *count <= 1 ? 0 : std::bit_width(static_cast<std::uint64_t>(*count - 1));
  }

  /// Merges run 2r and run 2r + 1 of `length` elements each; the last ones may be shorter.
  Stmt merge(const Expr& run, const Expr& length) const {
    const Expr begin = variable("begin");
    const Expr middle = variable("middle");
    const Expr end = variable("end");
    const Expr& count = line_.extent;
    const Expr to = variable("to");
    const auto clamped = [&](const Expr& from) {
      return apply(Op::minimum, apply(Op::add, from, length), count);
    };
    return make_block(
        {make_let(begin, apply(Op::multiply, run, apply(Op::multiply, length, number(2))), origin_),
         make_let(middle, clamped(begin), origin_), make_let(end, clamped(middle), origin_),
         set_head(0, begin), set_head(1, middle),
         loop(to, begin, apply(Op::subtract, end, begin), take_lesser(to, middle, end))},
        origin_);
  }

  /// merged[to] = the head of the left run, unless the right one's has to stand before it.
  Stmt take_lesser(const Expr& to, const Expr& middle, const Expr& end) const {
    const Expr left = variable("left");
    const Expr right = variable("right");
    const Expr from_left =
        make_var(program_.fresh_var(), "from_left", origin_, {DType::boolean, 1});
    const Expr has_left = apply(Op::less, left, middle);
    const Expr has_right = apply(Op::less, right, end);
    const Expr left_key = key_at(left, has_left);
    const Expr right_key = key_at(right, has_right);
    const Expr right_first = apply(Op::logical_and, has_right, is_before(right_key, left_key));
    const Expr takes_left =
        apply(Op::logical_and, has_left, make_unary(Op::logical_not, right_first, origin_));
    const Expr taken = make_select(from_left, left, right, origin_);
    const Expr step = make_cast(DType::i64, from_left, origin_);
    return make_block({make_let(left, head(0), origin_), make_let(right, head(1), origin_),
                       make_let(from_left, takes_left, origin_),
                       make_store(merged_places_, {to}, place_at(taken), origin_),
                       make_store(merged_keys_, {to}, key_at(taken, {}), origin_),
                       set_head(0, apply(Op::add, left, step)),
                       set_head(1, apply(Op::add, right, apply(Op::subtract, number(1), step)))},
                      origin_);
  }

  Stmt copy_back() const {
    const Expr place = variable("place");
    const DType dtype = sort_.body->type.dtype;
    return loop(
        place, number(0), line_.extent,
        make_block(
            {make_store(places_, at(place), make_load(DType::i64, merged_places_, {place}, origin_),
                        origin_),
             make_store(keys_, {place}, make_load(dtype, merged_keys_, {place}, origin_), origin_)},
            origin_));
  }

  /// A loop that no schedule names.
  Stmt loop(const Expr& var, Expr begin, Expr extent, Stmt body) const {
    return make_for(var, std::move(begin), std::move(extent), ForKind::serial, keys_,
                    std::move(body), origin_);
  }

  BufferId local(std::string_view name, DType dtype, const Expr& extent) const {
    const auto count = constant_of(extent);
    const auto bytes = static_cast<std::int64_t>(size_in_bytes(dtype));
    const bool is_small = count && *count <= max_stack_bytes / bytes;
    program_.buffers.push_back({fmt::format("{}.{}", tensor_.name, name),
                                dtype,
                                {extent},
                                is_small ? Memory::stack : Memory::heap,
                                BufferUse::local,
                                origin_});
    return {static_cast<std::uint32_t>(program_.buffers.size() - 1)};
  }

  LoopProgram& program_;
  const Tensor& tensor_;
  const Sort& sort_;
  const Axis& line_;
  OriginId origin_;
  BufferId places_, keys_, merged_places_, merged_keys_, heads_;
};

}  // namespace

Stmt lower_sort(LoopProgram& program, const Tensor& tensor, const Sort& sort, BufferId buffer) {
  return SortLowering(program, tensor, sort, buffer).lower();
}

}  // namespace tcc::ir
