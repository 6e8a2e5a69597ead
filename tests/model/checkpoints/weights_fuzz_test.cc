// SPDX-License-Identifier: Apache-2.0
// Damaged files of every format: each is read or refused with a sentence, and nothing else.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "model/checkpoints/json_text.h"
#include "model/checkpoints/weight_files.h"
#include "model/config.h"

namespace dovetail {
namespace {

constexpr uint64_t kSeed = 20261121;

// Numbers that lengths, offsets and shapes are replaced by.
constexpr std::array<uint64_t, 9> kLies = {0,
                                           1,
                                           0x7fffffff,
                                           0x80000000,
                                           0xffffffff,
                                           0x7fffffffffffffff,
                                           0x8000000000000000,
                                           0xffffffffffffffff,
                                           0x100000000};
constexpr std::array<const char*, 9> kWrittenLies = {"0",
                                                     "-1",
                                                     "2147483648",
                                                     "9223372036854775807",
                                                     "9223372036854775808",
                                                     "18446744073709551615",
                                                     "1e400",
                                                     "4611686018427387905",
                                                     "[[[["};

void overwrite_number(std::vector<char>& bytes, Rng& rng) {
  const uint64_t lie = kLies[rng.below(kLies.size())];
  const size_t length = size_t{1} << rng.below(4);
  if (bytes.size() < length) return;
  std::memcpy(bytes.data() + rng.below(bytes.size() - length + 1), &lie, length);
}

// A run of digits, as JSON has them, becomes another.
void overwrite_digits(std::vector<char>& bytes, Rng& rng) {
  size_t begin = rng.below(bytes.size());
  const auto is_digit = [&](size_t i) { return bytes[i] >= '0' && bytes[i] <= '9'; };
  while (begin < bytes.size() && !is_digit(begin)) ++begin;
  size_t end = begin;
  while (end < bytes.size() && is_digit(end)) ++end;
  const std::string lie = kWrittenLies[rng.below(kWrittenLies.size())];
  bytes.erase(bytes.begin() + begin, bytes.begin() + end);
  bytes.insert(bytes.begin() + begin, lie.begin(), lie.end());
}

// A stretch from elsewhere in the file: opcodes and records in places where they do not belong.
void copy_stretch(std::vector<char>& bytes, Rng& rng) {
  const size_t length = 1 + rng.below(std::min<size_t>(16, bytes.size()));
  const size_t from = rng.below(bytes.size() - length + 1),
               to = rng.below(bytes.size() - length + 1);
  std::memmove(bytes.data() + to, bytes.data() + from, length);
}

// The buffer has exactly the size of the bytes, so that a sanitizer sees a read behind them.
std::vector<char> damaged(const std::string& whole, Rng& rng) {
  std::vector<char> bytes(whole.begin(), whole.end());
  const uint64_t times = 1 + rng.below(3);
  for (uint64_t i = 0; i < times && !bytes.empty(); ++i) {
    switch (rng.below(6)) {
      case 0: bytes[rng.below(bytes.size())] ^= static_cast<char>(1 << rng.below(8)); break;
      case 1: bytes[rng.below(bytes.size())] = static_cast<char>(rng.below(256)); break;
      case 2: bytes.resize(rng.below(bytes.size())); break;
      case 3: overwrite_number(bytes, rng); break;
      case 4: overwrite_digits(bytes, rng); break;
      case 5: copy_stretch(bytes, rng); break;
    }
  }
  return std::vector<char>(bytes.begin(), bytes.end());
}

using Reader = std::function<void(std::string_view bytes)>;

// How many of the damaged files were read all the same.
int read_damaged(const std::string& whole, int trials, const Reader& read) {
  Rng rng(kSeed);
  int taken = 0;
  for (int trial = 0; trial < trials; ++trial) {
    SCOPED_TRACE(fmt::format("seed {}, mutant {}", kSeed, trial));
    const std::vector<char> bytes = damaged(whole, rng);
    try {
      read({bytes.data(), bytes.size()});
      ++taken;
    } catch (const ConfigError&) {
    } catch (const DataError&) {
    } catch (const std::exception& error) {
      ADD_FAILURE() << "neither read nor refused: " << error.what();
    }
  }
  return taken;
}

Reader weights_named(const std::string& name) {
  return [name](std::string_view bytes) {
    for (const StoredTensor& stored : parse_weights(bytes, name)) to_float32(stored);
  };
}

std::string fuzz_seed_file(const std::string& name) {
  return read_file(std::string(DOVETAIL_SOURCE_DIR "/tests/golden/model/") + name);
}

// Damage within a tensor's numbers is no damage to the file: some mutants are read, and not all.
void expect_some(int taken, int trials) {
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, trials);
}

TEST(WeightsFuzz, TorchZip) {
  expect_some(read_damaged(fuzz_seed_file("new.bin"), 1500, weights_named("new.bin")), 1500);
}

TEST(WeightsFuzz, TorchZipOfAModule) {
  expect_some(read_damaged(fuzz_seed_file("module.bin"), 1500, weights_named("module.bin")), 1500);
}

TEST(WeightsFuzz, TorchOldForm) {
  expect_some(read_damaged(fuzz_seed_file("old.bin"), 2000, weights_named("old.bin")), 2000);
}

TEST(WeightsFuzz, Safetensors) {
  expect_some(
      read_damaged(fuzz_seed_file("small.safetensors"), 2000, weights_named("small.safetensors")),
      2000);
}

TEST(WeightsFuzz, Index) {
  const std::string index = R"({"metadata": {"total_size": 123456}, "weight_map": {
      "shared.weight": "model-00001-of-00002.safetensors",
      "encoder.final_layer_norm.weight": "model-00002-of-00002.safetensors"}})";
  expect_some(
      read_damaged(index, 1000, [](std::string_view text) { parse_weight_map(text, "index"); }),
      1000);
}

TEST(WeightsFuzz, Config) {
  const std::string config = R"({"model_type": "umt5", "d_model": 64, "d_kv": 8, "d_ff": 128,
      "num_layers": 2, "num_decoder_layers": 3, "num_heads": 4, "vocab_size": 384,
      "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
      "dropout_rate": 0.1, "layer_norm_epsilon": 1e-06, "feed_forward_proj": "gated-gelu",
      "eos_token_id": [1], "pad_token_id": 0, "tie_word_embeddings": false})";
  expect_some(read_damaged(config, 1500,
                           [](std::string_view text) {
                             t5_config_from(parse_json_object(text, "config.json"));
                           }),
              1500);
}

TEST(WeightsFuzz, DeepJsonIsRefused) {
  const std::string deep(1'000'000, '[');
  EXPECT_THROW(parse_json_object("{\"a\":" + deep, "x"), DataError);
  EXPECT_THROW(parse_json_object("{\"a\":" + deep + std::string(1'000'000, ']') + "}", "x"),
               DataError);
}

}  // namespace
}  // namespace dovetail
