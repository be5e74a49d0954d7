// Values that params have after a run (language section 3.7).
#pragma once

#include <map>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"
#include "frontend/checked.h"
#include "frontend/names.h"

namespace tcc {

/// The updates of a program, found by the tensors of their values.
class Updates {
 public:
  /// Reports updates of what is no param: `undefined-name`, `bad-argument`.
  Updates(const syntax::Program& program, const checked::Program& checked, Names& names,
          Diagnostics& diagnostics);

  const std::vector<checked::Update>& all() const { return updates_; }

  bool is_value(checked::TensorId tensor) const { return params_.count(tensor) != 0; }

  /// The definition with its param's type, which literals take (2.4); others as they are.
  syntax::Definition with_type(const syntax::Definition& definition,
                               checked::TensorId tensor) const;

  /// Reports a value whose type is not its param's: `dtype-mismatch`, `rank-mismatch`,
  /// `size-mismatch`.
  void check_type(const syntax::Definition& definition, checked::TensorId value) const;

 private:
  bool check_param(const syntax::Update& update);
  void report_undefined(const syntax::Update& update);

  const syntax::Program& program_;
  const checked::Program& checked_;
  Names& names_;
  Diagnostics& diagnostics_;
  std::vector<checked::Update> updates_;
  std::map<checked::TensorId, checked::TensorId> params_;  ///< by the values
};

}  // namespace tcc
