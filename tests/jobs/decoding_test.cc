// SPDX-License-Identifier: Apache-2.0
#include "jobs/decoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

using nlohmann::json;

// The published harness built its settings from the configuration and never used them: it sampled
// whatever was asked for. Here greedy and beam draw nothing.
TEST(Decoding, Trap1GreedyAndBeamDrawNothing) {
  for (const char* name : {"greedy", "beam"}) {
    const Decoding decoding = make_decoding({name, json::object()}, 16);
    EXPECT_FALSE(decoding.settings.do_sample) << name;
    EXPECT_EQ(decoding.settings.repetition_penalty, 1.0) << name;
    EXPECT_EQ(decoding.samples, 1) << name;
    EXPECT_EQ(decoding.settings.max_new_tokens, 16) << name;
  }
  EXPECT_EQ(make_decoding({"beam", {{"num_beams", 7}}}, 16).settings.num_beams, 7);
}

// Pouramini and Faili 2024, released code: third_party/trainers/seq2seq_trainer.py.
TEST(Decoding, AsPublishedIsWhatTheReleasedCodeDid) {
  const Decoding decoding = make_decoding({"as_published", json::object()}, 12);

  EXPECT_TRUE(decoding.settings.do_sample);
  EXPECT_EQ(decoding.settings.num_beams, 5);
  EXPECT_EQ(decoding.settings.top_k, 10);
  EXPECT_EQ(decoding.settings.top_p, 0.9);
  EXPECT_EQ(decoding.settings.temperature, 1.0);
  EXPECT_EQ(decoding.settings.repetition_penalty, 5.5);
  EXPECT_EQ(decoding.settings.min_new_tokens, 1) << "min_length 2, of which the start token is one";
  EXPECT_EQ(decoding.settings.max_new_tokens, 40) << "its own, whatever the sweep's is";
  EXPECT_EQ(decoding.samples, 3) << "one for each of up to three test rows a head";
}

TEST(Decoding, DefaultsPassTheirOwnChecks) {
  for (const DecodingEntry& entry : decodings())
    EXPECT_NO_THROW(resolve_parameters(entry, defaults_of(entry.parameters))) << entry.name;
}

TEST(Decoding, RefusesWhatCannotBeDone) {
  EXPECT_THROW(make_decoding({"sample", {{"top_p", 1.5}}}, 4), ConfigError);
  EXPECT_THROW(make_decoding({"sample", {{"samples", 0}}}, 4), ConfigError);
  EXPECT_THROW(make_decoding({"greedy", {{"top_k", 5}}}, 4), ConfigError);
  EXPECT_THROW(make_decoding({"gredy", json::object()}, 4), ConfigError);
}

}  // namespace
}  // namespace dovetail
