// SPDX-License-Identifier: Apache-2.0
#include "training/saved_state.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <map>

#include "base/error.h"
#include "base/hash.h"
#include "model/checkpoints/safetensors.h"

namespace dovetail {

using at::Tensor;

namespace {

// Splits a count in two parts that single precision holds exactly.
constexpr int64_t kCountPart = int64_t{1} << 20;
Tensor count_tensor(int64_t count) {
  return at::tensor(
      {static_cast<float>(count / kCountPart), static_cast<float>(count % kCountPart)});
}
int64_t count_from(const Tensor& parts) {
  return static_cast<int64_t>(parts[0].item<float>()) * kCountPart +
         static_cast<int64_t>(parts[1].item<float>());
}

std::vector<Tensor> averages_of(const TrainingState& state) {
  return state.average ? state.average->state() : std::vector<Tensor>{};
}

NamedTensors saved_tensors(const TrainingRun& run, int64_t step, double wall_seconds) {
  const auto& [task, state, outcome] = run;
  NamedTensors saved = state.trained;
  const std::vector<Tensor> moments = state.optimizer->state();
  for (size_t i = 0; i < moments.size(); ++i)
    saved.emplace_back(fmt::format("moment.{}", i), moments[i]);
  const std::vector<Tensor> averages = averages_of(state);
  for (size_t i = 0; i < averages.size(); ++i) {
    saved.emplace_back(fmt::format("average.{}", i), averages[i]);
  }
  const Curve& curve = outcome.train_loss;
  std::vector<float> values(curve.values.begin(), curve.values.end());
  std::vector<float> steps(curve.steps.begin(), curve.steps.end());
  saved.emplace_back("curve.values", at::tensor(values));
  saved.emplace_back("curve.steps", at::tensor(steps));
  saved.emplace_back("count.tokens", count_tensor(outcome.cost.train_tokens));
  saved.emplace_back("count.computed", count_tensor(outcome.computed_tokens));
  saved.emplace_back("progress",
                     at::tensor({static_cast<float>(step), static_cast<float>(wall_seconds)}));
  return saved;
}

// The checksum of all other tensors, in four parts of 16 bits, which single precision holds
// exactly.
constexpr const char* kChecksum = "checksum";
constexpr int kChecksumParts = 4, kPartBits = 16;

Tensor checksum_of(const std::map<std::string, Tensor>& tensors) {
  uint64_t hash = 0;
  for (const auto& [name, tensor] : tensors) {
    if (name == kChecksum) continue;
    const Tensor stored = tensor.detach().to(at::kCPU).to(at::kFloat).contiguous();
    hash = hash64(name, hash);
    hash = hash64({static_cast<const char*>(stored.const_data_ptr()), stored.nbytes()}, hash);
  }
  std::vector<float> parts;
  for (int i = 0; i < kChecksumParts; ++i)
    parts.push_back(static_cast<float>(hash >> (i * kPartBits) & ((1 << kPartBits) - 1)));
  return at::tensor(parts);
}

// The tensors of a file that agree with their checksum.
class SavedTensors {
 public:
  explicit SavedTensors(const std::filesystem::path& file) : file_(file) {
    for (const auto& [name, tensor] : read_safetensors(file)) tensors_[name] = tensor;
    if (!at::equal(at(kChecksum), checksum_of(tensors_))) refuse("damaged numbers");
  }
  const Tensor& at(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) refuse("one without " + name);
    return found->second;
  }

 private:
  [[noreturn]] void refuse(const std::string& found) const {
    throw_<DataError>("{}: expected the saved state of this training, found {}", file_.string(),
                      found);
  }

  std::filesystem::path file_;
  std::map<std::string, Tensor> tensors_;
};

}  // namespace

void save_state(const TrainingRun& run, int64_t step, double wall_seconds,
                const std::filesystem::path& file) {
  NamedTensors saved = saved_tensors(run, step, wall_seconds);
  saved.emplace_back(kChecksum, checksum_of({saved.begin(), saved.end()}));
  write_safetensors(file, saved);
}

void restore_state(const TrainingRun& run, const std::filesystem::path& file) {
  const at::NoGradGuard no_grad;
  const auto& [task, state, outcome] = run;
  const SavedTensors saved(file);
  std::vector<std::pair<Tensor, Tensor>> copies;  // all found before the first is made
  for (auto& [name, tensor] : state.trained) copies.emplace_back(tensor, saved.at(name));
  std::vector<Tensor> moments = state.optimizer->state();
  for (size_t i = 0; i < moments.size(); ++i)
    copies.emplace_back(moments[i], saved.at(fmt::format("moment.{}", i)));
  std::vector<Tensor> averages = averages_of(state);
  for (size_t i = 0; i < averages.size(); ++i)
    copies.emplace_back(averages[i], saved.at(fmt::format("average.{}", i)));
  const Tensor &values = saved.at("curve.values"), &steps = saved.at("curve.steps");
  const Tensor &progress = saved.at("progress"), &tokens = saved.at("count.tokens"),
               &computed = saved.at("count.computed");
  for (auto& [to, from] : copies) to.copy_(from);
  for (int64_t i = 0; i < values.numel(); ++i) {
    outcome.train_loss.steps.push_back(static_cast<int64_t>(steps[i].item<float>()));
    outcome.train_loss.values.push_back(values[i].item<float>());
  }
  state.first_step = static_cast<int64_t>(progress[0].item<float>());
  outcome.cost.wall_seconds = progress[1].item<float>();
  outcome.cost.train_steps = state.first_step;
  outcome.cost.train_tokens = count_from(tokens);
  outcome.computed_tokens = count_from(computed);
  state.optimizer->set_num_steps(state.first_step);
}

}  // namespace dovetail
