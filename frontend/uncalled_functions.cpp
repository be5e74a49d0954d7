// Names in the bodies of functions that nothing calls.
#include "frontend/uncalled_functions.h"

#include <fmt/format.h>

#include "frontend/core_functions.h"
#include "frontend/function_names.h"
#include "frontend/scopes.h"
#include "frontend/syntax_walk.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

class UncalledFunction {
 public:
  UncalledFunction(const syntax::Program& program, const syntax::Function& function,
                   const std::set<std::string>& constants, FunctionTable& functions,
                   Diagnostics& diagnostics)
      : program_(program),
        function_(function),
        known_(constants),
        functions_(functions),
        diagnostics_(diagnostics) {}

  void check() {
    for (const syntax::Parameter& parameter : function_.parameters) {
      if (parameter.value) check_alone(*parameter.value);
    }
    for (const syntax::Parameter& parameter : function_.parameters)
      known_.insert(parameter.name);
    std::set<std::string> local = known_;
    for (const syntax::Definition& definition : function_.definitions) {
      declare(definition.name, definition.span, local);
      for (const syntax::ResultName& result : definition.further_results)
        declare(result.name, result.span, local);
    }
    known_ = std::move(local);
    for (const syntax::Definition& definition : function_.definitions)
      check_definition(definition);
    for (const syntax::NodeId result : function_.results)
      check_alone(result);
  }

 private:
  void declare(const std::string& name, Span span, std::set<std::string>& local) {
    if (local.insert(name).second) return;
    diagnostics_.error(DiagnosticKind::redefinition, span,
                       fmt::format("'{}' is defined twice", name));
  }

  void check_definition(const syntax::Definition& definition) {
    for (const syntax::NodeId size : syntax::sizes_of_left_side(definition))
      check_alone(size);
    check_tree(definition);
  }

  /// An expression without index variables around it.
  void check_alone(syntax::NodeId root) { check_tree({"", function_.span, {}, {}, {}, root, {}}); }

  void check_tree(const syntax::Definition& definition) {
    const Scopes scopes(program_, definition);
    const syntax::NodeId first = program_.nodes[definition.value].first;
    for (syntax::NodeId id = first; id <= definition.value; ++id) {
      const syntax::Node& node = program_.nodes[id];
      if (const auto* call = std::get_if<syntax::Call>(&node.value)) {
        check_callee(call->callee, call->callee_span);
      } else if (const auto* name = std::get_if<syntax::Name>(&node.value)) {
        if (scopes.find(name->name, scopes.of(id).scope)) continue;
        check_name(name->name, node.span);
      }
    }
  }

  /// By value: the library's nodes join the program's when it is first asked.
  void check_callee(std::string callee, Span span) {
    if (is_core_function(callee) || is_later_function(callee)) return;
    if (functions_.find(callee, span.source) || !reported_.insert(callee + "(").second) return;
    report_unknown_function(callee, span, program_, diagnostics_);
  }

  void check_name(const std::string& name, Span span) {
    if (known_.count(name) || names_a_type(name) || !reported_.insert(name).second) return;
    report_undefined_in_function(name, span, diagnostics_);
  }

  const syntax::Program& program_;
  const syntax::Function& function_;
  std::set<std::string> known_;
  FunctionTable& functions_;
  Diagnostics& diagnostics_;
  std::set<std::string> reported_;  ///< each once
};

}  // namespace

void check_uncalled_function(const syntax::Program& program, const syntax::Function& function,
                             const std::set<std::string>& constants, FunctionTable& functions,
                             Diagnostics& diagnostics) {
  UncalledFunction(program, function, constants, functions, diagnostics).check();
}

}  // namespace tcc
