// SPDX-License-Identifier: Apache-2.0
#include "comm/nccl_all_reduce.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace dovetail {

namespace {

// As much as keeps NCCL's fixed cost small beside the transfer, and the first call early.
constexpr size_t kBucketBytes = size_t{4} << 20;

std::vector<uint8_t> to_bytes(const nccl::UniqueId& id) {
  return {id.internal, id.internal + sizeof(id.internal)};
}

// What a thread of its own finds out, because the call comes back only when all ranks made it.
struct Joined {
  std::atomic<bool> over = false;
  nccl::Comm comm = nullptr;
  int result = 0;
  std::string failure;
};

}  // namespace

NcclAllReduce::NcclAllReduce(const nccl::Library& library, NcclPeers peers,
                             std::unique_ptr<CollectiveStream> stream)
    : library_(library), peers_(std::move(peers)), stream_(std::move(stream)) {}

NcclAllReduce::~NcclAllReduce() {
  if (comm_ != nullptr) library_.comm_destroy(comm_);
}

void NcclAllReduce::check(int result, const char* call) const {
  if (result == nccl::kSuccess || result == nccl::kInProgress) return;
  const std::string what = fmt::format("{} of rank {} of a data-parallel group: {}", call,
                                       peers_.rank, library_.get_error_string(result));
  if (result != nccl::kInvalidUsage) throw CommError(what);
  throw_<ConfigError>("{}; NCCL refuses two ranks on one GPU: start one rank for each GPU", what);
}

void NcclAllReduce::check_async_error() const {
  int error = nccl::kSuccess;
  check(library_.comm_get_async_error(comm_, &error), "ncclCommGetAsyncError");
  check(error, "ncclAllReduce");
}

void NcclAllReduce::abort() {
  if (comm_ != nullptr && library_.comm_abort(comm_) != nccl::kSuccess)
    log_warning("ncclCommAbort failed; the GPU may keep memory until this process ends");
  comm_ = nullptr;
}

// One communicator serves all jobs while every rank still has it.
void NcclAllReduce::connect() {
  if (comm_ != nullptr && job_ == peers_.job()) return;
  const auto whole = peers_.all_gather({static_cast<uint8_t>(comm_ != nullptr)});
  const bool all_have_it = std::ranges::all_of(whole, [](const auto& one) { return one[0] == 1; });
  if (!all_have_it) {
    abort();
    make_communicator();
  }
  job_ = peers_.job();
}

void NcclAllReduce::make_communicator() {
  nccl::UniqueId id{};
  if (peers_.rank == 0) check(library_.get_unique_id(&id), "ncclGetUniqueId");
  const auto ids = peers_.all_gather(to_bytes(id));
  std::memcpy(id.internal, ids.at(0).data(), sizeof(id.internal));
  const auto joined = std::make_shared<Joined>();
  std::thread([joined, id, library = library_, rank = peers_.rank, size = peers_.size,
               stream = stream_.get()] {
    stream->use_device();
    joined->result = library.comm_init_rank(&joined->comm, size, id, rank);
    joined->over = true;
  }).detach();  // where a rank dies before it joins, the call never ends, and this process will
  peers_.wait_until([&] { return joined->over.load(); });
  check(joined->result, "ncclCommInitRank");
  comm_ = joined->comm;
}

// The place in the fixed order: all but the last slot backwards, then that one.
size_t NcclAllReduce::slot_at(size_t place) const {
  const size_t last = sizes_.size() - 1;
  return place < last ? last - 1 - place : last;
}

void NcclAllReduce::begin_round(std::span<const size_t> sizes) {
  connect();
  sizes_.assign(sizes.begin(), sizes.end());
  numbers_.assign(sizes_.size(), nullptr);
  num_started_ = num_ready_ = bytes_ready_ = 0;
}

void NcclAllReduce::all_reduce_async(size_t slot, std::span<float> numbers) {
  DOVETAIL_CHECK(numbers.size() == sizes_.at(slot));
  static float none = 0;  // of an empty slot
  numbers_[slot] = numbers.empty() ? &none : numbers.data();
  start_ready(kBucketBytes);
}

void NcclAllReduce::start_ready(size_t least_bytes) {
  while (num_ready_ < sizes_.size() && numbers_[slot_at(num_ready_)] != nullptr) {
    bytes_ready_ += sizes_[slot_at(num_ready_)] * sizeof(float);
    ++num_ready_;
    // cut by what is ready in the fixed order alone, so that all ranks cut alike
    if (bytes_ready_ >= least_bytes || num_ready_ == sizes_.size()) start_bucket();
  }
}

void NcclAllReduce::start_bucket() {
  stream_->follow_computation();
  check(library_.group_start(), "ncclGroupStart");
  for (; num_started_ < num_ready_; ++num_started_) {
    const size_t slot = slot_at(num_started_);
    if (sizes_[slot] == 0) continue;
    check(library_.all_reduce(numbers_[slot], numbers_[slot], sizes_[slot], nccl::kFloat32,
                              nccl::kSum, comm_, stream_->handle()),
          "ncclAllReduce");
  }
  check(library_.group_end(), "ncclGroupEnd");
  bytes_ready_ = 0;
}

void NcclAllReduce::wait() {
  try {
    size_t largest = 1;
    for (size_t slot = 0; slot < sizes_.size(); ++slot)
      if (numbers_[slot] == nullptr) largest = std::max(largest, sizes_[slot]);
    float* scratch = nullptr;
    for (float*& numbers : numbers_) {
      if (numbers != nullptr) continue;
      if (scratch == nullptr) scratch = stream_->scratch(largest);
      numbers = scratch;
    }
    start_ready(kBucketBytes);
    peers_.wait_until([&] {
      check_async_error();
      return stream_->is_over();
    });
  } catch (...) {
    abort();
    throw;
  }
}

}  // namespace dovetail
