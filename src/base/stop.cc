// SPDX-License-Identifier: Apache-2.0
#include "base/stop.h"

#include <atomic>
#include <csignal>

#include "base/error.h"

namespace dovetail {

namespace {

std::atomic<bool> stop_flag = false;
static_assert(std::atomic<bool>::is_always_lock_free, "set from a signal handler");

extern "C" void on_stop_signal(int) { stop_flag.store(true); }

}  // namespace

void install_stop_handlers() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  for (int signal : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(signal, &action, nullptr);
}

void request_stop() { stop_flag.store(true); }
bool stop_requested() { return stop_flag.load(); }

void check_stop() {
  if (stop_requested()) throw Interrupted();
}

}  // namespace dovetail
