// SPDX-License-Identifier: Apache-2.0
#include "app/run/run_paths.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "base/folder.h"
#include "base/log.h"

namespace dovetail {

namespace {

// No message of the driver can arrive before it, so it clashes with none of the driver's tags.
constexpr int kRunPathsTag = 1;

void send_to_all(Communicator& communicator, const nlohmann::json& body) {
  const std::vector<uint8_t> bytes = nlohmann::json::to_cbor(body);
  for (int rank = 1; rank < communicator.size(); ++rank) {
    communicator.send(rank, kRunPathsTag, bytes);
  }
}

}  // namespace

std::filesystem::path log_file(const RunPaths& paths, const std::string& who) {
  const std::string share = paths.share.empty() ? "" : paths.share + "-";
  return paths.out / "logs" / (share + who + ".log");
}

void open_run_log(const RunPaths& paths, const std::string& who) {
  try {
    make_folders(paths.out / "logs");
    log_to_file(log_file(paths, who));
  } catch (const std::exception& error) {
    log_warning("no log: {}", error.what());
  }
}

RunPathsBroadcast::~RunPathsBroadcast() {
  if (done_) return;
  try {
    send_to_all(communicator_, nullptr);
  } catch (const std::exception& error) {  // a destructor may not throw; mpirun ends the others
    log_error("cannot tell the other ranks that there is no run: {}", error.what());
  }
}

void RunPathsBroadcast::broadcast(const RunPaths& paths) {
  done_ = true;
  send_to_all(
      communicator_,
      {{"out", paths.out.string()}, {"store", paths.store.string()}, {"share", paths.share}});
}

std::optional<RunPaths> receive_run_paths(Communicator& communicator) {
  for (;;) {
    if (const std::optional<Message> message = communicator.poll()) {
      DOVETAIL_CHECK_EQ(message->tag, kRunPathsTag);
      const auto body = nlohmann::json::from_cbor(message->bytes);
      if (body.is_null()) return std::nullopt;
      return RunPaths{body.at("out").get<std::string>(), body.at("store").get<std::string>(),
                      body.at("share").get<std::string>()};
    }
    // Rank 0 plans for seconds; a busy wait would take a core from it.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace dovetail
