// SPDX-License-Identifier: Apache-2.0
// The trainable tensors of each tuning on a tiny model, as readable files.
#include "golden/golden.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/shapes.h"
#include "tuning/label_reader.h"
#include "tuning/tuning_method.h"

namespace dovetail {
namespace {

T5Model model_of_60_pieces() {
  nlohmann::json json = model_shapes().at("t5-tiny");
  json["vocab_size"] = 60;
  const T5Config config = t5_config_from(json);
  return {config, random_weights(config, 1)};
}

std::string golden(const TuningEntry& entry) {
  T5Model model = model_of_60_pieces();
  const auto method = find_tuning(entry.name).make(model, nlohmann::json::object(), 1);
  if (LabelReader* reader = method->label_reader()) reader->set_labels({{5, 1}, {6, 1}, {7, 1}});
  std::string text = fmt::format("{}\n{}\ndefault parameters: {}\n\n", entry.name, entry.paper,
                                 defaults_of(entry.parameters).dump());
  text += "trainable in t5-tiny with 60 pieces: parameters, shape, name\n";
  int64_t total = 0;
  for (const auto& [name, tensor] : method->trainable()) {
    total += tensor.numel();
    text += fmt::format("{:>8}  {:<8}  {}\n", tensor.numel(),
                        fmt::format("{}", fmt::join(tensor.sizes().vec(), "x")), name);
  }
  return text + fmt::format("{:>8}  in all\nsoft tokens: {}\n", total, method->num_soft_tokens());
}

TEST(TuningGolden, EveryTuningHasOne) {
  for (const TuningEntry& entry : tunings()) {
    expect_golden("tuning/" + entry.name + ".txt", golden(entry));
  }
}

}  // namespace
}  // namespace dovetail
