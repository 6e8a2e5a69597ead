// SPDX-License-Identifier: Apache-2.0
#include "app/run/group_gradients.h"

#include <nlohmann/json.hpp>

#include "app/run/nccl_gradients.h"

namespace dovetail {

// CBOR keeps every bit of a double.
StepReport GroupGradients::all_reduce_report(const StepReport& mine) {
  using nlohmann::json;
  const auto gathered = group_.all_gather(
      json::to_cbor(json{mine.loss_sum, mine.computed_tokens, mine.stop, mine.failure}));
  std::vector<StepReport> reports;
  for (const DataParallelGroup::Bytes& bytes : gathered) {
    const json fields = json::from_cbor(bytes);
    reports.push_back({fields.at(0).get<double>(), fields.at(1).get<int64_t>(),
                       fields.at(2).get<bool>(), fields.at(3).get<std::string>()});
  }
  return reduced_report(reports);
}

std::unique_ptr<GradientAllReduce> make_gradients(DataParallelGroup& group,
                                                  const at::Device& device) {
  if (device.is_cpu()) return std::make_unique<GroupGradients>(group);
  return std::make_unique<NcclGradients>(group, device);
}

}  // namespace dovetail
