// The checker as the judge of what fits together.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/property/programs.h"

namespace tcc::property {

struct ProgramTypes {
  std::map<std::string, Type> of;  ///< of every input and definition; empty for a wrong program
  std::string errors;              ///< as a user sees them
  std::int64_t most_elements = 0;  ///< of any of them where all sizes are 33
};

/// Parses and checks the program's text.
ProgramTypes types_in(const Program& program);

}  // namespace tcc::property
