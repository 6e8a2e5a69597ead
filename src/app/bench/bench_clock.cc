// SPDX-License-Identifier: Apache-2.0
#include "app/bench/bench_clock.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>
#include <sstream>

#include "base/error.h"
#include "jobs/provenance.h"

namespace dovetail {

namespace {

using BenchTime = std::chrono::steady_clock;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Flushes, because the reader of a pipe waits for the line.
void print_line(const OrderedJson& json) {
  fmt::print("{}\n", json.dump());
  std::fflush(stdout);
}

int64_t read_turn(const std::string& line) {
  std::istringstream words(line);
  std::string verb, rest;
  int64_t pieces = 0;
  if (!(words >> verb >> pieces) || verb != "go" || pieces < 1 || words >> rest) {
    throw_<ConfigError>(
        "bench --interactive: expected a line \"go K\" with K at least 1, found {:?}", line);
  }
  return pieces;
}

}  // namespace

BenchClock::BenchClock(const BenchOptions& options, OrderedJson settings)
    : settings_(std::move(settings)),
      warmup_(options.warmup),
      pieces_wanted_(options.steps),
      interactive_(options.interactive) {}

bool BenchClock::after_piece() {
  const std::chrono::duration<double> took = BenchTime::now() - piece_began_;
  if (++num_done_ > warmup_) seconds_.push_back(took.count());
  if (num_done_ >= warmup_) {
    const bool more = interactive_ ? ++turn_done_ < turn_pieces_ || await_turn()
                                   : static_cast<int64_t>(seconds_.size()) < pieces_wanted_;
    if (!more) return false;
  }
  piece_began_ = BenchTime::now();
  return true;
}

// Prints the settings before the first turn, and the seconds of the last turn before each other.
bool BenchClock::await_turn() {
  if (turn_pieces_ == 0) {
    print_line({{"ready", settings_}});
  } else {
    const double seconds = std::accumulate(seconds_.end() - turn_pieces_, seconds_.end(), 0.0);
    print_line({{"pieces", turn_pieces_}, {"seconds", seconds}});
  }
  std::string line;
  if (!std::getline(std::cin, line)) return false;
  turn_pieces_ = read_turn(line);
  turn_done_ = 0;
  return true;
}

void BenchClock::print_results(int64_t tokens_a_piece) const {
  OrderedJson results = settings_;
  results["steps"] = seconds_.size();
  results["tokens_a_step"] = tokens_a_piece;
  if (!seconds_.empty()) {
    const double middle = median(seconds_);
    results["median_seconds"] = middle;
    results["min_seconds"] = *std::min_element(seconds_.begin(), seconds_.end());
    results["tokens_per_second"] = static_cast<double>(tokens_a_piece) / middle;
  }
  results["peak_bytes"] = peak_bytes();
  print_line(results);
}

}  // namespace dovetail
