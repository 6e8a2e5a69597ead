#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the curves and scores of a results.h5 for a tracker: a run for each finished cell, and for
each other job that has curves.

  analysis/log_curves.py results/mine/results.h5 tensorboard runs/mine   # tensorboard --logdir runs
  analysis/log_curves.py results/mine/results.h5 mlflow sqlite:///mlflow.db    # any tracking URI
  analysis/log_curves.py results/mine/results.h5 wandb runs/wandb    # offline; wandb sync sends it

Each needs the tracker's package: tensorboard, mlflow or wandb (pip install NAME).
"""
import argparse
import collections
import dataclasses
import pathlib
import sys

import numpy as np

import frames


@dataclasses.dataclass
class Run:
    name: str
    labels: dict = dataclasses.field(default_factory=dict)    # by axis
    curves: dict = dataclasses.field(default_factory=dict)    # name -> [(step, value)]
    scores: dict = dataclasses.field(default_factory=dict)    # final numbers by column of /cells


def scores_of(row, columns):
    return {name: float(row[name]) for name in columns if not np.isnan(row[name])}


def runs_of(path):
    """The runs of a results.h5: cells in the order of the table, then jobs."""
    table, runs = frames.cells(path), {}
    numbers = [name for name in table.columns if table[name].dtype == np.float64]
    for _, row in table[table.status == 1].iterrows():
        labels = {axis: row[axis] for axis in frames.AXES if row[axis]}
        runs[row["name"]] = Run(row["name"], labels, scores=scores_of(row, numbers))
    curves = frames.curves(path)
    owners = curves.cell.where(curves.cell != "", curves.job)
    for (owner, name), points in curves.groupby([owners, "curve"], sort=False):
        run = runs.setdefault(owner, Run(owner))
        run.curves[name] = list(zip(points.step.astype(int), points.value.astype(float)))
    return list(runs.values())


def by_step(run):
    """Step -> the values of all curves there, in the order of the steps."""
    steps = collections.defaultdict(dict)
    for name, points in run.curves.items():
        for step, value in points:
            steps[step][name] = value
    return sorted(steps.items())


def to_tensorboard(runs, folder):
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    for run in runs:
        writer = EventFileWriter(str(pathlib.Path(folder) / run.name))
        steps = by_step(run)
        last = steps[-1][0] if steps else 0
        for step, values in [*steps, (last, {f"test/{k}": v for k, v in run.scores.items()})]:
            scalars = [Summary.Value(tag=k, simple_value=v) for k, v in values.items()]
            writer.add_event(Event(step=step, summary=Summary(value=scalars)))
        writer.close()


def to_mlflow(runs, uri, experiment):
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param
    client = MlflowClient(tracking_uri=uri)
    known = client.get_experiment_by_name(experiment)
    number = known.experiment_id if known else client.create_experiment(experiment)
    for run in runs:
        made = client.create_run(number, run_name=run.name)
        metrics = [Metric(name, value, 0, step) for name, points in run.curves.items()
                   for step, value in points]
        metrics += [Metric(f"test/{name}", value, 0, 0) for name, value in run.scores.items()]
        client.log_batch(made.info.run_id, params=[Param(*pair) for pair in run.labels.items()])
        for at in range(0, len(metrics), 1000):    # as many as one call takes
            client.log_batch(made.info.run_id, metrics=metrics[at:at + 1000])
        client.set_terminated(made.info.run_id)


def to_wandb(runs, folder, project):
    import wandb
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for run in runs:
        logged = wandb.init(project=project, name=run.name, dir=folder, mode="offline",
                            config=run.labels, reinit="finish_previous")
        for step, values in by_step(run):
            logged.log(values, step=step)
        logged.summary.update({f"test/{name}": value for name, value in run.scores.items()})
        logged.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="a results.h5")
    parser.add_argument("tracker", choices=["tensorboard", "mlflow", "wandb"])
    parser.add_argument("to", help="the folder; of mlflow, the tracking URI")
    asked = parser.parse_args()
    try:
        runs = runs_of(asked.file)
        sweep = runs[0].name.split("/")[0] if runs else "dovetail"
        if asked.tracker == "tensorboard":
            to_tensorboard(runs, asked.to)
        elif asked.tracker == "mlflow":
            to_mlflow(runs, asked.to, sweep)
        else:
            to_wandb(runs, asked.to, sweep)
    except frames.WrongLayout as error:
        print(error, file=sys.stderr)
        return 2
    except ImportError as error:
        print(f"{asked.tracker} is not installed ({error}); install it as --help says",
              file=sys.stderr)
        return 2
    print(f"{len(runs)} runs: {asked.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
