# SPDX-License-Identifier: Apache-2.0
import sys

import parsl
from parsl.config import Config
from parsl.dataflow.memoization import BasicMemoizer
from parsl.executors import ThreadPoolExecutor
from parsl.utils import get_all_checkpoints

folder = sys.argv[1]


@parsl.python_app(cache=True)
def app(folder, name):
    from task import work
    work(folder, name)
    return name


memory = BasicMemoizer(checkpoint_mode="task_exit",
                       checkpoint_files=get_all_checkpoints(f"{folder}/runinfo"))
with parsl.load(Config(executors=[ThreadPoolExecutor(max_threads=2)], memoizer=memory,
                       run_dir=f"{folder}/runinfo")):
    for future in [app(folder, name) for name in range(40)]:
        future.result()
