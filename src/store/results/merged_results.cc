// SPDX-License-Identifier: Apache-2.0
#include "store/results/merged_results.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "store/plan_file.h"
#include "store/results/results.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// All that a job has found out: the same bytes where it was computed twice alike. NaN is equal to
// NaN here.
std::vector<uint8_t> result_bytes(const Record& record) {
  Record result;
  result.metrics = record.metrics;
  result.per_example = record.per_example;
  result.validation_scores = record.validation_scores;
  result.curves = record.curves;
  result.predictions = record.predictions;
  return to_bytes(result);
}

// "rouge_l is 0.5 in a and 0.25 in b"
std::string difference_of_records(const Record& a, const Record& b, const std::string& name_a,
                                  const std::string& name_b) {
  for (const auto& [metric, value] : a.metrics) {
    const auto other = b.metrics.find(metric);
    if (other != b.metrics.end() && other->second != value)
      return fmt::format("{} is {} in {} and {} in {}", metric, value, name_a, other->second,
                         name_b);
  }
  return fmt::format("{} and {} have equal scores, and other answers or curves", name_a, name_b);
}

// Takes the records of one source after another.
class RecordMerger {
 public:
  RecordMerger(MergedResults& merged, const std::string& first_name, bool first_wins)
      : merged_(merged), first_name_(first_name), first_wins_(first_wins) {
    for (const Job& job : merged.plan.jobs) wanted_.insert(job.key);
  }

  void add(const std::string& name, std::map<std::string, Record>& records) {
    for (auto& [key, record] : records) {
      if (!wanted_.contains(key)) continue;
      const auto [known, is_new] = merged_.records.try_emplace(key, std::move(record));
      if (is_new) {
        folders_[key] = name;
        continue;
      }
      settle(name, known->second, record);
    }
  }

 private:
  void settle(const std::string& name, Record& known, Record& record) {
    if (record.status != RunStatus::finished) return;
    std::string& folder = folders_[record.key];
    if (known.status != RunStatus::finished) {
      folder = name;
      known = std::move(record);
    } else if (result_bytes(known) == result_bytes(record)) {
      ++merged_.num_equal;
    } else if (!first_wins_ || folder != first_name_) {
      merged_.conflicts.add([&] {
        return fmt::format("{} (job {}) has two results: {}", record.name, record.key,
                           difference_of_records(known, record, folder, name));
      });
    }
  }

  MergedResults& merged_;
  std::string first_name_;
  bool first_wins_;
  std::set<std::string> wanted_;
  std::map<std::string, std::string> folders_;  // by key: the folder that the record is of
};

// Replays the registrations of all sources side by side.
class RegistrationMerger {
 public:
  RegistrationMerger(const std::vector<MergeSource>& sources, MergedResults& merged)
      : merged_(merged) {
    for (const MergeSource& source : sources) {
      Timeline& line = timelines_.emplace_back();
      line.claims = source.journal.registrations.claims;
      line.keys.resize(source.journal.registrations.records.size());
      for (const auto& [key, before] : source.journal.registrations.records)
        line.keys.at(static_cast<size_t>(before)) = key;
    }
  }

  void merge() {
    for (const Timeline& line : timelines_) {
      for (const Registration& claim : line.claims) {
        if (claims_.insert(claim.hash).second) add_claim(claim);
      }
    }
    for (Timeline& line : timelines_) add_keys(line, line.keys.size());
  }

 private:
  struct Timeline {
    std::vector<std::string> keys;  // of finished records, in the journal's order
    std::vector<Registration> claims;
    size_t at = 0;  // keys that are in the merged journal
  };

  void add_claim(Registration claim) {
    for (Timeline& line : timelines_) {
      const auto own = std::ranges::find(line.claims, claim.hash, &Registration::hash);
      const bool has_it = own != line.claims.end();
      add_keys(line, has_it ? static_cast<size_t>(own->records_before) : line.keys.size());
      if (has_it) claim.registered_at = std::max(claim.registered_at, own->registered_at);
    }
    claim.records_before = std::ssize(written_);
    merged_.order.emplace_back(std::move(claim));
  }

  void add_keys(Timeline& line, size_t end) {
    for (; line.at < std::min(end, line.keys.size()); ++line.at) {
      const std::string& key = line.keys[line.at];
      const auto record = merged_.records.find(key);
      const bool finished =
          record != merged_.records.end() && record->second.status == RunStatus::finished;
      if (finished && written_.insert(key).second) merged_.order.emplace_back(key);
    }
  }

  MergedResults& merged_;
  std::vector<Timeline> timelines_;
  std::set<std::string> claims_, written_;  // by hash, by key
};

// Appends many records with one wait for the disk.
class Batches {
 public:
  explicit Batches(Journal& journal) : journal_(journal) {}
  void add(const Record& record) {
    constexpr size_t kRecords = 500;
    batch_.push_back(&record);
    if (batch_.size() == kRecords) flush();
  }
  void flush() {
    journal_.append(batch_);
    batch_.clear();
  }

 private:
  Journal& journal_;
  std::vector<const Record*> batch_;
};

void write_journal(const fs::path& folder, const MergedResults& merged) {
  Journal journal(folder);
  Batches batches(journal);
  for (const auto& entry : merged.order) {
    if (const auto* key = std::get_if<std::string>(&entry)) {
      batches.add(merged.records.at(*key));
    } else {
      batches.flush();
      journal.append(std::get<Registration>(entry));
    }
  }
  for (const auto& [key, record] : merged.records) {
    if (record.status != RunStatus::finished) batches.add(record);
  }
  batches.flush();
}

}  // namespace

MergedResults merge_results(std::vector<MergeSource> sources, bool first_wins) {
  DOVETAIL_CHECK(!sources.empty());
  MergedResults merged;
  const std::string first_name = sources[0].name;
  PlanMerger plans(first_name, sources[0].plan, first_wins, merged.conflicts);
  for (size_t i = 1; i < sources.size(); ++i) plans.add(sources[i].name, sources[i].plan);
  merged.plan = plans.take();
  RecordMerger records(merged, first_name, first_wins);
  for (MergeSource& source : sources) records.add(source.name, source.journal.records);
  RegistrationMerger(sources, merged).merge();
  return merged;
}

void write_merged(const fs::path& folder, const MergedResults& merged) {
  write_journal(folder, merged);
  write_results(folder / "results.h5", merged.plan, merged.records);
  write_file_atomically(folder / "sweep.toml", merged.plan.sweep_text);
  write_plan(folder, merged.plan);
}

}  // namespace dovetail
