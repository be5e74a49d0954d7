// What is left of a program when the compiler has gone.
#include "api/program_image.h"

#include <map>

#include "dsl/diagnostic.h"

namespace tcc {

namespace {

using Role = BufferImage::Role;

/// Places by name among some tensors of the program.
std::map<std::string, std::size_t> places_of(const checked::Signature& signature,
                                             const std::vector<checked::TensorId>& tensors) {
  std::map<std::string, std::size_t> places;
  for (std::size_t p = 0; p < tensors.size(); ++p)
    places.emplace(signature.tensors[tensors[p]].name, p);
  return places;
}

std::vector<checked::TensorId> update_values(const checked::Signature& signature) {
  std::vector<checked::TensorId> values;
  for (const checked::Update& update : signature.updates)
    values.push_back(update.value);
  return values;
}

class ImageMaker {
 public:
  ImageMaker(const checked::Signature& signature, const std::vector<ir::Expr>& sizes)
      : inputs_(places_of(signature, signature.inputs)),
        outputs_(places_of(signature, signature.outputs)),
        updates_(places_of(signature, update_values(signature))) {
    for (std::size_t s = 0; s < sizes.size(); ++s)
      slots_.emplace(ir::as<ir::Var>(sizes[s])->id, s);
  }

  VariantImage variant(const LoweredVariant& lowered) const {
    VariantImage image{lowered.condition, {}, {}, {}, {}};
    if (lowered.holds) image.holds = tape(lowered.holds);
    for (const ir::Buffer& each : lowered.final.buffers)
      image.buffers.push_back(buffer(each));
    for (const ir::Kernel& kernel : lowered.final.kernels)
      image.kernels.push_back(kernel.name);
    return image;
  }

 private:
  ir::IntegerTape tape(const ir::Expr& expr) const {
    auto tape = ir::IntegerTape::from(expr, slots_);
    if (!tape) bug("an expression over sizes is none");
    return std::move(*tape);
  }

  BufferImage buffer(const ir::Buffer& buffer) const {
    BufferImage image{Role::none, 0, buffer.name, buffer.dtype, {}};
    if (buffer.use == ir::BufferUse::input) {
      image.role = Role::input;
      image.place = inputs_.at(buffer.name);
    } else if (buffer.use == ir::BufferUse::output) {
      const auto update = updates_.find(buffer.name);
      image.role = update != updates_.end() ? Role::update : Role::output;
      image.place = update != updates_.end() ? update->second : outputs_.at(buffer.name);
    } else if (buffer.use == ir::BufferUse::temporary) {
      image.role = Role::temporary;
      for (const ir::Expr& extent : buffer.shape)
        image.shape.push_back(tape(extent));
    }
    return image;
  }

  std::map<std::string, std::size_t> inputs_, outputs_, updates_;
  ir::IntegerTape::Slots slots_;
};

}  // namespace

ProgramImage image_of(const Lowered& lowered, const syntax::Program& program) {
  ProgramImage image{lowered.checked, {}, ir::print(lowered.schedule), {}, {}};
  for (const ir::Expr& size : lowered.loops.sizes)
    image.sizes.push_back(ir::as<ir::Var>(size)->name);
  const ImageMaker maker(lowered.checked, lowered.loops.sizes);
  for (const LoweredVariant& variant : lowered.variants)
    image.variants.push_back(maker.variant(variant));
  image.checks = check_places(lowered.graph, program);
  return image;
}

}  // namespace tcc
