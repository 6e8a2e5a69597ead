// SPDX-License-Identifier: Apache-2.0
#include "jobs/tokenizer.h"

#include "base/checksum.h"
#include "text/train_vocabulary.h"

namespace dovetail {

namespace {

void save_vocabulary(const Job& job, Artefacts& artefacts, const std::filesystem::path& folder) {
  const TokenizerJob& tokenizer = settings_of<TokenizerJob>(job);
  const VocabularySettings& settings = tokenizer.vocabulary;
  const int sentinels = static_cast<int>(settings.sentinels);
  if (settings.type == "bytes")
    return Vocabulary::bytes(sentinels, settings.add_tokens).save(folder);
  if (settings.type == "file")
    return Vocabulary::from_file(job.locations.vocabulary_file, sentinels, settings.add_tokens)
        .save(folder);
  train_vocabulary(artefacts.text(tokenizer.corpus, job.locations), settings.vocab_size,
                   settings.threads, settings.max_lines, folder);
  Vocabulary::from_file(folder / "spiece.model", sentinels, settings.add_tokens).save(folder);
}

}  // namespace

void run_tokenizer(const Job& job, Artefacts& artefacts, Record& record) {
  publish_checked_folder(artefacts.folder(job.key), [&](const std::filesystem::path& folder) {
    save_vocabulary(job, artefacts, folder);
  });
  record.metrics["vocabulary_size"] = artefacts.vocabulary(artefacts.folder(job.key))->size();
}

}  // namespace dovetail
