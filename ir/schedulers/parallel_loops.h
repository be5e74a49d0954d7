// Which loops of a scheduled program are shared out over threads.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ir/rewrites/indexed_program.h"
#include "ir/schedule.h"

namespace tcc::ir {

/// Makes loops of every kernel parallel, outermost first, and gives the commands that do. What is
/// called like one of `given`, and has a schedule of its own, is left alone.
///
/// The choice knows nothing of threads, so that a program has one schedule and its results are the
/// same bits for any number of them: no reduction is taken apart for it.
///
/// Rules, with their reasons:
/// - the outermost loop whose iterations share nothing but reads: a thread is given ranges of it,
///   and what it finds in its cache is its own
/// - but where that is known to have few iterations, the one directly inside, if it has more:
///   there would be nothing to share out evenly
/// - nothing where it is known that a loop is done before another thread has woken up
/// - inside a loop that must run in order, only what is known to be long: each of its iterations
///   waits for all threads
/// - so sums to one number and sums down columns stay in order: their outermost loops carry the
///   sums, and partial sums of each thread's rows would be other bits than the schedule says
std::vector<ScheduleBlock> make_loops_parallel(IndexedProgram& program,
                                               const std::set<std::string>& given);

}  // namespace tcc::ir
