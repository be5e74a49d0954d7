#include "runtime/files/safetensors.h"

#include <gtest/gtest.h>

#include <fstream>

#include <fmt/format.h>

#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

using namespace std::string_literals;

std::string file_of(const std::string& header, const std::string& data) {
  std::string bytes;
  for (std::uint64_t length = header.size(); bytes.size() < 8; length >>= 8)
    bytes += static_cast<char>(length & 0xff);
  return bytes + header + data;
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  int begin, int end) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", name, dtype,
                     shape, begin, end);
}

class Safetensors : public testing::Test {
 protected:
  auto read(const std::string& bytes, const std::string& name) const {
    const std::string path = folder_ / "m.safetensors";
    std::ofstream(path, std::ios::binary) << bytes;
    return read_safetensors(path, name);
  }

  tests::TemporaryFolder folder_;
};

TEST_F(Safetensors, AllTypes) {
  const struct {
    const char* code;
    DType dtype;
  } cases[] = {
      {"BOOL", DType::boolean}, {"U8", DType::u8},   {"I8", DType::i8},   {"U16", DType::u16},
      {"I16", DType::i16},      {"U32", DType::u32}, {"I32", DType::i32}, {"U64", DType::u64},
      {"I64", DType::i64},      {"F16", DType::f16}, {"F32", DType::f32}, {"F64", DType::f64},
      {"BF16", DType::bf16},
  };
  for (const auto& each : cases) {
    const int size = static_cast<int>(size_in_bytes(each.dtype));
    const auto tensor = read(file_of("{" + entry("x", each.code, "[3]", 0, 3 * size) + "}",
                                     std::string(3 * size_in_bytes(each.dtype), '\1')),
                             "x");
    ASSERT_TRUE(tensor) << each.code << tensor.error().what();
    EXPECT_EQ(tensor->dtype(), each.dtype);
    EXPECT_EQ(tensor->shape(), std::vector<std::int64_t>{3});
  }
}

TEST_F(Safetensors, PlacesAndNames) {
  const std::string bytes = file_of(
      R"({"__metadata__":{"format":"pt"},)" + entry("layers.0:weight", "I8", "[2,2]", 2, 6) + "," +
          entry("bias", "I8", "[2]", 0, 2) + "," + entry("none", "F32", "[0,3]", 6, 6) + "," +
          entry("one", "U8", "[]", 6, 7) + "}   ",
      "\1\2\3\4\5\6\7");
  const auto weight = read(bytes, "layers.0:weight");
  ASSERT_TRUE(weight) << weight.error().what();
  EXPECT_EQ(weight->shape(), (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(weight->values<std::int8_t>()[3], 6);
  EXPECT_EQ(read(bytes, "bias")->values<std::int8_t>()[0], 1);
  EXPECT_EQ(read(bytes, "none")->element_count(), 0);
  EXPECT_EQ(*read(bytes, "one")->data<std::uint8_t>(), 7);
  const auto absent = read(bytes, "layers.0.weight");
  ASSERT_FALSE(absent);
  EXPECT_NE(std::string(absent.error().what()).find("did you mean 'layers.0:weight'?"),
            std::string::npos);
}

TEST_F(Safetensors, MalformedFilesAreRefused) {
  const std::string good = entry("x", "U8", "[2]", 0, 2);
  const struct {
    std::string bytes;
    const char* reason;
  } cases[] = {
      {"", "no .safetensors file"},
      {"\1\0\0", "no .safetensors file"},
      {std::string(8, '\xff'), "header claims 18446744073709551615 bytes"},
      {"\0\0\0\x06\0\0\0\0"s, "header claims 100663296"},
      {"\x10\0\0\0\0\0\0\0{"s, "ends within its header"},
      {file_of("", ""), "no JSON object"},
      {file_of("[]", ""), "no JSON object"},
      {file_of("{", ""), "no JSON object"},
      {file_of(" {}", ""), "no JSON object"},
      {file_of("{\"\xff\":1}", ""), "no JSON object"},
      {file_of("{" + good + "," + good + "}", "ab"), "has 'x' twice"},
      {file_of(R"({"x":{"dtype":"U8","dtype":"U8"}})", ""), "has 'dtype' twice"},
      {file_of(R"({"x":)" + std::string(100000, '[') + "}", ""), "nested too deep"},
      {file_of(R"({"x":1})", ""), "element type null"},
      {file_of("{" + entry("x", "C64", "[2]", 0, 2) + "}", "ab"), "element type \"C64\""},
      {file_of("{" + entry("x", "F8_E4M3", "[2]", 0, 2) + "}", "ab"), "which tcc lacks"},
      {file_of("{" + entry("x", "U8", "[-2]", 0, 2) + "}", "ab"), "no list of at most 64 sizes"},
      {file_of("{" + entry("x", "U8", "2", 0, 2) + "}", "ab"), "no list of at most 64 sizes"},
      {file_of("{" + entry("x", "U8", "[2.0]", 0, 2) + "}", "ab"), "no list of at most 64 sizes"},
      {file_of("{" + entry("x", "U8", "[3]", 0, 2) + "}", "ab"), "3 bytes by its type and shape"},
      {file_of("{" + entry("x", "U8", "[2]", 2, 0) + "}", "ab"), "lies from 2 to 0"},
      {file_of("{" + entry("x", "U8", "[4294967296,4294967296,0]", 0, 0) + "}", ""), "2^62"},
      {file_of("{" + entry("x", "U8", "[2]", 1, 3) + "}", "abc"), "a gap before 'x'"},
      {file_of("{" + good + "," + entry("y", "U8", "[2]", 1, 3) + "}", "abc"), "overlaps"},
      {file_of("{" + good + "," + entry("y", "U8", "[2]", 0, 2) + "}", "ab"), "overlaps"},
      {file_of("{" + good + "}", "a"), "asks for 2 bytes of data, there are 1"},
      {file_of("{" + good + "}", "abc"), "more follows"},
      {file_of(R"({"x":{"dtype":"U8","shape":[2],"data_offsets":[0]}})", "ab"), "where it begins"},
      {file_of("{}", ""), "it has nothing"},
  };
  for (const auto& each : cases) {
    const auto tensor = read(each.bytes, "x");
    ASSERT_FALSE(tensor) << each.reason;
    EXPECT_EQ(tensor.error().category(), ErrorCategory::program);
    const std::string message = tensor.error().what();
    EXPECT_NE(message.find(each.reason), std::string::npos) << message;
  }
}

TEST_F(Safetensors, DamagedFilesDoNoHarm) {
  const std::string good = file_of("{" + entry("x", "U8", "[2]", 0, 2) + "}", "ab");
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(read(good.substr(0, length), "x")) << length;
  for (std::size_t at = 0; at + 2 < good.size(); ++at) {
    for (const char byte : {'\0', '9', '"', '{', '\xff'}) {
      std::string damaged = good;
      damaged[at] = byte;
      const auto tensor = read(damaged, "x");
      if (tensor) {
        EXPECT_EQ(tensor->element_count(), 2) << at;
      }
    }
  }
}

}  // namespace
}  // namespace tcc
