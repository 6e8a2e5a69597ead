// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/selectors/best_on_tasks.h"
#include "analysis/selectors/selector_rules.h"

namespace dovetail {

namespace {

constexpr size_t kNeighbours = 3;
using Vector = std::vector<double>;

const std::vector<float>* embedding_at(const std::vector<Probe>& probes, const Candidate& at) {
  for (const Probe& probe : probes) {
    if (probe.shots == 0 && probe.at == at && !probe.task_embedding.empty())
      return &probe.task_embedding;
  }
  return nullptr;
}

// Embeddings are comparable only if the same model made them. Takes the model that embedded the
// most tasks; returns the other tasks' embeddings and sets `own` to this task's.
std::map<const SweptTask*, Vector> comparable(const SelectorContext& context, Vector& own) {
  std::map<const SweptTask*, Vector> best;
  for (const Probe& probe : context.probes) {
    const std::vector<float>* mine = embedding_at(context.probes, probe.at);
    if (!mine) continue;
    std::map<const SweptTask*, Vector> found;
    for (const SweptTask& task : context.others) {
      const std::vector<float>* theirs = embedding_at(task.probes, probe.at);
      if (theirs && theirs->size() == mine->size())
        found[&task] = Vector(theirs->begin(), theirs->end());
    }
    if (found.size() <= best.size()) continue;
    best = std::move(found);
    own = Vector(mine->begin(), mine->end());
  }
  return best;
}

// Subtracts the mean embedding. Mean encoder states all point the same way, which hides how near
// two tasks are.
void centre(std::map<const SweptTask*, Vector>& others, Vector& own) {
  Vector mean = own;
  for (const auto& [task, vector] : others) {
    for (size_t i = 0; i < mean.size(); ++i) mean[i] += vector[i];
  }
  const double count = static_cast<double>(others.size() + 1);
  const auto shift = [&](Vector& vector) {
    for (size_t i = 0; i < mean.size(); ++i) vector[i] -= mean[i] / count;
  };
  shift(own);
  for (auto& [task, vector] : others) shift(vector);
}

double cosine(const Vector& a, const Vector& b) {
  double dot = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa > 0 && bb > 0 ? dot / std::sqrt(aa * bb) : 0;
}

}  // namespace

Selection selector::embedding_neighbours(const SelectorContext& context) {
  Vector own;
  std::map<const SweptTask*, Vector> others = comparable(context, own);
  if (others.empty()) return no_choice("no model has embedded this task and another one");
  centre(others, own);
  std::vector<std::pair<double, const SweptTask*>> near;
  for (const SweptTask& task : context.others) {  // in the sweep's order, not by address
    if (others.contains(&task)) near.emplace_back(cosine(own, others.at(&task)), &task);
  }
  std::stable_sort(near.begin(), near.end(), [](auto& a, auto& b) { return a.first > b.first; });
  near.resize(std::min(near.size(), kNeighbours));
  std::vector<const SweptTask*> tasks;
  std::string names;
  for (const auto& [similarity, task] : near) {
    tasks.push_back(task);
    names += (names.empty() ? "" : ", ") + task->task;
  }
  return best_on_tasks(tasks, context, "nearest tasks (" + names + ")");
}

}  // namespace dovetail
