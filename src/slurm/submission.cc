// SPDX-License-Identifier: Apache-2.0
#include "slurm/submission.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/names.h"
#include "slurm/job_script.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

fs::path submission_file(const fs::path& out) { return submission_folder(out) / "submission.json"; }

}  // namespace

std::string submission_tag(const fs::path& out) {
  const fs::path place = fs::weakly_canonical(fs::absolute(out));
  return "dovetail-" + content_hash(place.string()).substr(0, 12);
}

void write_submission(const fs::path& out, const Submission& submission) {
  nlohmann::json parts = nlohmann::json::array();
  for (const Submission::Part& part : submission.parts) {
    parts.push_back({{"id", part.id}, {"role", part.role}});
  }
  const nlohmann::json json = {
      {"parts", parts}, {"profile", submission.profile}, {"launcher", submission.launcher}};
  write_file_atomically(submission_file(out), json.dump(1) + "\n");
}

Submission read_submission(const fs::path& out) {
  Submission submission;
  const fs::path file = submission_file(out);
  if (!fs::exists(file)) return submission;
  try {
    const auto json = nlohmann::json::parse(read_file(file));
    for (const auto& part : json.at("parts")) {
      submission.parts.push_back({part.at("id"), part.at("role")});
    }
    submission.profile = json.at("profile");
    submission.launcher = json.at("launcher");
  } catch (const nlohmann::json::exception& error) {
    throw_<ConfigError>("{} cannot be read ({}): remove it; squeue shows the jobs", file.string(),
                        error.what());
  }
  return submission;
}

std::map<std::string, JobLives> read_lives(const fs::path& out) {
  std::map<std::string, JobLives> lives;
  std::ifstream file(submission_folder(out) / "lives.tsv");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields = split(line, '\t');
    if (fields.size() < 3) continue;  // torn by a death in writing
    JobLives& job = lives[fields[0]];
    const bool is_start = fields[2] == "start";
    job.starts += is_start;
    job.last_end = is_start ? "" : fields[2];
  }
  return lives;
}

fs::path stop_file(const fs::path& out) { return submission_folder(out) / "stop"; }

void forget_earlier_jobs(const fs::path& out) {
  fs::remove(stop_file(out));
  for (const auto& entry : fs::directory_iterator(submission_folder(out))) {
    const std::string name = entry.path().filename();
    if (name.starts_with("exit-code") || name.starts_with("idle-lives")) fs::remove(entry.path());
  }
}

}  // namespace dovetail
