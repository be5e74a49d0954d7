// An image as CBOR (RFC 8949): arrays without names, in the order of the members.
//
// What comes back is checked for its form, not for its meaning: the cache holds a checksum, and
// takes from nobody but this user.
#include <nlohmann/json.hpp>

#include "api/program_image.h"

namespace tcc {

namespace {

using Json = nlohmann::json;

/// Of the form of what follows; another one makes the bytes unreadable.
constexpr int format_version = 2;

template <typename T, typename Encode> Json list(const std::vector<T>& values, Encode encode) {
  Json array = Json::array();
  for (const T& value : values)
    array.push_back(encode(value));
  return array;
}

template <typename T, typename Decode> std::vector<T> list_of(const Json& array, Decode decode) {
  std::vector<T> values;
  for (const Json& value : array.get_ref<const Json::array_t&>())
    values.push_back(decode(value));
  return values;
}

template <typename E> Json number(E value) { return static_cast<std::int64_t>(value); }
template <typename E> E enumerator(const Json& json) {
  return static_cast<E>(json.get<std::underlying_type_t<E>>());
}

Json encode_span(const Span& span) { return Json::array({span.source, span.begin, span.end}); }
Span decode_span(const Json& json) {
  return {json.at(0).get<SourceId>(), json.at(1).get<std::uint32_t>(),
          json.at(2).get<std::uint32_t>()};
}

/// A sum of products of names, and under a name what is no name but an operation.
Json encode_extent(const Extent& extent) {
  if (const auto constant = extent.constant()) return *constant;
  Json terms = Json::array();
  for (const auto& [names, coefficient] : extent.terms())
    terms.push_back(Json::array({coefficient, names}));
  Json operations = Json::object();
  for (const auto& [name, operation] : extent.operations()) {
    operations[name] = Json::array(
        {number(operation.kind), encode_extent(*operation.left), encode_extent(*operation.right)});
  }
  return Json::array({std::move(terms), std::move(operations)});
}

Extent decode_extent(const Json& json);

Extent decode_operation(const Json& json) {
  using Kind = Extent::Operation::Kind;
  const Extent left = decode_extent(json.at(1));
  const Extent right = decode_extent(json.at(2));
  switch (enumerator<Kind>(json.at(0))) {
    case Kind::quotient: return Extent::quotient(left, right);
    case Kind::remainder: return Extent::remainder(left, right);
    case Kind::minimum: return Extent::minimum(left, right);
  }
  throw std::domain_error("no operation on extents");
}

Extent decode_extent(const Json& json) {
  if (json.is_number()) return json.get<std::int64_t>();
  const Json& operations = json.at(1);
  Extent sum = 0;
  for (const Json& term : json.at(0)) {
    Extent product = term.at(0).get<std::int64_t>();
    for (const Json& name : term.at(1)) {
      const auto text = name.get<std::string>();
      const auto operation = operations.find(text);
      product = product * (operation == operations.end() ? Extent::size_name(text)
                                                         : decode_operation(*operation));
    }
    sum = sum + product;
  }
  return sum;
}

Json encode_shape(const Shape& shape) { return list(shape, encode_extent); }
Shape decode_shape(const Json& json) { return list_of<Extent>(json, decode_extent); }

Json encode_tensor(const checked::Tensor& tensor) {
  return Json::array({tensor.name, number(tensor.dtype), encode_shape(tensor.shape),
                      encode_span(tensor.span), number(tensor.role)});
}
checked::Tensor decode_tensor(const Json& json) {
  return {json.at(0).get<std::string>(), enumerator<DType>(json.at(1)), decode_shape(json.at(2)),
          decode_span(json.at(3)), enumerator<checked::TensorRole>(json.at(4))};
}

Json encode_condition(const checked::Condition& condition) {
  return Json::array({encode_extent(condition.left), encode_extent(condition.right),
                      encode_shape(condition.unless_empty), number(condition.kind),
                      condition.message, encode_span(condition.span)});
}
checked::Condition decode_condition(const Json& json) {
  return {decode_extent(json.at(0)),
          decode_extent(json.at(1)),
          decode_shape(json.at(2)),
          enumerator<DiagnosticKind>(json.at(3)),
          json.at(4),
          decode_span(json.at(5))};
}

Json encode_signature(const checked::Signature& signature) {
  const auto update = [](const checked::Update& each) {
    return Json::array({each.param, each.value});
  };
  return Json::array({list(signature.tensors, encode_tensor), signature.inputs, signature.outputs,
                      list(signature.updates, update), signature.size_names,
                      list(signature.conditions, encode_condition)});
}

checked::TensorId decode_id(const Json& json, std::size_t count) {
  const auto id = json.get<checked::TensorId>();
  if (id >= count) throw std::out_of_range("no such tensor");
  return id;
}

checked::Signature decode_signature(const Json& json) {
  checked::Signature signature;
  signature.tensors = list_of<checked::Tensor>(json.at(0), decode_tensor);
  const auto id = [&](const Json& each) { return decode_id(each, signature.tensors.size()); };
  signature.inputs = list_of<checked::TensorId>(json.at(1), id);
  signature.outputs = list_of<checked::TensorId>(json.at(2), id);
  signature.updates = list_of<checked::Update>(json.at(3), [&](const Json& each) {
    return checked::Update{id(each.at(0)), id(each.at(1))};
  });
  signature.size_names = json.at(4).get<std::vector<std::string>>();
  signature.conditions = list_of<checked::Condition>(json.at(5), decode_condition);
  return signature;
}

Json encode_tape(const ir::IntegerTape& tape) {
  return list(tape.steps(), [](const ir::IntegerTape::Step& step) {
    return Json::array(
        {number(step.kind), number(step.op), step.number, step.first, step.second, step.third});
  });
}

ir::IntegerTape decode_tape(const Json& json, std::size_t slots) {
  auto tape = ir::IntegerTape::from_steps(
      list_of<ir::IntegerTape::Step>(json,
                                     [](const Json& step) {
                                       return ir::IntegerTape::Step{
                                           enumerator<ir::IntegerTape::Kind>(step.at(0)),
                                           enumerator<Op>(step.at(1)),
                                           step.at(2).get<std::int64_t>(),
                                           step.at(3).get<std::size_t>(),
                                           step.at(4).get<std::size_t>(),
                                           step.at(5).get<std::size_t>()};
                                     }),
      slots);
  if (!tape) throw std::domain_error("no tape");
  return std::move(*tape);
}

Json encode_buffer(const BufferImage& buffer) {
  return Json::array({number(buffer.role), buffer.place, buffer.name, number(buffer.dtype),
                      list(buffer.shape, encode_tape)});
}
BufferImage decode_buffer(const Json& json, std::size_t slots) {
  return {enumerator<BufferImage::Role>(json.at(0)), json.at(1).get<std::size_t>(),
          json.at(2).get<std::string>(), enumerator<DType>(json.at(3)),
          list_of<ir::IntegerTape>(json.at(4),
                                   [&](const Json& tape) { return decode_tape(tape, slots); })};
}

Json encode_lifetime(const ir::BufferLifetime& lifetime) {
  return Json::array({lifetime.buffer.value, lifetime.first, lifetime.last, lifetime.memory.value});
}
ir::BufferLifetime decode_lifetime(const Json& json) {
  return {ir::BufferId{json.at(0).get<std::uint32_t>()}, json.at(1).get<std::uint32_t>(),
          json.at(2).get<std::uint32_t>(), ir::BufferId{json.at(3).get<std::uint32_t>()}};
}

Json encode_id(ir::BufferId id) { return id.value; }
ir::BufferId decode_buffer_id(const Json& json) { return {json.get<std::uint32_t>()}; }

Json encode_resident(const ir::ResidentKernels& resident) {
  return Json::array(
      {resident.kernels, list(resident.results, encode_id), list(resident.inside, encode_id)});
}
ir::ResidentKernels decode_resident(const Json& json) {
  return {json.at(0).get<std::vector<std::uint32_t>>(),
          list_of<ir::BufferId>(json.at(1), decode_buffer_id),
          list_of<ir::BufferId>(json.at(2), decode_buffer_id)};
}

/// Throws where a part names a buffer or a kernel that is not there.
void check_places(const VariantImage& variant) {
  const auto require = [](bool holds) {
    if (!holds) throw std::out_of_range("no such buffer or kernel");
  };
  for (const ir::BufferLifetime& lifetime : variant.lifetimes) {
    require(lifetime.buffer.value < variant.buffers.size());
    require(lifetime.memory.value < variant.buffers.size());
    require(lifetime.first <= lifetime.last && lifetime.last < variant.kernels.size());
  }
  for (const auto& list : {variant.resident.results, variant.resident.inside}) {
    for (const ir::BufferId id : list)
      require(id.value < variant.buffers.size());
  }
  for (const std::uint32_t kernel : variant.resident.kernels)
    require(kernel < variant.kernels.size());
}

Json encode_bytes(const std::string& bytes) {
  return Json::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
}
std::string decode_bytes(const Json& json) {
  const auto& bytes = json.get_binary();
  return {bytes.begin(), bytes.end()};
}

Json encode_variant(const VariantImage& variant) {
  return Json::array({variant.condition, variant.holds ? encode_tape(*variant.holds) : Json(),
                      list(variant.buffers, encode_buffer), variant.kernels,
                      list(variant.lifetimes, encode_lifetime), encode_resident(variant.resident),
                      list(variant.objects, encode_bytes)});
}
VariantImage decode_variant(const Json& json, std::size_t slots) {
  VariantImage variant;
  variant.condition = json.at(0).get<std::string>();
  if (!json.at(1).is_null()) variant.holds = decode_tape(json.at(1), slots);
  variant.buffers = list_of<BufferImage>(
      json.at(2), [&](const Json& buffer) { return decode_buffer(buffer, slots); });
  variant.kernels = json.at(3).get<std::vector<std::string>>();
  variant.lifetimes = list_of<ir::BufferLifetime>(json.at(4), decode_lifetime);
  variant.resident = decode_resident(json.at(5));
  variant.objects = list_of<std::string>(json.at(6), decode_bytes);
  check_places(variant);
  return variant;
}

Json encode_check(const CheckPlace& check) {
  return Json::array({check.tensor, check.message, encode_span(check.place)});
}
CheckPlace decode_check(const Json& json) {
  return {json.at(0).get<std::string>(), json.at(1).get<std::string>(), decode_span(json.at(2))};
}

ProgramImage decode_image(const Json& json) {
  if (json.at(0) != format_version) throw std::domain_error("another form");
  ProgramImage image;
  image.signature = decode_signature(json.at(1));
  image.sizes = json.at(2).get<std::vector<std::string>>();
  image.schedule = json.at(3).get<std::string>();
  image.variants = list_of<VariantImage>(
      json.at(4), [&](const Json& variant) { return decode_variant(variant, image.sizes.size()); });
  image.checks = list_of<CheckPlace>(json.at(5), decode_check);
  if (image.variants.empty() || image.variants.back().holds)
    throw std::domain_error("no general variant");
  return image;
}

}  // namespace

std::string encode(const ProgramImage& image) {
  const Json json =
      Json::array({format_version, encode_signature(image.signature), image.sizes, image.schedule,
                   list(image.variants, encode_variant), list(image.checks, encode_check)});
  std::string bytes;
  Json::to_cbor(json, bytes);
  return bytes;
}

std::optional<ProgramImage> decode(std::string_view bytes) {
  try {
    return decode_image(Json::from_cbor(bytes.begin(), bytes.end()));
  } catch (const std::exception&) {  // of the library's, for anything that is not as it should be
    return {};
  }
}

}  // namespace tcc
