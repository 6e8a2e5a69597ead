// SPDX-License-Identifier: Apache-2.0
#include "app/run/nccl_gradients.h"

#include <ATen/ops/empty.h>
#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace dovetail {

namespace {

// By LibTorch's interface to any accelerator, which needs no headers of CUDA.
class TorchStream final : public CollectiveStream {
 public:
  explicit TorchStream(const at::Device& device)
      : device_(device),
        guard_(device.type()),
        stream_(guard_.getStreamFromGlobalPool(device)),
        over_(device.type()) {}

  nccl::Stream handle() override { return stream_.native_handle(); }
  void use_device() override { guard_.setDevice(device_); }
  void follow_computation() override {
    c10::Event computed(device_.type());
    computed.record(guard_.getStream(device_));
    computed.block(stream_);
    asked_ = false;
  }
  // The event is recorded when the question comes, after all that was put on the stream.
  bool is_over() override {
    if (!asked_) over_.record(stream_);
    asked_ = !over_.query();
    return !asked_;
  }
  float* scratch(size_t count) override {
    scratch_ =
        at::empty({static_cast<int64_t>(count)}, at::TensorOptions(device_).dtype(at::kFloat));
    return scratch_.data_ptr<float>();
  }

 private:
  const at::Device device_;
  const c10::impl::VirtualGuardImpl guard_;
  const c10::Stream stream_;
  c10::Event over_;
  bool asked_ = false;
  at::Tensor scratch_;
};

NcclPeers peers_of(DataParallelGroup& group) {
  return {.rank = group.rank(),
          .size = group.size(),
          .all_gather = [&group](const NcclPeers::Bytes& mine) { return group.all_gather(mine); },
          .wait_until = [&group](const std::function<bool()>& done) { group.wait_until(done); },
          .job = [&group] { return group.job(); }};
}

}  // namespace

NcclGradients::NcclGradients(DataParallelGroup& group, const at::Device& device)
    : GroupGradients(group),
      all_reduce_(nccl::loaded_library(), peers_of(group), std::make_unique<TorchStream>(device)) {}

}  // namespace dovetail
