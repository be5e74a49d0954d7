// The functions that programs may call: their own first, the library's after the core's.
#pragma once

#include <map>
#include <string>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"

namespace tcc {

/// Finds functions by name. The library is parsed at the first call that needs it, its nodes then
/// lie in the program.
class FunctionTable {
 public:
  /// Reports functions that are defined twice, and index variables called like a parameter.
  FunctionTable(syntax::Program& program, SourceMap& sources, Diagnostics& diagnostics);

  /// The function that a call in `source` means; null for the core's, and for unknown ones. The
  /// library calls its own functions, whatever the program calls its.
  const syntax::Function* find(std::string name, SourceId source);

 private:
  void check_variables(const syntax::Function& function, Diagnostics& diagnostics) const;
  void load_library();

  syntax::Program& program_;
  SourceMap& sources_;
  std::map<std::string, syntax::Function> own_;
  std::map<std::string, syntax::Function> library_;
  SourceId library_source_ = 0;  ///< 0: not loaded yet
};

}  // namespace tcc
