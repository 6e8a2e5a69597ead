# SPDX-License-Identifier: Apache-2.0
import sys

import optuna
from task import work

folder = sys.argv[1]
tasks = list(range(40))


def objective(trial):
    work(folder, trial.suggest_categorical("task", tasks))
    return 0.0


study = optuna.create_study(storage=f"sqlite:///{folder}/study.db", study_name="tasks",
                            sampler=optuna.samplers.GridSampler({"task": tasks}),
                            load_if_exists=True)
study.optimize(objective, n_jobs=2)   # the sampler stops it when the grid has been visited
