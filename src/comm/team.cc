// SPDX-License-Identifier: Apache-2.0
#include "comm/team.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/error.h"
#include "base/team_failure.h"

namespace dovetail {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kExchangeTag = 2;
constexpr uint64_t kRoundsOfAWork = uint64_t{1} << 40;

struct MessageHead {
  uint64_t number = 0;  // of the exchange, or of the work
};

Team::Bytes with_head(uint64_t number, const Team::Bytes& body) {
  const MessageHead head{number};
  Team::Bytes bytes(sizeof(head) + body.size());
  std::memcpy(bytes.data(), &head, sizeof(head));
  std::copy(body.begin(), body.end(), bytes.begin() + sizeof(head));
  return bytes;
}

uint64_t take_head(Team::Bytes& bytes) {
  MessageHead head;
  DOVETAIL_CHECK(bytes.size() >= sizeof(head));
  std::memcpy(&head, bytes.data(), sizeof(head));
  bytes.erase(bytes.begin(), bytes.begin() + sizeof(head));
  return head.number;
}

template <typename T>
Team::Bytes bytes_of(const T& value) {
  Team::Bytes bytes(sizeof(T));
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

void add(std::span<float> sum, const float* __restrict other) {
  float* __restrict numbers = sum.data();
  for (size_t i = 0; i < sum.size(); ++i) numbers[i] += other[i];
}

// A member that is ahead waits for as long as the others compute: at first at full speed, as they
// are nearly there as a rule, and then ever more lazily.
class Patience {
 public:
  explicit Patience(int num_yields) : num_yields_(num_yields) {}

  void pause() {
    constexpr int kAtOnce = 200;
    ++num_looks_;
    if (num_looks_ < kAtOnce) return;
    if (num_looks_ < kAtOnce + num_yields_) {
      ::sched_yield();
      return;
    }
    pause_ = std::min(pause_ * 21 / 20, kLongest);
    std::this_thread::sleep_for(pause_);
  }

 private:
  static constexpr std::chrono::nanoseconds kLongest = std::chrono::milliseconds(2);
  int num_yields_, num_looks_ = 0;
  std::chrono::nanoseconds pause_ = std::chrono::microseconds(20);
};

}  // namespace

Team::Team(Communicator& communicator, bool share_memory) : communicator_(communicator) {
  // first, as members that are through with what follows may begin to send
  transport_ = make_message_transport(communicator);
  if (share_memory && size() > 1) try_to_share_memory();
}

// All or none: whoever cannot open the leader's memory says so, and messages are used.
void Team::try_to_share_memory() {
  std::unique_ptr<SharedMemory> memory;
  if (rank() == 0) memory = SharedMemory::make(bytes_of_shared_memory(size()));
  const Bytes offer = exchange(memory ? bytes_of(memory->address()) : Bytes{})[0];
  if (rank() != 0 && offer.size() == sizeof(SharedMemory::Address)) {
    SharedMemory::Address address;
    std::memcpy(&address, offer.data(), sizeof(address));
    memory = SharedMemory::open(address);
  }
  const std::vector<Bytes> opened = exchange({static_cast<uint8_t>(memory != nullptr)});
  shares_memory_ =
      std::all_of(opened.begin(), opened.end(), [](const Bytes& one) { return one.at(0) != 0; });
  if (shares_memory_) transport_ = make_shared_memory_transport(std::move(memory), rank(), size());
}

void Team::begin_work(uint64_t number) {
  DOVETAIL_CHECK(number > work_);
  work_ = number;
  round_ = num_exchanges_ = number * kRoundsOfAWork;
  slots_.clear();
  open_.clear();
  std::erase_if(said_, [&](const auto& one) { return one.first.first < num_exchanges_; });
}

std::vector<std::span<float>> Team::begin_round(std::span<const size_t> sizes) {
  open_.clear();
  slots_.assign(sizes.size(), {});
  for (Slot& slot : slots_) slot.has_total.assign(static_cast<size_t>(size()), false);
  return transport_->begin_round(++round_, sizes);
}

std::span<float> Team::my_range(const Slot& slot) const {
  const SlotRange mine = range_of(slot.numbers.size(), rank(), size());
  return slot.numbers.subspan(mine.begin, mine.size);
}

void Team::begin_sum(size_t index, std::span<float> numbers) {
  Slot& slot = slots_.at(index);
  DOVETAIL_CHECK(!slot.begun);
  slot.begun = true;
  slot.numbers = numbers;
  for (int member = 0; member < size(); ++member) {
    if (member == rank()) continue;
    const SlotRange range = range_of(numbers.size(), member, size());
    transport_->give(index, member, numbers.subspan(range.begin, range.size));
  }
  open_.push_back(index);
  progress();
}

// In the order of ranks, so that everybody's total is one and the same number in every run.
bool Team::add_up(size_t index) {
  std::vector<const float*> parts;
  for (int member = 0; member < size(); ++member) {
    parts.push_back(member == rank() ? nullptr : transport_->given(index, member, rank()));
    if (member != rank() && parts.back() == nullptr) return false;
  }
  const std::span<float> mine = my_range(slots_[index]);
  if (size() == 2) {  // a + b is b + a
    add(mine, parts[static_cast<size_t>(1 - rank())]);
  } else {
    parts[static_cast<size_t>(rank())] = mine.data();
    for (size_t i = 0; i < mine.size(); ++i) {
      float sum = parts[0][i];
      for (size_t member = 1; member < parts.size(); ++member) sum += parts[member][i];
      mine[i] = sum;
    }
  }
  transport_->give(index, rank(), mine);
  return true;
}

bool Team::move_on(size_t index) {
  Slot& slot = slots_[index];
  if (!slot.added) slot.added = add_up(index);
  for (int member = 0; member < size(); ++member) {
    const auto m = static_cast<size_t>(member);
    if (member == rank() || slot.has_total[m]) continue;
    const float* total = transport_->given(index, member, member);
    if (total == nullptr) continue;
    const SlotRange range = range_of(slot.numbers.size(), member, size());
    float* to = slot.numbers.data() + range.begin;
    if (to != total) std::copy_n(total, range.size, to);
    slot.has_total[m] = true;
    ++slot.num_totals;
  }
  return slot.added && slot.num_totals == size() - 1;
}

bool Team::progress() {
  if (!shares_memory_) receive_all();
  std::erase_if(open_, [this](size_t index) { return move_on(index); });
  return open_.empty();
}

void Team::give_up(size_t index) {
  slots_[index].begun = true;
  for (int member = 0; member < size(); ++member) transport_->give(index, member, {});
}

void Team::finish_sums() {
  for (size_t index = 0; index < slots_.size(); ++index) {
    if (!slots_[index].begun) give_up(index);
  }
  wait_until([this] { return progress(); });
}

std::vector<Team::Bytes> Team::exchange(const Bytes& mine) {
  const uint64_t number = ++num_exchanges_;
  for (int member = 0; member < size(); ++member) {
    if (member != rank()) communicator_.send(member, kExchangeTag, with_head(number, mine));
  }
  said_[{number, rank()}] = mine;
  std::vector<Bytes> all;
  wait_until([&] {
    receive_all();
    for (int member = static_cast<int>(all.size()); member < size(); ++member) {
      const auto found = said_.find({number, member});
      if (found == said_.end()) return false;
      all.push_back(found->second);
    }
    return true;
  });
  std::erase_if(said_, [&](const auto& one) { return one.first.first <= number; });
  return all;
}

void Team::send(int member, int tag, const Bytes& body) {
  DOVETAIL_CHECK(tag >= kFirstTag);
  communicator_.send(member, tag, with_head(work_, body));
}

std::optional<Message> Team::next_message() {
  receive_all();
  if (inbox_.empty()) return std::nullopt;
  Message message = std::move(inbox_.front());
  inbox_.pop_front();
  return message;
}

void Team::receive_all() {
  while (std::optional<Message> message = communicator_.poll()) receive(std::move(*message));
}

void Team::receive(Message message) {
  ++num_received_;
  if (message.tag == kSumTag) return transport_->receive(message);
  const uint64_t number = take_head(message.bytes);
  if (message.tag == kExchangeTag) {
    said_[{number, message.source}] = std::move(message.bytes);
  } else if (number >= work_) {
    inbox_.push_back(std::move(message));
  }
}

void Team::look_around() {
  receive_all();
  if (!inbox_.empty()) throw TeamFailure("another member of the team has ended the work");
  for (int member = 0; member < size(); ++member) {
    if (member != rank() && communicator_.gone(member)) {
      throw_<CommError>("member {} of the team is gone: its process ended before its time", member);
    }
  }
}

void Team::wait_until(const std::function<bool()>& done) {
  constexpr auto kLookEvery = std::chrono::milliseconds(5);
  // MPI cuts big messages into small pieces, and moves one on at each look
  const int num_yields = shares_memory_ ? 200 : 20'000;
  Patience patience(num_yields);
  auto looked = Clock::now();
  int64_t num_received = num_received_;
  while (!done()) {
    if (num_received != num_received_)
      patience = Patience(num_yields);  // where one comes, more are near
    num_received = num_received_;
    patience.pause();
    if (Clock::now() - looked < kLookEvery) continue;
    look_around();
    looked = Clock::now();
  }
}

}  // namespace dovetail
