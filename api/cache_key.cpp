// What the code of a program depends on.
#include "api/cache_key.h"

#include "dsl/type_text.h"
#include "runtime/build_identity.h"
#include "runtime/cpu_jit.h"

namespace tcc {

namespace {

/// A field with its length in front, so that no two lists of fields look alike.
void append(std::string& key, std::string_view field) {
  key += std::to_string(field.size());
  key += ':';
  key += field;
}

template <typename T> void append_number(std::string& key, T value) {
  append(key, {reinterpret_cast<const char*>(&value), sizeof value});
}

}  // namespace

std::string key_of(const CompileOptions& options) {
  std::string key;
  append(key, options.target);
  append_number(key, options.sizes.size());
  for (const auto& [name, value] : options.sizes) {
    append(key, name);
    append_number(key, value);
  }
  append_number(key, options.numbers.size());
  for (const auto& [name, value] : options.numbers) {
    append(key, name);
    append_number(key, value);
  }
  append_number(key, options.scheduling);
  append_number(key, options.strict);
  append_number(key, options.optimization);
  return key;
}

std::string cache_key(const ParsedText& text, const std::map<std::string, BoundType>& free_names,
                      const ir::Target& target, const CompileOptions& options) {
  std::string key;
  if (build_identity().empty() || host_cpu_identity().empty()) return key;
  append(key, build_identity());
  append(key, host_cpu_identity());
  for (const std::int64_t limit : {target.limits.vector_bytes, target.limits.vector_registers,
                                   target.limits.l1_bytes, target.limits.l2_bytes})
    append_number(key, limit);
  append(key, key_of(options));
  for (SourceId source = 0; source < text.sources.size(); ++source)
    append(key, text.sources[source].text());
  append_number(key, free_names.size());
  for (const auto& [name, type] : free_names) {
    append(key, name);
    append(key, type_text(type.dtype, type.shape));
  }
  return key;
}

}  // namespace tcc
