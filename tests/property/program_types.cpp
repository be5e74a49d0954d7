// The checker as the judge of what fits together.
#include "tests/property/program_types.h"

#include "api/pipeline.h"

namespace tcc::property {

ProgramTypes types_in(const Program& program) {
  Diagnostics diagnostics;
  const ParsedText text = parse_text(text_of(program), {}, diagnostics);
  checked::Program checked;
  if (!diagnostics.has_errors()) checked = check(text.program, {}, diagnostics);
  if (diagnostics.has_errors()) return {{}, render(diagnostics, text.sources)};
  ProgramTypes types;
  SizeValues sizes;
  for (const std::string& name : checked.size_names)
    sizes[name] = 33;
  for (const checked::Tensor& tensor : checked.tensors) {
    Type& type = types.of[tensor.name];
    type.dtype = tensor.dtype;
    for (const Extent& extent : tensor.shape)
      type.shape.push_back(extent.to_string());
    const auto count = element_count(tensor.shape).evaluate(sizes);
    types.most_elements = std::max(types.most_elements, count.value_or(INT64_MAX));
  }
  return types;
}

}  // namespace tcc::property
