// SPDX-License-Identifier: Apache-2.0
#include "kernels/weight_addition.h"

#include <ATen/ops/mm.h>

#include "kernels/autograd_node.h"
#include "kernels/dropout.h"

namespace dovetail {

using at::Tensor;

namespace {

// The inputs of a backward step, after y and x.
constexpr Tensor WeightAddition::*kTrainable[] = {
    &WeightAddition::a_rK,       &WeightAddition::b_Nr,   &WeightAddition::inner_r,
    &WeightAddition::outer_N,    &WeightAddition::bias_N, &WeightAddition::factor_N,
    &WeightAddition::magnitude_N};
enum Input { kY, kX, kA, kB, kInner, kOuter, kBias, kFactor, kMagnitude, kNumInputs };

WeightAddition detached(WeightAddition addition) {
  for (Tensor WeightAddition::*part : kTrainable) {
    if ((addition.*part).defined()) addition.*part = (addition.*part).detach();
  }
  return addition;
}

Tensor times(const Tensor& x, const Tensor& factor) { return factor.defined() ? x * factor : x; }

struct AdditionBackward final : BackwardNode {
  WeightAddition addition;
  Tensor x_RK, t_Rr;        // t = x A^T
  Tensor sum_RN, factor_N;  // the outputs before their factor, and the factor
  Tensor lengths_N;         // of DoRA's rows
  int64_t first_column = 0, columns = 0;
  std::vector<int64_t> input_shape;

  variable_list apply(variable_list&& gradients) override {
    variable_list results(kNumInputs);
    if (!gradients[0].defined()) return results;
    const BelowAutograd below;
    results[kY] = gradients[0];
    Tensor dsum_RN =
        gradients[0].reshape({-1, gradients[0].size(-1)}).narrow(1, first_column, columns);
    if (factor_N.defined()) {
      through_factor(dsum_RN, results);
      dsum_RN = dsum_RN * factor_N;
      results[kY] = gradients[0].clone();
      results[kY].view({-1, gradients[0].size(-1)}).narrow(1, first_column, columns).copy_(dsum_RN);
    }
    if (addition.bias_N.defined() && task_should_compute_output(kBias))
      results[kBias] = dsum_RN.sum(0);
    if (addition.a_rK.defined()) through_low_rank(dsum_RN, results);
    return results;
  }

  void through_factor(const Tensor& dy_RN, variable_list& results) const {
    const Input which = addition.magnitude_N.defined() ? kMagnitude : kFactor;
    if (!task_should_compute_output(which)) return;
    const Tensor dfactor_N = (dy_RN * sum_RN).sum(0);
    results[which] = lengths_N.defined() ? dfactor_N / lengths_N : dfactor_N;
  }

  void through_low_rank(const Tensor& dsum_RN, variable_list& results) const {
    const Tensor scaled_RN = dsum_RN * addition.scaling;
    const Tensor u_Rr = times(t_Rr, addition.inner_r);
    if (addition.outer_N.defined() && task_should_compute_output(kOuter))
      results[kOuter] = (scaled_RN * at::mm(u_Rr, addition.b_Nr.t())).sum(0);
    const Tensor dv_RN = times(scaled_RN, addition.outer_N);
    if (task_should_compute_output(kB)) results[kB] = at::mm(dv_RN.t(), u_Rr);
    const Tensor du_Rr = at::mm(dv_RN, addition.b_Nr);
    if (addition.inner_r.defined() && task_should_compute_output(kInner))
      results[kInner] = (du_Rr * t_Rr).sum(0);
    const Tensor dt_Rr = times(du_Rr, addition.inner_r);
    if (task_should_compute_output(kA)) results[kA] = at::mm(dt_Rr.t(), x_RK);
    if (task_should_compute_output(kX))
      results[kX] = at::mm(dt_Rr, addition.a_rK).view(input_shape);
  }

  void release_variables() override { x_RK = t_Rr = sum_RN = Tensor(); }
};

// Of W + scaling * B A. No gradient flows through them (Liu et al. 2024, sec. 4.3).
Tensor lengths_of_rows(const WeightAddition& addition, const Tensor& weight_NK) {
  if (!addition.magnitude_N.defined()) return {};
  return (weight_NK + at::mm(addition.b_Nr, addition.a_rK) * addition.scaling).norm(2, 1);
}

// Adds up in the columns of y, and returns t.
Tensor add_up(const WeightAddition& addition, const Tensor& x_RK, const Tensor& columns_RN) {
  Tensor columns = columns_RN, t_Rr;
  if (addition.a_rK.defined()) {
    t_Rr = at::mm(x_RK, addition.a_rK.t());
    const Tensor u_Rr = times(t_Rr, addition.inner_r);
    if (addition.outer_N.defined()) {
      columns.add_(at::mm(u_Rr, addition.b_Nr.t()) * addition.outer_N, addition.scaling);
    } else {
      columns.addmm_(u_Rr, addition.b_Nr.t(), 1, addition.scaling);
    }
  }
  if (addition.bias_N.defined()) columns.add_(addition.bias_N);
  return t_Rr;
}

std::vector<Tensor> inputs_of(const Tensor& y, const Tensor& x, const WeightAddition& addition) {
  std::vector<Tensor> inputs{y, x};
  for (Tensor WeightAddition::*part : kTrainable) inputs.push_back(addition.*part);
  return inputs;
}

// Returns y itself with a new history. Nothing else holds it: linear() has just made it.
Tensor add_one(const Tensor& y, const Tensor& x, const WeightAddition& given,
               const Tensor& weight_NK, int64_t first_column) {
  const auto node = backward_node<AdditionBackward>(inputs_of(y, x, given));
  const BelowAutograd below;
  const WeightAddition addition = detached(given);
  const Tensor x_RK = x.reshape({-1, x.size(-1)}).detach();
  const Tensor sum = y.detach();
  const Tensor columns = sum.view({-1, sum.size(-1)}).narrow(1, first_column, weight_NK.size(0));
  const Tensor t_Rr = add_up(addition, x_RK, columns);
  const Tensor lengths = lengths_of_rows(addition, weight_NK.detach());
  const Tensor factor = lengths.defined() ? addition.magnitude_N / lengths : addition.factor_N;
  const Tensor before = node && factor.defined() ? columns.clone() : Tensor();
  if (factor.defined()) columns.mul_(factor);
  if (node) {
    node->addition = addition;
    node->x_RK = x_RK;
    node->t_Rr = t_Rr;
    node->sum_RN = before;
    node->factor_N = factor;
    node->lengths_N = lengths;
    node->first_column = first_column;
    node->columns = weight_NK.size(0);
    node->input_shape = x.sizes().vec();
  }
  attach(sum, node);
  return sum;
}

}  // namespace

Tensor add_to_product(const Tensor& y_RN, const Tensor& x_RK, const Projection& projection,
                      uint64_t dropout_seed) {
  Tensor sum = y_RN;
  int64_t column = 0;
  for (size_t i = 0; i < projection.parts.size(); ++i) {
    const WeightAddition& addition = projection.additions[i];
    if (addition.acts_on_output()) {
      const Dropout settings =
          Dropout{addition.dropout, dropout_seed}.at_site(addition.dropout_site);
      sum = add_one(sum, dropout_seed == 0 ? x_RK : dropout(x_RK, settings), addition,
                    projection.parts[i], column);
    }
    column += projection.parts[i].size(0);
  }
  return sum;
}

}  // namespace dovetail
