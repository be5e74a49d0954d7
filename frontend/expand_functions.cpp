// Calls of functions, written out: definition by definition, inner calls before outer ones.
#include "frontend/expand_functions.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "frontend/copy_tree.h"
#include "frontend/core_functions.h"
#include "frontend/fresh_variables.h"
#include "frontend/function_names.h"
#include "frontend/function_table.h"
#include "frontend/known_truth.h"
#include "frontend/literals.h"
#include "frontend/scopes.h"
#include "frontend/syntax_walk.h"
#include "frontend/uncalled_functions.h"

namespace tcc {

namespace {

using syntax::NodeId;

constexpr std::size_t max_depth = 256;
constexpr std::size_t max_nodes = std::size_t{1} << 21;
constexpr std::size_t max_calls = 100'000;
constexpr std::size_t max_path = 10'000;  // characters

/// A body that is being written out.
struct Body {
  std::string path;                ///< "y.softmax": before the names of its definitions
  const Environment* environment;  ///< null for the program itself
  std::vector<Span> call_sites;
  std::set<std::string> variables{};  ///< index variables around it, where it is written in place
};

/// An expression with the definition whose variables it may use.
struct Tree {
  NodeId root;
  const Scopes* scopes;
};

class Expander {
 public:
  Expander(syntax::Program& program, SourceMap& sources, Diagnostics& diagnostics)
      : program_(program),
        diagnostics_(diagnostics),
        functions_(program, sources, diagnostics),
        fresh_variables_(program) {
    for (const syntax::Constant& constant : program.constants)
      constants_.insert(constant.name);
  }

  void expand() {
    std::vector<syntax::Definition> definitions = std::move(program_.definitions);
    program_.definitions.clear();
    for (syntax::Definition& definition : definitions)
      expand_own(std::move(definition));
    const std::vector<syntax::Function> functions = program_.functions;
    for (const syntax::Function& function : functions) {
      if (entered_.count(key_of(function)) || is_exhausted_) continue;
      check_uncalled_function(program_, function, constants_, functions_, diagnostics_);
    }
  }

 private:
  /// A function by where it stands.
  using Key = std::pair<SourceId, std::uint32_t>;
  static Key key_of(const syntax::Function& function) {
    return {function.span.source, function.span.begin};
  }
  const syntax::Node& node(NodeId id) const { return program_.nodes[id]; }

  /// Each of the program's own definitions reports for itself. What of one that fails is written
  /// out already goes; its names stay, so that the checker reports nothing that follows.
  void expand_own(syntax::Definition definition) {
    std::vector<syntax::ResultName> names = {{definition.name, definition.span}};
    names.insert(names.end(), definition.further_results.begin(), definition.further_results.end());
    const std::size_t before = program_.definitions.size();
    const Body body{definition.name, nullptr, {}};
    const bool is_written = !is_exhausted_ && expand_definition(std::move(definition), body);
    is_exhausted_ = is_exhausted_ || !is_written;
    if (has_failed_ || !is_written) {
      program_.definitions.resize(before);
      program_.failed.insert(program_.failed.end(), names.begin(), names.end());
    }
    has_failed_ = false;
    active_.clear();
  }

  Report& error(DiagnosticKind kind, Span span, std::string message) {
    has_failed_ = true;
    return diagnostics_.error(kind, span, std::move(message));
  }

  bool is_too_large(Span span) {
    if (program_.nodes.size() <= max_nodes) return is_exhausted_;
    if (!has_failed_) {
      error(DiagnosticKind::limit, span,
            fmt::format("with its functions written out the program has over {} operands and "
                        "operators",
                        max_nodes));
    }
    return true;
  }

  // --- definitions

  /// False where nothing more is to be expanded.
  bool expand_definition(syntax::Definition definition, const Body& body) {
    const Scopes scopes(program_, definition);
    const Span span = definition.span;
    if (!definition.further_results.empty()) {
      expand_results(std::move(definition), scopes, body);
    } else {
      definition.value = expand_tree({definition.value, &scopes}, body);
      expand_bindings(definition, body);
      definition.call_sites = body.call_sites;
      program_.definitions.push_back(std::move(definition));
    }
    return !is_too_large(span);
  }

  /// Ranges and extents, whose names the body's parameters replace too.
  void expand_bindings(syntax::Definition& definition, const Body& body) {
    if (!body.environment) return;
    const auto expand_size = [&](NodeId& root) {
      std::map<NodeId, NodeReplacement> replacements;
      for (NodeId id = node(root).first; id <= root; ++id)
        replace_name(id, nullptr, body, replacements);
      root = copy_tree(program_.nodes, root, replacements);
    };
    if (definition.bindings) {
      for (syntax::IndexBinding& binding : *definition.bindings) {
        if (!binding.begin) continue;
        expand_size(*binding.begin);
        expand_size(*binding.end);
      }
    }
    if (!definition.type) return;
    for (NodeId& extent : definition.type->extents)
      expand_size(extent);
  }

  /// a, b = f(x)
  void expand_results(syntax::Definition definition, const Scopes& scopes, const Body& body) {
    std::vector<syntax::ResultName> names = {{definition.name, definition.span}};
    names.insert(names.end(), definition.further_results.begin(), definition.further_results.end());
    definition.further_results.clear();
    definition.call_sites = body.call_sites;
    // A copy: nodes move as the tree is written out.
    const auto* root = std::get_if<syntax::Call>(&node(definition.value).value);
    const syntax::Call call = root ? *root : syntax::Call{};
    const bool is_function = root && function_of(call);
    const bool is_core = root && !is_function && has_several_results(call.callee);
    if (!is_core && !is_function) {
      error(DiagnosticKind::bad_argument, definition.span,
            fmt::format("{} names, but one value", names.size()))
          .suggest("a function with several results gives one for each name");
      return;
    }
    std::vector<NodeReplacement> results;
    if (is_core) {
      const NodeId tree = expand_tree({definition.value, &scopes}, body);
      for (std::size_t r = 0; r < names.size(); ++r) {
        const NodeId copy = copy_tree(program_.nodes, tree, {});
        auto& part = std::get<syntax::Call>(program_.nodes[copy].value);
        part.result = r;
        part.results = names.size();
        results.emplace_back(copy);
      }
    } else {
      results = expand_call({definition.value, &scopes}, body);
    }
    if (has_failed_) return;
    if (results.size() != names.size()) {
      error(DiagnosticKind::bad_argument, definition.span,
            fmt::format("'{}' gives {} result{}, but {} names are there", call.callee,
                        results.size(), results.size() == 1 ? "" : "s", names.size()));
      return;
    }
    for (std::size_t r = 0; r < names.size(); ++r)
      define(definition, names[r], std::move(results[r]));
  }

  void define(const syntax::Definition& like, const syntax::ResultName& name,
              NodeReplacement value) {
    syntax::Definition definition = like;
    definition.name = name.name;
    definition.span = name.span;
    definition.value = as_tree(std::move(value), name.span);
    program_.definitions.push_back(std::move(definition));
  }

  NodeId as_tree(NodeReplacement value, Span span) {
    if (const NodeId* root = std::get_if<NodeId>(&value)) return *root;
    const auto id = static_cast<NodeId>(program_.nodes.size());
    program_.nodes.push_back({span, span, id, syntax::Name{std::get<std::string>(value)}});
    return id;
  }

  // --- expressions

  /// The tree with its calls and its body's names replaced; the same where there are none.
  NodeId expand_tree(const Tree& tree, const Body& body) {
    std::map<NodeId, NodeReplacement> replacements;
    std::vector<NodeId> calls;
    std::map<NodeId, NodeId> branches;
    const NodeId first = node(tree.root).first;
    for (NodeId end = tree.root + 1; end > first;) {  // outermost calls first
      const NodeId id = end - 1;
      const auto* call = std::get_if<syntax::Call>(&node(id).value);
      const auto branch = call ? known_branch(*call, body) : std::nullopt;
      if (branch) branches.emplace(id, *branch);
      const bool is_expanded = branch || (call && function_of(*call));
      if (is_expanded) calls.push_back(id);
      end = is_expanded ? node(id).first : id;
    }
    for (auto id = calls.rbegin(); id != calls.rend() && !has_failed_; ++id) {
      if (const auto branch = branches.find(*id); branch != branches.end()) {
        replacements.emplace(*id, expand_tree({branch->second, tree.scopes}, body));
        continue;
      }
      auto results = expand_call({*id, tree.scopes}, body);
      if (has_failed_) break;
      if (results.size() != 1) {
        const auto& call = std::get<syntax::Call>(node(*id).value);
        error(DiagnosticKind::bad_argument, call.callee_span,
              fmt::format("'{}' gives {} results", call.callee, results.size()))
            .suggest("give each a name, as in a, b = f(x)");
        break;
      }
      replacements.emplace(*id, std::move(results.front()));
    }
    if (has_failed_) return tree.root;
    for (NodeId id = first; body.environment && id <= tree.root; ++id)
      replace_name(id, tree.scopes, body, replacements);
    if (replacements.empty() && !body.environment) return tree.root;
    return copy_tree(program_.nodes, tree.root, replacements);
  }

  /// The branch of a `where` whose condition the call decides; the other is not written out.
  std::optional<NodeId> known_branch(const syntax::Call& call, const Body& body) {
    const bool is_choice = body.environment && call.callee == "where" &&
                           call.arguments.size() == 3 && !function_of(call);
    if (!is_choice) return {};
    const auto truth = known_truth(program_.nodes, call.arguments[0], *body.environment);
    return truth ? std::optional(call.arguments[*truth ? 1 : 2]) : std::nullopt;
  }

  /// A body reads its parameters, its definitions, constants, and nothing else.
  void replace_name(NodeId id, const Scopes* scopes, const Body& body,
                    std::map<NodeId, NodeReplacement>& replacements) {
    const auto* name = std::get_if<syntax::Name>(&node(id).value);
    if (!name || !body.environment || parse_dtype(name->name)) return;  // `acc = f64`
    if (scopes && scopes->find(name->name, scopes->of(id).scope)) return;
    const auto found = body.environment->find(name->name);
    if (found != body.environment->end()) {
      replacements.emplace(id, found->second);
    } else if (!constants_.count(name->name) && reported_.insert({id, name->name}).second) {
      if (scopes && scopes->of(id).in_index) return;  // a mistyped index variable: the typer's
      has_failed_ = true;
      report_undefined_in_function(name->name, node(id).span, diagnostics_);
    }
  }

  const syntax::Function* function_of(const syntax::Call& call) {
    return functions_.find(call.callee, call.callee_span.source);
  }

  // --- calls

  /// One replacement for each result of the function.
  std::vector<NodeReplacement> expand_call(const Tree& tree, const Body& caller) {
    const syntax::Call call = std::get<syntax::Call>(node(tree.root).value);
    syntax::Function function = *function_of(call);
    if (is_too_large(call.callee_span) || has_too_many_calls(caller, call)) return {};
    Body body{path_of(caller, call.callee), nullptr, {call.callee_span}};
    body.call_sites.insert(body.call_sites.end(), caller.call_sites.begin(),
                           caller.call_sites.end());
    Environment environment;
    // Where an argument depends on index variables, the body is written in the call's place.
    const bool in_place =
        depends_on_index(program_, tree.root, *tree.scopes, {caller.environment, caller.variables});
    // The arguments are the caller's: f(f(x)) is no recursion.
    bind_arguments(function, call, tree, caller, {body.path, in_place}, environment);
    body.environment = &environment;
    if (has_failed_ || is_too_large(call.callee_span) || !enter(call, function)) return {};
    if (in_place) {
      body.variables = variables_seen(*tree.scopes, tree.root);
      body.variables.insert(caller.variables.begin(), caller.variables.end());
    }
    function = fresh_variables_.of(program_, function, {body.path, environment, body.variables});
    auto results = in_place ? expand_in_place(function, body, environment)
                            : expand_body(function, body, environment);
    active_.pop_back();
    return results;
  }

  /// Functions that call others twice each make more calls than anyone can wait for.
  bool has_too_many_calls(const Body& caller, const syntax::Call& call) {
    if (++calls_ <= max_calls && caller.path.size() + call.callee.size() <= max_path) return false;
    error(
        DiagnosticKind::limit, call.callee_span,
        calls_ > max_calls
            ? fmt::format("with its functions written out the program has over {} calls", max_calls)
            : fmt::format("the path of this call is over {} characters", max_path));
    is_exhausted_ = true;
    return true;
  }

  bool enter(const syntax::Call& call, const syntax::Function& function) {
    const Key key = key_of(function);
    if (std::find(active_.begin(), active_.end(), key) != active_.end()) {
      error(DiagnosticKind::cycle, call.callee_span,
            fmt::format("function '{}' calls itself", call.callee));
      return false;
    }
    if (active_.size() == max_depth) {
      error(DiagnosticKind::limit, call.callee_span,
            fmt::format("functions are nested deeper than {}", max_depth));
      return false;
    }
    active_.push_back(key);
    entered_.insert(key);
    return true;
  }

  std::string path_of(const Body& caller, const std::string& callee) {
    const std::string path = fmt::format("{}.{}", caller.path, callee);
    const std::size_t count = ++path_counts_[path];
    return count == 1 ? path : fmt::format("{}.{}", path, count);
  }

  struct Binding {
    std::string path;
    bool in_place;
  };

  void bind_arguments(const syntax::Function& function, const syntax::Call& call, const Tree& tree,
                      const Body& caller, const Binding& binding, Environment& environment) {
    if (call.arguments.size() > function.parameters.size()) {
      error(DiagnosticKind::bad_argument, call.callee_span,
            fmt::format("'{}' takes {} argument{}, but {} are given", call.callee,
                        function.parameters.size(), function.parameters.size() == 1 ? "" : "s",
                        call.arguments.size()));
      return;
    }
    std::map<std::string, NodeId> given;
    for (std::size_t a = 0; a < call.arguments.size(); ++a)
      given.emplace(function.parameters[a].name, call.arguments[a]);
    for (const syntax::Call::Keyword& keyword : call.keywords) {
      const bool is_parameter =
          std::any_of(function.parameters.begin(), function.parameters.end(),
                      [&](const syntax::Parameter& each) { return each.name == keyword.name; });
      if (is_parameter && given.emplace(keyword.name, keyword.value).second) continue;
      Report& report =
          error(DiagnosticKind::bad_argument, keyword.span,
                fmt::format("'{}' {} '{}'", call.callee,
                            is_parameter ? "is given twice the parameter" : "has no parameter",
                            keyword.name));
      if (!is_parameter) suggest_parameter(report, keyword.name, function.parameters);
      return;
    }
    for (const syntax::Parameter& parameter : function.parameters) {
      const auto argument = given.find(parameter.name);
      if (argument != given.end()) {
        environment.emplace(parameter.name, argument_value({argument->second, tree.scopes}, caller,
                                                           parameter, binding));
      } else if (parameter.value) {
        environment.emplace(parameter.name, *parameter.value);
      } else {
        error(DiagnosticKind::bad_argument, call.callee_span,
              fmt::format("'{}' lacks its argument '{}'", call.callee, parameter.name));
      }
      if (has_failed_) return;
    }
  }

  /// A name or a literal stands for itself; anything else becomes a definition, or is copied
  /// where it depends on index variables.
  NodeReplacement argument_value(const Tree& argument, const Body& caller,
                                 const syntax::Parameter& parameter, const Binding& binding) {
    const NodeId value = expand_tree(argument, caller);
    if (const auto* name = std::get_if<syntax::Name>(&node(value).value)) {
      const bool is_variable =
          argument.scopes->find(name->name, argument.scopes->of(argument.root).scope).has_value();
      if (!is_variable) return name->name;
    }
    if (binding.in_place || stands_for_itself(program_.nodes, value)) return value;
    syntax::Definition definition{fmt::format("{}.{}", binding.path, parameter.name),
                                  node(argument.root).span,
                                  {},
                                  {},
                                  {},
                                  value,
                                  {}};
    definition.call_sites = caller.call_sites;
    definition.call_sites.push_back(node(argument.root).span);
    program_.definitions.push_back(std::move(definition));
    return fmt::format("{}.{}", binding.path, parameter.name);
  }

  std::vector<NodeReplacement> expand_body(const syntax::Function& function, const Body& body,
                                           Environment& environment) {
    for (const syntax::Definition& definition : function.definitions) {
      add_local(definition.name, definition.span, body, environment);
      for (const syntax::ResultName& result : definition.further_results)
        add_local(result.name, result.span, body, environment);
    }
    if (has_failed_) return {};
    for (const syntax::Definition& definition : function.definitions) {
      syntax::Definition copy = definition;
      copy.name = fmt::format("{}.{}", body.path, definition.name);
      for (syntax::ResultName& result : copy.further_results)
        result.name = fmt::format("{}.{}", body.path, result.name);
      if (!expand_definition(std::move(copy), body) || has_failed_) return {};
    }
    std::vector<NodeReplacement> results;
    for (std::size_t r = 0; r < function.results.size(); ++r) {
      const bool is_only = function.results.size() == 1;
      results.push_back(define_result(function.results[r], body,
                                      is_only ? body.path : fmt::format("{}.{}", body.path, r)));
      if (has_failed_) return {};
    }
    return results;
  }

  void add_local(const std::string& name, Span span, const Body& body, Environment& environment) {
    if (environment.emplace(name, fmt::format("{}.{}", body.path, name)).second) return;
    error(DiagnosticKind::redefinition, span, fmt::format("'{}' is defined twice", name));
  }

  /// A name or a literal is the result itself; anything else becomes a definition.
  NodeReplacement define_result(NodeId result, const Body& body, const std::string& name) {
    syntax::Definition definition{name, node(result).span, {}, {}, {}, result, body.call_sites};
    const Scopes scopes(program_, definition);
    const NodeId value = expand_tree({result, &scopes}, body);
    if (const auto* alias = std::get_if<syntax::Name>(&node(value).value)) return alias->name;
    if (is_literal(program_.nodes, value)) return value;
    definition.value = value;
    program_.definitions.push_back(std::move(definition));
    return name;
  }

  /// Expressions only: each definition of the body is copied where it is read.
  std::vector<NodeReplacement> expand_in_place(const syntax::Function& function, const Body& body,
                                               Environment& environment) {
    for (const syntax::Definition& definition : function.definitions) {
      if (definition.bindings || !definition.further_results.empty()) {
        error(DiagnosticKind::unsupported, body.call_sites.front(),
              fmt::format("in index notation '{}' can only be given whole tensors", function.name))
            .note("because of this definition", definition.span);
        return {};
      }
      const Scopes scopes(program_, definition);
      const NodeId value = expand_tree({definition.value, &scopes}, body);
      if (has_failed_ || is_too_large(definition.span)) return {};
      environment.insert_or_assign(definition.name, value);
    }
    std::vector<NodeReplacement> results;
    for (const NodeId result : function.results) {
      const syntax::Definition whole{function.name, node(result).span, {}, {}, {}, result, {}};
      const Scopes scopes(program_, whole);
      results.emplace_back(expand_tree({result, &scopes}, body));
      if (has_failed_) return {};
    }
    return results;
  }

  syntax::Program& program_;
  Diagnostics& diagnostics_;
  FunctionTable functions_;
  FreshVariables fresh_variables_;
  std::set<std::string> constants_;
  std::set<std::pair<NodeId, std::string>> reported_;
  std::map<std::string, std::size_t> path_counts_;
  std::set<Key> entered_;    ///< functions that are written out somewhere
  std::vector<Key> active_;  ///< the functions being written out
  std::size_t calls_ = 0;
  bool is_exhausted_ = false;  ///< nothing more is to be written out
  bool has_failed_ = false;
};

}  // namespace

void expand_functions(syntax::Program& program, SourceMap& sources, Diagnostics& diagnostics) {
  if (diagnostics.has_errors()) return;
  Expander(program, sources, diagnostics).expand();
}

}  // namespace tcc
