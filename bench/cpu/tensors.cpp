#include "bench/cpu/tensors.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "dsl/narrow_float.h"

namespace bench {

namespace {

/// xorshift64: the numbers need be neither good nor secret, but there are many of them.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(88172645463325252U + seed) {}

  double between(double low, double high) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return low + (high - low) * static_cast<double>(state_ >> 40) * 0x1p-24;
  }

 private:
  std::uint64_t state_;
};

template <typename T> void fill(const Operand& operand, void* memory, Random& random) {
  for (std::int64_t n = 0; n < operand.count(); ++n)
    static_cast<T*>(memory)[n] = static_cast<T>(random.between(operand.low, operand.high));
}

void fill_narrow(const Operand& operand, void* memory, Random& random) {
  for (std::int64_t n = 0; n < operand.count(); ++n) {
    static_cast<std::uint16_t*>(memory)[n] =
        tcc::narrow_bits(random.between(operand.low, operand.high), operand.dtype);
  }
}

void fill_random(const Operand& operand, void* memory, std::uint64_t seed) {
  Random random(seed);
  switch (operand.dtype) {
    case tcc::DType::f64: return fill<double>(operand, memory, random);
    case tcc::DType::f16:
    case tcc::DType::bf16: return fill_narrow(operand, memory, random);
    default: return fill<float>(operand, memory, random);
  }
}

}  // namespace

Memory::Memory(std::size_t bytes) {
  constexpr std::size_t page = 4096, huge_page = 2 << 20;
  const std::size_t unit = bytes >= 2 * huge_page ? huge_page : page;
  const std::size_t rounded = (bytes / unit + 1) * unit;
  memory_.reset(std::aligned_alloc(unit, rounded));
  if (!memory_) throw std::bad_alloc();
  if (unit == huge_page) madvise(memory_.get(), rounded, MADV_HUGEPAGE);
  std::memset(memory_.get(), 0, rounded);
}

void Memory::Free::operator()(void* memory) const { std::free(memory); }

std::size_t bytes_of(const Operand& operand) {
  return static_cast<std::size_t>(operand.count()) * tcc::size_in_bytes(operand.dtype);
}

Tensors::Tensors(const Work& work) {
  for (const Operand& operand : work.operands) {
    memory_.emplace_back(bytes_of(operand));
    fill_random(operand, memory_.back().get(), memory_.size());
    ours_.operands.push_back(memory_.back().get());
  }
  theirs_.operands = ours_.operands;
  ours_.result = memory_.emplace_back(bytes_of(work.result)).get();
  theirs_.result = memory_.emplace_back(bytes_of(work.result)).get();
}

}  // namespace bench
