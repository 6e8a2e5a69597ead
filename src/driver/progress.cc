// SPDX-License-Identifier: Apache-2.0
#include "driver/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace dovetail {

namespace {

constexpr auto kTerminalInterval = std::chrono::milliseconds(200);
constexpr auto kLogInterval = std::chrono::seconds(30);
constexpr int kShortestName = 12;  // characters; a shorter rest of a name identifies no cell

std::string counts(const Progress& progress) {
  std::string text = fmt::format("{}/{} jobs", progress.done, progress.total);
  if (progress.jobs_per_minute > 0) text += fmt::format(", {:.1f}/min", progress.jobs_per_minute);
  if (progress.done < progress.total && progress.remaining_seconds >= 0) {
    text += fmt::format(", {} left", rough_duration(progress.remaining_seconds));
  }
  if (progress.failed > 0) text += fmt::format(", {} failed", progress.failed);
  return text;
}

std::string activity_name(const RankActivity& rank) {
  return rank.state == RankState::busy ? rank.job : to_string(rank.state);
}

std::string counted_ranks(const Progress& progress) {
  if (progress.ranks.empty()) return "";
  const auto busy = std::ranges::count(progress.ranks, RankState::busy, &RankActivity::state);
  const auto idle = static_cast<int64_t>(progress.ranks.size()) - busy;
  return fmt::format(" | {} busy, {} idle", busy, idle);
}

std::string cut_front(const std::string& name, size_t length) {
  return name.size() <= length ? name : ".." + name.substr(name.size() - (length - 2));
}

// Gives each rank's activity an equal share of the room; "" if that is too little.
std::string named_ranks(const Progress& progress, int room) {
  const int num_ranks = static_cast<int>(progress.ranks.size());
  const int frame = static_cast<int>(fmt::format(" | {}: ", num_ranks - 1).size());
  const int share = num_ranks == 0 ? 0 : room / num_ranks - frame;
  std::string text;
  for (int rank = 0; rank < num_ranks; ++rank) {
    const std::string name = activity_name(progress.ranks[rank]);
    if (share < std::min<int>(static_cast<int>(name.size()), kShortestName)) return "";
    text += fmt::format(" | {}: {}", rank, cut_front(name, share));
  }
  return text;
}

}  // namespace

std::string rough_duration(double seconds) {
  if (seconds < 99.5) return fmt::format("{:.0f} s", seconds);
  if (seconds < 99.5 * 60) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{:.1f} h", seconds / 3600);
  return fmt::format("{:.1f} days", seconds / 86400);
}

std::string progress_line(const Progress& progress, int width) {
  std::string line = counts(progress);
  const int room = width - static_cast<int>(line.size());
  std::string ranks = named_ranks(progress, room);
  if (ranks.empty()) ranks = counted_ranks(progress);
  if (static_cast<int>(ranks.size()) <= room) line += ranks;
  return line.substr(0, std::max(width, 0));
}

std::string progress_log(const Progress& progress) {
  std::string line = counts(progress);
  constexpr size_t kNamedRanks = 8;
  if (progress.ranks.size() > kNamedRanks) return line + counted_ranks(progress);
  for (size_t rank = 0; rank < progress.ranks.size(); ++rank) {
    line += fmt::format(" | {}: {}", rank, activity_name(progress.ranks[rank]));
  }
  return line;
}

int terminal_columns() {
  constexpr int kUnknownWidth = 80;
  if (::isatty(STDERR_FILENO)) {
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : kUnknownWidth;
  }
  const char* columns = std::getenv("DOVETAIL_TERMINAL_COLUMNS");
  return columns == nullptr ? 0 : std::max(0, std::atoi(columns));
}

ProgressDisplay::ProgressDisplay() : ProgressDisplay(stderr, terminal_columns()) {}

ProgressDisplay::~ProgressDisplay() {
  if (line_open_) std::fputc('\n', out_);
}

void ProgressDisplay::show(const Progress& progress) {
  show(progress, std::chrono::steady_clock::now());
}

void ProgressDisplay::show(const Progress& progress, std::chrono::steady_clock::time_point now) {
  const bool terminal = width_ > 0;
  // The last state is shown at once, because no later one follows.
  const bool complete = progress.done == progress.total && terminal;
  using Duration = std::chrono::steady_clock::duration;
  const Duration interval = terminal ? Duration(kTerminalInterval) : Duration(kLogInterval);
  if (shown_ && !complete && now - last_ < interval) return;
  shown_ = true;
  last_ = now;
  if (terminal) {
    // The last column stays free: some terminals wrap there.
    fmt::print(out_, "\r{}\x1b[K", progress_line(progress, width_ - 1));
  } else {
    fmt::print(out_, "{}\n", progress_log(progress));
  }
  line_open_ = terminal;
  std::fflush(out_);
}

}  // namespace dovetail
