// What a run says of a computed index that is outside.
#include "frontend/read_message.h"

#include <fmt/format.h>

#include "dsl/message.h"
#include "dsl/type_text.h"

namespace tcc {

std::string read_message(const checked::Program& program, const checked::Element& read,
                         std::uint32_t axis) {
  const checked::Node& base = program.nodes[read.base];
  const auto* tensor = std::get_if<checked::TensorValue>(&base.value);
  const std::string name =
      tensor ? fmt::format("'{}'", program.tensors[tensor->tensor].name) : "a tensor";
  const checked::Node& index = program.nodes[read.indices[axis]];
  const auto* converted = std::get_if<checked::Convert>(&index.value);
  const bool has_sign = !converted || program.nodes[converted->operand].dtype != DType::u64;
  return fmt::format("index {} is outside axis {} of {}, which is {}",
                     has_sign ? "{}" : unsigned_value, axis, name,
                     type_text(base.dtype, base.shape));
}

}  // namespace tcc
