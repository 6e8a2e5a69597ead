// SPDX-License-Identifier: Apache-2.0
// How fast text becomes a token corpus, and in how much memory. One JSON object on standard output.
//   tokenise_bench VOCABULARY THREADS TARGET TEXT...      (VOCABULARY: a spiece.model, or "bytes")
#include <sys/resource.h>

#include <chrono>
#include <iostream>

#include "base/error.h"
#include "text/build_corpus.h"
#include "text/corpus.h"

int main(int count, char** arguments) try {
  using namespace dovetail;
  if (count < 5) throw_<ConfigError>("usage: tokenise_bench VOCABULARY THREADS TARGET TEXT...");
  const std::string name = arguments[1];
  const Vocabulary vocabulary = name == "bytes" ? Vocabulary::bytes() : Vocabulary::from_file(name);
  const int threads = std::stoi(arguments[2]);
  const std::filesystem::path target = arguments[3];
  if (std::filesystem::exists(target)) throw_<ConfigError>("{} is there already", target.string());

  const auto start = std::chrono::steady_clock::now();
  build_corpus({arguments + 4, arguments + count}, vocabulary, target, {.threads = threads});
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;

  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  const double peak_mib =
      static_cast<double>(usage.ru_maxrss) / 1024;  // before the corpus is mapped
  const CorpusStatistics statistics = TokenCorpus(target).statistics();
  const double megabytes = 1e-6 * static_cast<double>(statistics.bytes);
  const double cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  std::cout << nlohmann::json{{"text_megabytes", megabytes},
                              {"documents", statistics.documents},
                              {"tokens", statistics.tokens},
                              {"threads", threads},
                              {"wall_seconds", wall.count()},
                              {"cpu_seconds", cpu},
                              {"megabytes_per_second", megabytes / wall.count()},
                              {"megabytes_per_cpu_second", megabytes / cpu},
                              {"peak_rss_mib", peak_mib}}
                   .dump(2)
            << "\n";
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
