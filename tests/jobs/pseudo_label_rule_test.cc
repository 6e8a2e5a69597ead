// SPDX-License-Identifier: Apache-2.0
// Which pseudo-labels count, by the formulas of the papers; expected values by hand.
#include "jobs/pseudo_label_rule.h"

#include <gtest/gtest.h>

#include <cmath>

#include "plan/adaptations.h"

namespace dovetail {
namespace {

PseudoLabelRule rule(const std::string& method, nlohmann::json given = nlohmann::json::object(),
                     size_t labels = 2, size_t pool = 4, int64_t steps = 100) {
  given["method"] = method;
  return {resolve_parameters(find_adaptation("self_training"), given), labels, pool, steps};
}

std::vector<std::pair<size_t, int64_t>> selected(PseudoLabelRule& rule,
                                                 const LabelEvidence& evidence, int64_t step = 0) {
  std::vector<std::pair<size_t, int64_t>> found;
  for (const SelectedLabel& one : rule.select(evidence, step))
    found.emplace_back(one.place, one.label);
  return found;
}

using Places = std::vector<std::pair<size_t, int64_t>>;

LabelEvidence evidence(std::vector<std::vector<double>> pool) {
  LabelEvidence found{
      .pool = std::move(pool), .labelled = {{0.9, 0.1}, {0.2, 0.8}}, .labels = {0, 1}};
  for (size_t i = 0; i < found.pool.size(); ++i)
    found.pool_indices.push_back(static_cast<int64_t>(i));
  return found;
}

TEST(PseudoLabelRule, FixMatchHasAFixedThreshold) {
  for (const char* method : {"fixmatch", "pseudo_label"}) {
    PseudoLabelRule fixed = rule(method);
    EXPECT_EQ(selected(fixed, evidence({{0.96, 0.04}, {0.94, 0.06}, {0.05, 0.95}, {0.5, 0.5}})),
              (Places{{0, 0}, {2, 1}}))
        << method;
  }
}

// Four examples in the pool. After a first step two have label 0 and none has label 1, so label 0
// is learned by 2 / max(2, 2) = 1 and keeps 0.95; label 1 by 0, and any label 1 counts.
TEST(PseudoLabelRule, FlexMatchLowersTheThresholdOfRareLabels) {
  PseudoLabelRule flexible = rule("flexmatch");
  selected(flexible, evidence({{0.96, 0.04}, {0.97, 0.03}, {0.6, 0.4}, {0.4, 0.6}}));

  EXPECT_EQ(selected(flexible, evidence({{0.94, 0.06}, {0.3, 0.7}}), 1), (Places{{1, 1}}));
  // one of four moves from label 0 to label 1: 1 / max(1, 2) = 1/2 each, 0.95 * (1/2) / (3/2) =
  // 0.3167
  selected(flexible, evidence({{0.02, 0.98}}), 2);
  EXPECT_EQ(selected(flexible, evidence({{0.6, 0.4}, {0.45, 0.55}}), 3), (Places{{0, 0}, {1, 1}}));
}

// The labelled examples' mean is (0.55, 0.45), the pool's (0.8, 0.2). The first example becomes 0.8
// * 0.55 / 0.8 = 0.55 against 0.2 * 0.45 / 0.2 = 0.45. The threshold is 0.95 * (0.9 + 0.8) / 2 =
// 0.8075.
TEST(PseudoLabelRule, AdaMatchAlignsLabelsWithTheLabelledExamples) {
  PseudoLabelRule aligning = rule("adamatch");
  EXPECT_TRUE(selected(aligning, evidence({{0.8, 0.2}})).empty());
  // mean (0.7, 0.3): 0.9 * 0.55 / 0.7 = 0.7071, 0.1 * 0.45 / 0.3 = 0.15: 0.825 of them
  EXPECT_EQ(selected(aligning, evidence({{0.9, 0.1}, {0.5, 0.5}})), (Places{{0, 0}}));
}

// The labelled loss is -(ln 0.9 + ln 0.8) / 2 = 0.1643. At first p >= exp(-0.1643 * 1.0001) =
// 0.8485 counts; in the last tenth the threshold is 0.1643 * 1.27^-9 = 0.0191 < 0.05: p >= 0.9512.
TEST(PseudoLabelRule, DashLowersAThresholdOfTheLoss) {
  PseudoLabelRule dash = rule("dash");
  const LabelEvidence found =
      evidence({{0.85, 0.15}, {0.84, 0.16}, {0.951, 0.049}, {0.952, 0.048}});

  EXPECT_EQ(selected(dash, found, 0), (Places{{0, 0}, {2, 0}, {3, 0}}));
  EXPECT_EQ(selected(dash, found, 99), (Places{{3, 0}}));
}

}  // namespace
}  // namespace dovetail
