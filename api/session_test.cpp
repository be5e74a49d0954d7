// A session: params by value, updates that commit after the run, nothing kept of a run that fails.
#include <tcc/tcc.h>

#include <gtest/gtest.h>

namespace tcc {
namespace {

Tensor vector_of(std::vector<float> values) {
  Tensor tensor = Tensor::empty(DType::f32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.data<float>());
  return tensor;
}

std::vector<float> values_of(const Tensor& tensor) {
  const auto values = tensor.values<float>();
  return {values.begin(), values.end()};
}

std::string kind_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.diagnostics().empty() ? "none" : error.diagnostics()[0].kind;
  }
  return "";
}

const char* const momentum =
    "param w: f32[N]\n"
    "input g: f32[N]\n"
    "param m: f32[N]\n"
    "update m = 0.5 * m + g\n"
    "update w = w - m\n"  // of the momentum before
    "output loss = sum(w)\n";

TEST(Session, UpdatesCommitAfterTheRun) {
  Session session(compile(momentum));
  ASSERT_EQ(session.inputs().size(), 1U);
  EXPECT_EQ(session.inputs()[0].name, "g");
  ASSERT_EQ(session.params().size(), 2U);
  EXPECT_EQ(session.params()[1].name, "m");
  session.set_param("w", vector_of({8, 4}));
  session.set_param("m", vector_of({1, 2}));
  const Tensor g = vector_of({4, 0});
  EXPECT_EQ(session.run({&g, 1})[0].data<float>()[0], 12);
  EXPECT_EQ(values_of(session.param("w")), (std::vector<float>{7, 2}));
  EXPECT_EQ(values_of(session.param("m")), (std::vector<float>{4.5, 1}));
  EXPECT_EQ(session.run({&g, 1})[0].data<float>()[0], 9);
  EXPECT_EQ(values_of(session.param("w")), (std::vector<float>{2.5, 1}));
}

/// The same text serves every size, none and one included.
TEST(Session, TakesEverySize) {
  const Program program = compile(momentum);
  for (const std::size_t size : {0U, 1U, 33U}) {
    Session session(program);
    session.set_param("w", vector_of(std::vector<float>(size, 1)));
    session.set_param("m", vector_of(std::vector<float>(size, 0)));
    const Tensor g = vector_of(std::vector<float>(size, 2));
    session.run({&g, 1});
    session.run({&g, 1});
    EXPECT_EQ(values_of(session.param("w")), std::vector<float>(size, -1));
  }
}

TEST(Session, OwnsItsParams) {
  Session session(compile(momentum));
  std::vector<float> memory = {1, 2};
  session.set_param("w", Tensor::view(memory, {2}));
  session.set_param("m", vector_of({0, 0}));
  memory[0] = 100;
  const Tensor copy = session.param("w");
  copy.data<float>()[1] = 100;
  EXPECT_EQ(values_of(session.param("w")), (std::vector<float>{1, 2}));
  Session other = session;
  const Tensor g = vector_of({1, 1});
  other.run({&g, 1});
  other.run({&g, 1});
  EXPECT_EQ(values_of(session.param("w")), (std::vector<float>{1, 2}));
  EXPECT_EQ(values_of(other.param("w")), (std::vector<float>{0, 1}));
}

/// A program itself keeps nothing: what it is given stays as it is.
TEST(Session, ProgramsAloneUpdateNothing) {
  const Program program = compile(momentum);
  const Tensor inputs[] = {vector_of({8, 4}), vector_of({4, 0}), vector_of({1, 2})};
  ASSERT_EQ(program.run(inputs).size(), 1U);
  EXPECT_EQ(values_of(inputs[0]), (std::vector<float>{8, 4}));
}

TEST(Session, SaysWhatIsWrong) {
  Session session(compile(momentum));
  const Tensor g = vector_of({4, 0});
  EXPECT_FALSE(session.param("w").defined());
  EXPECT_EQ(kind_of([&] { session.run({&g, 1}); }), "missing-input");
  EXPECT_EQ(kind_of([&] { session.set_param("g", g); }), "undefined-name");
  EXPECT_EQ(kind_of([&] { static_cast<void>(session.param("x")); }), "undefined-name");
  EXPECT_EQ(kind_of([&] { session.set_param("w", Tensor()); }), "missing-input");
  EXPECT_EQ(kind_of([&] { session.set_param("w", Tensor::zeros(DType::f64, {2})); }),
            "dtype-mismatch");
  EXPECT_EQ(kind_of([&] { session.set_param("w", Tensor::zeros(DType::f32, {})); }),
            "rank-mismatch");
  session.set_param("w", vector_of({1, 2}));
  session.set_param("m", vector_of({0, 0, 0}));
  EXPECT_EQ(kind_of([&] { session.run({&g, 1}); }), "size-mismatch");
  session.set_param("m", vector_of({1, 1}));
  const Tensor two[] = {g, g};
  EXPECT_EQ(kind_of([&] { session.run(two); }), "bad-argument");
  EXPECT_EQ(kind_of([&] { session.run({}); }), "missing-input");
  EXPECT_EQ(values_of(session.param("w")), (std::vector<float>{1, 2}));
  session.run({&g, 1});
  EXPECT_EQ(values_of(session.param("w")), (std::vector<float>{0, 1}));
}

/// An index that is found wrong in the run: nothing commits.
TEST(Session, KeepsNothingOfARunThatFails) {
  Session session(
      compile("param w: f32[N], t: f32[N]\ninput ids: i64[N]\n"
              "update w = w + 1\nupdate t[i] = t[ids[i]]\n"));
  session.set_param("w", vector_of({1, 2}));
  session.set_param("t", vector_of({3, 4}));
  Tensor ids = Tensor::zeros(DType::i64, {2});
  ids.data<std::int64_t>()[0] = 7;
  EXPECT_EQ(kind_of([&] { session.run({&ids, 1}); }), "index-out-of-range");
  EXPECT_EQ(values_of(session.param("w")), (std::vector<float>{1, 2}));
  ids.data<std::int64_t>()[0] = 1;
  EXPECT_TRUE(session.run({&ids, 1}).empty());
  EXPECT_EQ(values_of(session.param("w")), (std::vector<float>{2, 3}));
  EXPECT_EQ(values_of(session.param("t")), (std::vector<float>{4, 3}));
}

TEST(Session, OfFreeNamesHasNoParams) {
  Session session(compile("c = a + b"));
  EXPECT_TRUE(session.params().empty());
  const Tensor inputs[] = {vector_of({1, 2}), vector_of({3, 4})};
  EXPECT_EQ(values_of(session.run(inputs)[0]), (std::vector<float>{4, 6}));
}

}  // namespace
}  // namespace tcc
