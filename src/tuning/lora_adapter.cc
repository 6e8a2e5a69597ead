// SPDX-License-Identifier: Apache-2.0
#include "tuning/lora_adapter.h"

#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/mm.h>
#include <c10/core/GradMode.h>

#include <map>
#include <set>
#include <string_view>

#include "base/error.h"
#include "tuning/adapter_tensors.h"
#include "tuning/around_frozen.h"
#include "tuning/lora_config.h"

namespace dovetail {

namespace {

using at::Tensor;

// What the file holds for one weight matrix [N, K] of the model.
struct WeightUpdate {
  Tensor a_rK, b_Nr;   // of LoRA
  Tensor magnitude_N;  // of DoRA
  Tensor weight;       // in place of the model's

  bool adds() const { return a_rK.defined() || b_Nr.defined() || magnitude_N.defined(); }
};

using WeightUpdates = std::map<std::string, WeightUpdate>;  // by the weight's name in the model

constexpr std::string_view kPrefix = "base_model.model.";

struct TensorKind {
  std::string_view ending;  // of the name, in place of ".weight"
  Tensor WeightUpdate::*place;
};

// PEFT also accepts a name with "default", the adapter's own name in PeftModel.from_pretrained.
constexpr TensorKind kTensorKinds[] = {
    {".lora_A.weight", &WeightUpdate::a_rK},
    {".lora_A.default.weight", &WeightUpdate::a_rK},
    {".lora_B.weight", &WeightUpdate::b_Nr},
    {".lora_B.default.weight", &WeightUpdate::b_Nr},
    {".lora_magnitude_vector", &WeightUpdate::magnitude_N},
    {".lora_magnitude_vector.weight", &WeightUpdate::magnitude_N},
    {".lora_magnitude_vector.default.weight", &WeightUpdate::magnitude_N},
    {".base_layer.weight", &WeightUpdate::weight},
    {".weight", &WeightUpdate::weight}};

// The linear layers of a block.
bool is_adaptable(const std::string& weight_name) {
  return weight_name.ends_with(".weight") &&
         !linear_kind(weight_name.substr(0, weight_name.rfind('.'))).empty();
}

// Puts a tensor of the file where it belongs; false for a name of another form.
bool place_tensor(const std::string& name, const Tensor& tensor, WeightUpdates& updates) {
  if (!name.starts_with(kPrefix)) return false;
  for (const TensorKind& kind : kTensorKinds) {
    if (!name.ends_with(kind.ending)) continue;
    const std::string module =
        name.substr(kPrefix.size(), name.size() - kPrefix.size() - kind.ending.size());
    Tensor& place = updates[module + ".weight"].*kind.place;
    if (place.defined()) return false;
    place = tensor;
    return true;
  }
  return false;
}

// A tied head is the embedding, of which PEFT stores a copy under this name.
bool is_copy_of_embedding(const std::string& name, const T5Model& model) {
  return name == "base_model.model.lm_head.weight" && model.config().tie_word_embeddings;
}

void check_names(const WeightUpdates& updates, const T5Model& model, const std::string& file) {
  std::set<std::string> known;
  for (const auto& [name, tensor] : named_tensors(model.config(), model.weights()))
    known.insert(name);
  for (const auto& [name, update] : updates) {
    const bool is_known = known.contains(name), is_head = name == "lm_head.weight";
    if (!is_known && !is_head) {
      throw_<DataError>("{}: the model has no {}; is it an adapter of another model?", file, name);
    }
    if (!is_known || (!is_adaptable(name) && update.adds())) {
      throw_<DataError>(
          "{}: holds an update of {}; only the linear layers of the blocks can have one", file,
          name);
    }
  }
}

WeightUpdates read_updates(const AdapterTensors& read, const T5Model& model) {
  WeightUpdates updates;
  Tensor head;
  for (const auto& [name, tensor] : read.tensors) {
    if (is_copy_of_embedding(name, model)) {
      head = tensor;
    } else if (!place_tensor(name, tensor, updates)) {
      throw_<DataError>("{}: {} is no tensor of a LoRA adapter, or is there twice",
                        read.file.string(), name);
    }
  }
  // PEFT loads the copy last
  if (head.defined())
    updates[named_tensors(model.config(), model.weights()).front().first].weight = head;
  check_names(updates, model, read.file.string());
  return updates;
}

class LoraLoader {
 public:
  LoraLoader(const AdapterConfig& config, const AdapterTensors& read, T5Model& model)
      : config_(config, model.config().model_type),
        config_file_(config.file.string()),
        file_(read.file.string()),
        updates_(read_updates(read, model)),
        model_(model) {}

  void load() {
    const at::NoGradGuard no_grad;
    for (auto& [name, weight] : named_tensors(model_.config(), model_.weights())) {
      const std::string module = name.substr(0, name.rfind('.'));
      WeightUpdate& update = updates_[name];
      const bool targeted = is_adaptable(name) && config_.targets(module);
      check(name, targeted, update);
      if (targeted) subtract_residual(module, weight);
      if (update.weight.defined()) replace(name, update.weight, weight);
      if (targeted) add(name, module, update, weight);
    }
  }

 private:
  void check(const std::string& name, bool targeted, const WeightUpdate& update) const {
    const bool some = update.a_rK.defined() || update.b_Nr.defined(),
               all = update.a_rK.defined() && update.b_Nr.defined();
    if (some && !targeted) {
      throw_<ConfigError>(
          "{}: \"target_modules\" and the keys beside it name no update of {}, but {} holds one",
          config_file_, name, file_);
    }
    if (targeted && !all) {
      throw_<DataError>(
          "{}: the update of {} is missing or not whole, and \"target_modules\" of "
          "{} names it",
          file_, name, config_file_);
    }
    if (update.magnitude_N.defined() != (targeted && config_.use_dora())) {
      throw_<DataError>(
          "{}: expected a lora_magnitude_vector for {} if and only if \"use_dora\" is "
          "true in {}",
          file_, name, config_file_);
    }
  }

  [[noreturn]] void refuse_shape(const std::string& name, const Tensor& weight) const {
    throw_<DataError>(
        "{}: the tensors for {} do not fit its shape [{}, {}]; is it an adapter of another model?",
        file_, name, weight.size(0), weight.dim() > 1 ? weight.size(1) : 1);
  }

  void replace(const std::string& name, const Tensor& given, const Tensor& weight) const {
    if (given.sizes() != weight.sizes()) refuse_shape(name, weight);
    weight.copy_(given);
  }

  void subtract_residual(const std::string& module, const Tensor& weight_NK) const {
    const int64_t r = config_.r(module);
    if (config_.residual() == LoraConfig::Residual::pissa) {
      const auto [u, s, vh] = at::linalg_svd(weight_NK, /*full_matrices=*/false);
      weight_NK.sub_(at::mm(u.slice(1, 0, r) * s.slice(0, 0, r), vh.slice(0, 0, r)));
    } else if (config_.residual() == LoraConfig::Residual::olora) {
      const auto [q, upper] = at::linalg_qr(weight_NK);
      weight_NK.sub_(at::mm(q.slice(1, 0, r), upper.slice(0, 0, r)), config_.scaling(module));
    }
  }

  void add(const std::string& name, const std::string& module, const WeightUpdate& update,
           const Tensor& weight_NK) const {
    const Tensor &a = update.a_rK, &b = update.b_Nr;
    const bool fits = a.dim() == 2 && b.dim() == 2 && a.size(1) == weight_NK.size(1) &&
                      b.size(0) == weight_NK.size(0) && a.size(0) == b.size(1);
    if (!fits) refuse_shape(name, weight_NK);
    if (a.size(0) != config_.r(module)) {
      throw_<DataError>(
          "{}: the update of {} has rank {}; \"r\" and \"rank_pattern\" of {} give {}", file_, name,
          a.size(0), config_file_, config_.r(module));
    }
    const WeightAddition addition{.a_rK = a.to(model_.device()),
                                  .b_Nr = b.to(model_.device()),
                                  .scaling = config_.scaling(module)};
    if (config_.use_dora()) {
      set_magnitudes(name, addition, update.magnitude_N.to(model_.device()), weight_NK);
    } else {
      model_.set_addition(name, addition);
    }
  }

  // DoRA (Liu et al. 2024): the rows of W + scaling * B A get the lengths m.
  void set_magnitudes(const std::string& name, const WeightAddition& addition,
                      const Tensor& magnitude_N, const Tensor& weight_NK) const {
    if (magnitude_N.numel() != weight_NK.size(0)) refuse_shape(name, weight_NK);
    weight_NK.add_(at::mm(addition.b_Nr, addition.a_rK), addition.scaling);
    weight_NK.mul_((magnitude_N.flatten() / weight_NK.norm(2, 1)).unsqueeze(1));
  }

  const LoraConfig config_;
  const std::string config_file_, file_;
  WeightUpdates updates_;
  T5Model& model_;
};

}  // namespace

void load_lora_adapter(const std::filesystem::path& folder, const AdapterConfig& config,
                       T5Model& model) {
  LoraLoader(config, read_adapter_tensors(folder), model).load();
}

}  // namespace dovetail
