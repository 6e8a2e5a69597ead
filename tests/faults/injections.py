# SPDX-License-Identifier: Apache-2.0
"""The faults that soak.py puts on a running sweep, each a function of the sweep."""
import errno
import signal
import struct
import time

from journal_records import records
from sweeps import kill, note, pids

DEAD_AFTER_SECONDS = 1.0   # of silence, so that a stopped rank comes back from the dead


class Machine:
    """What is wrong with the machine at present, in the file that faults.cc reads."""

    def __init__(self, file):
        self.file = file
        file.touch()
        self.set()

    def set(self, write_error=0, sync_error=0, clock_seconds=0):
        with self.file.open("r+b") as file:   # in place: processes have it mapped
            file.write(struct.pack("<3i", write_error, sync_error, clock_seconds))


def kill_a_rank(sweep):
    kill(sweep.some_pid())


def kill_the_coordinator(sweep):
    kill(pids(sweep.folder).get(0, sweep.process.pid))


def kill_the_launcher(sweep):
    kill(sweep.process.pid)


def kill_everything(sweep):
    for pid in sweep.everybody():
        kill(pid)


def stop_and_continue(sweep):
    """Now and then for longer than a silent rank is forgiven."""
    pid = sweep.some_pid()
    kill(pid, signal.SIGSTOP)
    time.sleep(sweep.choose.uniform(0.05, 1.3 * DEAD_AFTER_SECONDS))
    kill(pid, signal.SIGCONT)


def requeue(sweep):
    """What Slurm does: a signal, and the same command once it has ended."""
    sweep.process.send_signal(sweep.choose.choice([signal.SIGTERM, signal.SIGUSR1, signal.SIGINT]))


def fill_the_disk(sweep):
    sweep.machine.set(write_error=errno.ENOSPC)
    time.sleep(sweep.choose.uniform(0.05, 0.5))
    sweep.machine.set()


def fail_syncs(sweep):
    sweep.machine.set(sync_error=errno.EIO)
    time.sleep(sweep.choose.uniform(0.05, 0.5))
    sweep.machine.set()


def skew_the_clocks(sweep):
    sweep.machine.set(clock_seconds=sweep.choose.choice([10, 3600, 10**7]))


def damage(sweep, choose_place):
    """Spoils bytes of the journal, as a disk might, and notes whose records these were.
    choose_place(size) gives where, and which bit is flipped there; None: the rest is cut off."""
    everybody = sweep.everybody()
    for pid in everybody:
        kill(pid, signal.SIGSTOP)
    data = sweep.journal_bytes()
    if data:
        at, bit = choose_place(len(data))
        for begin, end, name in records(data):
            if end > at and (bit is None or begin <= at):
                note(sweep.folder, "damaged", name)
        with sweep.journal.open("r+b") as file:
            if bit is None:
                file.truncate(at)
            else:
                file.seek(at)
                file.write(bytes([data[at] ^ 1 << bit]))
    for pid in everybody:
        kill(pid, signal.SIGCONT)


def truncate_the_journal(sweep):
    damage(sweep, lambda size: (max(0, size - sweep.choose.randint(1, 400)), None))


def flip_a_bit(sweep):
    damage(sweep, lambda size: (sweep.choose.randrange(size), sweep.choose.randrange(8)))


INJECTIONS = [kill_a_rank, kill_the_coordinator, kill_the_launcher, kill_everything,
              stop_and_continue, requeue, fill_the_disk, fail_syncs, skew_the_clocks,
              truncate_the_journal, flip_a_bit]
