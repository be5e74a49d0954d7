// Emission of expression nodes.
#include "codegen/llvm/expressions.h"

#include <llvm/IR/MDBuilder.h>

#include <algorithm>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "ir/visit.h"

namespace tcc::codegen {

using llvm::Value;

namespace {

/// The rule of a sum, difference or product of two ramps or broadcasts, all wrapping; no base where
/// there is none.
Emitted combine(Builder& builder, Op op, const Emitted& a, const Emitted& b) {
  if (!a.base || !b.base) return {};
  const auto left = static_cast<std::uint64_t>(a.step);
  const auto right = static_cast<std::uint64_t>(b.step);
  const auto rule = [](Value* base, std::uint64_t step) {
    return Emitted{nullptr, base, static_cast<std::int64_t>(step)};
  };
  if (op == Op::add) return rule(builder.CreateAdd(a.base, b.base), left + right);
  if (op == Op::subtract) return rule(builder.CreateSub(a.base, b.base), left - right);
  if (op != Op::multiply) return {};
  const Emitted& factor = a.is_uniform() ? a : b;
  const Emitted& other = a.is_uniform() ? b : a;
  const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(factor.base);
  if (!factor.is_uniform() || (!constant && !other.is_uniform())) return {};
  const std::uint64_t times = constant ? static_cast<std::uint64_t>(constant->getSExtValue()) : 0;
  return rule(builder.CreateMul(a.base, b.base), static_cast<std::uint64_t>(other.step) * times);
}

}  // namespace

Value* Expressions::emit(const ir::Expr& expr) {
  compute(expr);
  return lanes_of(expr);
}

Emitted Expressions::emit_lazily(const ir::Expr& expr) {
  compute(expr);
  return computed_.at(expr.get());
}

std::vector<AccessIndex> Expressions::emit_indices(std::span<const ir::Expr> indices) {
  std::vector<AccessIndex> emitted;
  for (const ir::Expr& index : indices) {
    const Emitted value = emit_lazily(index);
    if (!index->type.is_vector())
      emitted.push_back({value.value, 0, nullptr});
    else if (value.base)
      emitted.push_back({value.base, value.step, nullptr});
    else
      emitted.push_back({nullptr, 0, value.value});
  }
  return emitted;
}

void Expressions::compute(const ir::Expr& root) {
  if (computed_.contains(root.get())) return;
  for (const ir::Expr& node : ir::post_order(root)) {
    if (!computed_.contains(node.get())) computed_.emplace(node.get(), emit_node(node));
  }
}

Value* Expressions::lanes_of(const ir::Expr& expr) {
  Emitted& emitted = computed_.at(expr.get());
  if (emitted.value) return emitted.value;
  const unsigned lanes = expr->type.lanes;
  emitted.value = builder_.CreateVectorSplat(lanes, emitted.base);
  if (emitted.step != 0) {
    emitted.value =
        builder_.CreateAdd(emitted.value, multiples(emitted.base->getType(), emitted.step, lanes));
  }
  return emitted.value;
}

template <typename F> Emitted Expressions::lane_by_lane(std::span<const ir::Expr> operands, F&& f) {
  const bool uniform = std::all_of(operands.begin(), operands.end(), [&](const ir::Expr& operand) {
    return computed_.at(operand.get()).is_uniform();
  });
  std::vector<Value*> values;
  for (const ir::Expr& operand : operands) {
    values.push_back(uniform ? computed_.at(operand.get()).base : lanes_of(operand));
  }
  Value* result = f(std::span<Value* const>(values));
  return uniform ? Emitted{nullptr, result} : Emitted{result};
}

/// Elementary functions are emitted in line, as what they are made of.
Emitted Expressions::emit_expanded(const ir::Expr& expr) {
  const ir::Expansion expansion = ir::expand(expr);
  expansions_.push_back(expansion.value);
  compute(expansion.value);
  if (!expansion.is_rare) return computed_.at(expansion.value.get());
  expansions_.push_back(expansion.is_rare);
  Value* is_rare = emit(expansion.is_rare);
  return emit_rare(expansion, lanes_of(expansion.value), is_rare);
}

/// A branch around what is rare, taken where no lane needs it.
Emitted Expressions::emit_rare(const ir::Expansion& expansion, Value* value, Value* is_rare) {
  Value* any = is_rare->getType()->isVectorTy() ? builder_.CreateOrReduce(is_rare) : is_rare;
  llvm::BasicBlock* before = builder_.GetInsertBlock();
  llvm::Function* function = before->getParent();
  auto* rare = llvm::BasicBlock::Create(builder_.getContext(), "rare", function);
  auto* after = llvm::BasicBlock::Create(builder_.getContext(), "", function);
  llvm::MDNode* weights = llvm::MDBuilder(builder_.getContext()).createBranchWeights(1, 1000);
  builder_.CreateCondBr(any, rare, after, weights);
  builder_.SetInsertPoint(rare);
  const auto outside = computed_;  // what is computed inside is not there afterwards
  Value* chosen = builder_.CreateSelect(is_rare, emit(expansion.rare_value), value);
  computed_ = outside;
  llvm::BasicBlock* end = builder_.GetInsertBlock();
  builder_.CreateBr(after);
  builder_.SetInsertPoint(after);
  llvm::PHINode* result = builder_.CreatePHI(value->getType(), 2);
  result->addIncoming(value, before);
  result->addIncoming(chosen, end);
  return {result};
}

Emitted Expressions::emit_node(const ir::Expr& expr) {
  if (ir::is_expanded(expr)) return emit_expanded(expr);
  const auto apply = [&](Op op, std::span<const ir::Expr> operands) {
    return lane_by_lane(operands, [&](std::span<Value* const> values) {
      return arithmetic_.apply(op, operands.front()->type.dtype, values);
    });
  };
  const auto constant = [&] { return Emitted{literal(builder_.getContext(), *expr)}; };
  return ir::match(
      expr, [&](const ir::IntImm&) { return constant(); },
      [&](const ir::FloatImm&) { return constant(); },
      [&](const ir::Var& n) { return emit_variable(n); },
      [&](const ir::Cast& n) {
        return lane_by_lane({&n.value, 1}, [&](std::span<Value* const> values) {
          return arithmetic_.cast(values[0], n.value->type.dtype, expr->type.dtype);
        });
      },
      [&](const ir::Unary& n) { return apply(n.op, {&n.operand, 1}); },
      [&](const ir::Binary& n) { return emit_binary(expr, n); },
      [&](const ir::Select& n) {
        const ir::Expr operands[] = {n.condition, n.if_true, n.if_false};
        return lane_by_lane(operands, [&](std::span<Value* const> values) {
          return builder_.CreateSelect(values[0], values[1], values[2]);
        });
      },
      [&](const ir::Call& n) { return apply(n.op, n.arguments); },
      [&](const ir::Load& n) { return emit_load(expr, n); },
      [&](const ir::Ramp& n) { return emit_ramp(expr, n); },
      [&](const ir::Broadcast& n) { return Emitted{nullptr, lanes_of(n.value)}; },
      [&](const ir::Shuffle& n) { return emit_shuffle(expr, n); });
}

Emitted Expressions::emit_variable(const ir::Var& var) {
  const auto found = variables_.find(var.id);
  if (found == variables_.end()) bug(fmt::format("variable '{}' has no value", var.name));
  return found->second;
}

Emitted Expressions::emit_binary(const ir::Expr& expr, const ir::Binary& binary) {
  if (expr->type.is_vector() && is_integer(expr->type.dtype)) {
    const Emitted rule = combine(builder_, binary.op, computed_.at(binary.lhs.get()),
                                 computed_.at(binary.rhs.get()));
    if (rule.base) return rule;
  }
  const ir::Expr operands[] = {binary.lhs, binary.rhs};
  return lane_by_lane(operands, [&](std::span<Value* const> values) {
    return arithmetic_.apply(binary.op, binary.lhs->type.dtype, values);
  });
}

Emitted Expressions::emit_load(const ir::Expr& expr, const ir::Load& load) {
  const BufferMemory& buffer = buffers_[load.buffer.value];
  const std::vector<AccessIndex> indices = emit_indices(load.indices);
  Value* predicate = load.predicate ? lanes_of(load.predicate) : nullptr;
  if (expr->type.is_vector() && !predicate) {
    if (Value* element = memory_.load_uniform(buffer, indices)) return {nullptr, element};
  }
  return {memory_.load(buffer, indices, expr->type.lanes, predicate)};
}

Emitted Expressions::emit_ramp(const ir::Expr& expr, const ir::Ramp& ramp) {
  Value* base = lanes_of(ramp.base);
  Value* stride = lanes_of(ramp.stride);
  if (const auto* step = llvm::dyn_cast<llvm::ConstantInt>(stride)) {
    return {nullptr, base, step->getSExtValue()};
  }
  const unsigned lanes = expr->type.lanes;
  Value* steps = builder_.CreateMul(builder_.CreateVectorSplat(lanes, stride),
                                    multiples(stride->getType(), 1, lanes));
  return {builder_.CreateAdd(builder_.CreateVectorSplat(lanes, base), steps)};
}

Emitted Expressions::emit_shuffle(const ir::Expr& expr, const ir::Shuffle& shuffle) {
  Value* vector = lanes_of(shuffle.vector);
  const bool picks_one = !expr->type.is_vector();
  if (!shuffle.vector->type.is_vector()) {
    return picks_one ? Emitted{vector} : Emitted{nullptr, vector};
  }
  if (picks_one) return {builder_.CreateExtractElement(vector, shuffle.lanes.front())};
  const std::vector<int> lanes(shuffle.lanes.begin(), shuffle.lanes.end());
  return {builder_.CreateShuffleVector(vector, lanes)};
}

}  // namespace tcc::codegen
