// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "comm/nccl_library.h"

namespace dovetail {

// The stream of a GPU on which all-reduces run beside the computation.
class CollectiveStream {
 public:
  virtual ~CollectiveStream() = default;
  virtual nccl::Stream handle() = 0;
  // Makes the calling thread use the GPU.
  virtual void use_device() = 0;
  // What is put on the stream from now on waits for the computation that was started so far.
  virtual void follow_computation() = 0;
  // Whether all that was put on the stream is over.
  virtual bool is_over() = 0;
  // Memory of the GPU for so many floats, until the next call.
  virtual float* scratch(size_t count) = 0;
};

// The other ranks of a data-parallel group, by messages: a DataParallelGroup, or a test's.
struct NcclPeers {
  using Bytes = std::vector<uint8_t>;
  int rank = 0, size = 1;
  std::function<std::vector<Bytes>(const Bytes& mine)> all_gather;
  // Waits; throws when another rank is dead or has ended the job.
  std::function<void(const std::function<bool()>& done)> wait_until;
  std::function<uint64_t()> job;  // its number
};

// The all-reduce of a DataParallelGroup on GPUs. NCCL wants every rank to start the same calls in
// the same order, so slots start in one fixed order (the last gradients first, in which a backward
// pass makes them; the slot of the small ones, the last, at the end), a few MB at a time, while the
// backward pass goes on. A rank that gives up a step starts what is missing with scratch memory,
// and the others learn of it from the report. When a wait is vain, the communicator is aborted: all
// ranks make a new one before the next job.
class NcclAllReduce {
 public:
  NcclAllReduce(const nccl::Library& library, NcclPeers peers,
                std::unique_ptr<CollectiveStream> stream);
  ~NcclAllReduce();
  NcclAllReduce(const NcclAllReduce&) = delete;

  // As those of DataParallelGroup, with numbers in the GPU's memory. A collective call at the
  // beginning of a job.
  void begin_round(std::span<const size_t> sizes);
  void all_reduce_async(size_t slot, std::span<float> numbers);
  void wait();

 private:
  size_t slot_at(size_t place) const;
  void start_ready(size_t least_bytes);
  void start_bucket();
  void connect();
  void make_communicator();
  void abort();
  void check(int result, const char* call) const;
  void check_async_error() const;

  const nccl::Library library_;
  const NcclPeers peers_;
  const std::unique_ptr<CollectiveStream> stream_;
  nccl::Comm comm_ = nullptr;
  uint64_t job_ = 0;  // that the communicator serves
  std::vector<size_t> sizes_;
  std::vector<float*> numbers_;             // by slot; null: not there yet
  size_t num_started_ = 0, num_ready_ = 0;  // places of the fixed order
  size_t bytes_ready_ = 0;                  // of those ready and not started
};

}  // namespace dovetail
