// SPDX-License-Identifier: Apache-2.0
#include "kernels/gradient_listener.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include "base/error.h"

namespace dovetail {

namespace {

thread_local GradientListener* listening = nullptr;

}  // namespace

GradientListener::GradientListener(OnComplete on_complete, Buffer buffer)
    : on_complete_(std::move(on_complete)), buffer_(std::move(buffer)) {
  DOVETAIL_CHECK(listening == nullptr);
  listening = this;
}

GradientListener::~GradientListener() { listening = nullptr; }

void GradientListener::notify(const at::Tensor& parameter) {
  if (listening != nullptr) listening->on_complete_(parameter);
}

at::Tensor GradientListener::new_gradient(const std::vector<at::Tensor>& parameters,
                                          const at::TensorOptions& options) {
  int64_t rows = 0;
  for (const at::Tensor& parameter : parameters) rows += parameter.size(0);
  const std::vector<int64_t> shape{rows, parameters[0].size(1)};
  float* buffer = listening != nullptr ? listening->buffer_(parameters) : nullptr;
  return buffer != nullptr ? at::from_blob(buffer, shape, at::kFloat) : at::empty(shape, options);
}

}  // namespace dovetail
