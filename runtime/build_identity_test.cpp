#include "runtime/build_identity.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

TEST(BuildIdentity, IsTheLinkersHash) {
  EXPECT_EQ(build_identity().size(), 40U) << build_identity();  // SHA-1, in hexadecimal
  EXPECT_EQ(build_identity().find_first_not_of("0123456789abcdef"), std::string::npos);
}

/// Of two processes: `tcc doctor` prints it.
TEST(BuildIdentity, IsTheSameInAllProcessesOfABinary) {
  const auto of_tcc = [] {
    const std::string out = tests::run_tcc({"doctor", "--json"}).out;
    return nlohmann::json::parse(out).value("build", "");
  };
  const std::string identity = of_tcc();
  EXPECT_EQ(identity.size(), 40U) << identity;
  EXPECT_EQ(of_tcc(), identity);
  EXPECT_NE(build_identity(), identity);  // this is another binary
}

TEST(BuildIdentity, FilesAreToldApart) {
  const tests::TemporaryFolder folder;
  EXPECT_EQ(identity_of_file(folder / "absent"), "");
  std::ofstream(folder / "one") << "text";
  std::ofstream(folder / "two") << "text";
  const std::string one = identity_of_file(folder / "one");
  EXPECT_EQ(identity_of_file(folder / "one"), one);
  EXPECT_NE(identity_of_file(folder / "two"), one);
  std::ofstream(folder / "one") << "longer";
  EXPECT_NE(identity_of_file(folder / "one"), one);
}

}  // namespace
}  // namespace tcc
