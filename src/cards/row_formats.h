// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "base/strict_toml.h"
#include "cards/watched_rows.h"
#include "tables/row_reader.h"

namespace dovetail {

// The keys of a card that say how the rows of its files are written, and which columns nothing
// reads on purpose: format, header, delimiter, quotes, rows, json_columns, ignore.
const std::vector<std::string>& row_format_keys();

// Reads those keys and `encoding`. `usual` is the format of a card without the key; "" takes it
// from the end of the training file's name. `table` is "" or "pool.", in front of the keys'
// names. ConfigError for keys that do not go together.
RowFormat read_row_format(const StrictToml& toml, const std::string& usual,
                          const std::string& table = "");

// The columns of the card's key `strata`. ConfigError as read_column, and for one named twice.
std::vector<Column> read_strata(const StrictToml& toml, bool has_names);

// The usual format of a file by the end of its name at `key`; a header is for the caller to say.
RowFormat row_format_of_name(const StrictToml& toml, const std::string& key);

// What decides the rows, for the fingerprint of the data.
nlohmann::json settings_of(const RowFormat& format);

}  // namespace dovetail
