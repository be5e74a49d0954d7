// Random small programs: expressions grow from the bottom up, out of what fits together.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dsl/dtypes.h"
#include "tests/property/programs.h"

namespace tcc::property {

namespace {

constexpr std::size_t max_nodes = 30;

std::size_t node_count(const Expression& expression) {
  std::size_t count = 1;
  for (const Expression& operand : expression.operands)
    count += node_count(operand);
  return count;
}

bool is_number(const Expression& e) { return e.type.dtype != DType::boolean; }
bool is_whole(const Expression& e) { return is_integer(e.type.dtype); }

/// What `/` and the functions of reals make of a type.
DType real_type(DType dtype) {
  if (is_float(dtype)) return dtype;
  return size_in_bytes(dtype) == 8 ? DType::f64 : DType::f32;
}

/// Beside a literal with a point.
DType with_real_literal(DType dtype) { return is_float(dtype) ? dtype : DType::f32; }

/// What sums and products return.
DType accumulated(DType dtype) {
  if (is_float(dtype) || size_in_bytes(dtype) >= 4) return dtype;
  return is_signed_integer(dtype) ? DType::i32 : DType::u32;
}

/// NumPy's rule, with equal names for equal extents.
std::optional<std::vector<std::string>> broadcast(std::vector<std::string> a,
                                                  std::vector<std::string> b) {
  if (a.size() < b.size()) std::swap(a, b);
  for (std::size_t axis = 1; axis <= b.size(); ++axis) {
    std::string& extent = a[a.size() - axis];
    const std::string& other = b[b.size() - axis];
    if (extent == "1") {
      extent = other;
    } else if (other != "1" && other != extent) {
      return {};
    }
  }
  return a;
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Program generate() {
    add_inputs();
    for (std::size_t count = 1 + below(3); count > 0; --count) {
      below(3) == 0 ? add_points() : add_whole();
    }
    return std::move(program_);
  }

 private:
  // std::uniform_int_distribution differs between libraries.
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  template <typename List> const auto& any_of(const List& list) {
    return list[below(std::size(list))];
  }

  void add_inputs() {
    const std::vector<std::string> shapes[] = {{},         {"M"},      {"N"},           {"M", "N"},
                                               {"M", "K"}, {"K", "N"}, {"N", "1"},      {"M", "M"},
                                               {"1", "N"}, {"N", "K"}, {"K", "M", "N"}, {"M", "N"}};
    for (std::size_t count = 2 + below(3); count > 0; --count) {
      constexpr DType others[] = {DType::f64, DType::f64, DType::f16,    DType::bf16, DType::i8,
                                  DType::i16, DType::i32, DType::i64,    DType::u8,   DType::u16,
                                  DType::u32, DType::u64, DType::boolean};
      const DType dtype = below(5) < 2 ? any_of(others) : DType::f32;
      const std::string name(1, static_cast<char>('A' + program_.inputs.size()));
      program_.inputs.push_back({name, {dtype, any_of(shapes)}});
      tensors_.push_back({{name}, {}, program_.inputs.back().type});
    }
  }

  void define(std::vector<std::string> axes, Expression value, Type type) {
    const std::string name = fmt::format("T{}", program_.definitions.size());
    program_.definitions.push_back({{name}, std::move(axes), std::move(value)});
    tensors_.push_back({{name}, {}, std::move(type)});
  }

  void add_whole() {
    std::vector<Expression> pool = tensors_;
    Expression value = {{"where(", " == true, 1.0, 2.0)"}, {any_of(tensors_)}, {}};
    value.type = {DType::f32, value.operands[0].type.shape};
    if (is_number(value.operands[0])) {
      value.pieces = {"", " + 1.0"};
      value.type.dtype = with_real_literal(value.operands[0].type.dtype);
    }
    std::size_t steps = 1 + below(5);
    for (int attempt = 0; attempt < 60 && steps > 0; ++attempt) {
      auto grown = grow(pool);
      if (!grown || node_count(*grown) > max_nodes) continue;
      pool.push_back(*grown);
      value = std::move(*grown);
      --steps;
    }
    Type type = value.type;
    define({}, std::move(value), std::move(type));
  }

  /// One more operation on members of the pool, preferably the last one.
  std::optional<Expression> grow(const std::vector<Expression>& pool) {
    const Expression& a = below(3) > 0 ? pool.back() : any_of(pool);
    const Expression& b = any_of(pool);
    switch (below(10)) {
      case 0: return unary(a);
      case 8: return elementary(a);
      case 9: return of_two(a, b);
      case 1: return with_number(a);
      case 2: return reduced(a);
      case 3: return below(2) == 0 ? matmul(a, b) : matmul(b, a);
      case 4: return transposed(a);
      case 5: return chosen(a, b, any_of(pool), any_of(pool));
      default: return below(2) == 0 ? binary(a, b) : binary(b, a);
    }
  }

  // Elementwise; the same for whole tensors and for scalars of index notation.

  std::optional<Expression> unary(const Expression& a) {
    const std::array<std::string, 2> forms[] = {
        {"relu(", ")"}, {"abs(", ")"}, {"sqrt(abs(", "))"}, {"(-", ")"}};
    const std::size_t form = below(std::size(forms));
    if (!is_number(a)) return Expression{{"f32(", ")"}, {a}, {DType::f32, a.type.shape}};
    const DType dtype = form == 2 ? real_type(a.type.dtype) : a.type.dtype;
    return Expression{{forms[form][0], forms[form][1]}, {a}, {dtype, a.type.shape}};
  }

  /// Functions of reals, and those that step from one whole number to the next.
  std::optional<Expression> elementary(const Expression& a) {
    const char* reals[] = {"exp",  "exp2", "expm1", "sin",  "cos",  "tan",  "atan", "sinh",
                           "cosh", "tanh", "erf",   "erfc", "cbrt", "asin", "acos"};
    const char* of_positive[] = {"log", "log2", "log10", "log1p", "rsqrt", "sqrt"};
    const char* steps[] = {"floor", "ceil", "round", "trunc", "sign"};
    if (!is_number(a)) return {};
    const Type real = {real_type(a.type.dtype), a.type.shape};
    switch (below(4)) {
      case 0: return Expression{{fmt::format("{}(", any_of(steps)), ")"}, {a}, a.type};
      case 1: return Expression{{fmt::format("{}(1 + abs(", any_of(of_positive)), "))"}, {a}, real};
      default: return Expression{{fmt::format("{}(", any_of(reals)), ")"}, {a}, real};
    }
  }

  std::optional<Expression> of_two(const Expression& a, const Expression& b) {
    const std::array<std::string, 3> of_wholes[] = {
        {"(", " | ", ")"},  {"(", " & ", ")"},        {"(", " ^ ", ")"},
        {"(", " << ", ")"}, {"(", " >> ", ")"},       {"(", " // ", ")"},
        {"(", " % ", ")"},  {"(", " ** (3 & ", "))"}, {"clamp(", ", 1, ", ")"}};
    const std::array<std::string, 3> of_reals[] = {
        {"atan2(", ", ", ")"},   {"hypot(", ", ", ")"},           {"pow(2 + abs(", "), ", ")"},
        {"(", " // ", ")"},      {"(", " % (0.75 + abs(", ")))"}, {"clamp(", ", -0.5, ", ")"},
        {"((", ") ** 3 + ", ")"}};
    const auto dtype = promote(a.type.dtype, b.type.dtype);
    const auto shape = broadcast(a.type.shape, b.type.shape);
    if (!is_number(a) || !is_number(b) || !dtype || !shape) return {};
    const bool both_whole = is_whole(a) && is_whole(b);
    if (!both_whole && !is_float(*dtype)) return {};
    const auto& form = both_whole ? any_of(of_wholes) : any_of(of_reals);
    if (is_whole(a) != is_whole(b) && form[1].find("0.75") != std::string::npos) return {};
    return Expression{{form[0], form[1], form[2]}, {a, b}, {*dtype, *shape}};
  }

  std::optional<Expression> with_number(const Expression& a) {
    const std::array<std::string, 2> forms[] = {{"(", " * 0.5)"}, {"(2 - ", ")"},
                                                {"(", " / 3)"},   {"maximum(", ", 0.25)"},
                                                {"(1.5 + ", ")"}, {"minimum(-0.125, ", ")"}};
    const std::size_t form = below(std::size(forms));
    if (!is_number(a)) return {};
    DType dtype = with_real_literal(a.type.dtype);
    if (form == 1) dtype = a.type.dtype;
    if (form == 2) dtype = real_type(a.type.dtype);
    return Expression{{forms[form][0], forms[form][1]}, {a}, {dtype, a.type.shape}};
  }

  std::optional<Expression> binary(const Expression& a, const Expression& b) {
    const std::array<std::string, 3> forms[] = {
        {"(", " + ", ")"},           {"(", " - ", ")"},       {"(", " * ", ")"},
        {"maximum(", ", ", ")"},     {"minimum(", ", ", ")"}, {"(", " * ", ")"},
        {"(", " / (1 + abs(", ")))"}};
    const std::size_t form = below(std::size(forms));
    const auto shape = broadcast(a.type.shape, b.type.shape);
    const auto dtype = promote(a.type.dtype, b.type.dtype);
    if (!is_number(a) || !is_number(b) || !shape || !dtype) return {};
    return Expression{{forms[form][0], forms[form][1], forms[form][2]},
                      {a, b},
                      {form == 6 ? real_type(*dtype) : *dtype, *shape}};
  }

  std::optional<Expression> compared(const Expression& a, const Expression& b) {
    const char* operators[] = {" < ", " <= ", " > ", " >= ", " == ", " != "};
    const auto shape = broadcast(a.type.shape, b.type.shape);
    const bool comparable = promote(a.type.dtype, b.type.dtype).has_value();
    if (!is_number(a) || !is_number(b) || !shape || !comparable) return {};
    return Expression{{"(", any_of(operators), ")"}, {a, b}, {DType::boolean, *shape}};
  }

  std::optional<Expression> chosen(const Expression& a, const Expression& b, const Expression& c,
                                   const Expression& d) {
    const auto condition = compared(a, b);
    const auto dtype = promote(c.type.dtype, d.type.dtype);
    const auto branches = broadcast(c.type.shape, d.type.shape);
    if (!condition || !dtype || !branches) return {};
    const auto shape = broadcast(condition->type.shape, *branches);
    if (!shape) return {};
    return Expression{{"where(", ", ", ", ", ")"}, {*condition, c, d}, {*dtype, *shape}};
  }

  // Whole tensors.

  std::optional<Expression> reduced(const Expression& a) {
    const char* reducers[] = {"sum", "sum", "max", "min", "prod"};
    if (!is_number(a) || a.type.shape.empty()) return {};
    const std::string reducer = any_of(reducers);
    const DType dtype = reduced_type(reducer, a.type.dtype);
    const std::string begin = fmt::format("{}(", reducer);
    if (below(4) == 0) return Expression{{begin, ")"}, {a}, {dtype, {}}};
    const std::size_t axis = below(a.type.shape.size());
    const bool keep = below(2) == 0;
    std::vector<std::string> shape = a.type.shape;
    shape[axis] = "1";
    if (!keep) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    const auto number = static_cast<std::ptrdiff_t>(axis);
    const auto from_end = number - static_cast<std::ptrdiff_t>(a.type.shape.size());
    return Expression{{begin, fmt::format(", axis = {}{})", below(2) == 0 ? number : from_end,
                                          keep ? ", keep = true" : "")},
                      {a},
                      {dtype, shape}};
  }

  static DType reduced_type(std::string_view reducer, DType dtype) {
    return reducer == "max" || reducer == "min" ? dtype : accumulated(dtype);
  }

  std::optional<Expression> matmul(const Expression& a, const Expression& b) {
    const auto& left = a.type.shape;
    const auto& right = b.type.shape;
    const auto dtype = promote(a.type.dtype, b.type.dtype);
    if (!is_number(a) || !is_number(b) || !dtype || left.empty() || right.empty()) return {};
    const std::size_t inner = right.size() == 1 ? 0 : right.size() - 2;
    if (left.back() != right[inner]) return {};
    const auto batch =
        broadcast({left.begin(), left.end() - (left.size() > 1 ? 2 : 1)},
                  {right.begin(), right.begin() + static_cast<std::ptrdiff_t>(inner)});
    if (!batch) return {};
    std::vector<std::string> shape = *batch;
    if (left.size() > 1) shape.push_back(left[left.size() - 2]);
    if (right.size() > 1) shape.push_back(right.back());
    return Expression{{"(", " @ ", ")"}, {a, b}, {accumulated(*dtype), shape}};
  }

  std::optional<Expression> transposed(const Expression& a) {
    std::vector<std::string> shape = a.type.shape;
    if (shape.size() < 2) return {};
    std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
    return Expression{{"(", ").T"}, {a}, {a.type.dtype, shape}};
  }

  // Index notation: M is walked by i, N by j, K by k; an extent of 1 has the index 0.

  void add_points() {
    std::vector<Expression> sources = tensors_;
    std::erase_if(sources, [](const Expression& tensor) {
      return tensor.type.shape.empty() || !is_number(tensor);
    });
    if (sources.empty()) return add_whole();
    std::vector<std::string> sizes;
    Expression body = element(any_of(sources), sizes);
    for (std::size_t more = below(3); more > 0; --more) {
      std::vector<std::string> more_sizes = sizes;
      auto grown = binary(body, element(any_of(sources), more_sizes));
      if (!grown) continue;  // no common type
      body = *grown;
      sizes = more_sizes;
    }
    std::vector<std::string> axes;
    std::vector<std::string> shape;
    std::vector<std::string> reductions;
    std::sort(sizes.begin(), sizes.end());
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    for (const std::string& size : sizes) {
      const bool on_the_left = below(2) == 0;
      (on_the_left ? axes : reductions).push_back(variables_.at(size));
      if (on_the_left) shape.push_back(size);
    }
    if (!reductions.empty()) body = reduced_points(std::move(body), reductions);
    if (!axes.empty()) body = epilogue(std::move(body), axes);
    const DType dtype = body.type.dtype;
    define(std::move(axes), std::move(body), {dtype, std::move(shape)});
  }

  Expression element(const Expression& tensor, std::vector<std::string>& sizes) {
    std::vector<std::string> indices;
    for (const std::string& extent : tensor.type.shape) {
      if (extent != "1") sizes.push_back(extent);
      indices.push_back(extent == "1" ? "0" : variables_.at(extent));
    }
    return {{fmt::format("{}[{}]", tensor.pieces[0], fmt::join(indices, ", "))},
            {},
            {tensor.type.dtype, {}}};
  }

  Expression reduced_points(Expression body, const std::vector<std::string>& variables) {
    const char* reducers[] = {"sum", "sum", "max", "min", "prod"};
    const std::string reducer = any_of(reducers);
    const Type type = {reduced_type(reducer, body.type.dtype), {}};
    return {{fmt::format("{}[{}](", reducer, fmt::join(variables, ", ")), ")"},
            {std::move(body)},
            type};
  }

  Expression epilogue(Expression body, const std::vector<std::string>& axes) {
    if (below(3) == 0) body = *unary(body);
    if (below(3) == 0) body = *with_number(body);
    if (below(3) == 0) body = *elementary(body);
    const Type type = body.type;
    if (!is_float(type.dtype)) return body;
    if (below(4) == 0) body = {{"(", fmt::format(" + {})", any_of(axes))}, {body}, type};
    if (axes.size() == 2 && below(3) == 0) {
      body = {{fmt::format("where({} <= {}, ", axes[0], axes[1]), ", 0.5)"}, {body}, type};
    }
    return body;
  }

  const std::map<std::string, std::string> variables_ = {{"M", "i"}, {"N", "j"}, {"K", "k"}};
  std::mt19937_64 random_;
  Program program_;
  std::vector<Expression> tensors_;  ///< the name of each input and definition so far
};

}  // namespace

Program random_program(std::uint64_t seed) { return Generator(seed).generate(); }

}  // namespace tcc::property
