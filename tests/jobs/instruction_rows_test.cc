// SPDX-License-Identifier: Apache-2.0
// Rows of Instruction Modelling: which tokens are the target, what each counts, and whole cells.
#include "jobs/instruction_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "jobs/tune.h"
#include "plan/adaptations.h"
#include "templates/template.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Json parameters_of(const Json& given) {
  return resolve_parameters(find_adaptation("instruction_modelling"), given);
}

// Bytes: each character is one token, byte b has id b + 3, and </s> is 1. With chat_plain a row is
// "user: QUESTION assistant: ANSWER" and </s>.
class InstructionRowsTest : public testing::Test {
 protected:
  InstructionRowsTest() { add({{Role::user, "abcd"}, {Role::assistant, "xy"}}); }

  void add(const std::vector<Turn>& turns) {
    task_.train.push_back(
        {.source = turns.front().text, .references = {turns.back().text}, .turns = turns});
    subset_.examples.push_back(std::ssize(task_.train) - 1);
  }

  ExampleEncoder encoder(RowTexts texts = RowTexts::two, int64_t soft_tokens = 0,
                         const char* placement = "before") const {
    const BoundTemplate tmpl = with_soft_tokens(make_template("chat_plain"),
                                                {.length = soft_tokens, .placement = placement});
    return {task_,
            tmpl,
            vocabulary_,
            plan_soft_tokens(tmpl, task_, vocabulary_),
            vocabulary_.size(),
            {100, 50, texts}};
  }

  InstructionRows rows(const Json& given, RowTexts texts = RowTexts::two) const {
    return {parameters_of(given), encoder(texts), subset_, 7};
  }
  Sequence first(const Json& given, RowTexts texts = RowTexts::two) const {
    return rows(given, texts).epoch(0).rows.front();
  }

  // Ids as letters, "$" for </s>, "#" for sentinels and soft tokens.
  std::string text(const std::vector<int32_t>& ids) const {
    std::string text;
    for (const int32_t id : ids) text += id == 1 ? '$' : id < 259 ? static_cast<char>(id - 3) : '#';
    return text;
  }

  // The letters of a target that count, and the weights of those.
  std::string counted(const Sequence& row) const {
    std::vector<int32_t> ids;
    for (size_t i = 0; i < row.target.size(); ++i)
      if (row.weights.at(i) > 0) ids.push_back(row.target[i]);
    return text(ids);
  }

  Vocabulary vocabulary_ = Vocabulary::bytes();
  TaskData task_{.name = "chat", .layout = Layout::conversation};
  Subset subset_;
};

// |I| + |C| + 1 tokens count, of 4 + 2 + 1; the template's never do.
TEST_F(InstructionRowsTest, AWholeRowCountsInstructionOutputAndEnd) {
  for (const RowTexts texts : {RowTexts::one, RowTexts::two}) {
    const Sequence row = first({{"split", "whole"}}, texts);
    EXPECT_EQ(text(row.source), texts == RowTexts::one ? "user: " : "user: $");
    EXPECT_EQ(text(row.target), "abcd assistant: xy$");
    EXPECT_EQ(counted(row), "abcdxy$");
    for (const float weight : row.weights) EXPECT_TRUE(weight == 0 || weight == 1.0f / 7);
    EXPECT_EQ(row.divisor, 1) << "an example";
  }
}

// Headers never count, earlier answers do, with their ends.
TEST_F(InstructionRowsTest, ConversationsOfSeveralTurnsCountContentsAndEnds) {
  add({{Role::system, "sys"},
       {Role::user, "one"},
       {Role::assistant, "uno"},
       {Role::user, "two"},
       {Role::assistant, "dos"}});
  subset_.examples = {1};
  const Sequence row = first({{"split", "whole"}});
  EXPECT_EQ(counted(row), "sysoneuno$twodos$");
  EXPECT_FLOAT_EQ(std::accumulate(row.weights.begin(), row.weights.end(), 0.0f), 1);
  EXPECT_NEAR(rows({{"split", "whole"}}).epoch(0).output_share, 8.0 / 17, 1e-6);
}

// L = w_I sum_I / N + w_C sum_C / N, by hand for 4 and 3 tokens.
TEST_F(InstructionRowsTest, EveryNormalizationIsItsFormula) {
  struct Case {
    Json given;
    double instruction, output;
  };
  const std::vector<Case> cases = {
      {{{"instruction_weight", 1}}, 1.0 / 7, 1.0 / 7},
      {{{"normalization", "output"}}, 1.0 / 3, 1.0 / 3},
      {{{"instruction_weight", 0}, {"normalization", "tokens"}}, 0, 1.0 / 7},
      {{{"instruction_weight", 0.25}}, 0.25 / 4, 1.0 / 4},
      {{{"instruction_weight", 0.1}, {"normalization", "output"}}, 0.1 / 3, 1.0 / 3},
      {{{"output_weight", 0.5}, {"normalization", "tokens"}}, 1.0 / 7, 0.5 / 7},
      {{{"instruction_weight", 0}}, 0, 1.0 / 3}};
  for (Case one : cases) {
    one.given["split"] = "whole";
    for (const bool by_example : {true, false}) {
      one.given["average"] = by_example ? "examples" : "tokens";
      const Sequence row = first(one.given);
      if (row.weights.empty()) {  // all alike
        EXPECT_EQ(one.instruction, 0);
        EXPECT_FALSE(by_example);
        continue;
      }
      const double scale = by_example ? 1 : row.divisor;
      double instruction = 0, output = 0;
      for (size_t i = 0; i < row.target.size(); ++i) {
        const bool is_output = i + 3 >= row.target.size();
        (is_output ? output : instruction) += row.weights[i] / scale;
      }
      EXPECT_NEAR(instruction, 4 * one.instruction, 1e-6) << one.given;
      EXPECT_NEAR(output, 3 * one.output, 1e-6) << one.given;
    }
  }
}

// Rows of the output alone are those of any other cell, without weights.
TEST_F(InstructionRowsTest, WithoutTheInstructionTheyAreInstructionTuning) {
  add({{Role::user, "Hi"}, {Role::assistant, "a longer answer"}});
  for (const RowTexts texts : {RowTexts::one, RowTexts::two}) {
    const std::vector<Sequence> plain = training_rows(encoder(texts), subset_).rows;
    const std::vector<Sequence> modelled =
        rows({{"instruction_weight", 0}, {"average", "tokens"}}, texts).epoch(0).rows;
    ASSERT_EQ(modelled.size(), plain.size());
    for (size_t i = 0; i < plain.size(); ++i) {
      EXPECT_EQ(modelled[i].source, plain[i].source);
      EXPECT_EQ(modelled[i].target, plain[i].target);
      EXPECT_TRUE(modelled[i].weights.empty() && modelled[i].base_weights.empty());
    }
  }
}

// Every place of the instruction is cut, about equally often; the others have all of it as their
// source. 4,000 draws of a half: four standard errors are 0.032.
TEST_F(InstructionRowsTest, ARandomPrefixIsCutAnywhereInTheInstruction) {
  constexpr int kDraws = 4000;
  const InstructionRows all = rows({{"split_share", 0.5}});
  std::map<std::string, int> targets;
  for (int epoch = 0; epoch < kDraws; ++epoch) {
    const Sequence row = all.epoch(epoch).rows.front();
    const std::string source = text(row.source), target = text(row.target);
    EXPECT_EQ(source.substr(0, source.size() - 1) + target, "user: abcd assistant: xy$");
    ++targets[counted(row)];
  }
  EXPECT_THAT(targets, testing::SizeIs(5));
  EXPECT_NEAR(targets["xy$"] / double{kDraws}, 0.5, 0.032);
  for (const char* rest : {"abcdxy$", "bcdxy$", "cdxy$", "dxy$"})
    EXPECT_NEAR(targets[rest] / double{kDraws}, 0.125, 0.021) << rest;
  EXPECT_EQ(all.epoch(3).rows.front().source, rows({}).epoch(3).rows.front().source)
      << "from the seed and the epoch alone";
}

// Spans of the instruction become sentinels; put back, they give the prompt. Nothing but the
// instruction's tokens and the output counts.
TEST_F(InstructionRowsTest, ADenoisedInstructionLacksItsSpansAndTheTargetHasThem) {
  task_.train.clear();
  subset_.examples.clear();
  const std::string question = "abcdefghijklmnopqrstuvwxyz";
  add({{Role::user, question}, {Role::assistant, "XY"}});
  const Sequence row = first({{"split", "denoised_instruction"}, {"split_share", 1.0}});
  std::map<int32_t, std::vector<int32_t>> spans;
  size_t at = 0;
  int32_t sentinel = 0;
  for (; at < row.target.size(); ++at) {
    if (vocabulary_.is_sentinel(row.target[at])) {
      sentinel = row.target[at];
      EXPECT_EQ(row.weights[at], 0);
      spans[sentinel];
    } else {
      spans[sentinel].push_back(row.target[at]);
    }
  }
  EXPECT_EQ(text(spans[sentinel]), "XY$") << "behind the last sentinel";
  std::vector<int32_t> restored;
  size_t noise = 0;
  for (const int32_t id : row.source) {
    if (!vocabulary_.is_sentinel(id)) {
      restored.push_back(id);
      continue;
    }
    restored.insert(restored.end(), spans.at(id).begin(), spans.at(id).end());
    noise += spans.at(id).size();
  }
  EXPECT_EQ(text(restored), "user: " + question + " assistant: $");
  EXPECT_EQ(noise, 4u) << "15 % of 26";
  EXPECT_EQ(counted(row).size(), noise + 3);
}

// The source with its labels put back is the prompt; labels stand at letters of the instruction
// alone. Weights by hand: n masked and 3 output tokens.
TEST_F(InstructionRowsTest, AnEncoderHeadSaysWhatWasMasked) {
  const std::string question = "abcdefghijklmnopqrstuvwxyz";
  add({{Role::user, question}, {Role::assistant, "XY"}});
  subset_.examples = {1};
  const Json given = {{"split", "encoder_head"}, {"split_share", 1.0}, {"instruction_weight", 0.5}};
  const Sequence row = first(given);
  ASSERT_EQ(row.source_labels.size(), row.source.size());
  std::vector<int32_t> restored = row.source;
  double masked = 0;
  for (size_t i = 0; i < row.source.size(); ++i) {
    EXPECT_EQ(row.source_labels[i] >= 0, row.source[i] == vocabulary_.sentinel(0)) << i;
    EXPECT_EQ(row.source_labels[i] >= 0, row.source_weights[i] > 0) << i;
    if (row.source_labels[i] < 0) continue;
    restored[i] = row.source_labels[i];
    ++masked;
  }
  EXPECT_EQ(text(restored), "user: " + question + " assistant: $");
  EXPECT_GE(masked, 1);
  EXPECT_EQ(text(row.target), "XY$");
  const double divisor = 0.5 * masked + 3;
  EXPECT_NEAR(*std::ranges::max_element(row.source_weights), 0.5 / divisor, 1e-6);
  for (const float weight : row.weights) EXPECT_NEAR(weight, 1 / divisor, 1e-6);
  EXPECT_NEAR(rows(given).epoch(0).output_share, 3 / divisor, 1e-6);
  EXPECT_NE(rows(given).epoch(1).rows[0].source, row.source) << "drawn anew";
}

// 15 % of so many letters, whose variance is that of a coin: 3,000 draws of 26.
TEST_F(InstructionRowsTest, AnEncoderHeadsMasksAreAShareOfTheInstruction) {
  add({{Role::user, "abcdefghijklmnopqrstuvwxyz"}, {Role::assistant, "XY"}});
  subset_.examples.assign(3000, 1);
  double masked = 0;
  for (const Sequence& row : rows({{"split", "encoder_head"}, {"split_share", 1.0}}).epoch(0).rows)
    masked += static_cast<double>(std::ranges::count(row.source, vocabulary_.sentinel(0)));
  EXPECT_NEAR(masked / (3000 * 26), 0.15, 0.005);
}

// By hand: 15 % of 26 are 4 tokens in one span of 3 tokens or so, and one sentinel ends it. Of 96
// they are 14 in 5 spans.
TEST(SentinelsToDenoise, AreTheSpansAndOneMore) {
  EXPECT_EQ(sentinels_to_denoise(26), 2);
  EXPECT_EQ(sentinels_to_denoise(96), 6);
  EXPECT_EQ(sentinels_to_denoise(1), 2);
}

TEST_F(InstructionRowsTest, SoftTokensStandAroundWhatIsLeftOfThePrompt) {
  const Json whole = parameters_of({{"split", "whole"}});
  const InstructionRows before(whole, encoder(RowTexts::two, 2), subset_, 7);
  EXPECT_EQ(text(before.epoch(0).rows.front().source), "##user: $");
  const InstructionRows behind(whole, encoder(RowTexts::two, 2, "after"), subset_, 7);
  EXPECT_EQ(text(behind.epoch(0).rows.front().source), "user: ##$");
  EXPECT_EQ(text(encoder(RowTexts::two, 2, "after").row(task_.train[0], "xy").sequence.source),
            "user: abcd assistant: ##$");
}

TEST_F(InstructionRowsTest, TheDivergenceCountsAtTheOutput) {
  const Sequence row = first({{"split", "whole"}, {"kl_weight", 0.5}});
  for (size_t i = 0; i < row.target.size(); ++i) {
    const bool is_output = i + 3 >= row.target.size();
    EXPECT_FLOAT_EQ(row.base_weights.at(i), is_output ? 0.5f * row.weights[i] : 0);
  }
  EXPECT_TRUE(first({}).base_weights.empty());
}

// What is cut off is no token of the row, and what is left keeps its kind.
TEST_F(InstructionRowsTest, CutRowsCountWhatIsLeft) {
  const BoundTemplate tmpl = with_soft_tokens(make_template("chat_plain"), {});
  const ExampleEncoder narrow(
      task_, tmpl, vocabulary_, {}, vocabulary_.size(),
      {static_cast<int64_t>(std::string("user: ab assistant: $").size()), 2, RowTexts::two});
  const InstructionRows cut(parameters_of({{"split", "whole"}}), narrow, subset_, 7);
  EXPECT_EQ(counted(cut.epoch(0).rows.front()), "abx$");
  EXPECT_EQ(cut.counts().cut_sources, 1);
  EXPECT_EQ(cut.counts().cut_targets, 1);
  EXPECT_THAT(cut.counts().kinds, ElementsAre(18, 2, 2));
}

// Whole cells on a shipped checkpoint.
class InstructionCellTest : public testing::Test {
 protected:
  InstructionCellTest() {
    std::string train, test;
    for (int i = 0; i < 24; ++i)
      (i < 20 ? train : test) += fmt::format(
          R"({{"messages": [{{"role": "user", "content": "Say number {} in a word and stop"}}, )"
          R"({{"role": "assistant", "content": "it is {}"}}]}})"
          "\n",
          i, i * 7);
    folder_.write("train.jsonl", train);
    folder_.write("test.jsonl", test);
    card_ = folder_.write("card.toml",
                          "kind = \"instruction\"\nname = \"chats\"\n"
                          "train = \"train.jsonl\"\ntest = \"test.jsonl\"\n");
  }

  Record tuned(const std::optional<Json>& given, const std::string& tuning = "full",
               const Json& parameters = Json::object()) {
    TuneJob cell{.task = {.name = "chats"}, .seed = 3};
    cell.start.objective.name = "checkpoint";
    cell.tmpl.name = "chat_plain";
    cell.tuning = {tuning, parameters};
    cell.tune.steps.epochs = 3;
    cell.tune.batch_size = 8;
    cell.tune.dropout = 0.1;
    cell.tune.max_target_length = 32;
    cell.tune.optimizer.learning_rate = 1e-3;
    cell.evaluate.metrics = {"exact_match", "copy_rate"};
    cell.evaluate.max_new_tokens = 4;
    if (given) cell.instruction_modelling = parameters_of(*given);
    Job job{.key = "cell", .settings = cell};
    job.locations.checkpoint = DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption";
    job.locations.task = card_.string();
    std::vector<Record> records(1);
    run_tune({&job, 1}, artefacts_, nullptr, records);
    EXPECT_EQ(records[0].status, RunStatus::finished) << records[0].reason;
    return records[0];
  }

  static bool learned_the_same(const Record& a, const Record& b) {
    return a.curves.at("train_loss").values == b.curves.at("train_loss").values &&
           a.per_example.at("loss") == b.per_example.at("loss");
  }

  ScratchFolder folder_;
  std::filesystem::path card_;
  Artefacts artefacts_{folder_.path() / "store"};
};

TEST_F(InstructionCellTest, WithoutTheInstructionACellIsInstructionTuningBitForBit) {
  const Record tuning = tuned(std::nullopt);
  const Record without = tuned(Json{{"instruction_weight", 0}, {"average", "tokens"}});
  EXPECT_TRUE(learned_the_same(tuning, without));
  EXPECT_EQ(tuning.metrics.at("output_share"), 1);
  EXPECT_FALSE(learned_the_same(tuning, tuned(Json{{"average", "tokens"}})));
}

TEST_F(InstructionCellTest, EveryArmLearnsTheSameAgain) {
  for (const Json& arm :
       {Json{{"split", "random_prefix"}}, Json{{"split", "denoised_instruction"}},
        Json{{"split", "encoder_head"}}, Json{{"neftune_alpha", 5}}, Json{{"kl_weight", 1}}}) {
    const Record once = tuned(arm);
    EXPECT_TRUE(learned_the_same(once, tuned(arm))) << arm;
    EXPECT_FALSE(learned_the_same(once, tuned(Json{{"split", "whole"}}))) << arm;
  }
}

TEST_F(InstructionCellTest, RecordsCountTheTokensOfEachKind) {
  const Record record = tuned(Json{{"split", "whole"}});
  const double instruction = record.metrics.at("train_instruction_tokens"),
               output = record.metrics.at("train_output_tokens");
  EXPECT_GT(record.metrics.at("train_template_tokens"), 20);
  EXPECT_GT(instruction, output);
  const double share = record.metrics.at("output_share");
  EXPECT_NEAR(share, output / (instruction + output), 0.02) << "a mean over examples";
}

TEST_F(InstructionCellTest, CopyRatesAreOfTheCellsOwnOutputs) {
  const Record record = tuned(std::nullopt);
  const std::vector<float>& rates = record.per_example.at("copy_rate");
  ASSERT_EQ(rates.size(), record.predictions.size());
  std::vector<std::string> outputs;
  for (int i = 0; i < 20; ++i) outputs.push_back(fmt::format("it is {}", i * 7));
  const TrainingOutputs training(outputs);
  for (size_t i = 0; i < rates.size(); ++i) {
    const std::string& answer = record.predictions[i];
    const auto words = std::ranges::count(answer, ' ') + (answer.empty() ? 0 : 1);
    EXPECT_FLOAT_EQ(rates[i], words == 0 ? 0
                                         : static_cast<float>(training.longest_run(answer)) /
                                               static_cast<float>(words));
  }
}

TEST_F(InstructionCellTest, SmallTuningsLearnFromInstructionsToo) {
  const std::vector<std::pair<std::string, Json>> tunings = {
      {"soft_prompt", {{"num_virtual_tokens", 4}}},
      {"lora", Json::object()},
      {"dept", {{"num_virtual_tokens", 4}, {"r", 2}}}};
  for (const auto& [name, parameters] : tunings) {
    const Record without = tuned(std::nullopt, name, parameters);
    const Record with = tuned(Json{{"kl_weight", 0.1}, {"neftune_alpha", 1}}, name, parameters);
    EXPECT_TRUE(std::isfinite(with.metrics.at("loss"))) << name;
    EXPECT_FALSE(learned_the_same(without, with)) << name;
  }
}

}  // namespace
}  // namespace dovetail
