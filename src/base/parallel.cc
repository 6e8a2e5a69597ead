// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace dovetail {

void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t)>& body) {
  const int64_t cores = std::clamp<int64_t>(std::thread::hardware_concurrency(), 1, 8);
  const int64_t threads = std::clamp<int64_t>(count / std::max<int64_t>(grain, 1), 1, cores);
  const int64_t slice = std::max<int64_t>(1, grain / 4);
  std::atomic<int64_t> next = 0;
  std::exception_ptr failure;
  std::mutex failure_mutex;

  const auto work = [&] {
    try {
      for (int64_t begin = next.fetch_add(slice); begin < count; begin = next.fetch_add(slice)) {
        for (int64_t i = begin; i < std::min(begin + slice, count); ++i) body(i);
      }
    } catch (...) {
      const std::scoped_lock lock(failure_mutex);
      if (!failure) failure = std::current_exception();
      next.store(count);
    }
  };
  {
    std::vector<std::jthread> others;
    for (int64_t i = 1; i < threads; ++i) others.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace dovetail
