# SPDX-License-Identifier: Apache-2.0
"""The time of an empty task: python -m mpi4py.futures run_with_mpi4py.py TASKS, on some ranks."""
import json
import os
import sys
import time

from mpi4py.futures import MPIPoolExecutor


def task(number):
    return number


if __name__ == "__main__":
    jobs = int(sys.argv[1])
    with MPIPoolExecutor() as executor:
        list(executor.map(task, range(100)))   # the ranks are there
        began = time.perf_counter()
        for number in executor.map(task, range(jobs)):
            pass
        seconds = time.perf_counter() - began
    if "DOVETAIL_EXIT_CODE_FILE" in os.environ:   # of jobs/launch
        with open(os.environ["DOVETAIL_EXIT_CODE_FILE"], "w") as file:
            file.write("0")
    print(json.dumps({"us_per_job": seconds / jobs * 1e6, "jobs_per_second": jobs / seconds}))
