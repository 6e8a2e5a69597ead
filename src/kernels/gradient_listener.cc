// SPDX-License-Identifier: Apache-2.0
#include "kernels/gradient_listener.h"

#include "base/error.h"

namespace dovetail {

namespace {

thread_local GradientListener* listening = nullptr;

}  // namespace

GradientListener::GradientListener(Heard heard) : heard_(std::move(heard)) {
  DOVETAIL_CHECK(listening == nullptr);
  listening = this;
}

GradientListener::~GradientListener() { listening = nullptr; }

void GradientListener::tell(const torch::Tensor& parameter) {
  if (listening != nullptr) listening->heard_(parameter);
}

}  // namespace dovetail
