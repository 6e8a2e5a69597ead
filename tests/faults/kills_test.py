# SPDX-License-Identifier: Apache-2.0
"""Kills, signals and full disks: nothing that finished is lost or run again.

A job counts as finished once its record is in the journal; fake_sweep then logs it as stored, and
never may it run again. What ran and was not stored yet when a process was killed may, but no more
of it than waits for the disk together."""
import os
import random
import re
import signal
import subprocess
import time

import pytest
from sweeps import (FAKE_SWEEP, JOBS, LAUNCH, Verdict, alive, descendants, kill, pids, start,
                    stored, wait_for)

SEED = int(os.environ.get("SEED", random.randrange(10**6)))


def end(process, timeout=60):
    """Exit code and standard error; fails when it hangs."""
    try:
        _, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"seed {SEED}: hangs")
    return process.returncode, errors


TOGETHER = 4   # short jobs that end while the disk is busy with others


def check_once(folder, excused):
    """No job began, or was stored, after it had been stored. One that ran is run again, or is in
    the journal without a line, only where a kill excuses it: of each rank that was killed, the
    jobs whose records wait for the disk together."""
    verdict = Verdict(folder)
    excused *= TOGETHER
    assert not verdict.repeated, f"seed {SEED}: {verdict.repeated}"
    assert JOBS - len(verdict.done) <= excused, f"seed {SEED}: {verdict.done}"
    assert len(verdict.ran) == JOBS
    assert verdict.ran.total() - JOBS <= excused, f"seed {SEED}: {verdict.ran}"


@pytest.mark.parametrize("ranks", [0, 1, 2, 4])
def test_undisturbed(tmp_path, ranks):
    code, errors = end(start(ranks, tmp_path, milliseconds=3))
    assert code == 0, errors
    assert f"finished {JOBS} failed 0" in errors
    check_once(tmp_path, excused=0)


def test_a_killed_worker_costs_its_job_only(tmp_path):
    process = start(3, tmp_path)
    wait_for(lambda: stored(tmp_path) > 5)
    kill(pids(tmp_path)[2])
    code, errors = end(process)
    assert code == 0, errors
    assert re.search(r"rank 2 is lost: its process ended", errors)
    check_once(tmp_path, excused=1)


@pytest.mark.parametrize("ranks", [1, 3])
def test_without_the_coordinator_all_end(tmp_path, ranks):
    process = start(ranks, tmp_path)
    wait_for(lambda: stored(tmp_path) > 5)
    kill(pids(tmp_path)[0])
    began = time.monotonic()
    code, errors = end(process, timeout=20)
    assert code not in (0, 75), errors
    assert time.monotonic() - began < 15
    assert not any(alive(pid) for pid in pids(tmp_path).values())
    code, errors = end(start(2, tmp_path))
    assert code == 0, errors
    check_once(tmp_path, excused=ranks)


def test_kills_at_random_moments(tmp_path):
    """Workers, the coordinator or everything; each time the same command on other ranks."""
    print("seed", SEED)
    choose = random.Random(SEED)
    excused = 0
    for _ in range(12):
        ranks = choose.choice([0, 1, 2, 3, 4])
        process = start(ranks, tmp_path)
        wait_for(lambda: pids(tmp_path).get(0) or process.poll() is not None)
        time.sleep(choose.uniform(0, 1.2))
        victim = choose.choice(["worker", "coordinator", "everything"])
        if victim == "worker" and ranks > 1:
            kill(pids(tmp_path).get(choose.randrange(1, ranks), process.pid))
        elif victim == "coordinator":
            kill(pids(tmp_path)[0])
        else:
            for pid in [process.pid] + descendants(process.pid):
                kill(pid)
        excused += max(1, ranks)
        end(process)
        wait_for(lambda: not any(alive(pid) for pid in pids(tmp_path).values()))
    code, errors = end(start(3, tmp_path))
    assert code == 0, f"seed {SEED}: {errors}"
    check_once(tmp_path, excused)


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.2, 0.3])
def test_a_signal_while_mpi_starts_is_not_lost(tmp_path, seconds):
    process = start(3, tmp_path, milliseconds=300)
    time.sleep(seconds)
    process.send_signal(signal.SIGTERM)
    code, errors = end(process, timeout=10)
    assert code in (75, -signal.SIGTERM), errors   # by the signal itself, before a line of it ran


def test_a_rank_that_dies_before_mpi_starts_can_be_stopped(tmp_path):
    script = f'[ "$OMPI_COMM_WORLD_RANK" = 1 ] && exit 3; exec {FAKE_SWEEP} {tmp_path} 4 9 3'
    process = subprocess.Popen([str(LAUNCH), "-n", "3", "bash", "-c", script],
                               stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    process.send_signal(signal.SIGTERM)
    code, errors = end(process, timeout=15)
    assert code == 75, errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP])
@pytest.mark.parametrize("ranks", [1, 3])
def test_a_signal_stops_cleanly(tmp_path, ranks, number):
    process = start(ranks, tmp_path, milliseconds=300)
    wait_for(lambda: stored(tmp_path) > 0)
    began = time.monotonic()
    process.send_signal(number)
    time.sleep(0.05)
    process.send_signal(number)   # a second one changes nothing
    code, errors = end(process)
    assert code == 75, errors
    assert time.monotonic() - began < 5
    code, errors = end(start(2, tmp_path, milliseconds=3))
    assert code == 0, errors
    check_once(tmp_path, excused=0)


def test_a_signal_without_mpirun(tmp_path):
    process = start(0, tmp_path)
    wait_for(lambda: stored(tmp_path) > 0)
    process.send_signal(signal.SIGTERM)
    code, errors = end(process, timeout=5)
    assert code == 75, errors


def test_a_run_that_stood_still_as_a_whole_goes_on(tmp_path):
    """A laptop that slept, a virtual machine that was paused: everybody's silence was one's own."""
    process = start(3, tmp_path, env=os.environ | {"DEAD_AFTER_SECONDS": "0.3"})
    wait_for(lambda: stored(tmp_path) > 3)
    ranks = list(pids(tmp_path).values())
    for pid in ranks:
        kill(pid, signal.SIGSTOP)
    time.sleep(2.5)  # more than five times what a silent rank 0 is forgiven
    for pid in ranks:
        kill(pid, signal.SIGCONT)
    code, errors = end(process)
    assert code == 0 and "dead" not in errors and "lost" not in errors, errors
    check_once(tmp_path, excused=0)


def test_one_stopped_worker_does_not_stop_the_run(tmp_path):
    process = start(3, tmp_path)
    wait_for(lambda: stored(tmp_path) > 3)
    kill(pids(tmp_path)[1], signal.SIGTERM)
    code, errors = end(process)
    assert code == 0, errors
    check_once(tmp_path, excused=0)


def test_a_job_that_kills_its_process_is_recorded_crashed(tmp_path):
    """It takes two ranks down, or the run with rank 0; the third time is its last."""
    errors, code = "", None
    for _ in range(4):
        code, errors = end(start(4, tmp_path, milliseconds=3, killer="tune2.3"))
        if "finished" in errors:
            break
    assert f"finished {JOBS - 1} failed 1 unreached 0" in errors
    assert code == 1


@pytest.mark.parametrize("way, cause", [("segfault", "SIGSEGV"), ("hang", "no-progress")])
def test_a_job_at_fault_is_found_out_the_second_time(tmp_path, way, cause):
    """Its process says itself of what it died; made-up jobs are planned to take up to 9 s, so one
    that hangs is found within half a minute."""
    errors, code = "", None
    for _ in range(3):
        code, errors = end(start(4, tmp_path, milliseconds=3, killer="tune2.0",
                                 env=os.environ | {"KILLERS_WAY": way}), timeout=90)
        if "finished" in errors:
            break
    assert f"finished {JOBS - 1} failed 1 unreached 0" in errors
    assert code == 1
    notes = [file for file in (tmp_path / "crashes").iterdir() if len(file.name) == 32]
    causes = [[line.split()[0] for line in file.read_text().splitlines()] for file in notes]
    assert [of_job for of_job in causes if cause in of_job] == [[cause, cause]]
    assert "died 2 times" in errors


def test_a_full_disk_ends_the_run_and_loses_nothing(tmp_path):
    """A limit on the size of files stands for the disk."""
    process = start(3, tmp_path, milliseconds=3, env=os.environ | {"FAKE_SWEEP_DISK": "4000"})
    code, errors = end(process)
    assert code == 1, errors
    assert "cannot write" in errors
    code, errors = end(start(2, tmp_path, milliseconds=3))
    assert code == 0, errors
    check_once(tmp_path, excused=3)


def test_killing_the_launcher_leaves_nothing_running(tmp_path):
    process = start(2, tmp_path)
    wait_for(lambda: stored(tmp_path) > 0)
    kill(process.pid)
    wait_for(lambda: not any(alive(pid) for pid in pids(tmp_path).values()), seconds=15)
    code, errors = end(start(2, tmp_path))
    assert code == 0, errors


def test_mistakes_are_named():
    for arguments in ([], ["-n"], ["-n", "0", "true"], ["-n", "x", "true"], ["-n", "2"], ["-q"],
                      ["-n", "1", "./no-such-program"]):
        result = subprocess.run([str(LAUNCH)] + arguments, capture_output=True, text=True)
        assert result.returncode == 2 and "jobs/launch:" in result.stderr


def test_the_exit_code_is_the_one_that_rank_0_writes():
    """mpirun hides it; a program that writes none was killed, for all that is known."""
    script = 'echo 3 >"$DOVETAIL_EXIT_CODE_FILE"'
    assert subprocess.run([str(LAUNCH), "-n", "1", "bash", "-c", script]).returncode == 3
    silent = subprocess.run([str(LAUNCH), "-n", "1", "true"], capture_output=True, text=True)
    assert silent.returncode == 1 and "rank 0 ended without an exit code" in silent.stderr
