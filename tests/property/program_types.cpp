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
  for (const checked::Tensor& tensor : checked.tensors) {
    Type& type = types.of[tensor.name];
    type.dtype = tensor.dtype;
    for (const Extent& extent : tensor.shape)
      type.shape.push_back(extent.to_string());
  }
  return types;
}

}  // namespace tcc::property
