// Every program of up to three operators, a class of operators each, by number.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/property/growing_program.h"
#include "tests/property/operator_classes.h"
#include "tests/property/program_types.h"
#include "tests/property/programs.h"

namespace tcc::property {

/// The programs are numbered in four parts:
///   one operator   of every class, on every type of input that it takes
///   two            every class on the result of every class, at each of its operands
///   three, chain   the same once more, of the classes that stand for others
///   three, tree    two results of those classes as operands of a third
/// Operands beside those are inputs, or what the program has already. In the last three parts the
/// first input's type is the one that fits of those in a list that begins elsewhere for each
/// program; so all types occur. Half of the programs are written as one expression, where there is
/// no index notation in between.
class SmallPrograms {
 public:
  SmallPrograms();

  /// How many numbers there are.
  std::size_t count() const;

  /// The program of a number below count(); nothing where the types fit for no type of input.
  std::optional<Program> program(std::size_t number);

  /// Those that the checker rejected where the rules of operator_class() let them through.
  struct Rejection {
    std::string text, errors;
  };
  const std::vector<Rejection>& rejections() const { return rejections_; }

 private:
  /// An operation with the operand that a result becomes, and the one that another becomes.
  struct Place {
    const OperatorClass* operation;
    std::size_t operand;
    std::size_t second = 0;
  };

  std::optional<Program> of_one(std::size_t number);
  std::optional<Program> of_chain(const OperatorClass& first, const std::vector<Place>& others,
                                  std::size_t number);
  std::optional<Program> of_tree(const OperatorClass& left, const OperatorClass& right, Place root,
                                 std::size_t number);
  bool start(GrowingProgram& growing, const OperatorClass& operation, const Type& type);
  bool grow(GrowingProgram& growing, Place place, std::span<const Expression> given);
  const Type* type_of_last(const Program& program);

  std::vector<const OperatorClass*> all_, standing_;
  std::vector<Place> all_places_, standing_places_;
  std::vector<Place> forks_;  ///< standing operations at two of their operands
  std::map<std::string, std::optional<Type>> known_types_;  ///< of the last definition, by text
  std::vector<Rejection> rejections_;
};

}  // namespace tcc::property
