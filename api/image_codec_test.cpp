// An image comes back from its bytes as it was, and from no others.
#include <tcc/tcc.h>

#include <gtest/gtest.h>

#include "api/program_state.h"

namespace tcc {
namespace {

/// Sizes in all forms, conditions, updates, variants, checks of indices, several kernels.
const char* const texts[] = {
    "y = x + 1",
    R"(input A: f32[2*M + 1, N], B: f32[M], s: f32; param w: f32[N]; assert M >= 2
       output y
       y = A[:: 2, :] * w + s; update w = w * 0.5)",
    "input x: f32[N], i: i64[K]; y[k] = x[i[k]]; t = sort(y); z = reshape(x, [N // 4, 4])",
    R"(input A: f32[M, K], B: f32[K, N]; D = A @ B; C = softmax(D @ D.T)
       schedule D { when M >= 64 and N % 8 == 0 { i0.o, i0.i = split(i0, 8) } })",
};

class ImageCodec : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Texts, ImageCodec, testing::ValuesIn(texts));

std::string bytes_of(const char* text) {
  PipelineOptions pipeline;
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(text, pipeline, diagnostics);
  const auto free = free_names(parsed.program, {});
  std::map<std::string, BoundType> types;
  for (const std::string& name : free)
    types[name] = {DType::f32, {3}};
  const Lowered lowered = lower(parsed, types, *ir::find_target("cpu"), pipeline, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics, parsed.sources);
  ProgramImage image = image_of(lowered, parsed.program);
  for (VariantImage& variant : image.variants)
    variant.objects = {std::string("machine\0code", 12), ""};
  return encode(image);
}

TEST_P(ImageCodec, IsRead) {
  const std::string bytes = bytes_of(GetParam());
  const auto image = decode(bytes);
  ASSERT_TRUE(image);
  EXPECT_EQ(encode(*image), bytes);
  EXPECT_EQ(image->variants.back().objects.front(), std::string("machine\0code", 12));
}

TEST_P(ImageCodec, NothingIsReadOfPartsOrOfOtherBytes) {
  const std::string bytes = bytes_of(GetParam());
  for (std::size_t length = 0; length < bytes.size(); length += 1 + length / 50)
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, length))) << length;
  EXPECT_FALSE(decode(bytes + "more"));
  for (std::size_t place = 0; place < bytes.size(); place += 3) {
    std::string changed = bytes;
    changed[place] = static_cast<char>(changed[place] ^ 0x41);
    decode(changed);  // whatever it says, it comes back
  }
}

}  // namespace
}  // namespace tcc
