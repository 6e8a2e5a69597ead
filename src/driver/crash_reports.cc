// SPDX-License-Identifier: Apache-2.0
#include "driver/crash_reports.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <set>

#include "base/error.h"
#include "base/names.h"
#include "plan/smaller_passes.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kKillsFile = "out-of-memory-kills";

std::string in_words(const std::string& cause) {
  if (cause == kKilledForMemory) return "killed by the kernel for want of memory";
  if (cause == kKilled) return "killed from outside, or its machine was lost";
  if (cause == kNoProgress) return "ended for making no progress";
  return "ended by " + cause;
}

constexpr int64_t kOnceMayBeChance = 2;  // deaths of a job's own doing that make it at fault

std::vector<std::string> last_lines(const fs::path& file) {
  constexpr size_t kLines = 5;
  std::deque<std::string> last;
  std::ifstream log(file);
  for (std::string line; std::getline(log, line);) {
    last.push_back(std::move(line));
    if (last.size() > kLines) last.pop_front();
  }
  return {last.begin(), last.end()};
}

}  // namespace

CrashReports::CrashReports(fs::path folder, LogOfRank log_of_rank)
    : folder_(std::move(folder)), log_of_rank_(std::move(log_of_rank)) {
  if (folder_.empty()) return;
  std::error_code none_yet;
  for (const auto& file : fs::directory_iterator(folder_, none_yet))
    notes_[file.path().filename().string()] = read_crash_notes(file.path());
  std::ifstream file(folder_ / kKillsFile);
  OutOfMemoryKills then;
  kills_before_ = out_of_memory_kills();
  if (file >> then.boot >> then.count && then.boot == kills_before_.boot) kills_before_ = then;
}

void CrashReports::begin_run(bool alone) {
  if (folder_.empty()) return;
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  count_kills();
  if (!alone) return;
  std::vector<fs::path> marks;
  for (const auto& file : fs::directory_iterator(folder_, ignored))
    if (file.path().extension() == kRunningMark) marks.push_back(file.path());
  for (const fs::path& mark : marks) fs::remove(mark, ignored);
}

// For readers of the next run; a failure to write costs it a guess.
void CrashReports::count_kills() {
  kills_before_ = out_of_memory_kills();
  std::ofstream(folder_ / kKillsFile) << kills_before_.boot << " " << kills_before_.count << "\n";
}

bool CrashReports::kernel_has_killed() const {
  const OutOfMemoryKills now = out_of_memory_kills();
  return now.boot == kills_before_.boot && now.count > kills_before_.count;
}

bool CrashReports::add(const std::string& key, const Death& death) {
  if (folder_.empty()) return true;
  const size_t num_before = notes_of(key).size();
  notes_[key] = read_crash_notes(folder_ / key);
  const bool for_memory = death.on_this_machine && kernel_has_killed();
  return add_unless_noted(key, notes_of(key).size() > num_before,
                          {.cause = for_memory ? kKilledForMemory : kKilled,
                           .peak_bytes = death.peak_bytes,
                           .log = log_of_rank_ ? log_of_rank_(death.rank) : ""});
}

bool CrashReports::add_from_earlier_run(const std::string& key, int64_t num_deaths) {
  if (folder_.empty()) return true;
  notes_[key] = read_crash_notes(folder_ / key);
  return add_unless_noted(key, std::ssize(notes_of(key)) >= num_deaths,
                          {.cause = kernel_has_killed() ? kKilledForMemory : kKilled});
}

bool CrashReports::add_unless_noted(const std::string& key, bool is_noted, const CrashNote& note) {
  std::error_code ignored;
  const bool was_running = fs::remove(folder_ / (key + kRunningMark), ignored);
  if (is_noted) return true;
  if (!notes_of(key).empty() && !was_running) return false;
  if (note.cause == kKilledForMemory) count_kills();
  keep(key, note);
  return true;
}

void CrashReports::keep(const std::string& key, const CrashNote& note) {
  add_crash_note(folder_ / key, note);
  notes_[key].push_back(note);
}

const CrashReports::Notes& CrashReports::notes_of(const std::string& key) const {
  static const Notes none;
  const auto found = notes_.find(key);
  return found == notes_.end() ? none : found->second;
}

int64_t CrashReports::num_own(const std::string& key) const {
  return std::ranges::count_if(notes_of(key),
                               [](const CrashNote& note) { return note.cause != kKilled; });
}

bool CrashReports::is_at_fault(const std::string& key) const {
  const auto pardon = pardons_.find(key);
  const int64_t pardoned = pardon == pardons_.end() ? 0 : pardon->second;
  return num_own(key) - pardoned >= kOnceMayBeChance;
}

void CrashReports::forgive(const std::string& key) {
  if (is_at_fault(key)) pardons_[key] = num_own(key) - kOnceMayBeChance + 1;
}

bool CrashReports::was_killed_for_memory(const std::string& key) const {
  const Notes& notes = notes_of(key);
  return std::ranges::find(notes, kKilledForMemory, &CrashNote::cause) != notes.end();
}

Job CrashReports::as_to_run(const Job& job) const {
  if (!was_killed_for_memory(job.key)) return job;
  return with_smaller_passes(job).value_or(job);
}

void CrashReports::note_smaller_passes(Record& record) const {
  if (!was_killed_for_memory(record.key)) return;
  record.provenance.emplace("accumulate_doubled_after", kKilledForMemory);
}

Record CrashReports::described(Record crashed, int64_t num_deaths) const {
  const Notes& notes = notes_of(crashed.key);
  std::vector<std::string> causes, words;
  std::set<std::string> told;
  for (const CrashNote& note : notes) {
    crashed.cost.peak_bytes = std::max(crashed.cost.peak_bytes, note.peak_bytes);
    causes.push_back(note.cause);
    if (told.insert(note.cause).second) words.push_back(in_words(note.cause));
  }
  std::string what = words.empty() ? "as if killed for too much memory" : join(words, "; ");
  if (crashed.cost.peak_bytes > 0)
    what +=
        fmt::format(" (peak memory {:.2f} GB)", static_cast<double>(crashed.cost.peak_bytes) / 1e9);
  const std::vector<std::string> log =
      notes.empty() ? std::vector<std::string>{} : last_lines(notes.back().log);
  if (!log.empty()) what += fmt::format("; its log ends with \"{}\"", log.back());
  crashed.attempt = num_deaths;
  crashed.reason = fmt::format(
      "its process died {} times while it ran, {}; not tried again, unless by dovetail run "
      "--retry-failed",
      num_deaths, what);
  if (notes.empty()) return crashed;
  crashed.provenance["crash"] = {
      {"causes", causes}, {"log_file", notes.back().log.filename().string()}, {"log", log}};
  return crashed;
}

}  // namespace dovetail
