# SPDX-License-Identifier: Apache-2.0
"""analysis/log_curves.py writes what each tracker's own reader finds; a tracker that is not
installed is left out. What they must find comes from results_sample, as JSON."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SCRIPT = ROOT / "analysis" / "log_curves.py"
ROW = 8    # of a finished cell


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    made = tmp_path_factory.mktemp("curves")
    subprocess.run([os.environ["RESULTS_SAMPLE"], str(made), "small"], check=True)
    return made / "results" / "quickstart"


@pytest.fixture(scope="module")
def entries(sample):
    return json.loads((sample / "expected.json").read_text())["records"]


def written(sample, *arguments):
    done = subprocess.run([sys.executable, SCRIPT, sample / "results.h5", *arguments],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_runs_are_cells_and_jobs(sample, entries):
    sys.path.append(str(ROOT / "analysis"))
    import log_curves
    runs = {run.name: run for run in log_curves.runs_of(sample / "results.h5")}
    for entry in entries:
        record = entry["record"]
        if not record or record["status"] != "finished":
            assert entry["name"] not in runs
            continue
        run, curve = runs[entry["name"]], record["curves"]["train_loss"]
        assert run.curves == {"train_loss": list(zip(curve["steps"], curve["values"]))}
        assert run.scores["rouge_l"] == record["metrics"]["rouge_l"]
        assert list(run.labels.values()) == [label for label in entry["coordinates"] if label]
    assert "small/probe/zero/wordnet.antonym" in runs   # a job with a curve, and no cell
    run = runs[entries[ROW]["name"]]
    run.curves["validation_loss"] = [(2, 0.5)]
    (first, at_1), (second, at_2) = log_curves.by_step(run)
    assert (first, list(at_1)) == (1, ["train_loss"])
    assert (second, list(at_2), at_2["validation_loss"]) == (2, ["train_loss", "validation_loss"],
                                                             0.5)


def test_tensorboard(sample, entries, tmp_path):
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    written(sample, "tensorboard", tmp_path)
    found = reader.EventAccumulator(str(tmp_path / entries[ROW]["name"]))
    found.Reload()
    curve = entries[ROW]["record"]["curves"]["train_loss"]
    points = [(point.step, point.value) for point in found.Scalars("train_loss")]
    assert [step for step, _ in points] == curve["steps"]
    assert [value for _, value in points] == pytest.approx(curve["values"], rel=1e-6)
    (score,) = found.Scalars("test/rouge_l")
    assert score.value == pytest.approx(entries[ROW]["record"]["metrics"]["rouge_l"], rel=1e-6)


def test_mlflow(sample, entries, tmp_path):
    mlflow = pytest.importorskip("mlflow")
    pytest.importorskip("sqlalchemy")    # mlflow-skinny has no database
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    written(sample, "mlflow", uri)
    client = mlflow.MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("small")
    runs = {run.info.run_name: run
            for run in client.search_runs([experiment.experiment_id], max_results=1000)}
    run, record = runs[entries[ROW]["name"]], entries[ROW]["record"]
    history = client.get_metric_history(run.info.run_id, "train_loss")
    curve = record["curves"]["train_loss"]
    assert sorted((point.step, point.value) for point in history) == list(
        zip(curve["steps"], curve["values"]))
    assert run.data.metrics["test/rouge_l"] == record["metrics"]["rouge_l"]
    assert run.data.params["task"] == entries[ROW]["coordinates"][2]


def test_wandb(sample, entries, tmp_path):
    """Its reader is its server; here is what `wandb sync` would send."""
    pytest.importorskip("wandb")
    runs = int(written(sample, "wandb", tmp_path).split()[0])
    assert len(list(tmp_path.glob("wandb/offline-run-*/run-*.wandb"))) == runs


def test_what_is_missing_is_said(sample, tmp_path):
    (tmp_path / "wandb.py").write_text("raise ImportError('not here')")
    done = subprocess.run([sys.executable, SCRIPT, sample / "results.h5", "wandb", tmp_path / "to"],
                          capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2 and "wandb is not installed (not here)" in done.stderr
    done = subprocess.run([sys.executable, SCRIPT, sample / "expected.json", "wandb", tmp_path],
                          capture_output=True, text=True)
    assert done.returncode == 2 and "expected a results.h5" in done.stderr
    assert "Traceback" not in done.stderr
