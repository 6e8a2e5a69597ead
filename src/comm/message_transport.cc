// SPDX-License-Identifier: Apache-2.0
#include "comm/message_transport.h"

#include <cstring>
#include <map>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "comm/chunk_range.h"

namespace dovetail {

namespace {

// Precedes the floats of a chunk in a message.
struct ChunkHeader {
  uint64_t round = 0, slot = 0;
  int64_t owner = 0;
};

class MessageTransport final : public AllReduceTransport {
 public:
  explicit MessageTransport(Communicator& ranks) : ranks_(ranks) {}

  std::vector<std::span<float>> begin_round(uint64_t round,
                                            std::span<const size_t> sizes) override {
    round_ = round;
    sizes_.assign(sizes.begin(), sizes.end());
    // A faster rank may have sent chunks of this round already: those stay.
    std::erase_if(arrived_, [&](const auto& entry) { return std::get<0>(entry.first) < round; });
    return {};
  }

  void send_chunk(size_t slot, int owner, std::span<const float> numbers) override {
    if (owner != ranks_.rank()) return send(slot, owner, owner, numbers);
    for (int rank = 0; rank < ranks_.size(); ++rank) {
      if (rank != owner) send(slot, owner, rank, numbers);
    }
  }

  const float* chunk_from(size_t slot, int rank, int owner) override {
    const auto found = arrived_.find({round_, slot, rank, owner});
    if (found == arrived_.end()) return nullptr;
    std::vector<float>& numbers = found->second;
    // An abandoned chunk came without floats; one more float keeps an empty chunk from being null.
    numbers.resize(chunk_range(sizes_[slot], owner, ranks_.size()).size + 1);
    return numbers.data();
  }

  void receive(const Message& message) override {
    ChunkHeader header;
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
  void send(size_t slot, int owner, int destination, std::span<const float> numbers) {
    const ChunkHeader header{round_, slot, owner};
    std::vector<uint8_t> bytes(sizeof(header) + numbers.size_bytes());
    std::memcpy(bytes.data(), &header, sizeof(header));
    if (!numbers.empty())
      std::memcpy(bytes.data() + sizeof(header), numbers.data(), numbers.size_bytes());
    ranks_.send(destination, kAllReduceTag, std::move(bytes));
  }

  Communicator& ranks_;
  uint64_t round_ = 0;
  std::vector<size_t> sizes_;
  // by round, slot, sender and owner of the chunk
  std::map<std::tuple<uint64_t, size_t, int, int>, std::vector<float>> arrived_;
};

}  // namespace

std::unique_ptr<AllReduceTransport> make_message_transport(Communicator& ranks) {
  return std::make_unique<MessageTransport>(ranks);
}

}  // namespace dovetail
