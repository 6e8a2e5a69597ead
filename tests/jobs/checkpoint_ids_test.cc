// SPDX-License-Identifier: Apache-2.0
#include "jobs/checkpoint_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

std::string said_of(const std::string& eos_token_id) {
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("dovetail_checkpoint_ids_{}", ::getpid());
  fs::create_directories(folder);
  write_file_atomically(folder / "config.json",
                        R"({"d_model": 8, "d_kv": 2, "d_ff": 8, "num_layers": 1, "num_heads": 2,
                            "vocab_size": 384, "eos_token_id": )" +
                            eos_token_id + "}");
  std::string said = "taken";
  try {
    check_checkpoint_ids(folder, Vocabulary::bytes());
  } catch (const ConfigError& error) {
    said = error.what();
  }
  fs::remove_all(folder);
  return said;
}

// ByT5's tokenizer ends texts with 1.
TEST(CheckpointIds, TheTokenizersEndMustEndAnAnswer) {
  EXPECT_EQ(said_of("1"), "taken");
  EXPECT_EQ(said_of("[26, 1]"), "taken");
  EXPECT_THAT(said_of("26"),
              testing::HasSubstr("ends texts with id 1, but its eos_token_id is 26"));
}

}  // namespace
}  // namespace dovetail
