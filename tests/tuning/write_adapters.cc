// SPDX-License-Identifier: Apache-2.0
// Saves adapters with trained values, for PEFT to read:
//   write_adapters MODEL OUT '[["lora", {"r": 4}], ...]'
// writes OUT/0, OUT/1, ... for the T5 folder MODEL.
#include <ATen/Context.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>

#include <string>

#include "model/checkpoints/checkpoint.h"
#include "tuning/tuning_method.h"

int main(int argc, char** argv) {
  using namespace dovetail;
  if (argc != 4) return 2;
  const auto cases = nlohmann::json::parse(argv[3]);
  for (size_t i = 0; i < cases.size(); ++i) {
    Checkpoint checkpoint = load_checkpoint(argv[1]);
    T5Model model(checkpoint.config, std::move(checkpoint.weights));
    const auto method =
        find_tuning(cases[i][0].get<std::string>()).make(model, cases[i][1], /*seed=*/i);
    const at::NoGradGuard no_grad;
    at::manual_seed(i);
    for (auto& [name, tensor] : method->trainable()) tensor.add_(at::randn(tensor.sizes()), 0.2);
    method->save(std::string(argv[2]) + "/" + std::to_string(i));
  }
}
