// What was measured of a row.
#pragma once

#include <string>
#include <vector>

namespace bench {

/// Of one contender: seconds of a call, in each round the shortest.
struct Times {
  std::string peer, name;
  std::vector<double> rounds;
};

struct Measured {
  std::vector<Times> contenders;
  std::vector<double> limit;  ///< flops or bytes a second that the machine reached in each round
};

/// Of at least one value; of an even number the larger of the two in the middle.
double median(std::vector<double> values);

}  // namespace bench
