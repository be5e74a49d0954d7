// Where the lets of inlined definitions stand, and that a chain of them stays small.
#include <gtest/gtest.h>

#include "ir/printer.h"
#include "ir/visit.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

/// x, then `count` definitions of which each is `body` of the ones before: T.1, .., C.
std::string chain(int count, const std::function<std::string(int)>& body) {
  std::string header = "size N\ninput T.0: f32[N]\noutput C: f32[N]\n";
  std::string kernels;
  for (int n = 1; n <= count; ++n) {
    const std::string name = n == count ? "C" : "T." + std::to_string(n);
    if (n < count) header += "temporary " + name + ": f32[N]\n";
    kernels += "\nkernel " + name + " {\n  for i in 0:N {\n    " + name + "[i] = " + body(n) +
               "\n  }\n}\n";
  }
  return header + kernels;
}

std::string element(int n) { return "T." + std::to_string(n) + "[i]"; }
std::string doubled(int n) { return element(n - 1) + " + " + element(n - 1); }
std::string fibonacci(int n) {
  return n == 1 ? element(0) + " * 2.0" : element(n - 1) + " + " + element(n - 2);
}

/// Inlines all temporaries into C, the last one first.
std::string inline_all(int count) {
  std::string text = "schedule C {\n";
  for (int n = count - 1; n >= 1; --n)
    text += "  inline(T." + std::to_string(n) + ")\n";
  return text + "}\n";
}

std::size_t statements_in(const LoopProgram& program) {
  std::size_t count = 0;
  for (const Kernel& kernel : program.kernels)
    for_each_statement(kernel.body, [&](const Stmt&) { ++count; });
  return count;
}

TEST(Inline, PutsLetsOfAChainIntoOneBlock) {
  EXPECT_EQ(scheduled_text(chain(3, doubled), inline_all(3)), R"(kernel C {
  for i in 0:N {
    let T.1 = T.0[i] + T.0[i]
    let T.2 = T.1 + T.1
    C[i] = T.2 + T.2
  }
}
)");
}

TEST(Inline, SharesAnElementBetweenTheStatementsOfABlock) {
  EXPECT_EQ(scheduled_text(chain(5, fibonacci), inline_all(5)), R"(kernel C {
  for i in 0:N {
    let T.1 = T.0[i] * 2.0
    let T.2 = T.1 + T.0[i]
    let T.3 = T.2 + T.1
    C[i] = T.3 + T.2 + T.3
  }
}
)");
}

TEST(Inline, KeepsAChainOfSixtyLinear) {
  for (const auto& body : {doubled, fibonacci}) {
    const LoopProgram program = scheduled(chain(61, body), inline_all(61));
    ASSERT_EQ(program.kernels.size(), 1u);
    EXPECT_LE(statements_in(program), 65u);
    EXPECT_LE(print(program).size(), 4000u);
  }
}

TEST(Inline, KeepsEveryBitOfAChain) {
  for (const auto& body : {doubled, fibonacci}) {
    const std::string text = chain(9, body);
    expect_same_results(program_from(text), scheduled(text, inline_all(9)), {0, 1, 7});
  }
}

TEST(Inline, RemovesTheBufferWithTheDefinition) {
  const LoopProgram program = scheduled(chain(2, doubled), inline_all(2));
  EXPECT_EQ(program.buffers.size(), 3u) << "ids stay";
  EXPECT_EQ(program[*program.find_buffer("T.1")].use, BufferUse::removed);
  EXPECT_EQ(print(program).find("temporary"), std::string::npos);
}

TEST(Inline, LeavesALoadUnderAPredicate) {
  std::string text = chain(2, doubled);
  text.replace(text.find("C[i] = ") + 7, std::string_view("T.1[i]").size(), "(T.1[i] if i < 2)");
  const LoopProgram program = scheduled(text, inline_all(2));
  EXPECT_EQ(program.kernels.size(), 2u) << "something still reads it";
  expect_same_results(program_from(text), program, {0, 1, 5});
}

}  // namespace
}  // namespace tcc::ir
