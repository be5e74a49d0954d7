// The index of kernels, kept true by each change.
#include "ir/rewrites/indexed_program.h"

#include "dsl/diagnostic.h"
#include "ir/visit.h"

namespace tcc::ir {

IndexedProgram::IndexedProgram(LoopProgram program)
    : program_(std::move(program)),
      contents_(program_.kernels.size()),
      loops_of_(program_.buffers.size()),
      readers_of_(program_.buffers.size()),
      writers_of_(program_.buffers.size()) {
  for (std::uint32_t id = 0; id < program_.buffers.size(); ++id) {
    buffers_.emplace(program_.buffers[id].name, BufferId{id});
  }
  for (KernelIndex kernel = 0; kernel < program_.kernels.size(); ++kernel) {
    kernels_.emplace(program_.kernels[kernel].name, kernel);
    enter(kernel);
  }
}

std::optional<BufferId> IndexedProgram::find_buffer(std::string_view name) const {
  const auto found = buffers_.find(std::string(name));
  return found == buffers_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<KernelIndex> IndexedProgram::kernel_named_as(BufferId buffer) const {
  const auto found = kernels_.find(program_[buffer].name);
  return found == kernels_.end() ? std::nullopt : std::optional(found->second);
}

BufferId IndexedProgram::add_buffer(Buffer buffer) {
  const BufferId id{static_cast<std::uint32_t>(program_.buffers.size())};
  if (!buffers_.emplace(buffer.name, id).second) bug("a second buffer of one name");
  program_.buffers.push_back(std::move(buffer));
  loops_of_.emplace_back();
  readers_of_.emplace_back();
  writers_of_.emplace_back();
  return id;
}

std::string IndexedProgram::free_name(const std::string& stem) const {
  std::string name = stem;
  for (int n = 2; buffers_.contains(name); ++n)
    name = stem + "." + std::to_string(n);
  return name;
}

void IndexedProgram::set_body(KernelIndex kernel, Stmt body) {
  leave(kernel);
  program_.kernels[kernel].body = std::move(body);
  enter(kernel);
  changed_.insert(kernel);
}

std::vector<BufferId> IndexedProgram::stored_by(KernelIndex kernel) const {
  std::vector<BufferId> stored;
  for (const std::uint32_t buffer : contents_[kernel].writes)
    stored.push_back(BufferId{buffer});
  return stored;
}

void IndexedProgram::dissolve(KernelIndex kernel) {
  leave(kernel);
  Kernel& dissolved = program_.kernels[kernel];
  dissolved.body = nullptr;
  kernels_.erase(dissolved.name);
  changed_.erase(kernel);
}

void IndexedProgram::remove(KernelIndex kernel) {
  dissolve(kernel);
  if (const auto buffer = find_buffer(program_.kernels[kernel].name)) {
    BufferUse& use = program_.buffers[buffer->value].use;
    if (use == BufferUse::temporary) use = BufferUse::removed;
  }
}

LoopProgram IndexedProgram::take() && {
  std::erase_if(program_.kernels, [](const Kernel& kernel) { return !kernel.body; });
  return std::move(program_);
}

IndexedProgram::Contents IndexedProgram::contents_of(const Stmt& body) {
  Contents contents;
  for_each_statement(body, [&](const Stmt& stmt) {
    if (const For* loop = as<For>(stmt)) contents.stages.insert(loop->stage.value);
    if (const Store* store = as<Store>(stmt)) contents.writes.insert(store->buffer.value);
  });
  for_each_expression(body, [&](const Expr& expr) {
    if (is_leaf(expr)) return;
    for (const Expr& node : post_order(expr)) {
      if (const Load* load = as<Load>(node)) contents.reads.insert(load->buffer.value);
    }
  });
  return contents;
}

void IndexedProgram::enter(KernelIndex kernel) {
  Contents& contents = contents_[kernel] = contents_of(body(kernel));
  for (const std::uint32_t stage : contents.stages)
    loops_of_[stage].insert(kernel);
  for (const std::uint32_t buffer : contents.reads)
    readers_of_[buffer].insert(kernel);
  for (const std::uint32_t buffer : contents.writes)
    writers_of_[buffer].insert(kernel);
}

void IndexedProgram::leave(KernelIndex kernel) {
  for (const std::uint32_t stage : contents_[kernel].stages)
    loops_of_[stage].erase(kernel);
  for (const std::uint32_t buffer : contents_[kernel].reads)
    readers_of_[buffer].erase(kernel);
  for (const std::uint32_t buffer : contents_[kernel].writes)
    writers_of_[buffer].erase(kernel);
}

}  // namespace tcc::ir
