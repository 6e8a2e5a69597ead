// SPDX-License-Identifier: Apache-2.0
#include "kernels/low_rank.h"

#include <ATen/ops/mm.h>

#include "kernels/autograd_node.h"
#include "kernels/dropout.h"

namespace dovetail {

using at::Tensor;

namespace {

struct LowRankBackward final : BackwardNode {
  Tensor x_RK, t_Rr;  // t = x A^T
  LowRank low_rank;
  int64_t first_column = 0;
  std::vector<int64_t> input_shape;

  // Returns the gradients of y, x, A and B; that of y is unchanged.
  variable_list apply(variable_list&& gradients) override {
    if (!gradients[0].defined()) return variable_list(4);
    const BelowAutograd below;
    const Tensor &a_rK = low_rank.a_rK, &b_Nr = low_rank.b_Nr;
    const double scaling = low_rank.scaling;
    const Tensor dy_RN = gradients[0].reshape({-1, gradients[0].size(-1)});
    const Tensor mine = dy_RN.narrow(1, first_column, b_Nr.size(0));
    const Tensor dt_Rr = at::mm(mine, b_Nr) * scaling;
    variable_list results(4);
    results[0] = gradients[0];
    if (task_should_compute_output(1)) results[1] = at::mm(dt_Rr, a_rK).view(input_shape);
    if (task_should_compute_output(2)) results[2] = at::mm(dt_Rr.t(), x_RK);
    if (task_should_compute_output(3)) results[3] = at::mm(mine.t(), t_Rr) * scaling;
    return results;
  }

  void release_variables() override { x_RK = t_Rr = Tensor(); }
};

// Returns y itself with a new history. Nothing else holds it: linear() has just made it.
Tensor add_one(const Tensor& y, const Tensor& x, const LowRank& low_rank, int64_t first_column) {
  const auto node = backward_node<LowRankBackward>({y, x, low_rank.a_rK, low_rank.b_Nr});
  const BelowAutograd below;
  const Tensor x_RK = x.reshape({-1, x.size(-1)}).detach();
  const Tensor t_Rr = at::mm(x_RK, low_rank.a_rK.t());
  const Tensor sum = y.detach();
  sum.view({-1, sum.size(-1)})
      .narrow(1, first_column, low_rank.b_Nr.size(0))
      .addmm_(t_Rr, low_rank.b_Nr.t(), 1, low_rank.scaling);
  if (node) {
    node->x_RK = x_RK;
    node->t_Rr = t_Rr;
    node->low_rank = {.a_rK = low_rank.a_rK.detach(),
                      .b_Nr = low_rank.b_Nr.detach(),
                      .scaling = low_rank.scaling};
    node->first_column = first_column;
    node->input_shape = x.sizes().vec();
  }
  attach(sum, node);
  return sum;
}

}  // namespace

Tensor add_low_rank(const Tensor& y_RN, const Tensor& x_RK, const Projection& projection,
                    uint64_t dropout_seed) {
  Tensor sum = y_RN;
  int64_t column = 0;
  for (size_t i = 0; i < projection.parts.size(); ++i) {
    const LowRank& low_rank = projection.low_rank[i];
    if (low_rank.a_rK.defined()) {
      const Dropout settings =
          Dropout{low_rank.dropout, dropout_seed}.at_site(low_rank.dropout_site);
      sum = add_one(sum, dropout_seed == 0 ? x_RK : dropout(x_RK, settings), low_rank, column);
    }
    column += projection.parts[i].size(0);
  }
  return sum;
}

}  // namespace dovetail
