// The operators of the language by classes.
#include "tests/property/operator_classes.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"

namespace tcc::property {

namespace {

constexpr auto stands = Part::stands_for_others;
constexpr auto member = Part::member;
using enum Takes;
using enum Companion;

/// In the order of the language's sections 4 to 7.
std::vector<OperatorClass> make_classes() {
  const OperandRule any = {anything}, num = {number}, flt = {real}, whl = {whole}, yes = {boolean};
  const OperandRule any1 = {anything, 1}, num1 = {number, 1}, num2 = {number, 2}, flt1 = {real, 1};
  const OperandRule any_below_3 = {anything, 0, 2}, any_1_2 = {anything, 1, 2};
  const OperandRule num_1_1 = {number, 1, 1}, num_2_2 = {number, 2, 2}, ids = {integer, 1, 1};
  return {
      // 4: operators
      {"negate", member, "", "(-$0)", {num}},
      {"not", stands, "", "(not $0)", {yes}},
      {"complement", member, "", "(~$0)", {whl}},
      {"add", stands, "", "($0 + $1)", {num, num}},
      {"subtract", member, "", "($0 - $1)", {num, num}},
      {"multiply", member, "", "($0 * $1)", {num, num}},
      {"divide", stands, "", "($0 / $1)", {num, num}},
      {"floor_divide", member, "", "($0 // $1)", {num, num}},
      {"modulo", stands, "", "($0 % $1)", {num, num}},
      {"power", member, "", "($0 ** 3)", {num}},
      {"less", stands, "", "($0 < $1)", {num, num}},
      {"equal", member, "", "($0 == $1)", {num, num}},
      {"and", member, "", "($0 and $1)", {yes, yes}},
      {"or", member, "", "($0 or $1)", {yes, yes}},
      {"exclusive_or", member, "", "($0 ^ $1)", {whl, whl}},
      {"shift", stands, "", "($0 << $1)", {{integer}, {integer}}},
      {"shift_right", member, "", "($0 >> $1)", {{integer}, {integer}}},
      {"weak_float", stands, "", "($0 * 0.75)", {num}},
      {"weak_integer", member, "", "(3 - $0)", {num}},
      {"size", member, "", "($0 + $0.shape[0])", {num1}},
      // 2.5: conversions
      {"to_f16", stands, "", "f16($0)", {any}},
      {"to_i8", stands, "", "i8($0)", {any}},
      {"to_bool", member, "", "bool($0)", {any}},
      {"to_f64", member, "", "f64($0)", {any}},
      {"to_u16", member, "", "u16($0)", {any}},
      // 5.2: products
      {"matmul", stands, "", "($0 @ $1)", {num1, num1}, matmul},
      {"transpose", stands, "", "$0.T", {{anything, 2}}},
      {"reverse_axes", member, "", "transpose($0)", {any1}},
      {"einsum", member, "", "einsum(\"ij,jk->ki\", $0, $1)", {num_2_2, num_2_2}, matmul},
      {"outer", member, "", "outer($0, $1)", {num_1_1, num_1_1}},
      // 5.3: subscripts
      {"part", stands, "", "$0[1:]", {any1}},
      {"every_other", stands, "", "$0[..., ::2]", {any1}},
      {"all_but_last", member, "", "$0[..., :-1]", {any1}},
      {"last", stands, "", "$0[-1]", {any1}},
      {"new_axis", stands, "", "$0[..., None]", {any_below_3}},
      // 5.4: reductions
      {"sum", stands, "", "sum($0, axis = 0)", {num1}},
      {"sum_of_all", member, "", "sum($0)", {num}},
      {"prod", member, "", "prod($0, axis = -1)", {num1}},
      {"max", stands, "", "max($0, axis = -1, keep = true)", {num1}},
      {"min_of_all", member, "", "min($0)", {num}},
      {"mean", stands, "", "mean($0, axis = -1)", {num1}},
      {"var", member, "", "var($0, axis = 0)", {num1}},
      {"any", stands, "", "any($0, axis = 0)", {{boolean, 1}}},
      {"all", member, "", "all($0)", {yes}},
      {"argmax", stands, "", "argmax($0, axis = -1)", {num1}},
      {"argmin", member, "", "argmin($0)", {num1}},
      {"logsumexp", member, "", "logsumexp($0, axis = -1)", {flt1}},
      {"mean_of_all", member, "", "mean($0)", {num1}},
      // 5.5: shapes
      {"reshape", stands, "", "reshape($0, [-1])", {any1}},
      {"concat", stands, "", "concat([$0, $1], 0)", {any1, any1}, equal},
      {"stack", stands, "", "stack([$0, $1], -1)", {any_below_3, any_below_3}, equal},
      {"pad", stands, "", "pad($0, [#pads])", {any1}},
      {"flip", stands, "", "flip($0, 0)", {any1}},
      {"broadcast_to", stands, "", "broadcast_to($0, [2#tail])", {any_below_3}},
      {"one_hot", stands, "", "one_hot($0, 3)", {{integer, 0, 2}}},
      {"iota", stands, "", "($0 + iota($0.shape[-1]))", {num1}},
      {"split", stands, "", "split(concat([$0, $0], 0), 2, 0)", {any1}, elementwise, 2},
      // 5.6: choice
      {"where", stands, "", "where($0, $1, $2)", {yes, num, num}},
      {"take", stands, "", "take($0, $1 % $0.shape[0], 0)", {any1, ids}, indices},
      {"tril", stands, "", "tril($0)", {num2}},
      {"cumsum", stands, "", "cumsum($0, axis = 0)", {num1}},
      {"cumprod", member, "", "cumprod($0, axis = -1)", {num1}},
      {"cummax", member, "", "cummax($0, axis = -1)", {num1}},
      {"argsort", stands, "", "argsort($0, axis = 0)", {any1}},
      {"sort", member, "", "sort($0)", {any1}},
      {"sort_down",
       member,
       "",
       "take_along_axis($0, argsort($0, -1, descending = true), -1)",
       {any1}},
      {"topk", member, "", "topk($0, 1)", {num1}, elementwise, 2},
      {"narrow", member, "", "narrow($0, 0, 1)", {any1}},
      // 6: index notation
      {"rows", stands, "i", "sum[k]($0[i, k])", {num_2_2}},
      {"product_by_index",
       member,
       "i, j",
       "sum[k]($0[i, k] * $1[k, j])",
       {num_2_2, num_2_2},
       matmul},
      {"guarded", stands, "i in 0:#size#rest", "where(i > 0, $0[i - 1#rest], 0)", {num1}},
      {"computed", stands, "i", "$0[$1[i] % #size]", {{anything, 1, 1}, ids}, indices},
      {"window", stands, "i", "max[u in 0:2]($0[2*i + u])", {num_1_1}},
      {"mean_by_index", member, "i", "mean[k]($0[i, k])", {num_2_2}},
      {"argmax_by_index", stands, "i", "argmax[k]($0[i, k])", {num_2_2}},
      {"argmin_of_all_by_index", member, "", "argmin[i, k]($0[i, k])", {num_2_2}},
      {"all_by_index", member, "i", "all[k]($0[i, k])", {{boolean, 2, 2}}},
      {"by_index", member, "#axes", "$0[#axes] * i", {num1}},
      {"swapped", member, "j, i", "$0[i, j]", {{anything, 2, 2}}},
      // 7: functions
      {"relu", member, "", "relu($0)", {num}},
      {"exp", stands, "", "exp($0)", {num}},
      {"sin", member, "", "sin($0)", {num}},
      {"floor", stands, "", "floor($0)", {num}},
      {"isfinite", member, "", "isfinite($0)", {num}},
      {"maximum", member, "", "maximum($0, $1)", {num, num}},
      {"softmax", stands, "", "softmax($0)", {flt1}},
      {"layer_norm", member, "", "layer_norm($0, 2.0, 0.5)", {flt1}},
      {"gelu", member, "", "gelu($0)", {flt}},
      {"attention", member, "", "attention($0, $0, $0, causal = true)", {{real, 2, 2}}},
      {"random", member, "", "($0 + random_uniform([$0.shape[-1]], 3))", {flt1}},
      {"cumulative",
       member,
       "i",
       "sum[k in 0:#size](where(k <= i, $0[k], 0) * $1[i])",
       {num_1_1, num_1_1}},
      {"half", member, "", "$0[:1]", {any_1_2}},
  };
}

const char* const index_names[] = {"i", "j", "k", "l"};

std::string joined_indices(std::size_t begin, std::size_t end) {
  return fmt::format("{}", fmt::join(index_names + begin, index_names + end, ", "));
}

/// What a word behind # stands for.
std::string value_of(std::string_view word, const Type& type) {
  const std::size_t rank = type.shape.size();
  if (word == "axes") return joined_indices(0, rank);
  if (word == "rest") return rank > 1 ? ", " + joined_indices(1, rank) : "";
  if (word == "tail") return rank > 0 ? fmt::format(", {}", fmt::join(type.shape, ", ")) : "";
  if (word == "size") return fmt::format("({})", type.shape.at(0));
  if (word != "pads") bug(fmt::format("no #{}", word));
  std::string pads;
  for (std::size_t axis = 0; axis < rank; ++axis)
    pads += axis == 0 ? "[1, 2]" : ", [0, 1]";
  return pads;
}

std::string filled(std::string_view text, const Type& type) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '#') {
      result += text[at];
      continue;
    }
    std::size_t end = at + 1;
    while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])))
      ++end;
    result += value_of(text.substr(at + 1, end - at - 1), type);
    at = end - 1;
  }
  return result;
}

DType fitting(Takes takes, DType wished) {
  if (accepts({takes}, {wished, {}})) return wished;
  if (takes == boolean) return DType::boolean;
  return takes == integer || takes == whole ? DType::i32 : DType::f32;
}

Type beside_matmul(std::size_t given, const Type& known) {
  const bool is_vector = known.shape.size() == 1;
  if (given == 0) return {known.dtype, {known.shape.back(), "N"}};
  return {known.dtype, {"N", is_vector ? known.shape[0] : known.shape[known.shape.size() - 2]}};
}

bool inner_extents_agree(const Type& left, const Type& right) {
  const std::size_t rank = right.shape.size();
  if (left.shape.back() != right.shape[rank == 1 ? 0 : rank - 2]) return false;
  const auto batch = [](const Type& type) {
    const auto inner = static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, type.shape.size()));
    return std::vector(type.shape.begin(), type.shape.end() - inner);
  };
  return broadcasts(batch(left), batch(right));
}

}  // namespace

std::span<const OperatorClass> operator_classes() {
  static const std::vector<OperatorClass> classes = make_classes();
  return classes;
}

const OperatorClass& operator_class(std::string_view name) {
  for (const OperatorClass& row : operator_classes()) {
    if (row.name == name) return row;
  }
  bug(fmt::format("no class of operators is called '{}'", name));
}

bool accepts(const OperandRule& rule, const Type& type) {
  const std::size_t rank = type.shape.size();
  if (rank < rule.least_rank || rank > rule.most_rank) return false;
  const DType dtype = type.dtype;
  switch (rule.takes) {
    case Takes::anything: return true;
    case Takes::number: return dtype != DType::boolean;
    case Takes::real: return is_float(dtype);
    case Takes::integer: return is_integer(dtype);
    case Takes::whole: return is_integer(dtype) || dtype == DType::boolean;
    case Takes::boolean: return dtype == DType::boolean;
  }
  return false;
}

bool broadcasts(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t axis = 1; axis <= std::min(a.size(), b.size()); ++axis) {
    const std::string& left = a[a.size() - axis];
    const std::string& right = b[b.size() - axis];
    if (left != "1" && right != "1" && left != right) return false;
  }
  return true;
}

Type companion_of(const OperatorClass& operation, std::size_t given, const Type& known,
                  std::size_t wanted) {
  Type type = known;
  switch (operation.companion) {
    case Companion::matmul: return beside_matmul(given, known);
    case Companion::indices:
      if (wanted == 1) return {DType::i32, {"N"}};
      type = {DType::f32, {"N", "2"}};
      if (operation.operands[0].most_rank == 1) type.shape.pop_back();
      return type;
    case Companion::equal: return type;
    case Companion::elementwise: break;
  }
  if (type.shape.size() > 1 && operation.operands[wanted].most_rank > 1) {
    type.shape.erase(type.shape.begin(), type.shape.end() - 1);
  }
  type.dtype = fitting(operation.operands[wanted].takes, known.dtype);
  return type;
}

bool go_together(const OperatorClass& operation, std::span<const Expression> operands) {
  for (std::size_t o = 0; o < operands.size(); ++o) {
    if (!accepts(operation.operands[o], operands[o].type)) return false;
  }
  for (std::size_t o = 1; o < operands.size(); ++o) {
    const Type& before = operands[o - 1].type;
    const Type& type = operands[o].type;
    if (operation.companion == Companion::indices) continue;
    const bool is_condition =
        operation.operands[o - 1].takes == boolean && operation.operands[o].takes != boolean;
    if (!is_condition && !promote(before.dtype, type.dtype)) return false;
    if (operation.companion == Companion::matmul) return inner_extents_agree(before, type);
    if (operation.companion == Companion::equal && before.shape != type.shape) return false;
    if (!broadcasts(before.shape, type.shape)) return false;
    if (!broadcasts(operands[0].type.shape, type.shape)) return false;
  }
  return true;
}

Definition defined(const OperatorClass& operation, std::vector<std::string> names,
                   std::span<const Expression> operands) {
  const Type& first = operands[0].type;
  Definition definition = {std::move(names), {}, {{""}, {}}};
  if (!operation.axes.empty()) definition.axes = {filled(operation.axes, first)};
  Expression& value = definition.value;
  const std::string text = filled(operation.text, first);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$') {
      value.pieces.back() += text[at];
      continue;
    }
    value.operands.push_back(operands[static_cast<std::size_t>(text[++at] - '0')]);
    value.pieces.emplace_back();
  }
  return definition;
}

}  // namespace tcc::property
