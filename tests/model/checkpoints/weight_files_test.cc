// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>

#include "model/checkpoints/weight_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>

#include "base/error.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/safetensors.h"
#include "model/shapes.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

T5Config small_config(const std::string& type = "t5") {
  return t5_config_from({{"model_type", type},
                         {"d_model", 8},
                         {"d_kv", 2},
                         {"d_ff", 12},
                         {"num_layers", 2},
                         {"num_heads", 3},
                         {"vocab_size", 20}});
}

// A folder with a small model, whose tensors a test changes before it is loaded.
class WeightFolder : public testing::Test {
 protected:
  WeightFolder() {
    folder_ = fs::temp_directory_path() / fmt::format("dovetail_weight_files_{}", ::getpid());
    save_checkpoint(folder_, small_config(), random_weights(small_config(), 1));
    for (auto& [name, tensor] : read_safetensors(folder_ / "model.safetensors"))
      tensors_[name] = tensor;
  }
  ~WeightFolder() override { fs::remove_all(folder_); }

  NamedTensors named() const { return {tensors_.begin(), tensors_.end()}; }
  Checkpoint load() {
    write_safetensors(folder_ / "model.safetensors", named());
    return load_checkpoint(folder_);
  }
  static std::string said(const std::function<void()>& act) {
    try {
      act();
    } catch (const ConfigError& error) {
      return error.what();
    } catch (const DataError& error) {
      return error.what();
    }
    return "taken";
  }
  // The tensors in two files, and the index that an alteration makes of the true one.
  void write_shards(const std::function<void(nlohmann::json&)>& alter) {
    NamedTensors all = named();
    const NamedTensors first(all.begin(), all.begin() + 5), second(all.begin() + 5, all.end());
    write_safetensors(folder_ / "one.safetensors", first);
    write_safetensors(folder_ / "two.safetensors", second);
    nlohmann::json map;
    for (const auto& [name, tensor] : first) map[name] = "one.safetensors";
    for (const auto& [name, tensor] : second) map[name] = "two.safetensors";
    alter(map);
    fs::remove(folder_ / "model.safetensors");
    write_file_atomically(folder_ / "model.safetensors.index.json",
                          nlohmann::json{{"weight_map", map}}.dump());
  }

  fs::path folder_;
  std::map<std::string, at::Tensor> tensors_;
};

TEST_F(WeightFolder, CopiesOfTheEmbeddingAreNoExtras) {
  const at::Tensor shared = tensors_.at("shared.weight");
  for (const char* name :
       {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"}) {
    tensors_[name] = shared.clone();
  }
  const Checkpoint checkpoint = load();
  EXPECT_TRUE(checkpoint.config.tie_word_embeddings);
  EXPECT_FALSE(checkpoint.weights.lm_head_VD.defined());
}

TEST_F(WeightFolder, AHeadOfItsOwnIsKeptWhateverTheConfigSays) {
  tensors_["lm_head.weight"] = tensors_.at("shared.weight") + 1;
  const Checkpoint checkpoint = load();
  EXPECT_FALSE(checkpoint.config.tie_word_embeddings);
  EXPECT_TRUE(checkpoint.config.scale_decoder_outputs);  // config.json said tied
  EXPECT_TRUE(at::equal(checkpoint.weights.lm_head_VD, tensors_.at("lm_head.weight")));
}

// transformers ties in both directions: any one of the copies will do.
TEST_F(WeightFolder, AMissingEmbeddingIsTakenFromItsCopy) {
  for (const char* name : {"encoder.embed_tokens.weight", "lm_head.weight"}) {
    const at::Tensor shared = tensors_.at("shared.weight");
    tensors_.erase("shared.weight");
    tensors_[name] = shared;
    const Checkpoint checkpoint = load();
    EXPECT_TRUE(at::equal(checkpoint.weights.shared_VD, shared));
    EXPECT_TRUE(checkpoint.config.tie_word_embeddings);
    tensors_.erase(name);
    tensors_["shared.weight"] = shared;
  }
}

TEST_F(WeightFolder, AnEncodersOwnEmbeddingIsNoT5) {
  tensors_["encoder.embed_tokens.weight"] = tensors_.at("shared.weight") + 1;
  EXPECT_THAT(said([&] { load(); }),
              HasSubstr("encoder.embed_tokens.weight differs from shared.weight"));
}

TEST_F(WeightFolder, TheUnusedBiasOfOldFoldersIsPassedOver) {
  tensors_["decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"] =
      at::zeros({32, 3});
  EXPECT_EQ(said([&] { load(); }), "taken");
}

TEST_F(WeightFolder, NamesEveryTensorThatDoesNotFit) {
  tensors_.erase("decoder.final_layer_norm.weight");
  tensors_["encoder.final_layer_norm.weight"] = at::zeros({9});
  tensors_["stray"] = at::zeros({1});
  const std::string message = said([&] { load(); });
  EXPECT_THAT(message, HasSubstr("decoder.final_layer_norm.weight is missing"));
  EXPECT_THAT(message, HasSubstr("encoder.final_layer_norm.weight has shape [9], expected [8]"));
  EXPECT_THAT(message, HasSubstr("stray is not T5's"));
}

TEST_F(WeightFolder, Umt5HasABiasInEveryBlock) {
  const std::string name = "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight";
  const std::string cross =
      "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";
  save_checkpoint(folder_, small_config("umt5"), random_weights(small_config("umt5"), 1));
  const Checkpoint checkpoint = load_checkpoint(folder_);
  EXPECT_EQ(checkpoint.config.model_type, "umt5");
  for (const StackWeights* stack : {&checkpoint.weights.encoder, &checkpoint.weights.decoder}) {
    for (const BlockWeights& block : stack->blocks) {
      EXPECT_EQ(block.self_attention.relative_attention_bias_KH.sizes().vec(),
                (std::vector<int64_t>{32, 3}));
      EXPECT_FALSE(block.cross_attention.relative_attention_bias_KH.defined());
    }
  }
  tensors_.clear();
  for (auto& [key, tensor] : read_safetensors(folder_ / "model.safetensors"))
    tensors_[key] = tensor;
  tensors_.erase(name);
  tensors_[cross] = at::zeros({32, 3});
  const std::string message = said([&] { load(); });
  EXPECT_THAT(message, HasSubstr(name + " is missing"));
  EXPECT_THAT(message, HasSubstr(cross + " is not T5's"));
}

TEST_F(WeightFolder, ReadsShards) {
  write_shards([](nlohmann::json&) {});
  const Checkpoint checkpoint = load_checkpoint(folder_);
  EXPECT_TRUE(at::equal(checkpoint.weights.shared_VD, tensors_.at("shared.weight")));
  const std::string before = checkpoint_fingerprint(folder_);
  tensors_.at("shared.weight")[0][0] += 1;
  write_shards([](nlohmann::json&) {});
  EXPECT_NE(checkpoint_fingerprint(folder_), before);
}

TEST_F(WeightFolder, RefusesAnIndexThatLies) {
  write_shards([](nlohmann::json& map) { map["shared.weight"] = "one.safetensors"; });
  EXPECT_THAT(said([&] { load_checkpoint(folder_); }),
              HasSubstr("shared.weight is in two.safetensors, not in one.safetensors"));
  write_shards([](nlohmann::json& map) { map["more.weight"] = "one.safetensors"; });
  EXPECT_THAT(said([&] { load_checkpoint(folder_); }),
              HasSubstr("more.weight is not in one.safetensors"));
  write_shards([](nlohmann::json& map) { map["more.weight"] = "three.safetensors"; });
  EXPECT_THAT(said([&] { load_checkpoint(folder_); }), HasSubstr("not there"));
  for (const char* outside : {"../one.safetensors", "/etc/passwd", "..", ""}) {
    write_shards([&](nlohmann::json& map) { map["shared.weight"] = outside; });
    EXPECT_THAT(said([&] { load_checkpoint(folder_); }), HasSubstr("the name of a file beside it"))
        << outside;
  }
}

TEST_F(WeightFolder, SaysWhichFilesAreLookedFor) {
  fs::remove(folder_ / "model.safetensors");
  EXPECT_THAT(said([&] { load_checkpoint(folder_); }), HasSubstr("pytorch_model.bin.index.json"));
  fs::remove(folder_ / "config.json");
  EXPECT_THAT(said([&] { load_checkpoint(folder_); }), HasSubstr("found no config.json"));
}

}  // namespace
}  // namespace dovetail
