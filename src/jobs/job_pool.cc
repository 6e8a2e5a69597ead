// SPDX-License-Identifier: Apache-2.0
#include "jobs/job_pool.h"

#include "tasks/find_pool.h"

namespace dovetail {

Pool pool_of_job(const Job& job, const TaskData& task, const TaskSource& named,
                 const PoolSource& source, const Subset& labelled) {
  const std::string& card = job.locations.task;
  Pool pool = source.from == "train"      ? rest_of_train(task, labelled)
              : source.from == "labelled" ? labelled_as_pool(task, labelled)
                                          : find_pool(task, card.empty() ? named.name : card,
                                                      source.from, job.locations.pool);
  return choose_pool(task, std::move(pool), source.examples);
}

}  // namespace dovetail
