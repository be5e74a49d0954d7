#include "runtime/files/npy.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "runtime/files/npy_header.h"

namespace tcc {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

class Npy : public testing::Test {
 protected:
  Npy() : folder_(fs::temp_directory_path() / fmt::format("tcc-npy-{}", ::getpid())) {
    fs::create_directories(folder_);
  }
  ~Npy() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  std::string bytes_of(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
};

/// A file as NumPy lays it out, of any version, without padding.
std::string file_of(int version, const std::string& header, const std::string& data) {
  std::string bytes = "\x93NUMPY";
  bytes += {static_cast<char>(version), '\0'};
  bytes += {static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  if (version > 1) bytes += {'\0', '\0'};
  return bytes + header + data;
}

std::string header_of(const std::string& descr, const std::string& order,
                      const std::string& shape) {
  return fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n", descr, order,
                     shape);
}

template <typename T> std::string bytes_of_values(std::vector<T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

TEST_F(Npy, AllVersions) {
  for (const int version : {1, 2, 3}) {
    const auto file = write("a.npy", file_of(version, header_of("<f4", "False", "(2, 2)"),
                                             bytes_of_values<float>({1, 2, 3, 4})));
    const auto tensor = read_npy(file);
    ASSERT_TRUE(tensor) << tensor.error().what();
    EXPECT_EQ(tensor->shape(), (std::vector<std::int64_t>{2, 2}));
    EXPECT_EQ(tensor->values<float>()[3], 4);
  }
}

struct TypeCase {
  const char* code;
  DType dtype;
};

TEST_F(Npy, AllTypes) {
  const TypeCase cases[] = {
      {"|b1", DType::boolean}, {"|i1", DType::i8},  {"<i2", DType::i16}, {"<i4", DType::i32},
      {"<i8", DType::i64},     {"|u1", DType::u8},  {"<u2", DType::u16}, {"<u4", DType::u32},
      {"<u8", DType::u64},     {"<f2", DType::f16}, {"<f4", DType::f32}, {"<f8", DType::f64},
  };
  for (const TypeCase& each : cases) {
    const std::size_t size = size_in_bytes(each.dtype);
    const auto file = write(
        "a.npy", file_of(1, header_of(each.code, "False", "(3,)"), std::string(3 * size, '\1')));
    const auto tensor = read_npy(file);
    ASSERT_TRUE(tensor) << each.code << tensor.error().what();
    EXPECT_EQ(tensor->dtype(), each.dtype);
    ASSERT_TRUE(write_npy(path("b.npy"), *tensor));
    EXPECT_NE(bytes_of("b.npy").find(fmt::format("'descr': '{}'", each.code)), std::string::npos);
    EXPECT_TRUE(bytes_of("b.npy").ends_with(std::string(3 * size, '\1')));
  }
}

TEST_F(Npy, OtherByteOrder) {
  const auto shorts =
      read_npy(write("a.npy", file_of(1, header_of(">i2", "False", "(2,)"), "\x01\x02\xff\xfe"s)));
  ASSERT_TRUE(shorts);
  EXPECT_EQ(shorts->values<std::int16_t>()[0], 0x0102);
  EXPECT_EQ(shorts->values<std::int16_t>()[1], -2);
  const auto doubles = read_npy(
      write("a.npy", file_of(1, header_of(">f8", "False", "(1,)"), "\x3f\xf8\0\0\0\0\0\0"s)));
  ASSERT_TRUE(doubles);
  EXPECT_EQ(doubles->values<double>()[0], 1.5);
}

TEST_F(Npy, FortranOrderIsStrided) {
  const auto tensor = read_npy(write("a.npy", file_of(1, header_of("<f4", "True", "(2, 3)"),
                                                      bytes_of_values<float>({1, 4, 2, 5, 3, 6}))));
  ASSERT_TRUE(tensor);
  EXPECT_EQ(tensor->strides(), (std::vector<std::int64_t>{1, 2}));
  const Tensor dense = tensor->contiguous();
  const auto values = dense.values<float>();
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()),
            (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST_F(Npy, BoolsAreZeroOrOne) {
  const auto tensor =
      read_npy(write("a.npy", file_of(1, header_of("|b1", "False", "(3,)"), "\0\1\xff"s)));
  ASSERT_TRUE(tensor);
  EXPECT_EQ(std::memcmp(tensor->raw_data(), "\0\1\1", 3), 0);
}

TEST_F(Npy, RoundTrip) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{}, {0}, {5}, {2, 3}, {3, 0, 2}, {2, 1, 3, 1}}) {
    const Tensor tensor = Tensor::zeros(DType::f64, shape);
    for (std::int64_t i = 0; i < tensor.element_count(); ++i) {
      tensor.data<double>()[i] = static_cast<double>(i) / 3;
    }
    const auto written = write_npy(path("a.npy"), tensor);
    ASSERT_TRUE(written) << written.error().what();
    const auto read = read_npy(path("a.npy"));
    ASSERT_TRUE(read) << read.error().what();
    EXPECT_EQ(read->shape(), shape);
    const auto bytes = static_cast<std::size_t>(tensor.element_count()) * sizeof(double);
    EXPECT_TRUE(bytes == 0 || std::memcmp(read->raw_data(), tensor.raw_data(), bytes) == 0);
  }
}

TEST_F(Npy, HeaderIsNumPysOwn) {
  ASSERT_TRUE(write_npy(path("a.npy"), Tensor::zeros(DType::f32, {3})));
  const std::string bytes = bytes_of("a.npy");
  EXPECT_EQ(bytes.size(), 128u + 12u);
  EXPECT_TRUE(
      bytes.starts_with("\x93NUMPY\x01\0\x76\0{'descr': '<f4', 'fortran_order': False, "
                        "'shape': (3,), } "s));
  EXPECT_EQ(bytes[127], '\n');
}

TEST_F(Npy, HeadersInOtherForms) {
  for (const char* header : {
           "{'shape':(2,),'fortran_order':False,'descr':'<f4'}",
           "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2L,)}   \n",
           "{'descr': '=f4', 'fortran_order': False, 'shape': (2), }",
       }) {
    const auto tensor =
        read_npy(write("a.npy", file_of(1, header, bytes_of_values<float>({1, 2}))));
    ASSERT_TRUE(tensor) << header << tensor.error().what();
    EXPECT_EQ(tensor->shape(), (std::vector<std::int64_t>{2}));
  }
}

TEST_F(Npy, MalformedFilesAreRefused) {
  const std::string data = bytes_of_values<float>({1, 2});
  const struct {
    std::string bytes;
    const char* reason;
  } cases[] = {
      {"", "no .npy file"},
      {"\x93NUMPX\1\0\0\0", "no .npy file"},
      {"PK\3\4 a zip", "no .npy file"},
      {"\x93NUMPY\1\0"s, "ends within its header"},
      {file_of(4, header_of("<f4", "False", "(2,)"), data), "version 4.0"},
      {file_of(1, header_of("<f4", "False", "(2,)"), "").substr(0, 30), "ends within its header"},
      {"\x93NUMPY\2\0\xff\xff\xff\xff{"s, "claims 4294967295 bytes"},
      {file_of(1, header_of("<f4", "False", "(3,)"), data),
       "asks for 12 bytes of data, there are 8"},
      {file_of(1, header_of("<f4", "False", "(1000000000000,)"), data), "there are 8"},
      {file_of(1, header_of("<f4", "False", "(4294967296, 4294967296)"), data), "2^62"},
      {file_of(1, header_of("<f4", "False", "(0, 4294967296, 4294967296, 4294967296)"), data),
       "2^62"},
      {file_of(1, header_of("<f4", "False", "(99999999999999999999,)"), data), "no tuple"},
      {file_of(1, header_of("<f4", "False", "(-1,)"), data), "no tuple"},
      {file_of(1, header_of("<f4", "False", "(2"), data), "no tuple"},
      {file_of(1, header_of("<f4", "False", "2"), data), "no tuple"},
      {file_of(1, header_of("<f4", "Maybe", "(2,)"), data), "neither True nor False"},
      {file_of(1, header_of("<c8", "False", "(1,)"), data), "'<c8' is none of tcc's"},
      {file_of(1, header_of("|O", "False", "(1,)"), data), "'|O' is none of tcc's"},
      {file_of(1, header_of("", "False", "(1,)"), data), "'' is none of tcc's"},
      {file_of(1, "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }", data),
       "records"},
      {file_of(1, "{'descr': '<f4', 'shape': (2,), }", data), "lacks one of"},
      {file_of(1, "{'descr': '<f4', 'descr': '<f4', }", data), "has 'descr' where it should not"},
      {file_of(1, "{'spam': 1, }", data), "has 'spam' where it should not"},
      {file_of(1, "'descr'", data), "no dictionary"},
      {file_of(1, "{'descr", data), "no dictionary"},
      {file_of(1, header_of("<f4", "False", "(2,)") + "}", data), "goes on behind"},
  };
  for (const auto& each : cases) {
    const auto tensor = read_npy(write("bad.npy", each.bytes));
    ASSERT_FALSE(tensor) << each.reason;
    EXPECT_EQ(tensor.error().category(), ErrorCategory::program);
    const std::string message = tensor.error().what();
    EXPECT_NE(message.find(each.reason), std::string::npos) << message;
    EXPECT_NE(message.find("bad.npy"), std::string::npos) << message;
  }
}

/// Every prefix of a good file, and every byte of its header changed: refused or read, no more.
TEST_F(Npy, DamagedFilesDoNoHarm) {
  const std::string good =
      file_of(1, header_of("<f4", "False", "(2,)"), bytes_of_values<float>({1, 2}));
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(read_npy(write("a.npy", good.substr(0, length)))) << length;
  }
  for (std::size_t at = 0; at + 8 < good.size(); ++at) {
    for (const char byte : {'\0', '9', '\'', '(', '\xff'}) {
      std::string damaged = good;
      damaged[at] = byte;
      const auto tensor = read_npy(write("a.npy", damaged));
      if (tensor) {
        EXPECT_LE(tensor->element_count(), 8) << at;
      }
    }
  }
}

TEST_F(Npy, WhatIsNoFile) {
  const auto absent = read_npy(path("absent.npy"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().category(), ErrorCategory::environment);
  EXPECT_NE(std::string(absent.error().what()).find("No such file"), std::string::npos);
  const auto folder = read_npy(folder_.string());
  ASSERT_FALSE(folder);
  EXPECT_NE(std::string(folder.error().what()).find("directory"), std::string::npos);
  const auto unwritable = write_npy(path("absent/a.npy"), Tensor::zeros(DType::f32, {1}));
  ASSERT_FALSE(unwritable);
  EXPECT_EQ(unwritable.error().category(), ErrorCategory::environment);
  EXPECT_FALSE(write_npy(path("a.npy"), Tensor::zeros(DType::bf16, {1})));
  EXPECT_FALSE(
      write_npy(path("a.npy"), Tensor::zeros(DType::f32, std::vector<std::int64_t>(65, 1))));
}

TEST_F(Npy, ReplacesAsAWhole) {
  ASSERT_TRUE(write_npy(path("a.npy"), Tensor::zeros(DType::f32, {100})));
  fs::permissions(path("a.npy"), fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("a.npy", path("link.npy"));
  ASSERT_TRUE(write_npy(path("link.npy"), Tensor::zeros(DType::f32, {1})));
  EXPECT_TRUE(fs::is_symlink(path("link.npy")));
  EXPECT_EQ(fs::file_size(path("a.npy")), 128u + 4u);
  EXPECT_EQ(fs::status(path("a.npy")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
  EXPECT_TRUE(write_npy("/dev/null", Tensor::zeros(DType::f32, {1})));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

}  // namespace
}  // namespace tcc
