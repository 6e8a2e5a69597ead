// SPDX-License-Identifier: Apache-2.0
#include "analysis/methods/methods_tex.h"

#include <fmt/format.h>

#include <set>

#include "analysis/methods/citations.h"

namespace dovetail {

namespace {

std::string tex_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '\\': escaped += "\\textbackslash{}"; break;
      case '~': escaped += "\\textasciitilde{}"; break;
      case '^': escaped += "\\textasciicircum{}"; break;
      case '<': escaped += "\\textless{}"; break;
      case '>': escaped += "\\textgreater{}"; break;
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}': escaped += '\\'; [[fallthrough]];
      default: escaped += c;
    }
  }
  return escaped;
}

std::string tex_paragraph(const std::string& text) {
  std::string tex;
  size_t done = 0;
  for (const Citation& citation : citations_in(text)) {
    if (bibtex_entry(citation.key).empty()) continue;
    tex += tex_escaped(std::string_view(text).substr(done, citation.begin - done));
    tex += fmt::format("\\citealt{{{}}}", citation.key);
    done = citation.begin + citation.size;
  }
  return tex + tex_escaped(std::string_view(text).substr(done));
}

}  // namespace

std::string methods_tex(const std::vector<MethodsPart>& parts) {
  std::string tex = "% Needs natbib, and methods.bib beside it.\n";
  for (const MethodsPart& part : parts) {
    tex += fmt::format("\n\\subsection{{{}}}\n", tex_escaped(part.heading));
    for (const std::string& paragraph : part.paragraphs)
      tex += "\n" + tex_paragraph(paragraph) + "\n";
  }
  return tex;
}

std::string methods_bib(const std::vector<MethodsPart>& parts) {
  std::string bib;
  std::set<std::string> known;
  for (const MethodsPart& part : parts) {
    for (const std::string& paragraph : part.paragraphs) {
      for (const Citation& citation : citations_in(paragraph)) {
        const std::string entry = bibtex_entry(citation.key);
        if (entry.empty() || !known.insert(citation.key).second) continue;
        bib += (bib.empty() ? "" : "\n") + entry;
      }
    }
  }
  return bib;
}

}  // namespace dovetail
