// SPDX-License-Identifier: Apache-2.0
#include "cards/data_notes.h"

#include <algorithm>
#include <filesystem>

#include "base/names.h"

namespace dovetail {

namespace {

std::string classes_of(const FileReport& file) {
  std::vector<std::string> classes;
  for (const auto& [name, rows] : file.bad) classes.push_back(fmt::format("{} {}", rows, name));
  return join(classes, ", ");
}

// Notes name files without their folders, since no path of this machine belongs into results.
std::string without_folders(const Card& card, std::string note) {
  for (const Card::Split* split :
       {&card.train, card.test ? &*card.test : nullptr, card.dev ? &*card.dev : nullptr}) {
    if (!split) continue;
    const std::string folder = split->rows.parent_path().string() + "/";
    for (size_t at = 0; (at = note.find(folder, at)) != std::string::npos;)
      note.erase(at, folder.size());
  }
  return note;
}

}  // namespace

// A few bad rows are an accident of the file. Many are a card that reads it wrongly.
void refuse_bad_rows(const Card& card, DataReport& report) {
  for (const FileReport& file : report.files) {
    const auto bad = static_cast<double>(file.bad_rows()), rows = static_cast<double>(file.rows);
    if (bad <= card.most_bad_rows * rows) continue;
    std::string list;
    for (const std::string& problem : report.problems) list += "\n  " + problem;
    report.refusals.push_back(fmt::format(
        "{}: {} of {} rows of {} are bad ({}), and bad_rows allows {}; correct the rows or the "
        "card, or set bad_rows to the share to leave out (\"skip\": any):{}",
        card.file.string(), bad, rows, file.file, classes_of(file),
        card.most_bad_rows == 0 ? "none" : fmt::format("a share of {}", card.most_bad_rows), list));
  }
}

void fold_notes(const Card& card, std::vector<std::string>& notes) {
  std::vector<std::pair<std::string, std::string>> folded;  // files, what is said of them
  for (const std::string& note : notes) {
    const size_t end = note.find(": ");
    const bool of_file = end != std::string::npos && note.substr(0, end) != card.file.string() &&
                         std::filesystem::path(note.substr(0, end)).has_extension();
    const std::string file = of_file ? note.substr(0, end) : "";
    const std::string said = of_file ? note.substr(end) : note;
    const auto same = std::ranges::find(folded, said, &std::pair<std::string, std::string>::second);
    if (same == folded.end()) {
      folded.emplace_back(file, said);
    } else {
      same->first += file.empty() ? "" : ", " + file;
    }
  }
  notes.clear();
  for (const auto& [files, said] : folded) notes.push_back(files + said);
}

std::vector<std::string> notes_for_readers(const Card& card, const DataReport& report) {
  std::vector<std::string> notes;
  for (const FileReport& file : report.files) {
    if (file.bad_rows() > 0) {
      notes.push_back(fmt::format("{} of {} rows of {} are bad and left out ({})", file.bad_rows(),
                                  file.rows, file.file, classes_of(file)));
    }
  }
  for (const std::string& note : report.notes) notes.push_back(without_folders(card, note));
  return notes;
}

}  // namespace dovetail
