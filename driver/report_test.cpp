// Errors as they reach the user: bugs and failed verifications, which no command line can provoke.
#include "driver/report.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "driver/verify_report.h"

namespace tcc::driver {
namespace {

struct TestConsole {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Console console{in, out, err};
};

TEST(Report, ABugNamesAFileThatReproducesIt) {
  TestConsole test;
  const std::vector<std::string> arguments = {"run", "-e", "y = x\n"};
  const Error error(ErrorCategory::bug, "a loop\nwithout an end");
  const ExitCode code = report_error(error, Form::text, {arguments, "y = x\n"}, test.console);
  EXPECT_EQ(static_cast<int>(code), 70);
  const std::string text = test.err.str();
  EXPECT_NE(text.find("a loop\nwithout an end"), std::string::npos) << text;
  EXPECT_NE(text.find("please report it"), std::string::npos) << text;
  const std::string path = text.substr(text.rfind(' ') + 1, text.rfind('\n') - text.rfind(' ') - 1);
  std::ifstream file(path);
  const std::string written{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(written, "# tcc " TCC_VERSION
                     ": a loop\n# without an end\n# tcc 'run' '-e' 'y = x\n"
                     "# '\ny = x\n");
  std::filesystem::remove(path);
}

TEST(Report, CategoriesAreExitCodes) {
  TestConsole test;
  const auto code_of = [&](ErrorCategory category) {
    return static_cast<int>(report_error(Error(category, "x"), Form::text, {}, test.console));
  };
  EXPECT_EQ(code_of(ErrorCategory::program), 1);
  EXPECT_EQ(code_of(ErrorCategory::environment), 3);
  EXPECT_EQ(test.err.str(), "tcc: error: x\ntcc: error: x\n");
  EXPECT_EQ(static_cast<int>(report_wrong_command_line("x", "y", Form::text, test.console)), 2);
}

TEST(Report, ColorsMarkButDoNotChangeTheText) {
  TestConsole test;
  test.console.color = Color::always;
  const std::string text =
      "a.tc:1:5: error: sizes differ [size-mismatch]\n"
      "  1 | y = a + b\n"
      "    |     ~~^~~\n"
      "  note: see there (a.tc:1:1)\n"
      "  help: transpose it\n";
  Diagnostic diagnostic;
  report_error(Error(ErrorCategory::program, text, {diagnostic}), Form::text, {}, test.console);
  std::string painted = test.err.str();
  EXPECT_NE(painted.find("\033[1;31merror:"), std::string::npos);
  EXPECT_NE(painted.find("\033[1;31m~~^~~"), std::string::npos);
  EXPECT_NE(painted.find("\033[1;36mnote:"), std::string::npos);
  EXPECT_NE(painted.find("\033[1;32mhelp:"), std::string::npos);
  for (std::size_t at = 0; (at = painted.find('\033')) != std::string::npos;) {
    painted.erase(at, painted.find('m', at) - at + 1);
  }
  EXPECT_EQ(painted, text);
}

VerifyResult result_of(bool within_bounds) {
  return {"C", {within_bounds, 3.14e-06, 4.6e-05, 0, {1, 2}, 3.5, 3.25}};
}

TEST(VerifyReport, WordsAndExitCodes) {
  TestConsole test;
  print_verified({result_of(true), result_of(false)}, test.console);
  EXPECT_EQ(test.out.str(), "verified: C max error 3.1e-06, allowed 4.6e-05\n");
  EXPECT_EQ(test.err.str(),
            "tcc: error: not verified: C[1, 2] is 3.5, but 3.25 is expected, allowed error "
            "4.6e-05\n");
  EXPECT_EQ(static_cast<int>(exit_code_of({})), 0);
  EXPECT_EQ(static_cast<int>(exit_code_of({result_of(true)})), 0);
  EXPECT_EQ(static_cast<int>(exit_code_of({result_of(true), result_of(false)})), 4);
}

TEST(Report, HelpStandsApartInJson) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Console console{in, out, err};
  report_error(Error(ErrorCategory::environment, "no device\n  help: buy one"), Form::json, {},
               console);
  EXPECT_EQ(
      out.str(),
      R"({"severity":"error","category":"environment","message":"no device","help":"buy one"})"
      "\n");
}

}  // namespace
}  // namespace tcc::driver
