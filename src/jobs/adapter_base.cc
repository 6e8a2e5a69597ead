// SPDX-License-Identifier: Apache-2.0
#include "jobs/adapter_base.h"

#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "model/checkpoints/json_text.h"
#include "plan/json.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kHashedRows = 64;

// Tells models of one shape apart without reading all their weights.
std::string weights_hash(const T5Model& model) {
  const at::Tensor& shared_VD = model.weights().shared_VD;
  const at::Tensor rows = shared_VD.detach().slice(0, 0, kHashedRows).to(at::kCPU, at::kFloat);
  const at::Tensor dense = rows.contiguous();
  return content_hash({static_cast<const char*>(dense.const_data_ptr()), dense.nbytes()});
}

// A folder without a vocabulary takes ids alone.
std::optional<std::string> tokenizer_hash(const fs::path& folder) {
  try {
    return Vocabulary::from_folder(folder).content_hash();
  } catch (const DataError&) {
    return std::nullopt;
  }
}

}  // namespace

void write_adapter_base(const fs::path& folder, const T5Model& model,
                        const Vocabulary& vocabulary) {
  const Json base = {{"d_model", model.config().d_model},
                     {"vocab_size", model.config().vocab_size},
                     {"tokenizer", vocabulary.content_hash()},
                     {"embeddings", weights_hash(model)}};
  write_file_atomically(folder / kAdapterBaseFile, base.dump(2) + "\n");
}

void check_adapter_base(const fs::path& adapter, const fs::path& model_folder,
                        const T5Model& model) {
  const fs::path file = adapter / kAdapterBaseFile;
  if (!fs::exists(file)) return;
  const Json base = parse_json_object(read_file(file), file.string());
  const auto check = [&](const char* key, int64_t found) {
    const auto expected = base.value(key, found);
    if (expected == found) return;
    throw_<ConfigError>(
        "{}: the adapter was tuned on a model with {} {}, and {} has {}; name its own base with "
        "--model (dovetail export --with-base brings it)",
        adapter.string(), key, expected, model_folder.string(), found);
  };
  check("d_model", model.config().d_model);
  check("vocab_size", model.config().vocab_size);
  if (const auto found = tokenizer_hash(model_folder);
      found && base.value("tokenizer", *found) != *found) {
    throw_<ConfigError>(
        "{}: the adapter was tuned with another tokenizer than that of {}; name its own base with "
        "--model (dovetail export --with-base brings it)",
        adapter.string(), model_folder.string());
  }
  if (base.value("embeddings", std::string()) == weights_hash(model)) return;
  log_warning(
      "{}: the adapter was tuned on other weights than those of {}, though of the same shape: "
      "answers will differ unless these are the same weights in another precision",
      adapter.string(), model_folder.string());
}

}  // namespace dovetail
