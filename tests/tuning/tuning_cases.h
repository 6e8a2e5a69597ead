// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tuning/label_reader.h"
#include "tuning/tiny_model.h"
#include "tuning/tuning_method.h"

// Every entry of the catalogue with its default parameters, and with others where these change what
// is trained.
namespace dovetail {

struct TuningCase {
  std::string tuning;
  nlohmann::json parameters;
  int64_t count;             // of trained numbers in t5-tiny with 60 pieces, by hand
  bool begins_as_the_model;  // at step 0
};

// d = heads * d_kv = 128, d_ff = 512, 2 + 2 layers: 12 modules q and v, 12 k and v, 4 wo.
inline const std::vector<TuningCase> kCases = {
    {"full", {}, 926976, true},
    {"full_and_prompt", {}, 926976 + 20 * 128, false},
    {"last_layers", {}, 196864 + 128 + 262528 + 128, true},
    {"last_layers", {{"encoder", false}, {"num_layers", 2}}, 2 * 262528 + 128 + 128, true},
    {"norms", {}, (2 * 2 + 1 + 2 * 3 + 1) * 128, true},
    {"bitfit", {}, 2 * (5 * 128 + 512) + 2 * (9 * 128 + 512), true},
    {"soft_prompt", {}, 20 * 128, false},
    {"soft_prompt", {{"encoder", "multitask@2"}}, 20 * 128 + 2 * (20 + 128), false},
    {"dept", {}, 60 * 128 + 30 * (256 + 128), false},
    {"dept", {{"num_virtual_tokens", 0}, {"r", 8}}, 8 * (256 + 128), true},
    {"dept", {{"num_virtual_tokens", 40}, {"prompt_budget", 100}}, 100 * 128, false},
    {"adept", {}, 60 * 128 + 19 * (2 * 128 + 1) + 128, false},
    {"adept", {{"num_virtual_tokens", 0}}, 19 * (2 * 128 + 1) + 128, true},
    {"attempt", {}, 100 * 128 + 2 * 100 * 128 + 2 * 128, false},
    {"prefix", {}, 20 * 2 * 128 * 6, false},
    {"prefix", {{"places", {"decoder"}}, {"num_virtual_tokens", 3}}, 3 * 2 * 128 * 2, false},
    {"prefix",
     {{"projection", true}, {"hidden", 64}},
     20 * 128 + 64 * 129 + 65 * 2 * 128 * 6,
     false},
    {"prefix", {{"sharing", "peft"}}, 20 * 2 * 128, false},
    {"lora", {}, 12 * 8 * 256, true},
    {"lora", {{"use_rslora", true}, {"target_modules", {"wi", "wo"}}}, 2 * 4 * 8 * 640, true},
    {"lora", {{"init_lora_weights", "pissa"}}, 12 * 8 * 256, true},
    {"lora", {{"init_lora_weights", "olora"}}, 12 * 8 * 256, true},
    {"dora", {}, 12 * (8 * 256 + 128), true},
    {"vera", {}, 12 * (256 + 128), true},
    {"vera", {{"target_modules", {"v", "wo"}}}, 6 * (256 + 128) + 4 * (256 + 128), true},
    {"ia3", {}, 12 * 128 + 4 * 512, true},
    {"adapter", {}, 8 * (2 * 16 * 128 + 16 + 128), true},
    {"linear_probe", {}, 6 * (128 + 1), false},
    {"adapter",
     {{"form", "parallel"}, {"places", {"cross_attention"}}, {"scaling", 4.0}},
     2 * (2 * 16 * 128 + 16 + 128),
     true},
};

inline std::unique_ptr<TuningMethod> make(const TuningCase& one, T5Model& model) {
  auto method = find_tuning(one.tuning).make(model, one.parameters, 5);
  if (LabelReader* reader = method->label_reader())
    reader->set_labels({{8, 4, 1}, {8, 5, 1}, {8, 6, 1}, {8, 7, 1}, {8, 8, 1}, {8, 9, 1}});
  return method;
}

inline void PrintTo(const TuningCase& one, std::ostream* out) {
  *out << one.tuning << " " << one.parameters.dump();
}

}  // namespace dovetail
