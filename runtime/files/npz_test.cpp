#include "runtime/files/npz.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "runtime/files/npy_header.h"
#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

using namespace std::string_literals;

class Npz : public testing::Test {
 protected:
  std::string write(const std::string& bytes) const {
    const std::string path = folder_ / "a.npz";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  std::string written(std::span<const NamedTensor> tensors) const {
    const std::string path = folder_ / "b.npz";
    const auto result = write_npz(path, tensors);
    EXPECT_TRUE(result) << result.error().what();
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void expect_refused(const std::string& bytes, const std::string& reason) const {
    const auto tensor = read_npz(write(bytes), "x");
    ASSERT_FALSE(tensor) << reason;
    EXPECT_EQ(tensor.error().category(), ErrorCategory::program);
    const std::string message = tensor.error().what();
    EXPECT_NE(message.find(reason), std::string::npos) << message;
    EXPECT_NE(message.find("a.npz"), std::string::npos) << message;
  }

  tests::TemporaryFolder folder_;
};

Tensor tensor_of(std::vector<float> values) {
  const Tensor tensor = Tensor::empty(DType::f32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.data<float>());
  return tensor;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

/// np.savez_compressed(.., a=np.array([1.5, -2], np.float32)) of NumPy 2.4.6
const std::string& deflated() {
  static const std::string bytes = from_hex(
      "504b03042d000000080000002100d6434b05ffffffffffffffff05001400612e6e70790100100088000000000000"
      "004b000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f"
      "5f94920a12774bcc294e058a17672416a402f91a463a9a3a0ab50a14002e068603f60c400200504b01022d032d00"
      "0000080000002100d6434b054b00000088000000050000000000000000000000800100000000612e6e7079504b05"
      "06000000000100010033000000820000000000");
  return bytes;
}

TEST_F(Npz, ReadsWhatNumPyDeflated) {
  const auto tensor = read_npz(write(deflated()), "a");
  ASSERT_TRUE(tensor) << tensor.error().what();
  EXPECT_EQ(tensor->shape(), std::vector<std::int64_t>{2});
  EXPECT_EQ(tensor->values<float>()[0], 1.5f);
  EXPECT_EQ(tensor->values<float>()[1], -2.0f);
  EXPECT_TRUE(read_npz(write(deflated()), "a.npy"));
}

TEST_F(Npz, RoundTrip) {
  const NamedTensor tensors[] = {
      {"x", tensor_of({1, 2, 3})}, {"empty", tensor_of({})}, {"y", tensor_of({4})}};
  const std::string path = write(written(tensors));
  for (const NamedTensor& each : tensors) {
    const auto read = read_npz(path, each.name);
    ASSERT_TRUE(read) << read.error().what();
    EXPECT_EQ(read->shape(), each.tensor.shape());
    const auto got = read->values<float>();
    const auto wanted = each.tensor.values<float>();
    EXPECT_TRUE(std::equal(got.begin(), got.end(), wanted.begin(), wanted.end())) << each.name;
  }
  EXPECT_EQ(written(tensors), written(tensors));
}

TEST_F(Npz, ArchivesOfNothing) {
  const auto read = read_npz(write(written({})), "x");
  ASSERT_FALSE(read);
  EXPECT_NE(std::string(read.error().what()).find("it has nothing"), std::string::npos);
}

TEST_F(Npz, ManyMembersNeedZip64) {
  std::vector<NamedTensor> tensors;
  for (int i = 0; i < 70000; ++i)
    tensors.push_back({fmt::format("t{}", i), tensor_of({})});
  const std::string bytes = written(tensors);
  EXPECT_NE(bytes.find("PK\6\6"), std::string::npos);
  EXPECT_TRUE(read_npz(write(bytes), "t69999"));
}

TEST_F(Npz, OtherMembersAreNamed) {
  const NamedTensor tensors[] = {{"weight", tensor_of({1})}, {"bias", tensor_of({2})}};
  const std::string path = write(written(tensors));
  EXPECT_NE(std::string(read_npz(path, "wieght").error().what()).find("did you mean 'weight'?"),
            std::string::npos);
  EXPECT_NE(std::string(read_npz(path, "q").error().what()).find("it has weight, bias"),
            std::string::npos);
}

TEST_F(Npz, WhatNumPyLacksIsRefused) {
  const NamedTensor tensors[] = {{"x", Tensor::zeros(DType::bf16, {1})}};
  const auto result = write_npz(folder_ / "b.npz", tensors);
  ASSERT_FALSE(result);
  EXPECT_NE(std::string(result.error().what()).find("NumPy has no bf16"), std::string::npos);
}

TEST_F(Npz, WhatIsNoFile) {
  const auto absent = read_npz(folder_ / "absent.npz", "x");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().category(), ErrorCategory::environment);
  EXPECT_FALSE(read_npz("/", "x"));
  EXPECT_FALSE(read_npz("/dev/zero", "x"));
}

std::string number(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i, value >>= 8)
    bytes += static_cast<char>(value & 0xff);
  return bytes;
}

/// A member of an archive that a test puts together, with every claim in its hands.
struct Part {
  std::string name = "x.npy";
  std::string data = npy::make_header(DType::u8, {2}) + "ab";
  std::uint64_t method = 0;
  std::uint64_t flags = 0;
  std::uint64_t crc = 0;  ///< wrong unless it is set
  std::optional<std::uint64_t> packed_size, size, offset, header_offset;
  std::optional<std::string> local_name;
  std::string extra;
};

std::string local_part(const Part& part) {
  const std::string name = part.local_name.value_or(part.name);
  return "PK\3\4" + number(20, 2) + number(part.flags, 2) + number(part.method, 2) + number(0, 4) +
         number(part.crc, 4) + number(part.data.size(), 4) + number(part.data.size(), 4) +
         number(name.size(), 2) + number(0, 2) + name + part.data;
}

std::string entry_of(const Part& part, std::uint64_t offset) {
  return "PK\1\2" + number(20, 2) + number(20, 2) + number(part.flags, 2) + number(part.method, 2) +
         number(0, 4) + number(part.crc, 4) +
         number(part.packed_size.value_or(part.data.size()), 4) +
         number(part.size.value_or(part.data.size()), 4) + number(part.name.size(), 2) +
         number(part.extra.size(), 2) + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) +
         number(part.header_offset.value_or(offset), 4) + part.name + part.extra;
}

std::string end_of(std::uint64_t count, std::uint64_t size, std::uint64_t offset) {
  return "PK\5\6" + number(0, 4) + number(count, 2) + number(count, 2) + number(size, 4) +
         number(offset, 4) + number(0, 2);
}

std::string archive_of(const std::vector<Part>& parts) {
  std::string bytes;
  std::string directory;
  for (const Part& part : parts) {
    directory += entry_of(part, bytes.size());
    bytes += local_part(part);
  }
  return bytes + directory + end_of(parts.size(), directory.size(), bytes.size());
}

Part with(const std::function<void(Part&)>& change) {
  Part part;
  change(part);
  return part;
}

TEST_F(Npz, HostileArchivesAreRefused) {
  const Part plain;
  const std::string header = local_part(plain);
  const struct {
    std::string bytes;
    const char* reason;
  } cases[] = {
      {"", "no archive"},
      {"PK\3\4", "no archive"},
      {archive_of({plain}), "its checksum is wrong"},
      {archive_of({plain, plain}), "'x.npy' twice"},
      {archive_of({with([](Part& p) { p.name = "/etc/x"; })}), "of the name '/etc/x'"},
      {archive_of({with([](Part& p) { p.name = "a/../x"; })}), "of the name 'a/../x'"},
      {archive_of({with([](Part& p) { p.name = "a\\x"; })}), "of the name 'a\\x'"},
      {archive_of({with([](Part& p) { p.name = "x\0y"s; })}), "of the name 'x?y'"},
      {archive_of({with([](Part& p) { p.name = ""; })}), "of the name ''"},
      {archive_of({with([](Part& p) { p.local_name = "y.npy"; })}), "says otherwise"},
      {archive_of({with([](Part& p) { p.flags = 1; })}), "is encrypted"},
      {archive_of({with([](Part& p) { p.method = 12; })}), "packed by method 12"},
      {archive_of({with([](Part& p) { p.size = 1 << 30; })}), "claims 1073741824 bytes"},
      {archive_of({with([](Part& p) {
         p.method = 8;
         p.size = 1 << 30;
       })}),
       "claims 1073741824 bytes"},
      {archive_of({with([](Part& p) { p.packed_size = p.size = 4000; })}), "overlaps"},
      {archive_of({with([](Part& p) { p.header_offset = 1; })}), "is not where"},
      {archive_of({with([](Part& p) { p.header_offset = 0xfffffffe; })}), "is not where"},
      {archive_of({with([](Part& p) {
         p.size = p.packed_size = 0xffffffff;
         p.extra = number(1, 2) + number(8, 2) + number(7, 8);
       })}),
       "lacks a ZIP64 size"},
      {archive_of({with([](Part& p) {
         p.size = p.packed_size = 0xffffffff;
         p.extra = number(1, 2) + number(16, 2) + number(~0ull, 8) + number(~0ull, 8);
       })}),
       "overlaps"},
      // Two entries that share one member.
      {archive_of({plain, with([](Part& p) {
                     p.name = "x.npy";
                     p.header_offset = 0;
                   })}),
       "twice"},
      {archive_of({with([](Part& p) { p.method = 8; })}), "shorter than its directory says"},
      {archive_of({with([](Part& p) {
         p.method = 8;
         p.data = "\x07";
       })}),
       "packed data is damaged"},
      {header + end_of(1, 0, header.size()), "claims 1 members in 0 bytes"},
      {header + end_of(0, 1000000, 0), "not where it should be"},
      {header + entry_of(plain, 0) + end_of(0, entry_of(plain, 0).size(), header.size()),
       "goes on behind"},
      {header + "PK\6\6" + std::string(52, '\xff') + "PK\6\7" + number(0, 4) +
           number(header.size(), 8) + number(1, 4) + end_of(0xffff, 0xffffffff, 0xffffffff),
       "several parts"},
      {"PK\6\7" + number(0, 4) + number(~0ull, 8) + number(1, 4) + end_of(0, 0, 0),
       "ZIP64 record is not where"},
  };
  for (const auto& each : cases)
    expect_refused(each.bytes, each.reason);
}

/// Every prefix of a good archive is refused, every changed byte does no harm.
TEST_F(Npz, DamagedArchivesDoNoHarm) {
  const NamedTensor tensors[] = {{"a", tensor_of({1, 2})}};
  for (const std::string& good : {written(tensors), deflated()}) {
    for (std::size_t length = 0; length < good.size(); ++length)
      EXPECT_FALSE(read_npz(write(good.substr(0, length)), "a")) << length;
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const char byte : {'\0', '\x7f', '\xff'}) {
        std::string damaged = good;
        damaged[at] = byte;
        const auto tensor = read_npz(write(damaged), "a");
        if (tensor) {
          EXPECT_EQ(tensor->element_count(), 2) << at;
        }
      }
    }
  }
}

}  // namespace
}  // namespace tcc
