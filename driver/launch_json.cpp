// What a run asks of the machine, as JSON: numbers of bytes, or expressions over the sizes.
#include <nlohmann/json.hpp>

#include "driver/launch_report.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Amount& amount) {
  return amount.number ? Json(*amount.number) : Json(amount.expression);
}

Json to_json(const std::optional<std::int64_t>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json to_json(const LaunchKernel& kernel) {
  Json parallel = Json::array();
  for (const ParallelLoop& loop : kernel.parallel)
    parallel.push_back({{"loop", loop.variable}, {"pieces", to_json(loop.pieces)}});
  return {{"name", kernel.name},
          {"parallel", std::move(parallel)},
          {"scratch_bytes", to_json(kernel.scratch)},
          {"scratch_bytes_per_thread", to_json(kernel.scratch_per_thread)}};
}

Json to_json(const LaunchTemporary& temporary) {
  Json object = {{"name", temporary.name},
                 {"bytes", to_json(temporary.bytes)},
                 {"first_kernel", temporary.first},
                 {"last_kernel", temporary.last}};
  if (!temporary.in_place_of.empty()) object["in_place_of"] = temporary.in_place_of;
  if (!temporary.output.empty()) object["output"] = temporary.output;
  object["offset"] = to_json(temporary.offset);
  return object;
}

template <typename T> Json wanted(const std::vector<T>& entries) {
  Json list = Json::array();
  for (const T& entry : entries) {
    if (entry.is_wanted) list.push_back(to_json(entry));
  }
  return list;
}

}  // namespace

Json to_json(const LaunchReport& report) {
  return {{"kernels", wanted(report.kernels)},
          {"peak_bytes", to_json(report.peak)},
          {"lower_bound_bytes", to_json(report.lower_bound)},
          {"without_sharing_bytes", to_json(report.without_sharing)},
          {"params_bytes", to_json(report.params)},
          {"inputs_bytes", to_json(report.inputs)},
          {"outputs_bytes", to_json(report.outputs)},
          {"unknown_sizes", report.unknown_sizes},
          {"temporaries", wanted(report.temporaries)}};
}

}  // namespace tcc::driver
