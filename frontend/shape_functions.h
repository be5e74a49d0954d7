// The functions that rearrange tensors (language sections 5.3, 5.5 and 5.6).
#pragma once

#include <span>
#include <string_view>

namespace tcc {

std::span<const std::string_view> shape_function_names();

}  // namespace tcc
