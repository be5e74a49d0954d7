#include "bench/cpu/machine_limit.h"

#include <algorithm>
#include <thread>

#if defined(__AVX512BF16__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#include "bench/cpu/tensors.h"

namespace bench {

namespace {

// As many accumulators as hide the latency of a multiply-add and still fit in the registers.
#ifdef __AVX512F__
constexpr int vector_bytes = 64, accumulators = 24;
#else
constexpr int vector_bytes = 32, accumulators = 12;
#endif

constexpr std::size_t source_bytes = 256 << 20;
constexpr long steps = 200'000;
constexpr int attempts = 3;

template <typename T> struct Vector {
  using Type __attribute__((vector_size(vector_bytes))) = T;
};

/// Keeps the compiler from knowing a value, and from leaving its computation out.
template <typename V> void hide(V& value) { asm volatile("" : "+m"(value)); }

template <typename T> double multiply_add(long count) {
  using V = typename Vector<T>::Type;
  V factor = V{} + static_cast<T>(0.5), term = V{} + static_cast<T>(1);
  hide(factor), hide(term);
  V sums[accumulators] = {};
  for (long n = 0; n < count; ++n) {
#pragma clang loop unroll(full)
    for (V& sum : sums)
      sum = sum * factor + term;
  }
  for (V& sum : sums)
    hide(sum);
  return static_cast<double>(count) * accumulators * 2 * (vector_bytes / sizeof(T));
}

#ifdef __AVX512BF16__
double multiply_add_bf16(long count) {
  const __m512bh factor = {}, term = {};
  __m512 sums[accumulators] = {};
  for (long n = 0; n < count; ++n) {
#pragma clang loop unroll(full)
    for (__m512& sum : sums)
      sum = _mm512_dpbf16_ps(sum, factor, term);
  }
  for (__m512& sum : sums)
    hide(sum);
  return static_cast<double>(count) * accumulators * 64;
}
#else
double multiply_add_bf16(long count) { return multiply_add<float>(count); }
#endif

using Bytes = Vector<long>::Type;

/// From four places in turns: more of the memory's units are busy than with one.
double read(const Bytes* source, std::size_t count) {
  constexpr std::size_t streams = 4, unroll = 2;
  const std::size_t length = count / streams / unroll * unroll;
  Bytes sums[streams * unroll] = {};
  for (std::size_t n = 0; n < length; n += unroll) {
#pragma clang loop unroll(full)
    for (std::size_t k = 0; k < streams * unroll; ++k)
      sums[k] ^= source[k / unroll * length + n + k % unroll];
  }
  for (Bytes& sum : sums)
    hide(sum);
  return static_cast<double>(streams * length * vector_bytes);
}

double copy(const Bytes* source, Bytes* target, std::size_t count) {
  for (std::size_t n = 0; n < count; ++n) {
#ifdef __clang__
    __builtin_nontemporal_store(source[n], target + n);
#else
    target[n] = source[n];
#endif
  }
  hide(target[0]);
  return 2.0 * static_cast<double>(count * vector_bytes);
}

}  // namespace

MachineLimit::MachineLimit(const Setting& setting) : setting_(setting) {
  auto source = std::make_shared<Memory>(source_bytes);
  auto target = std::make_shared<Memory>(source_bytes / 2);
  source_ = {source, source->get()};
  target_ = {target, target->get()};
}

/// The sum of what the threads' pieces say they did, by the clock of the slowest.
template <typename Piece> double MachineLimit::run(Piece piece) const {
  std::vector<double> done(static_cast<std::size_t>(setting_.threads)), took(done.size());
  const auto one = [&](std::size_t thread) {
    const double begin = now(setting_.clock);
    done[thread] = piece(thread);
    took[thread] = now(setting_.clock) - begin;
  };
  std::vector<std::thread> others;
  for (std::size_t thread = 1; thread < done.size(); ++thread)
    others.emplace_back(one, thread);
  one(0);
  for (std::thread& other : others)
    other.join();
  double total = 0;
  for (const double part : done)
    total += part;
  return total / *std::ranges::max_element(took);
}

double MachineLimit::flops(tcc::DType dtype) const {
  if (dtype == tcc::DType::f64) return run([](std::size_t) { return multiply_add<double>(steps); });
  const double in_f32 = run([](std::size_t) { return multiply_add<float>(steps); });
  if (dtype != tcc::DType::bf16) return in_f32;
  // Some CPUs have half as many units for products of bf16, which then gain nothing.
  return std::max(in_f32, run([](std::size_t) { return multiply_add_bf16(steps); }));
}

double MachineLimit::reading() const {
  const std::size_t share =
      source_bytes / vector_bytes / static_cast<std::size_t>(setting_.threads);
  return run([&](std::size_t thread) {
    return read(static_cast<const Bytes*>(source_.get()) + thread * share, share);
  });
}

double MachineLimit::copying() const {
  const std::size_t share =
      source_bytes / 2 / vector_bytes / static_cast<std::size_t>(setting_.threads);
  return run([&](std::size_t thread) {
    const std::size_t first = thread * share;
    return copy(static_cast<const Bytes*>(source_.get()) + first,
                static_cast<Bytes*>(target_.get()) + first, share);
  });
}

double MachineLimit::of(const Work& work) const {
  double most = 0;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const double found = work.limit == Limit::reading   ? reading()
                         : work.limit == Limit::copying ? copying()
                                                        : flops(work.operands.front().dtype);
    most = std::max(most, found);
  }
  return most;
}

}  // namespace bench
