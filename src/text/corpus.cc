// SPDX-License-Identifier: Apache-2.0
#include "text/corpus.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "base/error.h"
#include "base/hash.h"
#include "text/corpus_file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

using Statistics = CorpusStatistics;
constexpr std::pair<const char*, int64_t Statistics::*> kStatisticsMembers[] = {
    {"lines", &Statistics::lines},
    {"empty_lines", &Statistics::empty_lines},
    {"invalid_utf8_lines", &Statistics::invalid_utf8_lines},
    {"nul_lines", &Statistics::nul_lines},
    {"crlf_lines", &Statistics::crlf_lines},
    {"long_lines", &Statistics::long_lines},
    {"tokenless_documents", &Statistics::tokenless_documents},
    {"documents", &Statistics::documents},
    {"tokens", &Statistics::tokens},
    {"bytes", &Statistics::bytes}};

// No corpus is larger, and products of two counts stay far from overflow.
constexpr uint64_t kMaxCount = uint64_t{1} << 48;

fs::path checked_path(const fs::path& file) {
  if (!fs::is_regular_file(file)) {
    throw_<DataError>("{}: no such file; expected a token corpus", file.string());
  }
  return file;
}

uint64_t padded_token_bytes(const CorpusHeader& header) {
  return (header.num_tokens * header.token_bytes + 7) / 8 * 8;
}

}  // namespace

void to_json(nlohmann::json& json, const CorpusStatistics& statistics) {
  json = nlohmann::json::object();
  for (const auto& [name, member] : kStatisticsMembers) json[name] = statistics.*member;
}

void from_json(const nlohmann::json& json, CorpusStatistics& statistics) {
  for (const auto& [name, member] : kStatisticsMembers) json.at(name).get_to(statistics.*member);
}

void TokenCorpus::refuse(const std::string& found) const {
  throw_<DataError>("{}: expected a whole token corpus, found {}", path_.string(), found);
}

TokenCorpus::TokenCorpus(const fs::path& file) : path_(checked_path(file)), file_(file) {
  const std::string_view bytes = file_.bytes();
  CorpusHeader header;
  if (bytes.size() < sizeof(header)) refuse(fmt::format("a file of {} bytes", bytes.size()));
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != CorpusHeader::kMagic) refuse("a file of another kind");
  if (header.version != CorpusHeader::kVersion)
    refuse(fmt::format("one of format {}", header.version));
  if (header.header_hash != header.hash()) refuse("a damaged header");
  const bool is_sane = (header.token_bytes == 2 || header.token_bytes == 4) &&
                       header.num_tokens < kMaxCount && header.num_documents < kMaxCount &&
                       header.description_bytes < kMaxCount;
  if (!is_sane) refuse("impossible counts");
  const uint64_t offsets_at = sizeof(header) + padded_token_bytes(header);
  const uint64_t description_at = offsets_at + 8 * (header.num_documents + 1);
  if (bytes.size() != description_at + header.description_bytes) {
    refuse(fmt::format("{} bytes where its header promises {}", bytes.size(),
                       description_at + header.description_bytes));
  }
  if (header.tail_hash !=
      hash64(bytes.substr(description_at),
             chained_hash(bytes.substr(offsets_at, description_at - offsets_at)))) {
    refuse("damaged offsets or statistics");
  }
  num_documents_ = static_cast<int64_t>(header.num_documents);
  num_tokens_ = static_cast<int64_t>(header.num_tokens);
  token_bytes_ = static_cast<int>(header.token_bytes);
  tokens_hash_ = header.tokens_hash;
  tokens_ = bytes.data() + sizeof(header);
  offsets_ = reinterpret_cast<const uint64_t*>(bytes.data() + offsets_at);
  read_offsets();
  read_description(bytes.substr(description_at));
}

void TokenCorpus::read_offsets() {
  const std::span<const uint64_t> offsets(offsets_, static_cast<size_t>(num_documents_) + 1);
  if (offsets.front() != 0 || offsets.back() != static_cast<uint64_t>(num_tokens_) ||
      !std::is_sorted(offsets.begin(), offsets.end())) {
    refuse("offsets that do not match its tokens");
  }
}

void TokenCorpus::read_description(std::string_view json) {
  try {
    const nlohmann::json description = nlohmann::json::parse(json);
    description.at("statistics").get_to(statistics_);
    description.at("vocabulary").get_to(vocabulary_hash_);
  } catch (const nlohmann::json::exception& error) {
    refuse(fmt::format("unreadable statistics ({})", error.what()));
  }
}

std::pair<uint64_t, uint64_t> TokenCorpus::bounds(int64_t index) const {
  if (index < 0 || index >= num_documents_) {
    throw std::out_of_range(fmt::format("document {} of a corpus of {}", index, num_documents_));
  }
  return {offsets_[index], offsets_[index + 1]};
}

std::span<const uint16_t> TokenCorpus::narrow_document(int64_t index) const {
  DOVETAIL_CHECK(is_narrow());
  const auto [begin, end] = bounds(index);
  return {reinterpret_cast<const uint16_t*>(tokens_) + begin, end - begin};
}

std::vector<int32_t> TokenCorpus::document(int64_t index) const {
  const auto [begin, end] = bounds(index);
  if (is_narrow()) {
    const auto* narrow = reinterpret_cast<const uint16_t*>(tokens_);
    return {narrow + begin, narrow + end};
  }
  const auto* wide = reinterpret_cast<const uint32_t*>(tokens_);
  return {wide + begin, wide + end};
}

void TokenCorpus::verify() const {
  const std::string_view tokens(tokens_, static_cast<size_t>(num_tokens_) * token_bytes_);
  if (chained_hash(tokens) != tokens_hash_) refuse("damaged tokens");
}

}  // namespace dovetail
