// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "comm/all_reduce_transport.h"
#include "comm/communicator.h"

namespace dovetail {

// A data-parallel group of ranks with a deterministic all-reduce: all ranks get bit-identical sums,
// and a group of a given size gets the same sums in every run. Rank 0 of the group leads it.
//
// A blocked call throws CommError when the process of another rank has died, and
// DataParallelFailure when another rank has ended the job they share. One thread makes all calls.
class DataParallelGroup {
 public:
  using Bytes = std::vector<uint8_t>;

  // A collective call: all ranks construct their group together. Ranks of one machine share memory,
  // unless `share_memory` is false or the system refuses it to any of them.
  explicit DataParallelGroup(Communicator& communicator, bool share_memory = true);
  int rank() const { return communicator_.rank(); }
  int size() const { return communicator_.size(); }
  bool shares_memory() const { return shares_memory_; }

  // Begins a round of all-reduces over slots (gradients) of these sizes in floats, the same ones on
  // every rank. Returns, for each slot, memory in which it is reduced without copies; or an empty
  // vector where no memory is shared.
  std::vector<std::span<float>> begin_round(std::span<const size_t> sizes);
  // Starts the all-reduce of a slot and returns at once. After wait(), `numbers` holds the sum over
  // all ranks. Slots may start in any order, another one on each rank. Each call also progresses
  // the other slots.
  void all_reduce_async(size_t slot, std::span<float> numbers);
  // Waits for all slots of the round. Abandons slots that this rank did not start: their sums are
  // undefined on every rank. Call all_gather() before the next round: until all ranks have met
  // there, one of them may still read this round's sums in shared memory.
  void wait();

  // Returns the bytes of every rank, by rank. Waits for all ranks.
  std::vector<Bytes> all_gather(const Bytes& mine);

  // Waits for something else that the ranks do together.
  void wait_until(const std::function<bool()>& done);

  // Begins a job. Its number must be greater than that of the job before, whose late messages are
  // dropped.
  void begin_job(uint64_t number);
  uint64_t job() const { return job_; }

  // Point-to-point messages about the job, with tags from kFirstTag. A message that arrives while
  // its receiver waits in wait() or all_gather() means that the job has ended: the wait throws
  // DataParallelFailure, and next_message() then returns the message.
  static constexpr int kFirstTag = 16;
  void send(int rank, int tag, const Bytes& body);
  std::optional<Message> next_message();  // nothing while none has arrived; does not wait

 private:
  // One all-reduce: a reduce-scatter (each rank reduces its chunk) and then an all-gather of the
  // reduced chunks.
  struct Slot {
    std::span<float> numbers;
    bool started = false;
    bool reduced = false;        // this rank's own chunk
    int num_gathered = 0;        // reduced chunks of other ranks
    std::vector<bool> gathered;  // by rank
  };

  void try_to_share_memory();
  bool progress();                      // returns whether every started slot is complete
  bool progress_slot(size_t index);     // returns whether the slot is complete
  bool reduce_own_chunk(size_t index);  // returns whether all contributions were there
  void abandon(size_t index);
  std::span<float> own_chunk(const Slot& slot) const;
  void receive_all();
  void receive(Message message);
  void throw_if_wait_is_vain();

  Communicator& communicator_;
  bool shares_memory_ = false;
  std::unique_ptr<AllReduceTransport> transport_;
  std::vector<Slot> slots_;
  std::vector<size_t> incomplete_;  // slots that have started
  uint64_t job_ = 0, round_ = 0, num_all_gathers_ = 0;
  int64_t num_received_ = 0;                            // messages of every kind
  std::map<std::pair<uint64_t, int>, Bytes> gathered_;  // by number of the all-gather and rank
  std::deque<Message> inbox_;
};

}  // namespace dovetail
