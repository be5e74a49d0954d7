// What `-i NAME=VALUE` and `--random` give a program: one tensor for each of its inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <tcc/program.h>

#include "driver/scalar_literal.h"
#include "frontend/checker.h"

namespace tcc::driver {

/// Whether a text is a name of the language (section 1.2).
bool is_name(std::string_view text);

/// Why `NAME=VALUE` is none; empty where it is one.
std::string fault_of_input(const std::string& text);

/// Throws Error (undefined-name), with the closest of `names`, unless `name` is one of them.
void require_known(const std::string& name, const std::vector<std::string>& names);

struct InputBinding {
  std::string name;
  std::variant<Tensor, ScalarLiteral> value;
};

/// Reads the files of texts without fault, and refuses a name bound twice or not in `names`.
/// Throws Error.
std::vector<InputBinding> load_inputs(const std::vector<std::string>& texts,
                                      const std::vector<std::string>& names);

/// The types that bindings give to free names (language section 3.8).
std::map<std::string, BoundType> bound_types(const std::vector<InputBinding>& bindings);

/// Adds what the extents of bound tensors say of the size names that stand alone in declarations.
void collect_sizes(const checked::Program& program, const std::vector<InputBinding>& bindings,
                   SizeValues& sizes);

struct RandomInputs {
  std::optional<std::uint64_t> seed;  ///< none: what is not bound stays undefined
  SizeValues sizes;                   ///< as `--set` gives
};

/// One tensor for each input of the program, in order. Throws Error (program) where a random input
/// has a size that nothing gives, or no type.
std::vector<Tensor> tensors_for(const Program& program, const std::vector<InputBinding>& bindings,
                                const RandomInputs& random);

}  // namespace tcc::driver
