// Random inputs that are the same on every machine (`--random SEED`).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <tcc/tensor.h>

namespace tcc {

/// Philox 4x32 with ten rounds: a block of random bits for each counter (Salmon et al., Parallel
/// random numbers: as easy as 1, 2, 3, 2011).
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

/// Fills a contiguous tensor: floats with uniform numbers in [-1, 1), integers with 0 to 9.
///
/// key = the seed, low word first. counter = the block in words 0 and 1, and in 2 and 3 the 64-bit
/// FNV-1a hash of `name`: an input's numbers depend on nothing but the seed, its name and its type.
/// Element i takes word i % 4 of block i / 4: f32 = 2 * (word >> 8) * 2^-24 - 1, an integer =
/// word * 10 / 2^32, bool = word / 2^31. f64 takes two words, those of element 2i below those of
/// 2i + 1: 2 * (pair >> 11) * 2^-53 - 1. f16 = 2 * (word >> 20) * 2^-12 - 1 and bf16 =
/// 2 * (word >> 23) * 2^-9 - 1: as many bits as are exact.
void random_fill(const Tensor& tensor, std::uint64_t seed, std::string_view name);

}  // namespace tcc
