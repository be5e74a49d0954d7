// Where compiled programs are kept when nobody says otherwise.
#pragma once

#include <string>

namespace tcc {

/// `$TCC_CACHE` where it is set, whose empty value means none. Else by the XDG rules:
/// `$XDG_CACHE_HOME/tcc`, or `$HOME/.cache/tcc`, relative ones being ignored. Empty where there is
/// no such place, and in a program that runs with more rights than who started it, whose
/// environment is not to be followed.
std::string default_cache_folder();

}  // namespace tcc
