// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/sum_transport.h"

namespace dovetail {

// Ranks that compute one thing together: sums of their numbers, the same on all, bit for bit, and
// for as many members the same in every run. What waits ends with CommError when a member's process
// is gone, and with TeamFailure when another member says that the work they do is over. All calls
// from one thread.
class Team {
 public:
  using Bytes = std::vector<uint8_t>;

  // By all members together. Members of one machine share memory, unless told otherwise.
  explicit Team(Communicator& communicator, bool share_memory = true);
  int rank() const { return communicator_.rank(); }
  int size() const { return communicator_.size(); }
  bool shares_memory() const { return shares_memory_; }

  // A round of sums over slots, the same on every member; begun in any order. What stands in the
  // memory given here for a slot is summed without copies; nothing is given where there is no gain.
  std::vector<std::span<float>> begin_round(std::span<const size_t> sizes);
  // Returns at once; the sum stands there after finish_sums(). Each call also moves other slots on.
  void begin_sum(size_t slot, std::span<float> numbers);
  // A slot that was not begun is given up: what the others get there means nothing. exchange() must
  // come before the next round.
  void finish_sums();

  // What each member says, by rank. Waits for all.
  std::vector<Bytes> exchange(const Bytes& mine);

  // Work that is done together has a number, and what belongs to an earlier one is lost.
  void begin_work(uint64_t number);
  uint64_t work() const { return work_; }
  // Messages about the work itself. One that comes while a member waits for a sum or an exchange
  // ends that with TeamFailure, and is there to be read afterwards. Tags from kFirstTag.
  static constexpr int kFirstTag = 16;
  void send(int member, int tag, const Bytes& body);
  std::optional<Message> next_message();

 private:
  struct Slot {
    std::span<float> numbers;
    bool begun = false, added = false;
    int num_totals = 0;           // of other members' ranges
    std::vector<bool> has_total;  // by member
  };

  void try_to_share_memory();
  bool progress();  // whether every begun slot is done
  bool move_on(size_t index);
  bool add_up(size_t index);
  void give_up(size_t index);
  std::span<float> my_range(const Slot& slot) const;
  void receive_all();
  void receive(Message message);
  void look_around();  // throws where waiting is in vain
  void wait_until(const std::function<bool()>& done);

  Communicator& communicator_;
  bool shares_memory_ = false;
  std::unique_ptr<SumTransport> transport_;
  std::vector<Slot> slots_;
  std::vector<size_t> open_;  // begun and not done
  uint64_t work_ = 0, round_ = 0, num_exchanges_ = 0;
  int64_t num_received_ = 0;                        // messages, of every kind
  std::map<std::pair<uint64_t, int>, Bytes> said_;  // number of the exchange, member
  std::deque<Message> inbox_;
};

}  // namespace dovetail
