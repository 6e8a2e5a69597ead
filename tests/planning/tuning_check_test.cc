// SPDX-License-Identifier: Apache-2.0
#include "planning/tuning_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "model/shapes.h"
#include "tuning/tuning.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& tuning, const Json& parameters,
                    const OptimizerSettings& optimizer = {}) {
  TuneSettings tune;
  tune.max_source_length = 48;
  tune.optimizer = optimizer;
  for (const TuningEntry& entry : tunings()) {
    if (entry.name != tuning) continue;
    try {
      const Json all = resolve_parameters(entry, parameters);
      check_tuning({.name = tuning, .parameters = all}, tune, model_shapes().at("t5-tiny"));
    } catch (const ConfigError& error) {
      return error.what();
    }
  }
  return "";
}

TEST(TuningCheck, TakesEveryTuningOfTheCatalogue) {
  for (const TuningEntry& entry : tunings()) EXPECT_EQ(refusal(entry.name, {}), "") << entry.name;
}

TEST(TuningCheck, RefusesWithTheNumbersThatWouldDo) {
  EXPECT_THAT(refusal("lora", {{"r", 200}, {"init_lora_weights", "pissa"}}),
              HasSubstr("set r to 128 at most"));
  EXPECT_THAT(refusal("lora", {{"target_modules", {"wi_0"}}}), HasSubstr("did you mean \"wi\""));
  EXPECT_THAT(refusal("last_layers", {{"num_layers", 5}}), HasSubstr("set 2 at most"));
  EXPECT_THAT(refusal("dept", {{"max_source_length", 20}}), HasSubstr("set it to 48"));
  // (100 - 60) * 128 / (200 + 128) = 15.6; 16 of them are 128 numbers too many, which is 1 %
  EXPECT_EQ(refusal("dept", {{"prompt_budget", 100}, {"max_source_length", 200}}), "");
  // 40 * 128 / (400 + 128) = 9.70; 10 are 160 too many
  EXPECT_THAT(refusal("dept", {{"prompt_budget", 100}, {"max_source_length", 400}}),
              HasSubstr("it would be 9.70"));
  EXPECT_THAT(refusal("ia3", {{"initialization_folder", "/nowhere"}}), HasSubstr("/nowhere"));
}

// t5-tiny: 4 blocks of the encoder's and the decoder's self-attention and 2 of cross-attention, 2
// projections of 128 x 128 in each, by rank 8: 8 x (128 + 128) numbers.
TEST(TuningCheck, CountsWhatIsTrained) {
  for (const TuningEntry& entry : tunings()) {
    if (entry.name != "lora") continue;
    const Json all = resolve_parameters(entry, {{"r", 8}});
    EXPECT_EQ(check_tuning({.name = "lora", .parameters = all}, {}, model_shapes().at("t5-tiny")),
              6 * 2 * 8 * 256);
  }
}

TEST(TuningCheck, RefusesAGroupOfNoTensor) {
  OptimizerSettings optimizer;
  optimizer.groups = {{.names = "*lora_C*"}};
  EXPECT_THAT(refusal("lora", {}, optimizer), HasSubstr("*lora_C*"));
}

}  // namespace
}  // namespace dovetail
