// SPDX-License-Identifier: Apache-2.0
#include "text/token_id.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace dovetail {

int32_t token_id(const nlohmann::json& id, std::string_view content, const std::string& where) {
  constexpr uint64_t kMostPieces = 10'000'000;
  const bool fits = id.is_number_integer() && id >= 0 && id.get<uint64_t>() < kMostPieces;
  if (fits) return id.get<int32_t>();
  throw_<DataError>("{}: the token \"{}\" has the id {:.60}; expected a whole number below {}",
                    where, content, id.dump(), kMostPieces);
}

int32_t token_id_of_key(const std::string& key, std::string_view content,
                        const std::string& where) {
  int64_t number = -1;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  const bool is_number = error == std::errc() && end == key.data() + key.size();
  return token_id(is_number ? nlohmann::json(number) : nlohmann::json(key), content, where);
}

}  // namespace dovetail
