// SPDX-License-Identifier: Apache-2.0
#include "training/bucketing.h"

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace dovetail {

namespace {

using Order = std::span<int64_t>;
using Lengths = std::span<const RowLength>;
using Batches = std::vector<std::vector<int64_t>>;

// Costs are raised by a random share up to this, so that close calls differ from epoch to epoch, at
// next to no padding.
constexpr double kNoise = 0.1;
// Long-tailed lengths are cut off the end batch by batch. From this depth on rows are halved, to
// bound the time.
constexpr int kMaxGreedyDepth = 48;
// The fixed cost of a batch, as a share of its token budget. Padding is weighed against it.
constexpr double kBatchPrice = 0.2;
// With a budget in tokens, rows are ordered by pieces of this share of a batch.
constexpr int64_t kPiecesPerBatch = 4;

// The longest source and target among some rows.
struct Bounds {
  int32_t source = 0, target = 0;

  void add(const RowLength& length) {
    source = std::max(source, length.source);
    target = std::max(target, length.target);
  }
  int64_t width() const { return int64_t{source} + target; }
};

// Cuts the rows in two where the computed tokens of both parts are fewest, each part padded to its
// own longest source and target; then cuts each part again, down to `piece` rows. A cut falls on a
// multiple of `piece` from one end, so that at most one piece is not full.
class Splitter {
 public:
  Splitter(Lengths lengths, int64_t piece, Rng& rng)
      : lengths_(lengths), piece_(static_cast<size_t>(piece)), rng_(rng) {}

  // Reorders `all` and returns its pieces, from left to right.
  std::vector<Order> pieces(Order all) {
    std::vector<Order> done;
    std::vector<std::pair<Order, int>> waiting = {{all, 0}};
    while (!waiting.empty()) {
      const auto [order, depth] = waiting.back();
      waiting.pop_back();
      if (order.size() <= piece_) {
        done.push_back(order);
        continue;
      }
      const size_t at = cut(order, depth);
      waiting.emplace_back(order.subspan(at), depth + 1);
      waiting.emplace_back(order.first(at), depth + 1);
    }
    return done;
  }

 private:
  struct Best {
    double cost = std::numeric_limits<double>::infinity();
    size_t at = 0;
    std::vector<int64_t> order;
  };

  size_t cut(Order order, int depth) {
    // a random side gets the piece that is not full
    const size_t rest = order.size() % piece_;
    const size_t first = rest > 0 && rng_.below(2) == 0 ? rest : piece_;
    Best best;
    for (const auto side : {&RowLength::source, &RowLength::target})
      try_side(side, order, first, best);
    std::copy(best.order.begin(), best.order.end(), order.begin());
    if (depth < kMaxGreedyDepth) return best.at;
    const size_t cuts = (order.size() - first - 1) / piece_ + 1;
    return first + cuts / 2 * piece_;
  }

  void try_side(int32_t RowLength::*side, Order order, size_t first, Best& best) {
    std::vector<int64_t> sorted(order.begin(), order.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](int64_t a, int64_t b) { return lengths_[a].*side < lengths_[b].*side; });
    std::vector<int64_t> width_from(sorted.size());  // of the rows from here to the end
    Bounds bounds;
    for (size_t i = sorted.size(); i-- > 0;) {
      bounds.add(lengths_[sorted[i]]);
      width_from[i] = bounds.width();
    }
    bounds = {};
    bool is_better = false;
    for (size_t i = 0, at = first; at < sorted.size(); at += piece_) {
      while (i < at) bounds.add(lengths_[sorted[i++]]);
      const double computed =
          static_cast<double>(static_cast<int64_t>(at) * bounds.width() +
                              static_cast<int64_t>(sorted.size() - at) * width_from[at]);
      const double cost = computed * (1 + kNoise * rng_.uniform());
      if (cost >= best.cost) continue;
      best.cost = cost;
      best.at = at;
      is_better = true;
    }
    if (is_better) best.order = std::move(sorted);
  }

  Lengths lengths_;
  size_t piece_;
  Rng& rng_;
};

// Chooses the ends of batches along an order of rows, so that computed tokens plus the batches'
// fixed cost are least. Returns, for each end i, the begin of the best batch that ends before row
// i.
std::vector<size_t> best_begins(Lengths lengths, Order order, int64_t tokens) {
  const double price = kBatchPrice * static_cast<double>(tokens);
  std::vector<double> costs(order.size() + 1, std::numeric_limits<double>::infinity());
  std::vector<size_t> begins(order.size() + 1, 0);
  costs[0] = 0;
  for (size_t end = 1; end <= order.size(); ++end) {
    Bounds bounds;
    for (size_t begin = end; begin-- > 0;) {
      bounds.add(lengths[order[begin]]);
      const int64_t computed = static_cast<int64_t>(end - begin) * bounds.width();
      if (computed > tokens && begin + 1 < end) break;
      const double cost = costs[begin] + static_cast<double>(computed) + price;
      if (cost >= costs[end]) continue;
      costs[end] = cost;
      begins[end] = begin;
    }
  }
  return begins;
}

Batches batches_of_tokens(Lengths lengths, Order order, int64_t tokens, Rng& rng) {
  int64_t sum = 0;
  for (const RowLength& length : lengths) sum += int64_t{length.source} + length.target;
  const int64_t rows_a_batch =
      tokens * static_cast<int64_t>(lengths.size()) / std::max<int64_t>(1, sum);
  Splitter(lengths, std::max<int64_t>(1, rows_a_batch / kPiecesPerBatch), rng).pieces(order);
  const std::vector<size_t> begins = best_begins(lengths, order, tokens);
  Batches batches;
  for (size_t end = order.size(); end > 0; end = begins[end]) {
    batches.emplace_back(order.begin() + begins[end], order.begin() + end);
  }
  return batches;
}

Batches batches_of_rows(Lengths lengths, Order order, int64_t rows, Rng& rng) {
  Batches batches;
  for (const Order piece : Splitter(lengths, rows, rng).pieces(order)) {
    batches.emplace_back(piece.begin(), piece.end());
  }
  return batches;
}

}  // namespace

Batches bucket_by_length(Lengths lengths, const BatchLimit& limit, Rng& rng) {
  DOVETAIL_CHECK(limit.tokens > 0 || limit.rows > 0);
  if (lengths.empty()) return {};
  std::vector<int64_t> order = rng.permutation(static_cast<int64_t>(lengths.size()));
  Batches batches = limit.tokens > 0 ? batches_of_tokens(lengths, order, limit.tokens, rng)
                                     : batches_of_rows(lengths, order, limit.rows, rng);
  rng.shuffle(std::span(batches));  // otherwise epochs would begin with their short rows
  return batches;
}

}  // namespace dovetail
