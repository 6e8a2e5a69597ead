// SPDX-License-Identifier: Apache-2.0
#include "app/run/briefing.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "base/log.h"

namespace dovetail {

namespace {

// Before the driver's first message, so it can be any number.
constexpr int kBriefingTag = 1;

void tell_all(Communicator& communicator, const nlohmann::json& word) {
  const std::vector<uint8_t> bytes = nlohmann::json::to_cbor(word);
  for (int rank = 1; rank < communicator.size(); ++rank) {
    communicator.send(rank, kBriefingTag, bytes);
  }
}

}  // namespace

Briefing::~Briefing() {
  if (given_) return;
  try {
    tell_all(communicator_, nullptr);
  } catch (const std::exception& error) {  // a destructor may not throw; mpirun ends the others
    log_error("the other ranks could not be told that there is nothing to do: {}", error.what());
  }
}

void Briefing::give(const RunPaths& workplace) {
  given_ = true;
  tell_all(communicator_, {{"out", workplace.out.string()}, {"store", workplace.store.string()}});
}

std::optional<RunPaths> await_briefing(Communicator& communicator) {
  for (;;) {
    if (const std::optional<Message> message = communicator.poll()) {
      DOVETAIL_CHECK_EQ(message->tag, kBriefingTag);
      const auto word = nlohmann::json::from_cbor(message->bytes);
      if (word.is_null()) return std::nullopt;
      return RunPaths{word.at("out").get<std::string>(), word.at("store").get<std::string>()};
    }
    // Planning takes rank 0 seconds at most; a busy wait would take its core.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace dovetail
