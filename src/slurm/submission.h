// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dovetail {

// What `dovetail submit` has handed to Slurm for a results folder: OUT/slurm/submission.json.
struct Submission {
  struct Part {
    std::string id;    // of Slurm
    std::string role;  // "sweep", "link 2 of 3", "4 shares"
  };
  std::vector<Part> parts;
  std::string profile, launcher;
};

// By the results folder: the comment of its jobs, by which they are found again in the queue.
std::string submission_tag(const std::filesystem::path& out);

void write_submission(const std::filesystem::path& out, const Submission& submission);
// Without parts where there is none.
Submission read_submission(const std::filesystem::path& out);

// How often a job of the submission was started, and how it last ended; the job script writes a
// line at each start and end to OUT/slurm/lives.tsv.
struct JobLives {
  int64_t starts = 0;
  std::string last_end;  // exit code; "" of a job that runs, or was killed
};
std::map<std::string, JobLives> read_lives(const std::filesystem::path& out);

// The file that tells the jobs not to start again.
std::filesystem::path stop_file(const std::filesystem::path& out);

// Removes what the jobs of an earlier submission left for their next life; lives.tsv stays.
void forget_earlier_jobs(const std::filesystem::path& out);

}  // namespace dovetail
