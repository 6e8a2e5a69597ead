# SPDX-License-Identifier: Apache-2.0
"""Two hosts, each a network namespace with an address and a name of its own: a sweep over both, a
link that is cut and restored, a host that dies. Needs root and ip (iproute2); skips without."""
import collections
import os
import shutil
import subprocess
import time

import pytest
from sweeps import JOBS, Verdict, alive, kill, log, pids, start, stored, wait_for

NAMES = ("dovetail-a", "dovetail-b")
NETWORK = "10.213.77"
# The remote shell of Open MPI: "AGENT HOST COMMAND...", where the host is the second namespace.
AGENT = """#!/bin/sh
shift
exec ip netns exec dovetail-b unshare --uts sh -c 'hostname dovetail-b; exec sh -c "$0"' "$*"
"""


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True)


def why_not():
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not shutil.which("ip"):
        return "there is no ip"
    tries = [ip("netns", "add", "dovetail-try"),
             ip("link", "add", "dovetail1", "netns", "dovetail-try", "type", "veth", "peer", "name",
                "dovetail2", "netns", "dovetail-try")]
    ip("netns", "del", "dovetail-try")
    return "".join(made.stderr for made in tries).strip()


pytestmark = pytest.mark.skipif(bool(why_not()), reason=f"no second host: {why_not()}")


@pytest.fixture
def hosts():
    for name in NAMES:
        ip("netns", "add", name)
    ip("link", "add", "dovetail0", "netns", NAMES[0], "type", "veth", "peer", "name", "dovetail0",
       "netns", NAMES[1])
    for number, name in enumerate(NAMES, start=1):
        ip("-n", name, "addr", "add", f"{NETWORK}.{number}/24", "dev", "dovetail0")
        for device in ("lo", "dovetail0"):
            ip("-n", name, "link", "set", device, "up")
    yield
    for name in NAMES:
        for pid in ip("netns", "pids", name).stdout.split():
            kill(int(pid))
        ip("netns", "del", name)


def begin(folder, dead_after="30"):
    """Four ranks: 0 and 1 on the first host, 2 and 3 on the second."""
    agent = folder / "agent"
    agent.write_text(AGENT)
    agent.chmod(0o755)
    options = [f"--host {NETWORK}.1:2,{NETWORK}.2:2 --mca plm_rsh_agent {agent}",
               "-x DEAD_AFTER_SECONDS",
               *(f"--mca {layer}_tcp_if_include {NETWORK}.0/24" for layer in ("btl", "oob"))]
    environment = os.environ | {"MPIRUN_OPTIONS": " ".join(options),
                                "DEAD_AFTER_SECONDS": dead_after}
    return start(4, folder, env=environment, milliseconds=100,
                 before=("ip", "netns", "exec", NAMES[0]))


def end(process, timeout=90):
    _, errors = process.communicate(timeout=timeout)
    return process.returncode, errors


def cut_link(seconds):
    ip("-n", NAMES[1], "link", "set", "dovetail0", "down")
    time.sleep(seconds)
    ip("-n", NAMES[1], "link", "set", "dovetail0", "up")


def check_nothing_repeated(folder):
    verdict = Verdict(folder)
    assert not verdict.repeated and len(verdict.done) == JOBS


def test_a_sweep_runs_on_two_hosts(hosts, tmp_path):
    code, errors = end(begin(tmp_path))

    assert code == 0, errors
    check_nothing_repeated(tmp_path)
    ranks = collections.Counter(rank for _, _, rank in log(tmp_path, "ran"))
    assert set(ranks) == {"0", "1", "2", "3"}


def test_a_link_that_is_cut_for_a_moment_costs_nothing(hosts, tmp_path):
    process = begin(tmp_path)
    wait_for(lambda: stored(tmp_path) > 3)
    cut_link(1.0)
    code, errors = end(process)

    assert code == 0 and "lost" not in errors, errors
    check_nothing_repeated(tmp_path)
    assert len(log(tmp_path, "ran")) == JOBS


def test_hosts_that_hear_nothing_of_each_other_lose_their_jobs_and_no_more(hosts, tmp_path):
    process = begin(tmp_path, dead_after="0.5")
    wait_for(lambda: stored(tmp_path) > 3)
    cut_link(4.0)
    code, errors = end(process)
    if code != 0:   # mpirun may give the whole run up
        code, errors = end(begin(tmp_path))

    assert code == 0, errors
    check_nothing_repeated(tmp_path)


def test_a_host_that_dies_costs_its_jobs(hosts, tmp_path):
    process = begin(tmp_path)
    wait_for(lambda: stored(tmp_path) > 5)
    for pid in ip("netns", "pids", NAMES[1]).stdout.split():
        kill(int(pid))
    code, errors = end(process)
    before = stored(tmp_path)
    if code != 0:   # mpirun may give the whole run up
        assert not any(alive(pid) for pid in pids(tmp_path).values())
        code, errors = end(begin(tmp_path))

    assert code == 0, errors
    assert before > 5
    check_nothing_repeated(tmp_path)
