// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <map>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "comm/sum_transport.h"

namespace dovetail {

namespace {

struct Header {
  uint64_t round = 0, slot = 0;
  int64_t owner = 0;
};

class MessageTransport final : public SumTransport {
 public:
  explicit MessageTransport(Communicator& team) : team_(team) {}

  std::vector<std::span<float>> begin_round(uint64_t round,
                                            std::span<const size_t> sizes) override {
    round_ = round;
    sizes_.assign(sizes.begin(), sizes.end());
    // what a faster member has sent for this round stays
    std::erase_if(arrived_, [&](const auto& entry) { return std::get<0>(entry.first) < round; });
    return {};
  }

  void give(size_t slot, int owner, std::span<const float> numbers) override {
    if (owner != team_.rank()) return send(slot, owner, owner, numbers);
    for (int member = 0; member < team_.size(); ++member) {
      if (member != owner) send(slot, owner, member, numbers);
    }
  }

  const float* given(size_t slot, int from, int owner) override {
    const auto found = arrived_.find({round_, slot, from, owner});
    if (found == arrived_.end()) return nullptr;
    std::vector<float>& numbers = found->second;
    numbers.resize(range_of(sizes_[slot], owner, team_.size()).size + 1);  // none may have come
    return numbers.data();
  }

  void receive(const Message& message) override {
    Header header;
    DOVETAIL_CHECK(message.bytes.size() >= sizeof(header));
    std::memcpy(&header, message.bytes.data(), sizeof(header));
    if (header.round < round_) return;
    const size_t bytes = message.bytes.size() - sizeof(header);
    std::vector<float>& numbers =
        arrived_[{header.round, header.slot, message.source, static_cast<int>(header.owner)}];
    numbers.resize(bytes / sizeof(float));
    if (bytes > 0) std::memcpy(numbers.data(), message.bytes.data() + sizeof(header), bytes);
  }

 private:
  void send(size_t slot, int owner, int to, std::span<const float> numbers) {
    const Header header{round_, slot, owner};
    std::vector<uint8_t> bytes(sizeof(header) + numbers.size_bytes());
    std::memcpy(bytes.data(), &header, sizeof(header));
    if (!numbers.empty())
      std::memcpy(bytes.data() + sizeof(header), numbers.data(), numbers.size_bytes());
    team_.send(to, kSumTag, std::move(bytes));
  }

  Communicator& team_;
  uint64_t round_ = 0;
  std::vector<size_t> sizes_;
  std::map<std::tuple<uint64_t, size_t, int, int>, std::vector<float>>
      arrived_;  // round, slot, from, owner
};

}  // namespace

std::unique_ptr<SumTransport> make_message_transport(Communicator& team) {
  return std::make_unique<MessageTransport>(team);
}

}  // namespace dovetail
