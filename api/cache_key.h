// What the code of a program depends on.
#pragma once

#include <string>

#include "api/pipeline.h"

namespace tcc {

/// All of it, whole: texts (imported files included), types of free names, options, this build of
/// tcc, LLVM's version, the CPU and its caches. Equal keys have equal code. Empty where it cannot
/// be told what this build or this CPU is.
std::string cache_key(const ParsedText& text, const std::map<std::string, BoundType>& free_names,
                      const ir::Target& target, const CompileOptions& options);

/// The options that change code, in the form of the key.
std::string key_of(const CompileOptions& options);

}  // namespace tcc
