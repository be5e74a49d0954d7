// Index variables of functions under names that nothing around their calls has.
#pragma once

#include <map>
#include <set>
#include <string>

#include "dsl/syntax.h"
#include "frontend/index_dependence.h"

namespace tcc {

/// A function knows nothing of the names where it is called: its index variables give way to those
/// of tensors and sizes, of arguments, and of the variables around a call in index notation.
class FreshVariables {
 public:
  /// Takes the names of the program's own: inputs, the sizes that these introduce, definitions, and
  /// the names that are free in them (3.8). Constants are known to the functions of their file.
  explicit FreshVariables(const syntax::Program& program);

  struct Call {
    std::string path;
    const Environment& arguments;
    const std::set<std::string>& around;  ///< index variables that the place of the call sees
  };
  /// The function, or where names would meet a copy, appended to the program's nodes.
  /// Before:   c[n] = sum[k](a[n, k])            where the program has a tensor n
  /// After:    c[y.f.n] = sum[k](a[y.f.n, k])    for the call y.f
  syntax::Function of(syntax::Program& program, const syntax::Function& function,
                      const Call& call) const;

 private:
  bool is_taken(const std::string& name, const syntax::Function& function) const;

  std::set<std::string> taken_;
  std::map<std::string, SourceId> constants_;  ///< with the file that has them
};

}  // namespace tcc
