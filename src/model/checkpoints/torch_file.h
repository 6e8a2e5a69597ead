// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoints/stored_tensor.h"

namespace dovetail {

// The tensors of a state dict written by torch.save (pytorch_model.bin): a zip archive since
// PyTorch 1.6, a stream of pickles before. Runs no code of the file; see Pickle. Throws DataError
// for another or a truncated file.
std::vector<StoredTensor> parse_torch_file(std::string_view bytes, const std::string& file_name);

}  // namespace dovetail
