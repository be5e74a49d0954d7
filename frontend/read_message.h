// What a run says of a computed index that is outside (language section 6.6).
#pragma once

#include <string>

#include "frontend/checked.h"

namespace tcc {

/// Names the tensor, the axis and the type; `{}` or `{u}` stands for the value.
std::string read_message(const checked::Program& program, const checked::Element& read,
                         std::uint32_t axis);

}  // namespace tcc
