// Tests leave nothing in the home of who runs them, and compile what they test: where a test says
// nothing else, neither this process nor those it starts keep compiled programs.
#include <cstdlib>

namespace tcc::tests {
namespace {

[[maybe_unused]] const int set_before_main = ::setenv("TCC_CACHE", "", 1);

}  // namespace
}  // namespace tcc::tests
