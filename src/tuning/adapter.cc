// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "tuning/adapter_config.h"
#include "tuning/around_frozen.h"

namespace dovetail {

namespace {

using at::Tensor;

// Bottlenecks behind (serial) or beside (parallel) the sublayers.
class Adapter final : public AroundFrozen {
 public:
  Adapter(T5Model& model, nlohmann::json parameters, uint64_t seed)
      : AroundFrozen(model),
        parameters_(std::move(parameters)),
        generator_(at::detail::createCPUGenerator(derive_seed(seed, "adapter"))) {
    add_stack("encoder", model.encoder_additions());
    add_stack("decoder", model.decoder_additions());
  }

 protected:
  nlohmann::json config() const override { return own_config("adapter", parameters_); }

 private:
  void add_stack(const std::string& stack, std::vector<BlockAdditions>& blocks) {
    const std::set<std::string> places = set_of(parameters_.at("places"));
    for (size_t i = 0; i < blocks.size(); ++i) {
      const std::string block = fmt::format("{}.block.{}.", stack, i);
      if (places.contains("self_attention"))
        blocks[i].self_adapter = bottleneck(block + "self_attention");
      if (places.contains("cross_attention") && stack == "decoder")
        blocks[i].cross_adapter = bottleneck(block + "cross_attention");
      if (places.contains("feed_forward"))
        blocks[i].feed_forward_adapter = bottleneck(block + "feed_forward");
    }
  }

  Bottleneck bottleneck(const std::string& place) {
    Bottleneck made = make_bottleneck(place + ".adapter",
                                      parameters_.at("bottleneck").get<int64_t>(), generator_);
    made.parallel = parameters_.at("form") == "parallel";
    made.scaling = parameters_.at("scaling").get<double>();
    return made;
  }

  nlohmann::json parameters_;
  at::Generator generator_;
};

void check_adapter(const nlohmann::json& parameters) {
  if (!parameters.at("places").empty()) return;
  throw ConfigError(
      "adapter: places names nothing; name some of self_attention, cross_attention, feed_forward");
}

}  // namespace

Tuning adapter() {
  return {
      {.name = "adapter",
       .paper = "Houlsby et al. 2019 (serial); He et al. 2022 (parallel); Pfeiffer et al. 2021 "
                "(places = [\"feed_forward\"])",
       .parameters = with_saved_start({{"bottleneck", 16, "inner width", between(1, 4096)},
                                       {"form",
                                        "serial",
                                        "serial: behind a sublayer; parallel: beside it",
                                        {},
                                        {"serial", "parallel"}},
                                       {"scaling", 1.0, "factor of what an adapter adds", above(0)},
                                       {"places",
                                        {"self_attention", "feed_forward"},
                                        "sublayers with an adapter",
                                        {},
                                        {"self_attention", "cross_attention", "feed_forward"}}}),
       .starts_from = {kOwnType},
       .keeps_weights = always_keeps_weights,
       .check = check_adapter},
      [](T5Model& model, const nlohmann::json& parameters, uint64_t seed, const SoftTokenPlan&) {
        refuse_causal(model, "adapter");
        return std::make_unique<Adapter>(model, parameters, seed);
      }};
}

}  // namespace dovetail
