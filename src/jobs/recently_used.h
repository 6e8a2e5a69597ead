// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "base/memory.h"

namespace dovetail {

// The most recently used things of a kind, by name: so many at most, and of several no more than a
// quarter of the memory that would be free without them. Others may go on using what is dropped.
template <typename T>
class RecentlyUsed {
 public:
  using BytesOf = std::function<int64_t(const T&)>;

  // `bytes_of`: what a thing takes; without it things count as small.
  explicit RecentlyUsed(
      size_t most = 8, BytesOf bytes_of = [](const T&) { return int64_t{0}; },
      std::function<int64_t()> free_bytes = available_memory)
      : most_(most), bytes_of_(std::move(bytes_of)), free_bytes_(std::move(free_bytes)) {}

  template <typename Make>
  std::shared_ptr<const T> get(const std::string& name, Make make) {
    for (auto it = items_.begin(); it != items_.end(); ++it) {
      if (it->name != name) continue;
      items_.splice(items_.begin(), items_, it);
      return items_.front().thing;
    }
    auto made = std::make_shared<const T>(make());
    const int64_t bytes = bytes_of_(*made);
    items_.push_front({name, std::move(made), bytes});
    bytes_ += bytes;
    drop_what_is_too_much();
    return items_.front().thing;
  }

 private:
  struct Item {
    std::string name;
    std::shared_ptr<const T> thing;
    int64_t bytes = 0;
  };

  void drop_what_is_too_much() {
    const int64_t budget = bytes_ == 0 ? 0 : (free_bytes_() + bytes_) / 4;
    while (items_.size() > 1 && (items_.size() > most_ || bytes_ > budget)) {
      bytes_ -= items_.back().bytes;
      items_.pop_back();
    }
  }

  size_t most_;
  BytesOf bytes_of_;
  std::function<int64_t()> free_bytes_;
  std::list<Item> items_;
  int64_t bytes_ = 0;
};

}  // namespace dovetail
