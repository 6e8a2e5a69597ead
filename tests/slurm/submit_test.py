# SPDX-License-Identifier: Apache-2.0
"""`dovetail submit` against a real Slurm, which this test starts: sweeps that are requeued, lose
their node, meet their time limit, are preempted or cancelled end complete, and nothing ran twice.

The scenarios go on at the same time, because most of it is waiting for Slurm. Each has a folder and
nodes of its own."""
import functools
import json
import re
import resource
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import LAUNCH, dovetail, make_tiny_sweep, num_records, tree
from sandbox import Sandbox, wait_for, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=f"no Slurm: {why_not()}")

PARTITIONS = {
    "main": "Nodes=n1",
    "two": "Nodes=n2,n3 MaxTime=120",
    "pair": "Nodes=n4,n5",
    "low": "Nodes=n6 PriorityTier=1",
    "high": "Nodes=n6 PriorityTier=10",
}


def write_sweep(folder, steps):
    folder.mkdir()
    sweep = make_tiny_sweep(folder)
    text = sweep.read_text().replace("steps = { fixed = 20 }", f"steps = {{ fixed = {steps} }}")
    sweep.write_text(text.replace(', "prefix_lm"', ""))


@functools.cache
def cost_of_sweep():
    """Processor seconds of the sweep without its steps, and of a step of all its cells. What
    befalls a sweep must find it running, on a fast machine too, so steps go by the clock."""
    with tempfile.TemporaryDirectory() as folder:
        spent = {}
        for steps in (50, 1050):
            write_sweep(Path(folder) / str(steps), steps)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            result = dovetail("run", "tiny.toml", "--out", "out", "--threads", 1,
                              cwd=Path(folder) / str(steps))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            assert result.returncode == 0, result
            spent[steps] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    per_step = (spent[1050] - spent[50]) / 1000
    return spent[50] - 50 * per_step, per_step


def steps_that_take(seconds):
    fixed, per_step = cost_of_sweep()
    return max(60, round((seconds - fixed) / per_step))


class Scenario:
    """A sweep of so many processor seconds in a folder of its own, submitted with a profile."""

    def __init__(self, sandbox, folder, seconds=15, **profile):
        self.sandbox, self.folder, self.out = sandbox, folder, folder / "out"
        write_sweep(folder, steps_that_take(seconds))
        values = {"time": "00:10:00", "partition": "main", "stop_seconds": 5} | profile
        (folder / "profile.toml").write_text(
            "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()))

    def dovetail(self, *words):
        return dovetail(*words, cwd=self.folder, env=self.sandbox.environment)

    def submit(self, *words):
        return self.dovetail("submit", "tiny.toml", "--out", "out", "--profile", "profile.toml",
                             *words)

    def begin(self):
        result = self.submit()
        assert result.returncode == 0, result
        return re.findall(r"submitted: job (\d+)", result.stdout)

    def wait_for_records(self, count):
        wait_for(lambda: num_records(self.out) >= count, 100, f"{count} records; {self.logs()}")

    def in_queue(self):
        """States of this scenario's jobs."""
        lines = self.sandbox.run("squeue", "-h", "-r", "-o", "%T %Z").stdout.splitlines()
        return [line.split()[0] for line in lines if line.split()[1] == str(self.folder)]

    def wait_for_end(self, seconds=300):
        wait_for(lambda: not self.in_queue(), seconds, f"the end of {self.folder}; {self.logs()}")

    def logs(self):
        return "\n".join(f"{log.name}: {log.read_text()[-2000:]}"
                         for log in (self.out / "slurm").glob("*.out"))

    def lives(self):
        file = self.out / "slurm" / "lives.tsv"
        return [line.split("\t") for line in file.read_text().splitlines()] if file.exists() else []

    def starts(self):
        return sum(fields[2] == "start" for fields in self.lives())

    def assert_complete(self):
        """Every job is finished, and has one record: it was neither lost nor repeated."""
        status = json.loads(self.dovetail("status", "out", "--json").stdout)
        jobs = status["jobs"]
        assert jobs["finished"] == jobs["total"] > 10, (jobs, self.logs())
        assert num_records(self.out) == jobs["total"], self.logs()
        assert (self.out / "results.h5").exists()
        assert (self.out / "report" / "index.html").exists()


def submitted_and_finished(scenario):
    scenario.begin()
    twice = scenario.submit()
    status = scenario.submit("--status")
    scenario.wait_for_end()
    return {"twice": twice, "status": status, "afterwards": scenario.submit(),
            "status_afterwards": scenario.submit("--status")}


def requeued(scenario):
    job, = scenario.begin()
    scenario.wait_for_records(3)
    scenario.sandbox.run("scontrol", "requeue", job)
    scenario.wait_for_end()


def lost_its_node(scenario):
    scenario.begin()
    scenario.wait_for_records(3)
    scenario.sandbox.fail_node("n5")
    scenario.sandbox.start_node("n5")
    scenario.wait_for_end()


def met_its_limit(scenario):
    scenario.begin()
    scenario.wait_for_end()


def preempted(scenario):
    scenario.begin()
    scenario.wait_for_records(3)
    scenario.sandbox.run("sbatch", "-p", "high", "--exclusive", "-o", "/dev/null", "--wrap",
                         "sleep 2")
    scenario.wait_for_end()


def cancelled_and_resumed(scenario):
    scenario.begin()
    scenario.wait_for_records(3)
    cancelled = scenario.submit("--cancel")
    scenario.wait_for_end()
    found = {"cancelled": cancelled, "records": num_records(scenario.out)}
    scenario.begin()
    scenario.wait_for_end()
    return found


def killed_share(scenario):
    """One share is killed without a word, as by a lack of memory; Slurm knows nothing of it."""
    scenario.begin()
    scenario.wait_for_records(4)
    pulse = json.loads((scenario.out / "journal" / "share-0001" / "pulse").read_text())
    subprocess.run(["kill", "-KILL", str(pulse["process"])], check=False)
    scenario.wait_for_end()


# The function and the profile of each.
SCENARIOS = {
    "finish": (submitted_and_finished, {"ranks_per_node": 2, "local_disk": "$PWD/local"}),
    "requeue": (requeued, {"ranks_per_node": 2, "launcher": "mpirun"}),
    "node": (lost_its_node, {"partition": "pair", "nodes": 2}),
    "limit": (met_its_limit, {"partition": "two", "time": "00:01:00", "at_limit": "chain",
                              "links": 12, "seconds": 65, "idle_lives": 5}),
    "preempt": (preempted, {"partition": "low", "ranks_per_node": 2, "sbatch": ["--exclusive"]}),
    "shares": (killed_share, {"partition": "two", "shares": 3}),
    "cancel": (cancelled_and_resumed, {}),
}


@pytest.fixture(scope="module")
def sandbox():
    cluster = Sandbox(6, PARTITIONS)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def runs(sandbox, tmp_path_factory):
    """By name: the scenario, and the future of what its function returns."""
    folder = tmp_path_factory.mktemp("slurm")
    with ThreadPoolExecutor(len(SCENARIOS)) as threads:
        begun = {}
        for name, (play, profile) in SCENARIOS.items():
            scenario = Scenario(sandbox, folder / name, **profile)
            begun[name] = (scenario, threads.submit(play, scenario))
        yield begun


def end_of(runs, name):
    scenario, future = runs[name]
    return scenario, future.result(timeout=400)


def test_submit_and_finish(runs):
    scenario, found = end_of(runs, "finish")

    scenario.assert_complete()
    assert scenario.starts() == 1
    assert not list((scenario.folder / "local").iterdir()), "the job's copies are still there"
    assert "srun --mpi=pmix" in scenario.submit("--dry-run").stderr
    assert found["twice"].returncode == 2
    assert "is submitted already: job " in found["twice"].stderr
    assert found["twice"].stderr.count("\n") == 1
    assert re.search(r"sweep +(PENDING|RUNNING|CONFIGURING)", found["status"].stdout)
    assert "tiny: 29 of 29 cells finished, 0 failed" in found["status_afterwards"].stdout
    assert re.search(r"sweep +left the queue +1 +0 \(done\)", found["status_afterwards"].stdout)
    assert found["afterwards"].returncode == 0
    assert "nothing is left to do" in found["afterwards"].stdout


def test_requeue_in_the_middle(runs):
    scenario, _ = end_of(runs, "requeue")

    scenario.assert_complete()
    assert scenario.starts() == 2


def test_node_failure_in_the_middle(runs):
    scenario, _ = end_of(runs, "node")

    scenario.assert_complete()
    assert scenario.starts() == 2


def test_limit_shorter_than_the_sweep(runs):
    """Each link hears of its limit and stops; those behind the one that finished do nothing."""
    scenario, _ = end_of(runs, "limit")

    scenario.assert_complete()
    ends = [fields[2] for fields in scenario.lives() if fields[2] != "start"]
    assert ends[-1] == "0" and set(ends[:-1]) == {"75"}, ends


def test_preemption(runs):
    scenario, _ = end_of(runs, "preempt")

    scenario.assert_complete()
    assert scenario.starts() == 2


def test_shares_over_one_store(runs):
    scenario, _ = end_of(runs, "shares")

    scenario.assert_complete()
    workers = [share for share in (scenario.out / "journal").glob("share-*")
               if (share / "journal.bin").stat().st_size > 0]
    assert len(workers) >= 2


def test_cancel_and_resume(runs):
    scenario, found = end_of(runs, "cancel")

    assert found["cancelled"].returncode == 0, found
    assert "cancelled: 0 waiting, 1 running" in found["cancelled"].stdout
    scenario.assert_complete()
    ends = [fields[2] for fields in scenario.lives() if fields[2] != "start"]
    assert ends == ["75", "0"]


def test_launch_needs_no_flags_in_an_allocation(sandbox, tmp_path):
    """The exit code is that of rank 0, wherever it is; both launchers start every task."""
    script = 'echo "$OMPI_COMM_WORLD_RANK$PMIX_RANK" >>ranks; [ -z "$MAIN" ] || echo 7 >"$MAIN"'
    script = script.replace("$MAIN", "$DOVETAIL_EXIT_CODE_FILE")
    for launcher in ("mpirun", "srun-pmix"):
        (tmp_path / "ranks").unlink(missing_ok=True)
        result = sandbox.run("salloc", "-p", "two", "-N2", "--ntasks-per-node=2", "env",
                             f"DOVETAIL_LAUNCHER={launcher}", LAUNCH, "sh", "-c", script,
                             cwd=tmp_path)
        assert result.returncode == 7, result
        assert len((tmp_path / "ranks").read_text().split()) == 4
        assert not list(tmp_path.glob(".dovetail-exit-code*"))


def test_test_only_asks_slurm(sandbox, tmp_path):
    scenario = Scenario(sandbox, tmp_path / "test-only", gpus_per_node=2)
    before = tree(scenario.folder)

    result = scenario.submit("--test-only")

    assert result.returncode == 0 and "to start at" in result.stdout, result
    assert tree(scenario.folder) == before


@pytest.mark.parametrize("profile, said", [
    ({"partition": "mian"}, 'did you mean "main"?'),
    ({"partition": "two", "time": "05:00:00"}, "above the limit of partition two, 120 minutes"),
    ({"partition": "two", "nodes": 3}, "partition two has 2"),
    ({"gpus_per_node": 1, "ranks_per_node": 2}, "each rank takes one GPU"),
    ({"pratition": "main"}, 'did you mean "partition"?'),
])
def test_a_profile_that_does_not_fit_is_refused(sandbox, tmp_path, profile, said):
    scenario = Scenario(sandbox, tmp_path / "bad", **profile)
    before = tree(scenario.folder)

    result = scenario.submit()

    assert result.returncode == 2 and said in result.stderr, result
    assert result.stderr.count("\n") == 1 and result.stdout == ""
    assert tree(scenario.folder) == before


def test_starts_without_progress_end_the_job(sandbox, tmp_path):
    """A program that stops at once with 75, as on a full disk."""
    scenario = Scenario(sandbox, tmp_path / "idle", idle_lives=2)
    stub = tmp_path / "stub"
    stub.write_text('#!/bin/sh\n[ "$1" != run ] || echo 75 >"$DOVETAIL_EXIT_CODE_FILE"\n')
    stub.chmod(0o755)
    script = scenario.submit("--dry-run").stdout
    script = re.sub("(?m)^dovetail=.*$", f"dovetail='{stub}'", script)
    (scenario.out / "slurm").mkdir(parents=True)

    sandbox.run("sbatch", input=script)
    scenario.wait_for_end(60)

    assert scenario.starts() == 2, scenario.logs()
    assert "2 starts in a row have finished no job" in scenario.logs()
