// What the names of a program stand for: tensors and sizes share one namespace (language 1.3).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"
#include "frontend/checked.h"
#include "frontend/checker.h"
#include "frontend/weak.h"

namespace tcc {

/// The tensors and sizes of a program. Tensors have the ids of checked::Program: inputs first,
/// then definitions in the order of the file. A definition's type is known once it is checked.
class Names : public SizeNames {
 public:
  /// Declares inputs, sizes and definitions, and adds them to `checked`. Reports what is declared
  /// twice, inputs that are not bound, and extents that are none.
  Names(const syntax::Program& program, const CheckOptions& options, checked::Program& checked,
        Diagnostics& diagnostics);

  std::optional<checked::TensorId> find_tensor(const std::string& name) const;
  std::optional<Extent> find_size(const std::string& name) const;
  /// A constant's value, a size included.
  std::optional<WeakValue> find_constant(const std::string& name) const;
  /// The size that a definition gives which is only sizes and numbers, as n = x.shape[0] is.
  std::optional<Extent> find_defined_size(const std::string& name) const;
  void set_defined_size(checked::TensorId tensor, Extent size) {
    defined_sizes_.emplace(tensor, std::move(size));
  }
  /// Where a name of either sort is declared; nothing for sizes that `--set` alone gives.
  std::optional<Span> place_of(const std::string& name) const;
  bool is_known(const std::string& name) const {
    return find_tensor(name) || find_size(name) || find_constant(name);
  }

  /// An error was reported for this tensor, or for one that it needs: its users keep silent.
  bool is_broken(checked::TensorId tensor) const { return broken_[tensor]; }
  void mark_broken(checked::TensorId tensor) { broken_[tensor] = true; }

  /// The tensor that definition `index` of the syntax tree defines.
  checked::TensorId defined_by(std::size_t index) const { return first_definition_ + index; }

  /// Reports sizes that the command line gives, and no part of the program asks for.
  void report_wrong_sizes();

  /// Reports an undefined name, with the closest known one.
  enum class Wanted : std::uint8_t { value, size, index };
  void report_undefined(const std::string& name, Span span, Wanted wanted = Wanted::value);

  std::optional<Extent> size(const syntax::Name& name, Span span) override;
  const Shape* shape(const syntax::Name& name, Span span) override;

 private:
  bool declare(const std::string& name, Span span);
  std::optional<WeakValue> given_value(const std::string& name) const;
  void report_no_size(const std::string& name, const std::string& value);
  void report_unused(const std::string& name);
  void declare_constants();
  bool declare_constant(const syntax::Constant& constant);
  void report_refused_constants();
  void declare_sizes();
  void declare_inputs();
  void declare_free_names();
  void declare_definitions();
  void add_tensor(checked::Tensor tensor);
  void check_input_type(const syntax::InputDeclaration& input, checked::Tensor& tensor);

  const syntax::Program& program_;
  const CheckOptions& options_;
  checked::Program& checked_;
  Diagnostics& diagnostics_;
  std::map<std::string, checked::TensorId> tensors_;
  std::map<std::string, Extent> sizes_;
  Constants constants_;
  std::vector<const syntax::Constant*> refused_constants_;
  std::map<checked::TensorId, Extent> defined_sizes_;
  std::map<std::string, Span> places_;
  mutable std::set<std::string> asked_for_;  ///< names that were looked for among the sizes
  std::vector<bool> broken_;
  checked::TensorId first_definition_ = 0;
};

}  // namespace tcc
