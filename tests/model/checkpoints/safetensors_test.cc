// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include "model/checkpoints/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "base/error.h"
#include "base/random.h"
#include "model/checkpoints/checkpoint.h"
#include "model/shapes.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SafetensorsTest : public testing::Test {
 protected:
  SafetensorsTest() {
    folder_ = fs::temp_directory_path() / fmt::format("dovetail_safetensors_{}", ::getpid());
    fs::create_directories(folder_);
  }
  ~SafetensorsTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  static std::string with_header(const std::string& header, const std::string& data) {
    const uint64_t size = header.size();
    return std::string(reinterpret_cast<const char*>(&size), 8) + header + data;
  }
  fs::path folder_;
};

TEST_F(SafetensorsTest, RoundTripKeepsEveryBit) {
  const NamedTensors tensors = {
      {"a.weight", at::randn({3, 5})}, {"b", at::randn({7})}, {"empty", at::empty({0, 4})}};
  write_safetensors(folder_ / "x.safetensors", tensors);
  const NamedTensors back = read_safetensors(folder_ / "x.safetensors");
  ASSERT_EQ(back.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(back[i].first, tensors[i].first);
    EXPECT_TRUE(at::equal(back[i].second, tensors[i].second));
  }
}

TEST_F(SafetensorsTest, Bfloat16RoundsToEightBits) {
  write_safetensors(folder_ / "x.safetensors", {{"a", at::tensor({1.0f, 1.00390625f, 3.0f})}},
                    true);
  const at::Tensor back = read_safetensors(folder_ / "x.safetensors")[0].second;
  EXPECT_TRUE(at::equal(back, at::tensor({1.0f, 1.0f, 3.0f})));  // 1 + 2^-8 ties to even
}

TEST_F(SafetensorsTest, RefusesEveryTruncation) {
  write_safetensors(folder_ / "x.safetensors", {{"a", at::randn({4})}});
  const std::string whole = read_file(folder_ / "x.safetensors");
  for (size_t length = 0; length < whole.size(); ++length) {
    write("cut.safetensors", whole.substr(0, length));
    EXPECT_THROW(read_safetensors(folder_ / "cut.safetensors"), DataError) << length;
  }
}

TEST_F(SafetensorsTest, RefusesLyingHeaders) {
  const std::vector<std::string> headers = {
      R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,17]}})",
      R"({"a":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}})",
      R"({"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}})",
      R"({"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,16]}})",
      R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}})",
      R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,18446744073709551615]}})",
      R"({"a":{"dtype":"F32","shape":[4]}})",
      R"([1,2])",
      R"({"a":7})",
  };
  for (const std::string& header : headers) {
    write("lie.safetensors", with_header(header, std::string(16, 'x')));
    EXPECT_THROW(read_safetensors(folder_ / "lie.safetensors"), DataError) << header;
  }
  std::string huge(8, '\xff');
  write("huge.safetensors", huge + "{}");
  EXPECT_THROW(read_safetensors(folder_ / "huge.safetensors"), DataError);
}

TEST_F(SafetensorsTest, RandomDamageIsRefusedOrRead) {
  write_safetensors(folder_ / "x.safetensors", {{"a", at::randn({4, 4})}, {"b", at::randn({2})}});
  const std::string whole = read_file(folder_ / "x.safetensors");
  const uint64_t seed = 20261121;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Rng rng(seed);
  for (int trial = 0; trial < 500; ++trial) {
    std::string bytes = whole;
    for (int i = 0; i < 3; ++i) bytes[rng.below(bytes.size())] = static_cast<char>(rng.below(256));
    write("damaged.safetensors", bytes);
    try {
      read_safetensors(folder_ / "damaged.safetensors");
    } catch (const DataError&) {
    }
  }
}

TEST_F(SafetensorsTest, CheckpointNamesWhatDoesNotFit) {
  nlohmann::json json = model_shapes().at("t5-tiny");
  json["vocab_size"] = 20;
  const T5Config config = t5_config_from(json);
  save_checkpoint(folder_, config, random_weights(config, 1));
  NamedTensors tensors = read_safetensors(folder_ / "model.safetensors");
  EXPECT_NO_THROW(load_checkpoint(folder_));
  tensors[0].first = "decoder.stray";
  write_safetensors(folder_ / "model.safetensors", tensors);
  try {
    load_checkpoint(folder_);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("is missing"));
    EXPECT_THAT(error.what(), HasSubstr("decoder.stray"));
  }
}

}  // namespace
}  // namespace dovetail
