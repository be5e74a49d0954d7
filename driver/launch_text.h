// What a run asks of the machine, as text of 100 columns at most.
#pragma once

#include <string>

#include "driver/launch_report.h"

namespace tcc::driver {

/// Kernels, totals, and a chart: a row for each temporary, a column for each kernel (for several
/// where they are many), marked where it is in use. Long lists are shortened: to the first kernels,
/// and the largest temporaries.
std::string launch_text(const LaunchReport& report);

}  // namespace tcc::driver
