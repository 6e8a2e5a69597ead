// SPDX-License-Identifier: Apache-2.0
#include "comm/data_parallel_group.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/data_parallel_failure.h"
#include "base/error.h"
#include "comm/chunk_range.h"
#include "comm/message_transport.h"
#include "comm/shared_memory.h"
#include "comm/shared_memory_transport.h"

namespace dovetail {

namespace {

constexpr int kAllGatherTag = 2;
// Rounds and all-gathers of a job are numbered from job * kNumbersPerJob, so that those of an
// earlier job are recognised as stale.
constexpr uint64_t kNumbersPerJob = uint64_t{1} << 40;

// Puts the number of an all-gather, or of a job, before the body of a message.
DataParallelGroup::Bytes with_number(uint64_t number, const DataParallelGroup::Bytes& body) {
  DataParallelGroup::Bytes bytes(sizeof(number) + body.size());
  std::memcpy(bytes.data(), &number, sizeof(number));
  std::copy(body.begin(), body.end(), bytes.begin() + sizeof(number));
  return bytes;
}

uint64_t take_number(DataParallelGroup::Bytes& bytes) {
  uint64_t number = 0;
  DOVETAIL_CHECK(bytes.size() >= sizeof(number));
  std::memcpy(&number, bytes.data(), sizeof(number));
  bytes.erase(bytes.begin(), bytes.begin() + sizeof(number));
  return number;
}

template <typename T>
DataParallelGroup::Bytes bytes_of(const T& value) {
  DataParallelGroup::Bytes bytes(sizeof(T));
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

void add(std::span<float> sum, const float* __restrict other) {
  float* __restrict numbers = sum.data();
  for (size_t i = 0; i < sum.size(); ++i) numbers[i] += other[i];
}

// How a rank that is ahead waits for the others, which usually arrive within microseconds: it first
// spins, then yields its core, then sleeps ever longer.
class Backoff {
 public:
  explicit Backoff(int num_yields) : num_yields_(num_yields) {}

  void pause() {
    constexpr int kNumSpins = 200;
    ++num_pauses_;
    if (num_pauses_ < kNumSpins) return;
    if (num_pauses_ < kNumSpins + num_yields_) {
      ::sched_yield();
      return;
    }
    // Sleeps grow by 5 %. The sleeps so far add up to about 20 times the next one, so a rank
    // oversleeps by about 5 % of the time it has waited, and by 2 ms at most.
    sleep_ = std::min(sleep_ * 21 / 20, kLongestSleep);
    std::this_thread::sleep_for(sleep_);
  }

 private:
  static constexpr std::chrono::nanoseconds kLongestSleep = std::chrono::milliseconds(2);
  int num_yields_, num_pauses_ = 0;
  std::chrono::nanoseconds sleep_ = std::chrono::microseconds(20);
};

}  // namespace

DataParallelGroup::DataParallelGroup(Communicator& communicator, bool share_memory)
    : communicator_(communicator) {
  // Comes first: ranks that have left try_to_share_memory() may start to send.
  transport_ = make_message_transport(communicator);
  if (share_memory && size() > 1) try_to_share_memory();
}

// All ranks or none: if one of them cannot open the leader's memory, all use messages.
void DataParallelGroup::try_to_share_memory() {
  std::unique_ptr<SharedMemory> memory;
  if (rank() == 0) memory = SharedMemory::make(bytes_of_shared_memory(size()));
  const Bytes offer = all_gather(memory ? bytes_of(memory->address()) : Bytes{})[0];
  if (rank() != 0 && offer.size() == sizeof(SharedMemory::Address)) {
    SharedMemory::Address address;
    std::memcpy(&address, offer.data(), sizeof(address));
    memory = SharedMemory::open(address);
  }
  const std::vector<Bytes> opened = all_gather({static_cast<uint8_t>(memory != nullptr)});
  shares_memory_ =
      std::all_of(opened.begin(), opened.end(), [](const Bytes& one) { return one.at(0) != 0; });
  if (shares_memory_) transport_ = make_shared_memory_transport(std::move(memory), rank(), size());
}

void DataParallelGroup::begin_job(uint64_t number) {
  DOVETAIL_CHECK(number > job_);
  job_ = number;
  round_ = num_all_gathers_ = number * kNumbersPerJob;
  slots_.clear();
  incomplete_.clear();
  std::erase_if(gathered_, [&](const auto& one) { return one.first.first < num_all_gathers_; });
}

std::vector<std::span<float>> DataParallelGroup::begin_round(std::span<const size_t> sizes) {
  incomplete_.clear();
  slots_.assign(sizes.size(), {});
  for (Slot& slot : slots_) slot.gathered.assign(static_cast<size_t>(size()), false);
  return transport_->begin_round(++round_, sizes);
}

std::span<float> DataParallelGroup::own_chunk(const Slot& slot) const {
  const ChunkRange own = chunk_range(slot.numbers.size(), rank(), size());
  return slot.numbers.subspan(own.begin, own.size);
}

void DataParallelGroup::all_reduce_async(size_t index, std::span<float> numbers) {
  Slot& slot = slots_.at(index);
  DOVETAIL_CHECK(!slot.started);
  slot.started = true;
  slot.numbers = numbers;
  for (int other = 0; other < size(); ++other) {
    if (other == rank()) continue;
    const ChunkRange chunk = chunk_range(numbers.size(), other, size());
    transport_->send_chunk(index, other, numbers.subspan(chunk.begin, chunk.size));
  }
  incomplete_.push_back(index);
  progress();
}

// Adds in the order of the ranks, so that the sum is the same on every rank and in every run.
bool DataParallelGroup::reduce_own_chunk(size_t index) {
  std::vector<const float*> parts;
  for (int other = 0; other < size(); ++other) {
    parts.push_back(other == rank() ? nullptr : transport_->chunk_from(index, other, rank()));
    if (other != rank() && parts.back() == nullptr) return false;
  }
  const std::span<float> own = own_chunk(slots_[index]);
  if (size() == 2) {  // a + b is b + a
    add(own, parts[static_cast<size_t>(1 - rank())]);
  } else {
    parts[static_cast<size_t>(rank())] = own.data();
    for (size_t i = 0; i < own.size(); ++i) {
      float sum = parts[0][i];
      for (size_t other = 1; other < parts.size(); ++other) sum += parts[other][i];
      own[i] = sum;
    }
  }
  transport_->send_chunk(index, rank(), own);
  return true;
}

bool DataParallelGroup::progress_slot(size_t index) {
  Slot& slot = slots_[index];
  if (!slot.reduced) slot.reduced = reduce_own_chunk(index);
  for (int other = 0; other < size(); ++other) {
    const auto i = static_cast<size_t>(other);
    if (other == rank() || slot.gathered[i]) continue;
    const float* sum = transport_->chunk_from(index, other, other);
    if (sum == nullptr) continue;
    const ChunkRange chunk = chunk_range(slot.numbers.size(), other, size());
    float* to = slot.numbers.data() + chunk.begin;
    if (to != sum) std::copy_n(sum, chunk.size, to);
    slot.gathered[i] = true;
    ++slot.num_gathered;
  }
  return slot.reduced && slot.num_gathered == size() - 1;
}

bool DataParallelGroup::progress() {
  if (!shares_memory_) receive_all();
  std::erase_if(incomplete_, [this](size_t index) { return progress_slot(index); });
  return incomplete_.empty();
}

void DataParallelGroup::abandon(size_t index) {
  slots_[index].started = true;
  for (int owner = 0; owner < size(); ++owner) transport_->send_chunk(index, owner, {});
}

void DataParallelGroup::wait() {
  for (size_t index = 0; index < slots_.size(); ++index) {
    if (!slots_[index].started) abandon(index);
  }
  wait_until([this] { return progress(); });
}

std::vector<DataParallelGroup::Bytes> DataParallelGroup::all_gather(const Bytes& mine) {
  const uint64_t number = ++num_all_gathers_;
  for (int other = 0; other < size(); ++other) {
    if (other != rank()) communicator_.send(other, kAllGatherTag, with_number(number, mine));
  }
  gathered_[{number, rank()}] = mine;
  std::vector<Bytes> all;
  wait_until([&] {
    receive_all();
    for (int next = static_cast<int>(all.size()); next < size(); ++next) {
      const auto found = gathered_.find({number, next});
      if (found == gathered_.end()) return false;
      all.push_back(found->second);
    }
    return true;
  });
  std::erase_if(gathered_, [&](const auto& one) { return one.first.first <= number; });
  return all;
}

void DataParallelGroup::send(int rank, int tag, const Bytes& body) {
  DOVETAIL_CHECK(tag >= kFirstTag);
  communicator_.send(rank, tag, with_number(job_, body));
}

std::optional<Message> DataParallelGroup::next_message() {
  receive_all();
  if (inbox_.empty()) return std::nullopt;
  Message message = std::move(inbox_.front());
  inbox_.pop_front();
  return message;
}

void DataParallelGroup::receive_all() {
  while (std::optional<Message> message = communicator_.poll()) receive(std::move(*message));
}

void DataParallelGroup::receive(Message message) {
  ++num_received_;
  if (message.tag == kAllReduceTag) return transport_->receive(message);
  const uint64_t number = take_number(message.bytes);
  if (message.tag == kAllGatherTag) {
    gathered_[{number, message.source}] = std::move(message.bytes);
  } else if (number >= job_) {
    inbox_.push_back(std::move(message));
  }
}

void DataParallelGroup::throw_if_wait_is_vain() {
  receive_all();
  if (!inbox_.empty())
    throw DataParallelFailure("another rank of the data-parallel group has ended the job");
  for (int other = 0; other < size(); ++other) {
    if (other != rank() && communicator_.is_dead(other)) {
      throw_<CommError>("rank {} of the data-parallel group is dead: its process ended early",
                        other);
    }
  }
}

void DataParallelGroup::wait_until(const std::function<bool()>& done) {
  using Clock = std::chrono::steady_clock;
  constexpr auto kCheckEvery = std::chrono::milliseconds(5);
  // MPI cuts big messages into small pieces and moves one on at each poll.
  const int num_yields = shares_memory_ ? 200 : 20'000;
  Backoff backoff(num_yields);
  auto checked = Clock::now();
  int64_t num_received = num_received_;
  while (!done()) {
    // Messages arrive in bursts, so a new one restarts the backoff.
    if (num_received != num_received_) backoff = Backoff(num_yields);
    num_received = num_received_;
    backoff.pause();
    if (Clock::now() - checked < kCheckEvery) continue;
    throw_if_wait_is_vain();
    checked = Clock::now();
  }
}

}  // namespace dovetail
