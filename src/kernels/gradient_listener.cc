// SPDX-License-Identifier: Apache-2.0
#include "kernels/gradient_listener.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include "base/error.h"

namespace dovetail {

namespace {

thread_local GradientListener* listening = nullptr;

}  // namespace

GradientListener::GradientListener(Heard heard, Home home)
    : heard_(std::move(heard)), home_(std::move(home)) {
  DOVETAIL_CHECK(listening == nullptr);
  listening = this;
}

GradientListener::~GradientListener() { listening = nullptr; }

void GradientListener::tell(const at::Tensor& parameter) {
  if (listening != nullptr) listening->heard_(parameter);
}

at::Tensor GradientListener::gradient_of(const std::vector<at::Tensor>& parameters,
                                         const at::TensorOptions& options) {
  int64_t rows = 0;
  for (const at::Tensor& parameter : parameters) rows += parameter.size(0);
  const std::vector<int64_t> shape{rows, parameters[0].size(1)};
  float* home = listening != nullptr ? listening->home_(parameters) : nullptr;
  return home != nullptr ? at::from_blob(home, shape, at::kFloat) : at::empty(shape, options);
}

}  // namespace dovetail
