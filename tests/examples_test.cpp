// Every program of examples/ is run as its first lines say, and what it prints is compared with
// tests/examples/NAME.out: text exactly, numbers to the accuracy that every processor gives. With
// TCC_UPDATE_GOLDEN in the environment these files are rewritten.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/golden_runner.h"
#include "tests/support/picture.h"
#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// What other programs import lies apart, and is no program.
std::vector<fs::path> programs() {
  std::vector<fs::path> found = golden_files("examples");
  std::erase_if(found,
                [](const fs::path& path) { return path.parent_path().filename() == "functions"; });
  return found;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The command in the comments of a program, without `tcc`: `#     tcc run ..`, and the lines that
/// go on after a `\`.
Words command_in(const fs::path& path) {
  std::ifstream file(path);
  Words words;
  bool is_inside = false;
  for (std::string line; std::getline(file, line);) {
    is_inside = is_inside || line.starts_with("#     tcc ");
    if (!is_inside) continue;
    std::istringstream stream(line.substr(1));
    for (std::string word; stream >> word;) {
      if (word != "\\" && word != "tcc") words.push_back(word);
    }
    if (!line.ends_with('\\')) break;
  }
  return words;
}

/// Those that print; what writes files has a test of its own.
std::vector<fs::path> printing_programs() {
  std::vector<fs::path> found = programs();
  std::erase_if(found, [](const fs::path& path) {
    const Words command = command_in(path);
    return std::find(command.begin(), command.end(), "-o") != command.end();
  });
  return found;
}

/// Words and numbers; brackets stand alone, so that the widths of columns do not matter.
Words tokens_of(const std::string& text) {
  std::string spaced;
  for (const char c : text) {
    if (c == '[' || c == ']') {
      spaced += {' ', c, ' '};
    } else {
      spaced += c;
    }
  }
  std::istringstream stream(spaced);
  Words tokens;
  for (std::string token; stream >> token;)
    tokens.push_back(token);
  return tokens;
}

std::optional<double> number_of(const std::string& token) {
  double value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error != std::errc() || end != token.data() + token.size()) return {};
  return value;
}

/// How far numbers near 0 may be off: where 24 layers follow each other, 24 roundings do.
double tolerance_of(const std::string& name) { return name == "perceptron" ? 2e-4 : 2e-6; }

/// Equal, or floats that differ by rounding only. Whole numbers are written without a point.
bool is_close(const std::string& token, const std::string& expected, double tolerance) {
  if (token == expected) return true;
  const auto a = number_of(token);
  const auto b = number_of(expected);
  const bool are_floats = token.find('.') != std::string::npos && a && b;
  return are_floats && std::abs(*a - *b) <= tolerance + 2e-5 * std::abs(*b);
}

::testing::AssertionResult prints_alike(const std::string& printed, const std::string& expected,
                                        double tolerance = tolerance_of("")) {
  const Words a = tokens_of(printed);
  const Words b = tokens_of(expected);
  const auto is_alike = [&](const std::string& token, const std::string& wanted) {
    return is_close(token, wanted, tolerance);
  };
  if (std::equal(a.begin(), a.end(), b.begin(), b.end(), is_alike)) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << line_difference(expected, printed);
}

class Examples : public ::testing::TestWithParam<fs::path> {};

TEST_P(Examples, PrintsWhatItShould) {
  fs::current_path(TCC_SOURCE_DIR);
  const Words command = command_in(GetParam());
  ASSERT_FALSE(command.empty()) << "no command in the first lines of " << GetParam();
  const ProcessResult run = run_tcc(command);
  EXPECT_EQ(run.code, 0) << run.err;
  const std::string printed = run.out.substr(0, run.out.find("verified: "));
  const std::string name = GetParam().stem().string();
  const fs::path wanted = fs::path("tests/examples") / (name + ".out");
  if (std::getenv("TCC_UPDATE_GOLDEN")) {
    std::ofstream(wanted) << printed;
    return;
  }
  ASSERT_TRUE(fs::exists(wanted)) << "no expected output: scripts/update_golden.sh writes it";
  EXPECT_TRUE(prints_alike(printed, text_of(wanted), tolerance_of(name)));
}

INSTANTIATE_TEST_SUITE_P(All, Examples, ::testing::ValuesIn(printing_programs()),
                         [](const auto& each) { return each.param.stem().string(); });

TEST(ExamplesFolder, IsFormatted) {
  for (const fs::path& path : golden_files("examples")) {
    const ProcessResult check = run_tcc({"fmt", "--check", path.string()});
    EXPECT_EQ(check.code, 0) << check.err;
  }
}

TEST(ExamplesFolder, HasAnIndexOfAllPrograms) {
  fs::current_path(TCC_SOURCE_DIR);
  const std::string index = text_of("examples/README.md");
  for (const fs::path& path : programs()) {
    const std::string name = fs::relative(path, fs::path(TCC_SOURCE_DIR) / "examples").string();
    EXPECT_NE(index.find("(" + name + ")"), std::string::npos) << "no link to " << name;
  }
}

/// What takes too long, or too much memory, where it is large.
TEST(ExamplesFolder, VerifiesLargeProgramsWhereTheyAreSmall) {
  fs::current_path(TCC_SOURCE_DIR);
  const std::vector<Words> commands = {
      {"run", "examples/perceptron.tc", "--set", "B=3", "--random", "1", "--verify"},
      {"run", "examples/torus.tc", "--set", "H=15", "--set", "W=20", "--set", "U=6", "--set", "V=5",
       "--verify"},
  };
  for (const Words& command : commands) {
    const ProcessResult run = run_tcc(command);
    EXPECT_EQ(run.code, 0) << command[1] << '\n' << run.err;
    EXPECT_NE(run.out.find("verified: "), std::string::npos) << run.out;
  }
}

TEST(ExamplesFolder, ReadsOverNineteenOfTwentyDigits) {
  fs::current_path(TCC_SOURCE_DIR);
  const ProcessResult run = run_tcc(command_in("examples/digits/digits.tc"));
  const Words tokens = tokens_of(run.out);
  ASSERT_GE(tokens.size(), 3U) << run.err;
  EXPECT_EQ(tokens[0], "accuracy:");
  EXPECT_GT(number_of(tokens[2]).value_or(0), 0.95);
}

void expect_near(const Colour& got, const Colour& wanted, const std::string& what) {
  EXPECT_NEAR(got.red, wanted.red, 4) << what;
  EXPECT_NEAR(got.green, wanted.green, 4) << what;
  EXPECT_NEAR(got.blue, wanted.blue, 4) << what;
}

/// The mean colours of parts of the picture, which a rounding here or there does not change.
TEST(ExamplesFolder, DrawsATorusAboveTheGround) {
  fs::current_path(TCC_SOURCE_DIR);
  const TemporaryFolder folder;
  Words command = command_in("examples/torus.tc");
  ASSERT_EQ(command.back(), "img=torus.ppm");
  command.back() = "img=" + folder / "torus.ppm";
  command.insert(command.end(), {"--set", "H=60", "--set", "W=80"});
  const ProcessResult run = run_tcc(command);
  ASSERT_EQ(run.code, 0) << run.err;

  const Picture picture = read_picture(folder / "torus.ppm");
  ASSERT_EQ(picture.height, 60U);
  ASSERT_EQ(picture.width, 80U);
  const auto is_orange = [](const Colour& c) { return c.red > 1.6 * c.blue; };
  EXPECT_NEAR(static_cast<double>(picture.count(is_orange)), 1055, 15);

  expect_near(picture.mean({0, 10, 0, 80}), {181, 209, 245}, "the sky");
  expect_near(picture.mean({52, 60, 0, 80}), {137, 137, 137}, "the ground in front");
  expect_near(picture.mean({26, 33, 36, 44}), {148, 155, 164}, "the ground in the hole");
  expect_near(picture.mean({26, 33, 24, 30}), {238, 149, 77}, "the ring, lit");
  expect_near(picture.mean({20, 23, 40, 46}), {95, 54, 25}, "the ring, turned away from the sun");
  expect_near(picture.mean({24, 30, 55, 60}), {252, 179, 112}, "the highlight");
  expect_near(picture.mean({40, 46, 17, 21}), {64, 65, 66}, "the shadow");
  expect_near(picture.mean({40, 46, 4, 14}), {145, 146, 146}, "the ground beside the shadow");
}

TEST(ExamplesFolder, TokensMayDifferByRoundingOnly) {
  EXPECT_TRUE(prints_alike("y: f32[2]\n[1.0000001 2.]\n", "y: f32[2]\n[1. 2.]\n"));
  EXPECT_FALSE(prints_alike("y: f32[2]\n[1.001 2.]\n", "y: f32[2]\n[1. 2.]\n"));
  EXPECT_FALSE(prints_alike("i: i64\n1000001\n", "i: i64\n1000000\n"));
  EXPECT_FALSE(prints_alike("y: f32[2]\n[1. 2.]\n", "y: f32[3]\n[1. 2. 3.]\n"));
  EXPECT_FALSE(prints_alike("a: f32\nnan\n", "a: f32\n1.0\n"));
}

}  // namespace
}  // namespace tcc::tests
