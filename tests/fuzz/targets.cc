// SPDX-License-Identifier: Apache-2.0
#include "fuzz/targets.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/log.h"
#include "cards/card_load.h"
#include "model/checkpoints/json_text.h"
#include "model/checkpoints/weight_files.h"
#include "model/config.h"
#include "store/journal_frames.h"
#include "store/plan_file.h"
#include "store/record_summary.h"
#include "sweep/sweep_fixture.h"
#include "tables/row_reader.h"
#include "text/tokenizer_json.h"
#include "text/vocabulary.h"

namespace dovetail::fuzz {
namespace {

namespace fs = std::filesystem;

// A folder of this process, in memory where that is possible; holds one file of each name.
const fs::path& own_folder() {
  struct Folder {
    Folder() {
      const fs::path memory = "/dev/shm";
      std::string name = (fs::exists(memory) ? memory : fs::temp_directory_path()).string();
      name += "/dovetail-fuzz-XXXXXX";
      path = ::mkdtemp(name.data());
    }
    ~Folder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
    fs::path path;
  };
  static const Folder folder;
  return folder.path;
}

fs::path file_with(std::string_view bytes, const std::string& name) {
  const fs::path file = own_folder() / name;
  std::ofstream(file, std::ios::binary).write(bytes.data(), std::ssize(bytes));
  return file;
}

void read_weights(std::string_view bytes, const std::string& name) {
  for (const StoredTensor& stored : parse_weights(bytes, name)) to_float32(stored);
}

void read_spiece_file(std::string_view bytes) {
  const Vocabulary vocabulary =
      Vocabulary::from_file(file_with(bytes, "spiece.model"), 2, {"<new>"});
  vocabulary.decode(vocabulary.encode_with_sentinels("a cat <extra_id_0> 2<new> dogs"));
}

void read_tokenizer_json(std::string_view bytes) {
  const TokenizerJson tokenizer =
      tokenizer_json_from(parse_json_object(bytes, "tokenizer.json"), "tokenizer.json");
  std::vector<int32_t> ids;
  const std::string text = "a cat, 2 dogs \xc3\xa9";
  tokenizer.encoder->encode(tokenizer.normalize ? tokenizer.normalize(text) : text, true, false,
                            ids);
  for (const int32_t id : ids) tokenizer.encoder->text_of(id);
}

void read_model_config(std::string_view bytes) {
  model_config_from(parse_json_object(bytes, "config.json"));
}

// An odd first byte: the bytes of a journal. An even one: the payload of a frame of a type that the
// byte chooses, since no mutation finds a checksum.
void read_journal_bytes(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto first = static_cast<unsigned char>(bytes[0]);
  bytes.remove_prefix(1);
  const std::string frame =
      first % 2 == 1 ? std::string(bytes) : frame_bytes(static_cast<FrameType>(first / 2), bytes);
  for (const Frame& found : scan_frames(frame).frames) {
    if (found.type == FrameType::record) summary_of(found.payload);
  }
  Replay replay;
  replay.add(scan_frames(frame), "journal.bin");
  for (const auto& [key, record] : replay.records()) to_bytes(record);
}

// Each reader of a plan sees the file, whatever another one says.
void read_plan_json(std::string_view bytes) {
  const fs::path folder = file_with(bytes, "plan.json").parent_path();
  run([&](auto) { read_plan_index(folder); }, bytes);
  run([&](auto) { read_plan_outline(folder); }, bytes);
  plan_text(read_plan(folder));
}

// Up to a NUL the card, then its data.
void read_card_and_data(std::string_view bytes) {
  const size_t end = std::min(bytes.find('\0'), bytes.size());
  file_with(bytes.substr(std::min(end + 1, bytes.size())), "data");
  load_card(read_card(file_with(bytes.substr(0, end), "card.toml").string()));
}

void read_sweep(std::string_view bytes) {
  static const Catalogues known = test_catalogues();
  plan_of(parse_sweep(file_with(bytes, "sweep.toml"), known));
}

class CountingSink : public RowSink {
 public:
  bool begin(int64_t, std::string_view) override { return true; }
  void bad(const std::string&, const std::string&) override {}
  void set_lines(int64_t) override {}
  const std::string& file() const override { return file_; }

 private:
  std::string file_ = "rows";
};

// The first byte chooses the format.
void read_any_rows(std::string_view bytes) {
  if (bytes.empty()) return;
  constexpr TextFormat kFormats[] = {TextFormat::tsv, TextFormat::csv, TextFormat::jsonl,
                                     TextFormat::json, TextFormat::label_text};
  const auto first = static_cast<unsigned char>(bytes[0]);
  RowFormat format{.text = kFormats[first % 5], .header = (first & 64) != 0};
  if (format.is_json() && (first & 128) != 0) format.rows = "data.rows";
  const Column column = format.is_json() ? Column("a.b.-1") : Column(int64_t{1});
  CountingSink sink;
  read_rows(file_with(bytes.substr(1), "rows"), format, sink, [&](Row& row) { row.find(column); });
}

}  // namespace

const std::map<std::string, Target>& targets() {
  // a warning of a name of a megabyte is a megabyte
  static const bool is_quiet = (log_to_file("/dev/null"), true);
  static_cast<void>(is_quiet);
  static const std::map<std::string, Target> all = {
      {"card", read_card_and_data},
      {"journal", read_journal_bytes},
      {"model_config", read_model_config},
      {"plan", read_plan_json},
      {"rows", read_any_rows},
      {"safetensors", [](auto bytes) { read_weights(bytes, "model.safetensors"); }},
      {"sentencepiece", read_spiece_file},
      {"sweep", read_sweep},
      {"tokenizer_json", read_tokenizer_json},
      {"torch_file", [](auto bytes) { read_weights(bytes, "pytorch_model.bin"); }},
  };
  return all;
}

void run(const Target& target, std::string_view bytes) {
  try {
    target(bytes);
  } catch (const ConfigError&) {
  } catch (const DataError&) {
  }
}

}  // namespace dovetail::fuzz
