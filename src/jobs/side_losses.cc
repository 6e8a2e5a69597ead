// SPDX-License-Identifier: Apache-2.0
#include "jobs/side_losses.h"

#include "base/error.h"
#include "jobs/evaluate.h"
#include "jobs/held_out_loss.h"
#include "jobs/tune_cell.h"

namespace dovetail {

namespace {

std::vector<Sequence> text_rows(const Job& job, const ContinueSettings& text, const TuneCell& cell,
                                Artefacts& artefacts) {
  const Vocabulary& vocabulary = *cell.backbone.vocabulary;
  const auto corpus = artefacts.corpus(text.corpus, job.locations, vocabulary);
  const SplitCorpus documents = split_corpus(*corpus, text.pretrain.held_out);
  return rows_of_documents(documents.held_out, vocabulary, text.objective, text.pretrain,
                           row_texts(cell.backbone.model.config()));
}

// The other task's test, written as the cell's own. Its soft tokens are the cell's, in their order.
std::vector<Sequence> output_rows(const TransferTask& transfer, const std::string& card,
                                  const TuneJob& settings, const TuneCell& cell,
                                  Artefacts& artefacts) {
  const auto task =
      artefacts.task(card.empty() ? transfer.task.name : card, transfer.task.fingerprint);
  const Vocabulary& vocabulary = *cell.backbone.vocabulary;
  const BoundTemplate tmpl = template_for(transfer.tmpl, settings.tuning);
  const SoftTokenPlan soft_tokens = plan_soft_tokens(tmpl, *task, vocabulary);
  DOVETAIL_CHECK(soft_tokens.tokens.size() <= cell.soft_tokens.tokens.size());
  const ExampleEncoder encoder(
      *task, tmpl, vocabulary, soft_tokens, cell.encoder.vocab_size(),
      {settings.tune.max_source_length, settings.tune.max_target_length, cell.encoder.texts()});
  std::vector<Sequence> rows;
  for (const Example* example : test_examples_of(*task, settings.evaluate))
    rows.push_back(encoder.row(*example, example->references.front()).sequence);
  return rows;
}

double loss_of(const TuneCell& cell, const std::vector<Sequence>& rows, int64_t batch_size) {
  return mean_loss({cell.backbone.model, *cell.method, rows, batch_size});
}

}  // namespace

SideLosses::SideLosses(const Job& job, const TuneJob& settings, const TuneCell& cell,
                       Artefacts& artefacts) {
  if (settings.text_loss)
    all_.push_back({"text_loss", text_rows(job, *settings.text_loss, cell, artefacts),
                    rows_per_batch(settings.text_loss->pretrain)});
  for (size_t i = 0; i < settings.transfer.size(); ++i) {
    const TransferTask& other = settings.transfer[i];
    const std::string& card = job.locations.transfer.at(i);
    all_.push_back({"transfer." + other.label + ".output_loss",
                    output_rows(other, card, settings, cell, artefacts),
                    settings.evaluate.batch_size});
  }
  for (Rows& one : all_) one.before = loss_of(cell, one.rows, one.batch_size);
}

void SideLosses::record(const TuneCell& cell, std::map<std::string, double>& metrics) const {
  for (const Rows& one : all_) {
    metrics[one.name + "_before"] = one.before;
    metrics[one.name] = loss_of(cell, one.rows, one.batch_size);
  }
}

}  // namespace dovetail
