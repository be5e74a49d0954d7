// What the names of a program stand for.
#include "frontend/names.h"

#include <unordered_map>

#include <fmt/format.h>

#include "frontend/free_names.h"
#include "frontend/literals.h"
#include "frontend/refused_constants.h"
#include "frontend/shape_limits.h"

namespace tcc {

namespace {

using ConstantList = std::vector<const syntax::Constant*>;

/// Each constant behind those that it uses, whatever their order in the file, in one walk over all
/// expressions. Those of a cycle come in some order.
ConstantList after_what_they_use(const syntax::Program& program, const ConstantList& constants) {
  struct Open {
    const syntax::Constant* constant;
    syntax::NodeId next;  // of its expression, the nodes before it are seen
  };
  std::unordered_map<std::string, const syntax::Constant*> waiting;
  for (const syntax::Constant* constant : constants)
    waiting.emplace(constant->name, constant);
  ConstantList ordered;
  std::vector<Open> stack;
  const auto open = [&](const std::string& name) {
    const auto found = waiting.find(name);
    if (found == waiting.end()) return false;
    stack.push_back({found->second, program.nodes[found->second->value].first});
    waiting.erase(found);
    return true;
  };
  for (const syntax::Constant* constant : constants) {
    open(constant->name);
    while (!stack.empty()) {
      const std::size_t top = stack.size() - 1;
      bool is_behind = false;
      while (!is_behind && stack[top].next <= stack[top].constant->value) {
        const auto* name = std::get_if<syntax::Name>(&program.nodes[stack[top].next++].value);
        is_behind = name && open(name->name);
      }
      if (is_behind) continue;
      ordered.push_back(stack.back().constant);
      stack.pop_back();
    }
  }
  return ordered;
}

}  // namespace

Names::Names(const syntax::Program& program, const CheckOptions& options, checked::Program& checked,
             Diagnostics& diagnostics)
    : program_(program), options_(options), checked_(checked), diagnostics_(diagnostics) {
  for (const auto& [name, value] : options.sizes)
    sizes_.emplace(name, Extent(value));
  declare_constants();
  declare_sizes();
  declare_inputs();
  declare_free_names();
  declare_definitions();
  report_refused_constants();
}

std::optional<checked::TensorId> Names::find_tensor(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Extent> Names::find_size(const std::string& name) const {
  asked_for_.insert(name);
  const auto found = sizes_.find(name);
  return found == sizes_.end() ? std::nullopt : std::optional(found->second);
}

/// What the command line gives that is no constant must be a size, which is a whole number from 0.
void Names::report_wrong_sizes() {
  for (const auto& [name, value] : options_.sizes) {
    if (!constants_.count(name) && value < 0) report_no_size(name, fmt::format("{}", value));
    if (!places_.count(name) && !asked_for_.count(name)) report_unused(name);
  }
  for (const auto& [name, value] : options_.numbers) {
    if (constants_.count(name)) continue;
    if (places_.count(name)) report_no_size(name, fmt::format("{}", value));
    if (!places_.count(name)) report_unused(name);
  }
}

void Names::report_no_size(const std::string& name, const std::string& value) {
  diagnostics_.error(DiagnosticKind::bad_argument, place_of(name),
                     fmt::format("'{}' is a size, a whole number from 0, and not {}", name, value));
}

void Names::report_unused(const std::string& name) {
  std::vector<std::string> known = checked_.size_names;
  for (const auto& [place, span] : places_) {
    if (sizes_.count(place) || constants_.count(place)) known.push_back(place);
  }
  Report& report =
      diagnostics_.error(DiagnosticKind::undefined_name, {},
                         fmt::format("the program has no size or constant '{}'", name));
  if (const auto closest = closest_name(name, known)) {
    report.suggest(fmt::format("did you mean '{}'?", *closest));
  }
}

std::optional<Extent> Names::find_defined_size(const std::string& name) const {
  const auto tensor = find_tensor(name);
  const auto found = tensor ? defined_sizes_.find(*tensor) : defined_sizes_.end();
  return found == defined_sizes_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Span> Names::place_of(const std::string& name) const {
  const auto found = places_.find(name);
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

bool Names::declare(const std::string& name, Span span) {
  const auto [place, is_new] = places_.emplace(name, span);
  if (is_new) return true;
  diagnostics_.error(DiagnosticKind::redefinition, span, fmt::format("'{}' is defined twice", name))
      .note(fmt::format("'{}' is first defined here", name), place->second);
  return false;
}

std::optional<WeakValue> Names::find_constant(const std::string& name) const {
  if (auto size = find_size(name)) return WeakValue(std::move(*size));
  const auto found = constants_.find(name);
  return found == constants_.end() ? std::nullopt : std::optional(found->second);
}

/// The order of the file is free.
void Names::declare_constants() {
  std::vector<const syntax::Constant*> open;
  for (const syntax::Constant& constant : program_.constants) {
    if (declare(constant.name, constant.span)) open.push_back(&constant);
  }
  for (const syntax::Constant* constant : after_what_they_use(program_, open))
    declare_constant(*constant);
  std::erase_if(open,
                [this](const syntax::Constant* each) { return constants_.count(each->name) != 0; });
  refused_constants_ = std::move(open);
}

/// Once all names are known: a constant may read what is none.
void Names::report_refused_constants() {
  const auto is_known_name = [this](const std::string& name) { return is_known(name); };
  tcc::report_refused_constants(program_, refused_constants_, is_known_name, diagnostics_);
}

/// What the command line says.
std::optional<WeakValue> Names::given_value(const std::string& name) const {
  const auto number = options_.numbers.find(name);
  if (number != options_.numbers.end()) return WeakValue(number->second);
  const auto integer = options_.sizes.find(name);
  return integer == options_.sizes.end() ? std::nullopt
                                         : std::optional<WeakValue>(Extent(integer->second));
}

/// False where it cannot be evaluated yet. The command line may give another value.
bool Names::declare_constant(const syntax::Constant& constant) {
  const auto given = given_value(constant.name);
  const auto value = given ? given : evaluate_constant(program_, constant.value, constants_);
  if (!value) return false;
  constants_.emplace(constant.name, *value);
  if (const Extent* extent = std::get_if<Extent>(&*value)) sizes_.emplace(constant.name, *extent);
  return true;
}

/// A name that stands alone as an extent of an input is a size (2.2), unless it is a constant.
void Names::declare_sizes() {
  for (const syntax::InputDeclaration& input : program_.inputs) {
    for (const syntax::NodeId extent : input.type.extents) {
      const syntax::Node& node = program_.nodes[extent];
      const auto* name = std::get_if<syntax::Name>(&node.value);
      if (!name || constants_.count(name->name)) continue;
      if (!places_.emplace(name->name, node.span).second) continue;
      const bool is_symbolic = sizes_.emplace(name->name, Extent::size_name(name->name)).second;
      if (is_symbolic) checked_.size_names.push_back(name->name);
    }
  }
}

void Names::add_tensor(checked::Tensor tensor) {
  if (options_.sizes.count(tensor.name) && !places_.count(tensor.name)) {
    diagnostics_.error(DiagnosticKind::bad_argument, tensor.span,
                       fmt::format("'{}' is a tensor, but --set gives it as a size", tensor.name));
  }
  const auto id = static_cast<checked::TensorId>(checked_.tensors.size());
  broken_.push_back(!declare(tensor.name, tensor.span));
  tensors_.emplace(tensor.name, id);
  checked_.tensors.push_back(std::move(tensor));
}

void Names::declare_inputs() {
  for (const syntax::InputDeclaration& input : program_.inputs) {
    const bool resident = input.residence == syntax::Residence::resident;
    const auto role = resident ? checked::TensorRole::param : checked::TensorRole::input;
    checked_.inputs.push_back(static_cast<checked::TensorId>(checked_.tensors.size()));
    add_tensor({input.name, input.type.dtype, {}, input.span, role});
  }
  for (std::size_t i = 0; i < program_.inputs.size(); ++i) {  // all names are known by now
    check_input_type(program_.inputs[i], checked_.tensors[i]);
  }
}

void Names::check_input_type(const syntax::InputDeclaration& input, checked::Tensor& tensor) {
  const checked::TensorId id = *find_tensor(input.name);
  for (const syntax::NodeId extent : input.type.extents) {
    const auto value = evaluate_size(program_, extent, *this, diagnostics_);
    if (!value) return mark_broken(id);
    tensor.shape.push_back(*value);
  }
  if (!check_shape(tensor.dtype, tensor.shape, input.type.span, diagnostics_)) mark_broken(id);
}

void Names::declare_free_names() {
  for (const FreeName& free : find_free_names(program_, options_.sizes)) {
    checked_.inputs.push_back(static_cast<checked::TensorId>(checked_.tensors.size()));
    const auto bound = options_.free_names.find(free.name);
    const bool is_bound = bound != options_.free_names.end();
    const auto id = static_cast<checked::TensorId>(checked_.tensors.size());
    add_tensor({free.name, is_bound ? bound->second.dtype : DType::f32,
                is_bound ? bound->second.shape : Shape(), free.span, checked::TensorRole::input});
    if (is_bound) continue;
    mark_broken(id);
    const auto literal = literal_meant_by(free.name);
    diagnostics_
        .error(DiagnosticKind::missing_input, free.span,
               fmt::format("input '{}' is not bound", free.name))
        .suggest(literal ? fmt::format("did you mean '{}'?", *literal)
                         : fmt::format("bind it, as in -i {}={}.npy, or declare its type, as in "
                                       "input {}: f32[64, 64]",
                                       free.name, free.name, free.name));
  }
}

void Names::declare_definitions() {
  first_definition_ = static_cast<checked::TensorId>(checked_.tensors.size());
  for (const syntax::Definition& definition : program_.definitions) {
    add_tensor({definition.name, DType::f32, {}, definition.span, checked::TensorRole::definition});
  }
  for (const syntax::ResultName& failed : program_.failed) {
    add_tensor({failed.name, DType::f32, {}, failed.span, checked::TensorRole::definition});
    broken_.back() = true;
  }
}

void Names::report_undefined(const std::string& name, Span span, Wanted wanted) {
  const bool is_refused = places_.count(name) && !is_known(name);
  if (is_refused) return;  // a constant, which is reported
  Report& report = diagnostics_.error(DiagnosticKind::undefined_name, span,
                                      fmt::format("'{}' is not defined", name));
  if (diagnostics_.count() > Diagnostics::max_errors) return;  // nobody reads it
  if (const auto literal = literal_meant_by(name)) {
    report.suggest(fmt::format("did you mean '{}'?", *literal));
    return;
  }
  std::vector<std::string> known;
  for (const auto& [tensor, id] : tensors_)
    known.push_back(tensor);
  for (const auto& [size, extent] : sizes_)
    known.push_back(size);
  if (const auto closest = closest_name(name, known)) {
    report.suggest(fmt::format("did you mean '{}'?", *closest));
  } else if (wanted == Wanted::size) {
    report.suggest("a size is introduced where it stands alone as an extent of an input");
  } else if (wanted == Wanted::index) {
    report.suggest(
        fmt::format("an index variable is introduced on the left, as in y[{}] = ..", name));
  }
}

std::optional<Extent> Names::size(const syntax::Name& name, Span span) {
  if (auto extent = find_size(name.name)) return extent;
  if (const auto tensor = find_tensor(name.name)) {
    if (is_broken(*tensor)) return {};
    if (auto extent = find_defined_size(name.name)) return extent;
    diagnostics_
        .error(DiagnosticKind::bad_argument, span,
               fmt::format("'{}' is a tensor, and no size", name.name))
        .suggest("a size is made of literals, constants, sizes, and definitions of these alone");
    return {};
  }
  report_undefined(name.name, span, Wanted::size);
  return {};
}

const Shape* Names::shape(const syntax::Name& name, Span span) {
  const auto tensor = find_tensor(name.name);
  if (!tensor) {
    report_undefined(name.name, span);
    return nullptr;
  }
  return is_broken(*tensor) ? nullptr : &checked_.tensors[*tensor].shape;
}

}  // namespace tcc
