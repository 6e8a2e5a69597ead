// SPDX-License-Identifier: Apache-2.0
// dovetail-parquet FILE: writes the rows of a Parquet file as JSON lines.
// dovetail-parquet --write ROWS FILE: the other way round (tables/parquet_lines.h has the lines).
// A program of its own, so that Arrow's libraries are loaded only where a table needs them.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
Value take(arrow::Result<Value> result) {
  if (!result.ok()) throw std::runtime_error(result.status().ToString());
  return std::move(result).ValueUnsafe();
}

Json value_at(const arrow::Array& column, int64_t row);

template <typename List>
Json list_at(const arrow::Array& column, int64_t row) {
  const auto& list = static_cast<const List&>(column);
  Json values = Json::array();
  for (int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
    values.push_back(value_at(*list.values(), i));
  }
  return values;
}

Json struct_at(const arrow::StructArray& column, int64_t row) {
  Json object = Json::object();
  for (int field = 0; field < column.num_fields(); ++field) {
    object[column.struct_type()->field(field)->name()] = value_at(*column.field(field), row);
  }
  return object;
}

template <typename Column>
Json plain_at(const arrow::Array& column, int64_t row) {
  return static_cast<const Column&>(column).Value(row);
}

template <typename Column>
Json text_at(const arrow::Array& column, int64_t row) {
  return std::string(static_cast<const Column&>(column).GetView(row));
}

Json value_at(const arrow::Array& column, int64_t row) {
  if (column.IsNull(row)) return nullptr;
  switch (column.type_id()) {
    case arrow::Type::BOOL: return plain_at<arrow::BooleanArray>(column, row);
    case arrow::Type::INT8: return plain_at<arrow::Int8Array>(column, row);
    case arrow::Type::INT16: return plain_at<arrow::Int16Array>(column, row);
    case arrow::Type::INT32: return plain_at<arrow::Int32Array>(column, row);
    case arrow::Type::INT64: return plain_at<arrow::Int64Array>(column, row);
    case arrow::Type::UINT8: return plain_at<arrow::UInt8Array>(column, row);
    case arrow::Type::UINT16: return plain_at<arrow::UInt16Array>(column, row);
    case arrow::Type::UINT32: return plain_at<arrow::UInt32Array>(column, row);
    case arrow::Type::UINT64: return plain_at<arrow::UInt64Array>(column, row);
    case arrow::Type::FLOAT: return plain_at<arrow::FloatArray>(column, row);
    case arrow::Type::DOUBLE: return plain_at<arrow::DoubleArray>(column, row);
    case arrow::Type::STRING: return text_at<arrow::StringArray>(column, row);
    case arrow::Type::LARGE_STRING: return text_at<arrow::LargeStringArray>(column, row);
    case arrow::Type::LIST: return list_at<arrow::ListArray>(column, row);
    case arrow::Type::LARGE_LIST: return list_at<arrow::LargeListArray>(column, row);
    case arrow::Type::STRUCT: return struct_at(static_cast<const arrow::StructArray&>(column), row);
    case arrow::Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(column);
      return value_at(*coded.dictionary(), coded.GetValueIndex(row));
    }
    default:  // dates, decimals, bytes: as Arrow prints them
      return take(column.GetScalar(row))->ToString();
  }
}

void write_rows(const arrow::RecordBatch& rows) {
  for (int64_t row = 0; row < rows.num_rows(); ++row) {
    Json object = Json::object();
    for (int column = 0; column < rows.num_columns(); ++column) {
      object[rows.column_name(column)] = value_at(*rows.column(column), row);
    }
    const std::string line = object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) {
      throw std::runtime_error("the output cannot be written");
    }
  }
}

void write_file(const std::string& file) {
  const auto input = take(arrow::io::ReadableFile::Open(file));
  const auto reader = take(parquet::arrow::OpenFile(input, arrow::default_memory_pool()));
  const auto batches = take(reader->GetRecordBatchReader());
  for (;;) {
    const std::shared_ptr<arrow::RecordBatch> rows = take(batches->Next());
    if (!rows) return;
    write_rows(*rows);
  }
}

void check(const arrow::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

std::unique_ptr<arrow::ArrayBuilder> builder_of(const std::string& type) {
  if (type == "text") return std::make_unique<arrow::StringBuilder>();
  if (type == "number") return std::make_unique<arrow::DoubleBuilder>();
  if (type == "integer") return std::make_unique<arrow::Int64Builder>();
  throw std::runtime_error("unknown type of a column: " + type);
}

void append(arrow::ArrayBuilder& builder, const Json& value) {
  if (value.is_null()) return check(builder.AppendNull());
  if (auto* texts = dynamic_cast<arrow::StringBuilder*>(&builder))
    return check(texts->Append(value.get<std::string>()));
  if (auto* numbers = dynamic_cast<arrow::DoubleBuilder*>(&builder))
    return check(numbers->Append(value.get<double>()));
  check(static_cast<arrow::Int64Builder&>(builder).Append(value.get<int64_t>()));
}

std::shared_ptr<arrow::Table> table_of(std::istream& lines) {
  std::string line;
  std::getline(lines, line);
  arrow::FieldVector fields;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders;
  for (const Json& column : Json::parse(line)) {
    builders.push_back(builder_of(column.at("type")));
    fields.push_back(arrow::field(column.at("name").get<std::string>(), builders.back()->type()));
  }
  while (std::getline(lines, line)) {
    const Json row = Json::parse(line);
    for (size_t i = 0; i < builders.size(); ++i) append(*builders[i], row.at(i));
  }
  arrow::ArrayVector columns;
  for (const auto& builder : builders) columns.push_back(take(builder->Finish()));
  return arrow::Table::Make(arrow::schema(fields), columns);
}

// Written beside its place and renamed.
void write_parquet(const std::string& rows, const std::string& file) {
  std::ifstream lines(rows);
  const std::string unfinished = file + ".tmp";
  const auto output = take(arrow::io::FileOutputStream::Open(unfinished));
  check(parquet::arrow::WriteTable(*table_of(lines), arrow::default_memory_pool(), output));
  check(output->Close());
  if (std::rename(unfinished.c_str(), file.c_str()) != 0)
    throw std::runtime_error("cannot be renamed from " + unfinished);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 4 && std::string(argv[1]) == "--write") {
    write_parquet(argv[2], argv[3]);
    return 0;
  }
  if (argc != 2) {
    std::cerr << "usage: dovetail-parquet FILE\nWrites the rows of a Parquet file as JSON lines.\n"
                 "       dovetail-parquet --write ROWS FILE\nThe other way round.\n";
    return 2;
  }
  write_file(argv[1]);
  return 0;
} catch (const std::exception& error) {
  std::cerr << argv[argc - 1] << ": " << error.what() << '\n';
  return 2;
}
