// Random programs of many definitions, from the rows of operator_classes().
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "tests/property/growing_program.h"
#include "tests/property/program_types.h"

namespace tcc::property {

namespace {

constexpr std::size_t most_definitions = 12;
constexpr std::size_t most_inputs = 8;
constexpr std::int64_t most_elements = 40'000;

const Type input_types[] = {
    {DType::f32, {"M", "N"}}, {DType::f32, {"N"}},      {DType::f32, {"M"}},
    {DType::i32, {"M", "N"}}, {DType::i64, {"N"}},      {DType::u8, {"N", "M"}},
    {DType::f16, {"M", "N"}}, {DType::f64, {"N"}},      {DType::boolean, {"M", "N"}},
    {DType::f32, {"1", "N"}}, {DType::bf16, {"N"}},     {DType::f32, {"2", "M", "N"}},
    {DType::f32, {}},         {DType::u16, {"M", "1"}}, {DType::i8, {"N"}},
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) { growing_.random.seed(seed); }

  Program generate() {
    growing_.add_input(input_types[growing_.below(3)]);
    for (std::size_t more = growing_.below(3); more > 0; --more)
      growing_.add_input(growing_.any_of(input_types));
    const std::size_t wanted = 1 + growing_.below(most_definitions);
    for (int attempt = 0; attempt < 200 && definitions().size() < wanted; ++attempt)
      add_definition();
    while (definitions().size() > 1 && growing_.below(2) == 0)
      make_function();
    for (std::size_t d = 0; d + 1 < definitions().size();) {
      if (growing_.below(2) == 0 || !write_in_place(growing_.program, d)) ++d;
    }
    if (growing_.below(3) == 0) mark_outputs();
    return std::move(growing_.program);
  }

 private:
  std::vector<Definition>& definitions() { return growing_.program.definitions; }

  /// One more operation, on the last value two times of three.
  void add_definition() {
    const OperatorClass& operation = growing_.any_of(operator_classes());
    std::vector<std::optional<Expression>> fixed(operation.operands.size());
    const Expression given =
        growing_.below(3) > 0 ? growing_.last() : growing_.any_of(growing_.values);
    fixed[growing_.below(fixed.size())] = given;
    const GrowingProgram before = growing_;
    if (growing_.apply(operation, fixed) && growing_.program.inputs.size() <= most_inputs) {
      const ProgramTypes types = types_in(growing_.program);
      if (types.errors.empty() && types.most_elements <= most_elements) {
        growing_.values.back().type = types.of.at(growing_.values.back().pieces[0]);
        return;
      }
    }
    const auto random = growing_.random;
    growing_ = before;
    growing_.random = random;
  }

  /// Moves some definitions in a row into a function, which is called in their place.
  void make_function() {
    const std::size_t count = 1 + growing_.below(std::min<std::size_t>(3, definitions().size()));
    const std::size_t first = growing_.below(definitions().size() - count + 1);
    Program candidate = growing_.program;
    const auto begin = candidate.definitions.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    Function function = {fmt::format("f{}", candidate.functions.size()), {}, {begin, end}, {}};
    if (std::any_of(begin, end, [](const Definition& d) { return is_call(d.value); })) return;
    candidate.definitions.erase(begin, end);

    std::map<std::string, std::string> inside;  // by their names outside
    for (Definition& local : function.locals) {
      for (std::string& name : local.names)
        name = inside[name] = fmt::format("t{}", inside.size());
    }
    Definition call = {{}, {}, {{}, {}, {}}};
    for (const auto& [name, local] : inside) {
      if (!is_used(candidate, name) && !(call.names.empty() && name == inside.rbegin()->first))
        continue;
      call.names.push_back(name);
      function.results.push_back(local);
    }
    for (Definition& local : function.locals)
      name_parameters(local.value, inside, function, call.value.operands);
    call.value.pieces.assign(call.value.operands.size() + 1, ", ");
    call.value.pieces.front() = function.name + "(";
    call.value.pieces.back() = call.value.operands.empty() ? "" : ")";
    if (call.value.operands.empty()) return;
    candidate.definitions.insert(candidate.definitions.begin() + static_cast<std::ptrdiff_t>(first),
                                 std::move(call));
    candidate.functions.push_back(std::move(function));
    // A function may not read the sizes that some operations name.
    if (types_in(candidate).errors.empty()) growing_.program = std::move(candidate);
  }

  static bool is_call(const Expression& value) {
    return value.pieces[0].starts_with('f') && value.pieces[0].ends_with('(') &&
           value.pieces[0].size() <= 4 && value.pieces[0][1] >= '0' && value.pieces[0][1] <= '9' &&
           value.pieces[0][2] == '(';
  }

  static bool is_used(const Expression& expression, const std::string& name) {
    if (expression.operands.empty()) return expression.pieces[0] == name;
    return std::any_of(expression.operands.begin(), expression.operands.end(),
                       [&](const Expression& operand) { return is_used(operand, name); });
  }

  static bool is_used(const Program& program, const std::string& name) {
    return std::any_of(
        program.definitions.begin(), program.definitions.end(),
        [&](const Definition& definition) { return is_used(definition.value, name); });
  }

  /// Gives each name that comes from outside a parameter, and the call its operand.
  static void name_parameters(Expression& expression,
                              const std::map<std::string, std::string>& inside, Function& function,
                              std::vector<Expression>& operands) {
    for (Expression& operand : expression.operands)
      name_parameters(operand, inside, function, operands);
    if (!expression.operands.empty()) return;
    std::string& name = expression.pieces[0];
    if (inside.contains(name)) {
      name = inside.at(name);
      return;
    }
    std::size_t at = 0;
    while (at < operands.size() && operands[at].pieces[0] != name)
      ++at;
    if (at == operands.size()) {
      operands.push_back(expression);
      function.parameters.push_back(fmt::format("p{}", at));
    }
    name = function.parameters[at];
  }

  void mark_outputs() {
    std::set<std::string> marked = {definitions().back().names.back()};
    for (std::size_t more = growing_.below(3); more > 0; --more)
      marked.insert(growing_.any_of(definitions()).names.back());
    growing_.program.outputs = {marked.begin(), marked.end()};
  }

  GrowingProgram growing_;
};

}  // namespace

Program random_long_program(std::uint64_t seed) { return Generator(seed).generate(); }

}  // namespace tcc::property
