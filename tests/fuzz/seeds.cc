// SPDX-License-Identifier: Apache-2.0
// write_seeds FOLDER: small sound files for the fuzzers to begin with, FOLDER/TARGET/NAME.
#include <ATen/ops/arange.h>

#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/folder.h"
#include "driver/made_up.h"
#include "model/checkpoints/safetensors.h"
#include "store/journal_frames.h"
#include "store/plan_file.h"

namespace {

using namespace dovetail;
namespace fs = std::filesystem;

const fs::path kSources = DOVETAIL_SOURCE_DIR;

struct Seeds {
  fs::path folder;
  void write(const std::string& name, const std::string& bytes) const {
    make_folders((folder / name).parent_path());
    write_file_atomically(folder / name, bytes);
  }
  void copy(const std::string& name, const char* golden) const {
    write(name, read_file(kSources / "tests/golden" / golden));
  }
};

// A field of a protocol buffer: bytes; a small number; a float.
std::string field(int number, const std::string& bytes) {
  std::string head(1, static_cast<char>(number << 3 | 2));
  size_t size = bytes.size();
  for (; size >= 128; size >>= 7) head += static_cast<char>(size | 128);
  return head + static_cast<char>(size) + bytes;
}
std::string field(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}
std::string field(int number, float value) {
  std::string bytes(5, static_cast<char>(number << 3 | 5));
  std::memcpy(bytes.data() + 1, &value, sizeof(value));
  return bytes;
}

// SentencePiece's compiled normalizer, with the one rule that "a" becomes "b": a double array as
// Darts-clone lays it out, from the root to the unit of "a" and to its leaf, and the texts.
std::string character_map() {
  std::vector<uint32_t> units(512);
  units[0] = 256 << 10;
  units[256 ^ 'a'] = 256 << 10 | 1 << 8 | 'a';
  units['a'] = uint32_t{1} << 31;
  const auto size = static_cast<uint32_t>(4 * units.size());
  std::string map(4 + size, '\0');
  std::memcpy(map.data(), &size, 4);
  std::memcpy(map.data() + 4, units.data(), size);
  return map + "b" + '\0';
}

// sentencepiece_model.proto: a unigram model (1) or one of merged pairs (2).
std::string spiece_model(int model_type) {
  std::string model;
  const auto add = [&](const std::string& piece, float score, int type) {
    model += field(1, field(1, piece) + field(2, score) + field(3, type));
  };
  add("<pad>", 0, 3);
  add("</s>", 0, 3);
  add("<unk>", 0, 2);
  for (const char* piece : {"\u2581", "a", "c", "t", "at", "\u2581cat", "s"}) add(piece, -2, 1);
  const std::string trainer = field(3, model_type);
  return model + field(2, trainer) +
         field(3, field(1, "user_defined") + field(2, character_map()) + field(3, 1) + field(4, 1) +
                      field(5, 1));
}

void write_models(const Seeds& seeds) {
  seeds.write("safetensors/two", "");
  write_safetensors(seeds.folder / "safetensors/two",
                    {{"a", at::arange(6).reshape({2, 3})}, {"b.weight", at::arange(2)}});
  seeds.copy("safetensors/small", "model/small.safetensors");
  for (const char* name : {"new.bin", "old.bin", "module.bin"})
    seeds.copy(std::string("torch_file/") + name, (std::string("model/") + name).c_str());
  for (const char* name : {"byte_level", "byte_pairs", "unigram"})
    seeds.copy(std::string("tokenizer_json/") + name,
               (std::string("text/tokenizers/") + name + "/tokenizer.json").c_str());
  seeds.write("sentencepiece/unigram", spiece_model(1));
  seeds.write("sentencepiece/bpe", spiece_model(2));
  seeds.write("model_config/t5",
              R"({"model_type": "umt5", "d_model": 64, "d_kv": 8, "d_ff": 128, "num_layers": 2,
"num_decoder_layers": 3, "num_heads": 4, "vocab_size": 384, "dropout_rate": 0.1,
"relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
"layer_norm_epsilon": 1e-06, "feed_forward_proj": "gated-gelu", "eos_token_id": [1],
"pad_token_id": 0, "tie_word_embeddings": false})");
  seeds.write("model_config/llama",
              R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 128,
"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 384,
"rms_norm_eps": 1e-05, "max_position_embeddings": 128, "rope_theta": 10000.0, "bos_token_id": 1,
"eos_token_id": 2})");
  seeds.write("model_config/gpt2",
              R"({"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 128,
"vocab_size": 384, "activation_function": "gelu_new", "bos_token_id": 0, "eos_token_id": 0})");
}

// The first byte of a journal's seed says whether a frame follows or its payload alone.
void write_results(const Seeds& seeds) {
  const Plan plan = made_up::tree(1, 1);
  Record record = made_up::finished(plan.jobs[2]);
  record.per_example["one"] = {1, 0.5};
  record.curves["loss"] = {{1, 2}, {3.5, 2.5}};
  record.predictions = {"a", "b"};
  record.provenance = {{"host", "h"}, {"rank", 1}};
  const std::vector<uint8_t> bytes = to_bytes(record);
  const std::string payload(bytes.begin(), bytes.end());
  const Registration claim{"c", "hash", "2026-11-29 03:10:25 UTC", 3};
  const auto payload_of = [](FrameType type) {
    return std::string(1, static_cast<char>(2 * static_cast<int>(type)));
  };
  seeds.write("journal/frames", "\1" + frame_bytes(FrameType::begin, record.key) +
                                    frame_bytes(FrameType::record, payload));
  seeds.write("journal/record", payload_of(FrameType::record) + payload);
  seeds.write("journal/claim", payload_of(FrameType::claim) + Json(claim).dump());
  seeds.write("plan/tree", plan_text(plan));
}

void write_settings(const Seeds& seeds) {
  seeds.write("sweep/small", R"(name = "s"
[model]
config = "t5-tiny"
[text]
corpus = ["wordnet-text"]
vocabulary = { vocab_size = 2000 }
[pretrain]
steps = 3
optimizer = { name = "adamw", learning_rate = 1e-3, schedule = "linear", warmup = 1 }
[tune]
steps = { per_epoch = 5, at_least = 40 }
optimizer = { name = "adafactor", learning_rate = 5e-4 }
[evaluate]
metrics = ["rouge_l"]
[axes]
objective = ["none", { name = "span_corruption", noise_density = 0.2, label = "sc" }]
task = ["wordnet/category"]
template = ["mapping"]
tuning = ["full", { name = "soft_prompt", num_virtual_tokens = 20 }]
train_size = [{ examples = 30, references = 3 }, "all"]
seed = [1, 2]
[[exclude]]
tuning = "soft_prompt"
objective = "none"
)");
  using namespace std::string_literals;
  const std::string common =
      "name = \"m\"\ntrain = \"data\"\ntest_fraction = 0.5\nbad_rows = \"skip\"\n";
  seeds.write("card/table", common + R"(kind = "table"
format = "jsonl"
keys = { source = "riddle", choices = "answers", answer = "solution" }
)"s + '\0' + R"({"riddle": "I am a cat. What am I?", "answers": ["cat", "dog"], "solution": "cat"}
{"riddle": "I am a dog. What am I?", "answers": ["cat", "dog"], "solution": "dog"}
)");
  seeds.write("card/classification", common + R"(kind = "classification"
format = "csv"
columns = { text = 2, label = 1 }
labels = { 0 = "terrible", 1 = "great" }
)"s + '\0' + "0,a b\n1,\"c\"\"d\"\n0,e\n1,f\n");
  seeds.write(
      "card/instruction",
      common + "kind = \"instruction\"\nformat = \"jsonl\"\n"s + '\0' +
          "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", "
          "\"content\": \"b\"}]}\n{\"messages\": [{\"role\": \"user\", \"content\": \"c\"}, "
          "{\"role\": \"assistant\", \"content\": \"d\"}]}\n");
}

void write_rows(const Seeds& seeds) {
  seeds.write("rows/tsv", "Aa\tb\n1\t2\n");  // 'A': with a header
  seeds.write("rows/csv", "Ba,b\n\"1\n\"\"2\",3\n");
  seeds.write("rows/jsonl", "C{\"a\": {\"b\": [1, 2]}}\n{\"a\": null}\n");
  seeds.write("rows/json", "D[{\"a\": {\"b\": [1, 2]}}, {\"a\": \"x\\u00e9\"}]");
  seeds.write("rows/deep_json", "\x80{\"data\": [{\"rows\": [{\"a\": 1}]}]}");
  seeds.write("rows/label_text", "E__label__1 a b\nx y\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const Seeds seeds{argv[1]};
  write_models(seeds);
  write_results(seeds);
  write_settings(seeds);
  write_rows(seeds);
}
