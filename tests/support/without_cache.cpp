// Tests keep nothing beyond their process, and find nothing that another one has left: those of
// the cache name a folder of their own.
#include <cstdlib>

namespace {

[[maybe_unused]] const int without_cache = ::setenv("TCC_CACHE", "", /*overwrite=*/1);

}  // namespace
