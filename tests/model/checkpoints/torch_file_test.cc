// SPDX-License-Identifier: Apache-2.0
// Files written by PyTorch and safetensors themselves: tests/golden/model/make.py.
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>

#include "model/checkpoints/torch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/error.h"
#include "base/file.h"
#include "model/checkpoints/weight_files.h"
#include "model/checkpoints/zip_archive.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

std::string golden(const std::string& name) {
  return read_file(std::string(DOVETAIL_SOURCE_DIR "/tests/golden/model/") + name);
}

std::map<std::string, at::Tensor> read_all(const std::string& bytes, const std::string& name) {
  std::map<std::string, at::Tensor> all;
  for (const StoredTensor& stored : parse_weights(bytes, name))
    all[stored.name] = to_float32(stored);
  return all;
}

std::string torch_file_refusal(const std::string& name) {
  const std::string bytes = golden(name);
  try {
    parse_weights(bytes, name);
  } catch (const DataError& error) {
    return error.what();
  }
  return "taken";
}

class EveryFormat : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(TorchFile, EveryFormat,
                         testing::Values("new.bin", "old.bin", "small.safetensors"),
                         [](const auto& info) {
                           return info.param.substr(0, info.param.find('.'));
                         });

// The numbers are those in make.py.
TEST_P(EveryFormat, ReadsStridesOffsetsAndTypes) {
  const auto all = read_all(golden(GetParam()), GetParam());
  ASSERT_EQ(all.size(), 10u);
  const auto expect = [&](const char* name, std::vector<int64_t> shape, std::vector<float> values) {
    const at::Tensor& tensor = all.at(name);
    EXPECT_EQ(tensor.sizes().vec(), shape) << name;
    EXPECT_TRUE(tensor.is_contiguous()) << name;
    EXPECT_TRUE(at::equal(tensor.flatten(), at::tensor(values))) << name << "\n" << tensor;
  };
  expect("plain", {2, 3}, {0, 1, 2, 3, 4, 5});
  expect("transposed", {3, 2}, {0, 3, 1, 4, 2, 5});
  expect("part", {3}, {4, 5, 6});
  expect("every_third", {4}, {1, 4, 7, 10});
  expect("half", {2}, {0.5, -2});
  expect("brain", {2}, {1, 3});
  expect("double", {1, 1}, {0.25});
  expect("parameter", {2}, {7, 8});
  expect("scalar", {}, {9});
  EXPECT_EQ(all.at("empty").sizes().vec(), (std::vector<int64_t>{0, 4}));
}

TEST_P(EveryFormat, RefusesEveryTruncation) {
  const std::string whole = golden(GetParam());
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(parse_weights(std::string_view(whole).substr(0, length), GetParam()), DataError)
        << length;
  }
}

TEST(TorchFile, ReadsAModulesStateDict) {
  const auto all = read_all(golden("module.bin"), "module.bin");
  EXPECT_EQ(all.at("weight").sizes().vec(), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(all.at("bias").sizes().vec(), (std::vector<int64_t>{1}));
}

TEST(TorchFile, NeverRunsCode) {
  testing::internal::CaptureStdout();
  EXPECT_THAT(torch_file_refusal("runs_code.bin"), HasSubstr("\"posix system\""));
  EXPECT_THAT(torch_file_refusal("runs_code_old.bin"), HasSubstr("\"posix system\""));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(TorchFile, RefusesWhatIsNoModel) {
  EXPECT_THAT(torch_file_refusal("training_state.bin"),
              HasSubstr("model is no tensor; a training state"));
  EXPECT_THAT(torch_file_refusal("whole_numbers.bin"), HasSubstr("torch LongStorage"));
  EXPECT_THAT(torch_file_refusal("expanded.bin"), HasSubstr("more elements than are stored"));
  EXPECT_THROW(parse_weights("<html>404</html>", "pytorch_model.bin"), DataError);
  EXPECT_THROW(parse_weights("", "pytorch_model.bin"), DataError);
}

TEST(TorchFile, KnowsAPointerFromTheWeights) {
  try {
    parse_weights("version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
                  "model.safetensors");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("git lfs pull"));
  }
}

// One stored entry "a" = "xyz", from APPNOTE.TXT by hand; `method` and the sizes are where lies go.
std::string small_zip(uint8_t method, uint32_t size, uint32_t offset) {
  const auto number = [](uint32_t value, int bytes) {
    return std::string(reinterpret_cast<const char*>(&value), bytes);
  };
  const std::string sizes =
      number(0, 4) + number(size, 4) + number(size, 4) + number(1, 2) + number(0, 2);
  std::string zip = std::string("PK\x03\x04", 4) + number(20, 2) + number(0, 2) +
                    number(method, 2) + number(0, 4) + sizes + "axyz";
  const size_t directory = zip.size();
  zip += std::string("PK\x01\x02", 4) + number(20, 2) + number(20, 2) + number(0, 2) +
         number(method, 2) + number(0, 4) + sizes + number(0, 2) + number(0, 2) + number(0, 2) +
         number(0, 4) + number(offset, 4) + "a";
  const size_t end = zip.size();
  return zip + std::string("PK\x05\x06", 4) + number(0, 4) + number(1, 2) + number(1, 2) +
         number(end - directory, 4) + number(directory, 4) + number(0, 2);
}

TEST(ZipArchive, ReadsStoredEntriesAndRefusesLies) {
  const std::string good = small_zip(0, 3, 0);
  EXPECT_EQ(zip_entries(good, "x").at("a"), "xyz");
  EXPECT_THROW(zip_entries(small_zip(8, 3, 0), "x"), DataError);  // compressed
  EXPECT_THROW(zip_entries(small_zip(0, 4, 0), "x"), DataError);  // into the directory
  EXPECT_THROW(zip_entries(small_zip(0, 0xfffffff0, 0), "x"), DataError);
  EXPECT_THROW(zip_entries(small_zip(0, 0xffffffff, 0), "x"),
               DataError);  // zip64 without its field
  EXPECT_THROW(zip_entries(small_zip(0, 3, 1), "x"), DataError);
  EXPECT_THROW(zip_entries(small_zip(0, 3, 0xfffffff0), "x"), DataError);
}

}  // namespace
}  // namespace dovetail
