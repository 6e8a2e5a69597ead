// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/corpus.h"

namespace dovetail {

// The position of a DocumentReader between two documents.
struct ReaderPosition {
  int64_t file = 0;    // index into the files
  int64_t offset = 0;  // in bytes
  // of the current line, where it is split into several documents
  bool in_line = false, has_text = false, has_nul = false, is_invalid = false, is_long = false;
  CorpusStatistics statistics;  // up to here
};
void to_json(nlohmann::json& json, const ReaderPosition& position);
void from_json(const nlohmann::json& json, ReaderPosition& position);

// Reads the documents of text files one by one, in a fixed amount of memory. A document is a line,
// or a part of one of at most kMaxLineBytes that ends at whitespace if possible. Lines end in LF or
// CRLF. Invalid UTF-8 becomes U+FFFD; NULs and byte-order marks are dropped; lines of only
// whitespace are skipped. statistics() counts all of this.
class DocumentReader {
 public:
  // Throws DataError for a file that is missing or not a regular file.
  explicit DocumentReader(std::vector<std::filesystem::path> files,
                          const ReaderPosition& from = {});

  // Reads the next document; false at the end of the last file. Throws Interrupted on a stop
  // request, SystemError when reading fails.
  bool next(std::string& document);
  const CorpusStatistics& statistics() const { return statistics_; }
  ReaderPosition position() const;

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void open_file(int64_t offset);
  bool open_next_file();
  bool fill();                        // reads more of the file; false at its end
  bool next_part(std::string& part);  // the next part of a line, raw, without its line end
  bool clean(std::string_view part, std::string& document);
  void begin_line();

  std::vector<std::filesystem::path> files_;
  size_t next_file_ = 0;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::string buffer_;  // read from the file; from begin_ on not yet returned
  size_t begin_ = 0;
  int64_t read_to_ = 0;   // bytes of the file read so far
  bool in_line_ = false;  // the next part continues a line
  bool line_has_text_ = false, line_has_nul_ = false, line_is_invalid_ = false,
       line_is_long_ = false;
  std::string without_nuls_;
  CorpusStatistics statistics_;
};

}  // namespace dovetail
