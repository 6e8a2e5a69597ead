# SPDX-License-Identifier: Apache-2.0
"""A real Slurm on this machine for the length of a test: munged, slurmctld and a slurmd for each of
several nodes that are one machine. It needs no systemd, no cgroups and no /etc/slurm, and keeps
everything in one folder. Nothing is confined: jobs see all cores, memory and files."""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = ("munged", "munge", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "srun")
SEARCH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
CPUS, GPUS = 8, 2   # that each node claims to have

# A requeued job begins again a second after cred_expire: 2 min by default, and for values below 5.
# The other times are long enough for a loaded machine. One machine stands for all nodes, so nothing
# is bound and no task finds its node by the host's name.
SLURM_CONF = """\
ClusterName=sandbox
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
{listen}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/log/slurmctld
StateSaveLocation={folder}/state
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdLogFile={folder}/log/slurmd-%n
SlurmdSpoolDir={folder}/spool/%n
TmpFS={folder}/tmp/%n
TaskProlog={folder}/task-prolog
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SlurmdParameters=config_overrides
SlurmctldTimeout=60
SlurmdTimeout=120
KillWait=3
ReturnToService=2
InactiveLimit=120
MpiDefault=none
GresTypes=gpu
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1,sched_min_interval=0
PriorityType=priority/basic
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
NodeName={nodes} NodeHostname=localhost NodeAddr=127.0.0.1 Port={slurmd_ports} CPUs={cpus} \
Boards=1 SocketsPerBoard=1 CoresPerSocket={cpus} ThreadsPerCore=1 RealMemory=4000 \
Gres=gpu:{gpus} State=UNKNOWN
"""

# Ranks of one node share memory, those of different nodes talk by loopback, as if the nodes were
# machines: without it, nodes would use each other's shared-memory files.
TASK_PROLOG = """\
#!/bin/sh
[ -z "$SLURM_STEP_ID" ] || \
  echo "export OMPI_MCA_btl_vader_backing_directory={folder}/tmp/$SLURMD_NODENAME"
echo "export OMPI_MCA_btl_tcp_if_include=lo"
echo "export OMPI_MCA_oob_tcp_if_include=lo"
echo "export OMPI_MCA_mpi_yield_when_idle=1"
"""


def why_not():
    """Why no sandbox can run here; "" where one can."""
    missing = [name for name in PROGRAMS if shutil.which(name, path=SEARCH) is None]
    if missing:
        return f"no {', '.join(missing)} here: apt-get install slurm-wlm munge"
    try:   # Slurm looks addresses up with AI_ADDRCONFIG, which a machine of one loopback refuses
        socket.getaddrinfo("127.0.0.1", None, flags=socket.AI_ADDRCONFIG)
    except socket.gaierror:
        return "127.0.0.1 is the only address here: ip addr add 127.0.0.2/8 dev lo"
    return ""


def free_ports(count):
    """The first of so many neighbouring free ports."""
    for first in range(22000 + os.getpid() % 300 * 20, 32000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise RuntimeError("no free ports")


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def descendants(pid):
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in children.read_text().split():
                found += [int(child)] + descendants(int(child))
        except OSError:   # it has just ended
            pass
    return found


class Sandbox:
    """`partitions`: a name and its nodes, with further options; the first is the default."""

    def __init__(self, nodes, partitions):
        # in /tmp, as the path of a socket has at most 107 bytes
        self.folder = Path(tempfile.mkdtemp(prefix="dt-slurm-", dir="/tmp"))
        self.nodes = [f"n{i + 1}" for i in range(nodes)]
        self.environment = os.environ | {"SLURM_CONF": f"{self.folder}/slurm.conf", "PATH": SEARCH}
        self.daemons = {}
        self._configure(partitions)

    def _configure(self, partitions):
        self.folder.chmod(0o755)   # munge's clients come through it
        for name in ("log", "state", "gpu", "spool"):
            (self.folder / name).mkdir()
        for node in self.nodes:
            (self.folder / "tmp" / node).mkdir(parents=True)
        host, port = socket.gethostname().split(".")[0], free_ports(1 + len(self.nodes))
        is_loopback = socket.gethostbyname(host) == "127.0.0.1"
        listen = "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny" if is_loopback else ""
        text = SLURM_CONF.format(
            folder=self.folder, host=host, port=port, listen=listen,
            user=pwd.getpwuid(os.getuid()).pw_name, nodes=f"n[1-{len(self.nodes)}]",
            cpus=CPUS, gpus=GPUS,
            slurmd_ports=f"[{port + 1}-{port + len(self.nodes)}]")
        for i, (name, options) in enumerate(partitions.items()):
            text += f"PartitionName={name} Default={'NO' if i else 'YES'} State=UP {options}\n"
        (self.folder / "slurm.conf").write_text(text)
        for i in range(GPUS):   # slurmd wants a device for each GPU
            (self.folder / "gpu" / f"nvidia{i}").symlink_to("/dev/null")
        (self.folder / "gres.conf").write_text(f"NodeName=n[1-{len(self.nodes)}] Name=gpu "
                                               f"File={self.folder}/gpu/nvidia[0-{GPUS - 1}]\n")
        # the other way, "tree", races where all nodes are one machine
        (self.folder / "mpi.conf").write_text("PMIxCollFence=ring\n")
        prolog = self.folder / "task-prolog"
        prolog.write_text(TASK_PROLOG.format(folder=self.folder))
        prolog.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)

    def _daemon(self, name, *words):
        """It dies with this process, and sees nothing of its environment."""
        bare = {"PATH": SEARCH, "HOME": os.environ.get("HOME", "/"), "LANG": "C"}
        with open(self.folder / "log" / f"{name}.out", "ab") as log:
            self.daemons[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *map(str, words)], env=bare, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    def start(self):
        here, conf = self.folder, self.environment["SLURM_CONF"]
        self._daemon("munged", "munged", "--foreground", "--force",
                     f"--socket={here}/munge.socket", f"--key-file={here}/munge.key",
                     f"--pid-file={here}/munged.pid",
                     f"--seed-file={here}/munged.seed", f"--log-file={here}/log/munged")
        wait_for((here / "munge.socket").exists, 10, "munged")
        self._daemon("slurmctld", "slurmctld", "-D", "-f", conf)
        for node in self.nodes:
            self.start_node(node)
        wait_for(lambda: self.idle_nodes() == set(self.nodes), 30, f"all nodes are up: {here}/log")

    def idle_nodes(self):
        return set(self.run("sinfo", "-h", "-N", "-t", "idle", "-o", "%N").stdout.split())

    def start_node(self, node):
        self._daemon(node, "slurmd", "-D", "-f", self.environment["SLURM_CONF"], "-N", node)

    def run(self, *words, **options):
        return subprocess.run([str(word) for word in words], env=self.environment, text=True,
                              capture_output=True, timeout=60, **options)

    def step_daemons(self, node=""):
        """Pids of the slurmstepd of a node, or of all: by their sockets in the spool folder."""
        spool = f"{self.folder}/spool/{node}"
        sockets = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()
                   if len(line.split()) > 7 and line.split()[7].startswith(spool)}
        wanted = {f"socket:[{inode}]" for inode in sockets}
        pids = set()
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            try:
                if wanted and os.readlink(link) in wanted:
                    pids.add(int(link.parts[2]))
            except OSError:
                continue
        return pids - {daemon.pid for daemon in self.daemons.values()}

    def fail_node(self, node):
        """As if the machine lost its power."""
        steps = self.step_daemons(node)
        victims = [self.daemons.pop(node).pid, *steps]
        for pid in steps:
            victims += descendants(pid)
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")

    def stop(self):
        jobs = self.run("squeue", "-h", "-o", "%A").stdout.split()
        if jobs:
            self.run("scancel", "--quiet", *jobs)
            deadline = time.monotonic() + 8
            while self.step_daemons() and time.monotonic() < deadline:
                time.sleep(0.2)
        for pid in self.step_daemons():
            for victim in [pid, *descendants(pid)]:
                try:
                    os.kill(victim, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        for daemon in self.daemons.values():
            daemon.terminate()
        for daemon in self.daemons.values():
            try:
                daemon.wait(5)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
