// Memory for a tensor of a program, or an error that names it.
#include "api/new_tensor.h"

#include <fmt/format.h>

#include "dsl/type_text.h"
#include "ir/memory_plan.h"
#include "runtime/arena.h"
#include "runtime/available_memory.h"
#include "runtime/out_of_memory.h"

namespace tcc {

namespace {

[[noreturn]] void throw_no_memory(const std::string& name, DType dtype,
                                  const std::vector<std::int64_t>& shape, std::int64_t bytes) {
  const auto available = available_memory();
  throw Error(
      ErrorCategory::environment,
      fmt::format("there is not enough memory: {} for '{}', which is {}{}\n"
                  "  help: choose smaller sizes, or free memory",
                  bytes_text(bytes), name, type_text(dtype, Shape(shape.begin(), shape.end())),
                  available ? fmt::format("; {} are available", bytes_text(*available)) : ""));
}

}  // namespace

Tensor new_tensor(const std::string& name, DType dtype, const std::vector<std::int64_t>& shape) {
  const std::int64_t bytes = ir::byte_count(dtype, shape);
  if (bytes >= Arena::mapped_from) {  // less is not worth the question
    const auto available = available_memory();
    if (available && bytes > *available) throw_no_memory(name, dtype, shape, bytes);
  }
  try {
    return Tensor::empty(dtype, shape);
  } catch (const Error& error) {
    if (error.category() != ErrorCategory::environment) throw;
    throw_no_memory(name, dtype, shape, bytes);
  }
}

}  // namespace tcc
