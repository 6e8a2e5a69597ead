// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

#include "tuning/adapter_config.h"
#include "tuning/around_frozen.h"
#include "tuning/label_reader.h"

namespace dovetail {

namespace {

using at::Tensor;

// One linear layer from the mean of the encoder's output over the source to the task's labels. What
// it reaches says what the frozen encoder holds, without the decoder's help.
class LinearProbe final : public AroundFrozen, public LabelReader {
 public:
  explicit LinearProbe(T5Model& model) : AroundFrozen(model) {}

  LabelReader* label_reader() override { return this; }

  Tensor logits(const Tensor& memory_BSD, const Tensor& mask_BS) const override {
    const Tensor mask_BS1 = mask_BS.unsqueeze(2).to(memory_BSD.scalar_type());
    const Tensor mean_BD = (memory_BSD * mask_BS1).sum(1) / mask_BS1.sum(1);
    return at::linear(mean_BD, weight_CD_, bias_C_);
  }

 protected:
  void make_outputs(int64_t num_labels) override {
    weight_CD_ = add_trained("probe.weight", at::zeros({num_labels, model_.config().d_model}));
    bias_C_ = add_trained("probe.bias", at::zeros({num_labels}));
  }

  nlohmann::json config() const override {
    return own_config("linear_probe", {{"label_targets", targets()}});
  }

 private:
  Tensor weight_CD_, bias_C_;
};

}  // namespace

Tuning linear_probe() {
  return {{.name = "linear_probe",
           .paper = "Alain and Bengio 2016: a linear classifier on the frozen encoder's output",
           .keeps_weights = always_keeps_weights,
           .classifies = true},
          [](T5Model& model, const nlohmann::json&, uint64_t, const SoftTokenPlan&) {
            refuse_causal(model, "linear_probe");
            return std::make_unique<LinearProbe>(model);
          }};
}

}  // namespace dovetail
