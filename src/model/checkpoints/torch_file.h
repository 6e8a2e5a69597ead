// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoints/stored_tensor.h"

namespace dovetail {

// The tensors of a state dict written by torch.save (pytorch_model.bin): the zip archive of
// PyTorch 1.6 and later, and the stream of pickles before it. No code of the file is ever run; see
// Pickle. Throws DataError for anything else, and for a file that is not whole.
std::vector<StoredTensor> parse_torch_file(std::string_view bytes, const std::string& file_name);

}  // namespace dovetail
