// SPDX-License-Identifier: Apache-2.0
#include "driver/share_pulse.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/this_process.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr double kBeatSeconds = 5;

}  // namespace

SharePulse::SharePulse(fs::path share_folder)
    : folder_(std::move(share_folder)), due_(kBeatSeconds) {
  beat();
}

SharePulse::~SharePulse() { write(/*has_ended=*/true); }

void SharePulse::beat() {
  if (due_.due()) write(/*has_ended=*/false);
}

// By rename, so that a reader sees a whole pulse. Not synced: a machine that loses power has no
// pulse anyway. A pulse that cannot be written is one that is missed.
void SharePulse::write(bool has_ended) {
  const ProcessIdentity own = own_identity();
  const nlohmann::json pulse = {{"owner", this_process()}, {"machine", own.machine},
                                {"process", own.process},  {"start_time", own.start_time},
                                {"beats", ++beats_},       {"has_ended", has_ended}};
  const fs::path temporary = folder_ / "pulse.tmp";
  std::ofstream(temporary) << pulse.dump();
  std::error_code error;
  fs::rename(temporary, folder_ / "pulse", error);
  if (error) log_warning("{}: no pulse: {}", folder_.string(), error.message());
}

bool PulseWatch::is_dead(const std::string& share) {
  Pulse& pulse = pulses_[share];
  if (pulse.look.due()) look_at(share, pulse);
  return pulse.has_ended || (pulse.is_known && has_ended(pulse.process)) ||
         seconds_since(pulse.changed) > dead_after_seconds_;
}

PulseWatch::Beat PulseWatch::last_beat(const std::string& share) const {
  const auto found = pulses_.find(share);
  if (found == pulses_.end()) return {};
  return {found->second.beats, found->second.owner};
}

// A share without a pulse has just been made, or died in that instant.
void PulseWatch::look_at(const std::string& share, Pulse& pulse) const {
  std::ifstream file(folder_ / share / "pulse");
  const auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return;
  const int64_t beats = json.value("beats", int64_t{-1});
  if (beats == pulse.beats) return;
  pulse = {.process = {json.value("machine", uint64_t{0}), json.value("process", int64_t{0}),
                       json.value("start_time", uint64_t{0})},
           .beats = beats,
           .owner = json.value("owner", ""),
           .is_known = true,
           .has_ended = json.value("has_ended", false),
           .look = pulse.look,
           .changed = Clock::now()};
}

}  // namespace dovetail
