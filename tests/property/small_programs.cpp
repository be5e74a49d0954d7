// Every program of up to three operators, a class of operators each, by number.
#include "tests/property/small_programs.h"

#include <utility>

namespace tcc::property {

namespace {

/// What the first operand of the first operator may be: M and N throughout, so that two sizes give
/// all combinations.
const Type first_inputs[] = {
    {DType::f32, {"M", "N"}},      {DType::i32, {"N"}},
    {DType::boolean, {"M", "N"}},  {DType::f16, {"M", "N"}},
    {DType::f32, {"N"}},           {DType::u8, {"M", "N"}},
    {DType::f64, {"N", "M"}},      {DType::f32, {}},
    {DType::i32, {"M", "N"}},      {DType::boolean, {"N"}},
    {DType::f32, {"2", "M", "N"}}, {DType::u8, {"N"}},
};
constexpr std::size_t first_input_count = std::size(first_inputs);

const Type& first_input(std::size_t turn, std::size_t number) {
  return first_inputs[(turn + number * 7) % first_input_count];
}

}  // namespace

SmallPrograms::SmallPrograms() {
  for (const OperatorClass& row : operator_classes()) {
    const bool stands = row.part == Part::stands_for_others;
    all_.push_back(&row);
    if (stands) standing_.push_back(&row);
    for (std::size_t operand = 0; operand < row.operands.size(); ++operand) {
      all_places_.push_back({&row, operand});
      if (!stands) continue;
      standing_places_.push_back({&row, operand});
      for (std::size_t second = operand + 1; second < row.operands.size(); ++second)
        forks_.push_back({&row, operand, second});
    }
  }
}

std::size_t SmallPrograms::count() const {
  const std::size_t standing = standing_.size();
  const std::size_t places = standing_places_.size();
  return all_.size() * (first_input_count + all_places_.size()) +
         standing * (places * places + standing * forks_.size());
}

std::optional<Program> SmallPrograms::program(std::size_t number) {
  std::size_t left = number;
  const std::size_t all = all_.size(), standing = standing_.size();
  const std::size_t places = standing_places_.size();
  std::optional<Program> program;
  if (left < all * first_input_count) {
    program = of_one(left);
  } else if ((left -= all * first_input_count) < all * all_places_.size()) {
    program = of_chain(*all_[left % all], {all_places_[left / all]}, number);
  } else if ((left -= all * all_places_.size()) < standing * places * places) {
    const std::size_t others = left / standing;
    program =
        of_chain(*standing_[left % standing],
                 {standing_places_[others % places], standing_places_[others / places]}, number);
  } else {
    left -= standing * places * places;
    const std::size_t others = left / standing;
    program = of_tree(*standing_[left % standing], *standing_[others % standing],
                      forks_.at(others / standing), number);
  }
  if (program && number % 2 == 0) write_as_one(*program);
  return program;
}

std::optional<Program> SmallPrograms::of_one(std::size_t number) {
  GrowingProgram growing;
  if (!start(growing, *all_[number / first_input_count], first_inputs[number % first_input_count]))
    return {};
  return std::move(growing.program);
}

std::optional<Program> SmallPrograms::of_chain(const OperatorClass& first,
                                               const std::vector<Place>& others,
                                               std::size_t number) {
  for (std::size_t turn = 0; turn < first_input_count; ++turn) {
    GrowingProgram growing;
    growing.random.seed(number);
    bool fits = start(growing, first, first_input(turn, number));
    for (std::size_t other = 0; fits && other < others.size(); ++other) {
      const Expression last = growing.last();
      fits = grow(growing, others[other], {&last, 1});
    }
    if (fits) return std::move(growing.program);
  }
  return {};
}

std::optional<Program> SmallPrograms::of_tree(const OperatorClass& left, const OperatorClass& right,
                                              Place root, std::size_t number) {
  for (std::size_t turn = 0; turn < first_input_count; ++turn) {
    GrowingProgram one;
    one.random.seed(number);
    if (!start(one, left, first_input(turn, number))) continue;
    if (!accepts(root.operation->operands[root.operand], one.last().type)) continue;
    for (std::size_t other = 0; other < first_input_count; ++other) {
      GrowingProgram growing = one;
      if (!start(growing, right, first_input(other, number))) continue;
      const auto results = growing.values.size();
      std::vector<Expression> given = {one.last(), growing.values[results - 1]};
      if (grow(growing, root, given)) return std::move(growing.program);
    }
  }
  return {};
}

/// The operation on new inputs, the first of `type`; false where it does not take that.
bool SmallPrograms::start(GrowingProgram& growing, const OperatorClass& operation,
                          const Type& type) {
  if (!accepts(operation.operands[0], type)) return false;
  const auto apply_to = [&](GrowingProgram& program) {
    std::vector<Expression> operands = {program.add_input(type)};
    for (std::size_t o = 1; o < operation.operands.size(); ++o)
      operands.push_back(program.add_input(companion_of(operation, 0, type, o)));
    program.define(operation, operands);
    return go_together(operation, operands);
  };
  GrowingProgram alone;  // the type of the result does not depend on what else there is
  if (!apply_to(alone)) return false;
  const Type* result = type_of_last(alone.program);
  if (!result) return false;
  apply_to(growing);
  growing.values.back().type = *result;
  return true;
}

/// The operation with `given` at its place, and inputs or earlier values as its other operands.
bool SmallPrograms::grow(GrowingProgram& growing, Place place, std::span<const Expression> given) {
  std::vector<std::optional<Expression>> fixed(place.operation->operands.size());
  fixed[place.operand] = given[0];
  if (given.size() == 2) fixed[place.second] = given[1];
  if (!growing.apply(*place.operation, fixed)) return false;
  const Type* result = type_of_last(growing.program);
  if (result) growing.values.back().type = *result;
  return result != nullptr;
}

/// Null where the checker rejects the program.
const Type* SmallPrograms::type_of_last(const Program& program) {
  std::string text = text_of(program);
  auto found = known_types_.find(text);
  if (found == known_types_.end()) {
    const ProgramTypes types = types_in(program);
    std::optional<Type> type;
    if (types.errors.empty()) {
      type = types.of.at(program.definitions.back().names.back());
    } else {
      rejections_.push_back({text, types.errors});
    }
    found = known_types_.emplace(std::move(text), std::move(type)).first;
  }
  return found->second ? &*found->second : nullptr;
}

}  // namespace tcc::property
