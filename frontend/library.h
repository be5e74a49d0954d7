// The functions of the language that are written in it: library.tc, as it is compiled in.
#pragma once

#include <string_view>

namespace tcc {

std::string_view library_text();

}  // namespace tcc
