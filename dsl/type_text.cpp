// Types as the language writes them.
#include "dsl/type_text.h"

namespace tcc {

std::string type_text(DType dtype, const Shape& shape) {
  std::string text(name_of(dtype));
  return shape.empty() ? text : text + to_string(shape);
}

}  // namespace tcc
