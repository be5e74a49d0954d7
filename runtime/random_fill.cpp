// Random inputs that are the same on every machine.
#include "runtime/random_fill.h"

#include "dsl/diagnostic.h"
#include "dsl/narrow_float.h"

namespace tcc {

namespace {

std::uint32_t low_word(std::uint64_t bits) { return static_cast<std::uint32_t>(bits); }
std::uint32_t high_word(std::uint64_t bits) { return static_cast<std::uint32_t>(bits >> 32); }

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

/// The words of one stream, read in order.
class WordStream {
 public:
  WordStream(std::uint64_t seed, std::uint64_t stream)
      : key_{low_word(seed), high_word(seed)}, stream_(stream) {}

  std::uint32_t next() {
    if (used_ == block_.size()) {
      block_ = philox(
          {low_word(position_), high_word(position_), low_word(stream_), high_word(stream_)}, key_);
      ++position_;
      used_ = 0;
    }
    return block_[used_++];
  }

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint64_t stream_;
  std::uint64_t position_ = 0;
  std::array<std::uint32_t, 4> block_{};
  std::size_t used_ = 4;
};

float uniform_f32(WordStream& words) {
  return static_cast<float>(words.next() >> 8) * 0x1p-23f - 1.0f;
}

double uniform_f64(WordStream& words) {
  const std::uint64_t low = words.next();
  const std::uint64_t pair = std::uint64_t{words.next()} << 32 | low;
  return static_cast<double>(pair >> 11) * 0x1p-52 - 1.0;
}

/// The top bits of a word: as many as keep every number exact, and below 1.
template <DType Type, int Bits> std::uint16_t uniform_narrow(WordStream& words) {
  const double fraction = static_cast<double>(words.next() >> (32 - Bits));
  return narrow_bits(fraction / (1 << (Bits - 1)) - 1.0, Type);
}

std::uint32_t digit(WordStream& words) { return high_word(std::uint64_t{words.next()} * 10); }

template <typename T, typename Draw>
void fill(const Tensor& tensor, WordStream& words, const Draw& draw) {
  T* values = static_cast<T*>(tensor.raw_data());
  for (std::int64_t i = 0; i < tensor.element_count(); ++i) {
    values[i] = static_cast<T>(draw(words));
  }
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xd2511f53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xcd9e8d57} * counter[2];
    counter = {high_word(b) ^ counter[1] ^ key[0], low_word(b), high_word(a) ^ counter[3] ^ key[1],
               low_word(a)};
    key[0] += 0x9e3779b9;
    key[1] += 0xbb67ae85;
  }
  return counter;
}

void random_fill(const Tensor& tensor, std::uint64_t seed, std::string_view name) {
  if (!tensor.is_contiguous()) bug("random_fill wants a contiguous tensor");
  WordStream words(seed, fnv1a(name));
  const auto bit = [](WordStream& stream) { return stream.next() >> 31; };
  switch (tensor.dtype()) {
    case DType::f32: return fill<float>(tensor, words, uniform_f32);
    case DType::f64: return fill<double>(tensor, words, uniform_f64);
    case DType::boolean: return fill<std::uint8_t>(tensor, words, bit);
    case DType::i8:
    case DType::u8: return fill<std::uint8_t>(tensor, words, digit);
    case DType::i16:
    case DType::u16: return fill<std::uint16_t>(tensor, words, digit);
    case DType::i32:
    case DType::u32: return fill<std::uint32_t>(tensor, words, digit);
    case DType::i64:
    case DType::u64: return fill<std::uint64_t>(tensor, words, digit);
    case DType::f16: return fill<std::uint16_t>(tensor, words, uniform_narrow<DType::f16, 12>);
    case DType::bf16: return fill<std::uint16_t>(tensor, words, uniform_narrow<DType::bf16, 9>);
  }
  bug("a tensor of no type");
}

}  // namespace tcc
