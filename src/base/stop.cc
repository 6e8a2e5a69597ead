// SPDX-License-Identifier: Apache-2.0
#include "base/stop.h"

#include <atomic>
#include <csignal>

#include "base/crash_note.h"
#include "base/error.h"

namespace dovetail {

namespace {

std::atomic<bool> stop_flag = false;
std::atomic<uint64_t> progress = 0;
static_assert(std::atomic<bool>::is_always_lock_free, "set from a signal handler");

extern "C" void on_stop_signal(int) {
  stop_flag.store(true);
  remove_running_mark();
}

}  // namespace

void install_stop_handlers() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  for (int signal : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(signal, &action, nullptr);
}

void request_stop() { stop_flag.store(true); }
bool stop_requested() { return stop_flag.load(); }

void note_progress() { progress.fetch_add(1, std::memory_order_relaxed); }
uint64_t progress_noted() { return progress.load(std::memory_order_relaxed); }

void check_stop() {
  note_progress();
  if (stop_requested()) throw Interrupted();
}

}  // namespace dovetail
