// Statements of the interpreter: compiled once for each kernel, then run.
#include "ir/interpreter.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/message.h"
#include "ir/interpreter_tape.h"
#include "ir/memory_sharing.h"

namespace tcc::ir {
namespace {

/// The memory behind a buffer, and which of its elements have been written.
struct Storage {
  std::string_view name;
  std::vector<std::int64_t> shape;
  std::size_t element_bytes = 0;
  std::size_t count = 0;
  ReadElement read = nullptr;
  WriteElement write = nullptr;
  std::byte* data = nullptr;
  std::vector<std::byte> own;            ///< of temporaries and locals
  std::vector<std::uint8_t> written;     ///< by element; empty for inputs, which are
  std::vector<Storage*> in_same_memory;  ///< what a store here overwrites

  /// Poisons every element: NaN for floats.
  void forget() {
    if (count > 0) std::memset(data, 0xff, count * element_bytes);
    written.assign(count, 0);
  }
};

/// A compiled statement. Its instructions run first.
struct Step {
  enum class Kind : std::uint8_t { evaluate, loop, branch, block, store, allocate, check };
  Kind kind;
  TapeRange tape;
  std::uint32_t a = 0, b = 0;  ///< begin and extent; condition; value
  std::uint32_t var = 0;       ///< of a loop
  std::uint32_t access = 0;    ///< of a store
  std::uint16_t lanes = 1;
  BufferId buffer;
  std::string_view message;
  std::vector<Step> children;
};

class Compiler {
 public:
  explicit Compiler(TapeBuilder& builder) : builder_(builder) {}

  Step compile(const Stmt& stmt) {
    builder_.begin_statement();
    Step step{};
    step.tape.first = builder_.position();
    fill(step, stmt);
    return step;
  }

 private:
  /// The expressions of a statement come before those of the statements inside it.
  void finish_tape(Step& step) { step.tape.last = builder_.position(); }

  void fill(Step& step, const Stmt& stmt) {
    match(
        stmt,
        [&](const For& n) {
          step.kind = Step::Kind::loop;
          step.a = builder_.compile(n.begin);
          step.b = builder_.compile(n.extent);
          step.var = builder_.declare(as<Var>(n.var)->id);
          finish_tape(step);
          step.children.push_back(compile(n.body));
        },
        [&](const If& n) {
          step.kind = Step::Kind::branch;
          step.a = builder_.compile(n.condition);
          finish_tape(step);
          step.children.push_back(compile(n.body));
        },
        [&](const Let& n) {
          step.kind = Step::Kind::evaluate;
          builder_.alias(as<Var>(n.var)->id, builder_.compile(n.value));
          finish_tape(step);
        },
        [&](const Allocate& n) {
          step.kind = Step::Kind::allocate;
          step.buffer = n.buffer;
          finish_tape(step);
        },
        [&](const Block& n) {
          step.kind = Step::Kind::block;
          finish_tape(step);
          for (const Stmt& child : n.statements)
            step.children.push_back(compile(child));
        },
        [&](const Store& n) {
          step.kind = Step::Kind::store;
          step.a = builder_.compile(n.value);
          step.lanes = n.value->type.lanes;
          builder_.tape.accesses.push_back(
              builder_.compile_access(n.buffer, n.indices, n.predicate));
          step.access = static_cast<std::uint32_t>(builder_.tape.accesses.size() - 1);
          finish_tape(step);
        },
        [&](const Prefetch&) {
          step.kind = Step::Kind::evaluate;
          finish_tape(step);
        },
        [&](const Assert& n) {
          step.kind = Step::Kind::check;
          step.a = builder_.compile(n.condition);
          if (n.value) step.b = builder_.compile(n.value);
          step.message = n.message;
          finish_tape(step);
        });
  }

  TapeBuilder& builder_;
};

class Machine {
 public:
  Machine(Tape tape, std::vector<Storage>& storages)
      : tape_(std::move(tape)), registers_(tape_.registers.data()), storages_(storages) {}

  void run(const Step& step) {
    evaluate(step.tape);
    switch (step.kind) {
      case Step::Kind::evaluate: return;
      case Step::Kind::loop: return run_loop(step);
      case Step::Kind::branch:
        if (registers_[step.a] != 0) run(step.children.front());
        return;
      case Step::Kind::block:
        for (const Step& child : step.children)
          run(child);
        return;
      case Step::Kind::store: return store(step);
      case Step::Kind::allocate: return allocate(storages_[step.buffer.value]);
      case Step::Kind::check:
        if (registers_[step.a] == 0) fail(step);
    }
  }

  [[noreturn]] void fail(const Step& step) const {
    const auto value = static_cast<std::int64_t>(registers_[step.b]);
    throw Error(ErrorCategory::program, filled_in(std::string(step.message).c_str(), value));
  }

  void evaluate(TapeRange range) {
    for (std::uint32_t i = range.first; i < range.last; ++i) {
      const Instruction& instruction = tape_.instructions[i];
      if (instruction.run) {
        instruction.run(instruction, registers_);
      } else {
        load(instruction);
      }
    }
  }

  std::int64_t value(std::uint32_t reg) const { return static_cast<std::int64_t>(registers_[reg]); }

 private:
  void run_loop(const Step& step) {
    const std::int64_t begin = value(step.a);
    const std::int64_t extent = value(step.b);
    for (std::int64_t i = 0; i < extent; ++i) {
      registers_[step.var] = static_cast<std::uint64_t>(begin + i);
      run(step.children.front());
    }
  }

  static void allocate(Storage& storage) {
    storage.own.resize(storage.count * storage.element_bytes);
    storage.data = storage.own.data();
    storage.forget();
  }

  bool is_active(const Access& access, std::uint32_t lane) const {
    return !access.predicate || registers_[*access.predicate + lane] != 0;
  }

  /// The element that a lane means, row-major.
  std::size_t element(const Access& access, std::uint32_t lane) const {
    const Storage& storage = storages_[access.buffer.value];
    std::size_t offset = 0;
    for (std::size_t d = 0; d < access.indices.size(); ++d) {
      const Access::Index& index = access.indices[d];
      const std::uint64_t at = registers_[index.reg + lane * index.step];
      const auto extent = static_cast<std::uint64_t>(storage.shape[d]);
      if (at >= extent) out_of_bounds(storage, d, static_cast<std::int64_t>(at));
      offset = offset * extent + at;
    }
    return offset;
  }

  [[noreturn]] static void out_of_bounds(const Storage& storage, std::size_t axis,
                                         std::int64_t index) {
    bug(fmt::format("'{}' is accessed outside: index {} on axis {}, whose extent is {}",
                    storage.name, index, axis, storage.shape[axis]));
  }

  void load(const Instruction& instruction) {
    const Access& access = tape_.accesses[instruction.access];
    const Storage& storage = storages_[access.buffer.value];
    if (!storage.data && storage.count > 0) {
      bug(fmt::format("'{}' is not allocated", storage.name));
    }
    for (std::uint32_t l = 0; l < instruction.lanes; ++l) {
      std::uint64_t& result = registers_[instruction.result + l];
      result = 0;
      if (!is_active(access, l)) continue;
      const std::size_t at = element(access, l);
      if (!storage.written.empty() && storage.written[at] == 0) {
        bug(fmt::format("element {} of '{}' is read, but was never written{}", at, storage.name,
                        storage.in_same_memory.empty() ? "" : ", or is overwritten"));
      }
      result = storage.read(storage.data + at * storage.element_bytes);
    }
  }

  void store(const Step& step) {
    const Access& access = tape_.accesses[step.access];
    Storage& storage = storages_[access.buffer.value];
    if (!storage.data && storage.count > 0) {
      bug(fmt::format("'{}' is not allocated", storage.name));
    }
    for (std::uint32_t l = 0; l < step.lanes; ++l) {
      if (!is_active(access, l)) continue;
      const std::size_t at = element(access, l);
      storage.write(storage.data + at * storage.element_bytes, registers_[step.a + l]);
      if (!storage.written.empty()) storage.written[at] = 1;
      for (Storage* other : storage.in_same_memory)
        other->written[at] = 0;
    }
  }

  Tape tape_;
  std::uint64_t* registers_;
  std::vector<Storage>& storages_;
};

/// A tape that knows the sizes.
TapeBuilder builder_with_sizes(const LoopProgram& program, std::span<const std::int64_t> sizes) {
  TapeBuilder builder;
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    const std::uint32_t reg = builder.declare(as<Var>(program.sizes[s])->id);
    builder.tape.registers[reg] = static_cast<std::uint64_t>(sizes[s]);
  }
  return builder;
}

Storage make_storage(const LoopProgram& program, const Buffer& buffer,
                     std::span<const std::int64_t> sizes, std::vector<Storage>& none) {
  TapeBuilder builder = builder_with_sizes(program, sizes);
  std::vector<std::uint32_t> extents;
  for (const Expr& extent : buffer.shape)
    extents.push_back(builder.compile(extent));
  const TapeRange all{0, builder.position()};
  Machine machine(std::move(builder.tape), none);
  machine.evaluate(all);
  Storage storage{};
  storage.name = buffer.name;
  storage.element_bytes = size_in_bytes(buffer.dtype);
  storage.read = read_element(buffer.dtype);
  storage.write = write_element(buffer.dtype);
  storage.count = 1;
  for (const std::uint32_t reg : extents) {
    const std::int64_t extent = machine.value(reg);
    if (extent < 0) bug(fmt::format("an extent of '{}' is {}", buffer.name, extent));
    storage.shape.push_back(extent);
    storage.count *= static_cast<std::size_t>(extent);
  }
  return storage;
}

void bind(Storage& storage, const Buffer& buffer, const tcc::Tensor& tensor) {
  if (tensor.dtype() != buffer.dtype || tensor.shape() != storage.shape ||
      !tensor.is_contiguous()) {
    bug(fmt::format("the tensor given for '{}' has another type or shape", buffer.name));
  }
  storage.data = static_cast<std::byte*>(tensor.raw_data());
  if (buffer.use == BufferUse::output) storage.forget();
}

std::vector<Storage> bind_all(const LoopProgram& program, std::span<const tcc::Tensor> buffers,
                              std::span<const std::int64_t> sizes) {
  std::vector<Storage> storages, none;
  std::size_t given = 0;
  for (const Buffer& buffer : program.buffers) {
    storages.push_back(make_storage(program, buffer, sizes, none));
    Storage& storage = storages.back();
    if (buffer.use == BufferUse::temporary) {
      storage.own.resize(storage.count * storage.element_bytes);
      storage.data = storage.own.data();
      storage.forget();
    } else if (buffer.use == BufferUse::input || buffer.use == BufferUse::output) {
      if (given == buffers.size()) bug("too few tensors for the program's buffers");
      bind(storage, buffer, buffers[given++]);
    }
  }
  if (given != buffers.size()) bug("too many tensors for the program's buffers");
  return storages;
}

/// Puts buffers into the memory that they take over: what reads an element of one that is
/// overwritten by then is found out, as what reads before anything is stored.
void share_memory(const LoopProgram& program, std::vector<Storage>& storages) {
  const std::vector<BufferId> memories = memories_of(program);
  for (std::uint32_t b = 0; b < storages.size(); ++b) {
    if (memories[b] != BufferId{b}) storages[b].data = storages[memories[b].value].data;
    const auto& from = program.buffers[b].in_place_of;
    if (!from) continue;
    storages[b].in_same_memory.push_back(&storages[from->value]);
    storages[from->value].in_same_memory.push_back(&storages[b]);
  }
}

}  // namespace

void interpret(const LoopProgram& program, std::span<const tcc::Tensor> buffers,
               std::span<const std::int64_t> sizes) {
  if (sizes.size() != program.sizes.size()) bug("a value for each size is needed");
  std::vector<Storage> storages = bind_all(program, buffers, sizes);
  share_memory(program, storages);
  for (const Kernel& kernel : program.kernels) {
    TapeBuilder builder = builder_with_sizes(program, sizes);
    const Step body = Compiler(builder).compile(kernel.body);
    Machine(std::move(builder.tape), storages).run(body);
  }
}

}  // namespace tcc::ir
