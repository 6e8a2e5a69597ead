# SPDX-License-Identifier: Apache-2.0
"""The short form of `make soak`, and its verdict on logs with known answers."""
import os
import random

from journal_records import HEADER, MAGIC, RECORD, checksum, records
from soak import soak_all
from sweeps import JOBS, Verdict, note

SEED = int(os.environ.get("SEED", random.randrange(10**6)))


def test_fifty_faults_lose_and_repeat_nothing():
    print("seed", SEED)
    found = soak_all(50, SEED)
    assert found["faults"] == 50 and found["lost"] == found["repeated"] == 0
    assert found["opened"] > 0


def test_the_verdict_sees_what_is_lost_and_repeated(tmp_path):
    for line in ("began a 0", "ran a 0", "began b 1", "stored a", "began b 0", "ran b 0", "ran b 1",
                 "stored b", "began a 2", "ran a 2", "stored a"):
        note(tmp_path, line)
    assert Verdict(tmp_path).counts() == {"lost": JOBS - 2, "repeated": 2, "damaged": 0,
                               "run_again_before_stored": 4 - JOBS}


def test_the_verdict_excuses_a_job_whose_record_was_destroyed(tmp_path):
    for line in ("began a 0", "ran a 0", "stored a", "damaged a", "began a 1", "ran a 1",
                 "stored a"):
        note(tmp_path, line)
    found = Verdict(tmp_path).counts()
    assert found["repeated"] == 0 and found["damaged"] == 1


def test_records_are_found_behind_damage():
    record = b"\xa1dnamefplural"
    frame = HEADER.pack(MAGIC, RECORD, len(record), checksum(RECORD, record)) + record
    damaged = frame[:-1] + b"x"
    data = b"torn" + frame + damaged + b"DVT1?" + frame
    assert [name for _, _, name in records(data)] == ["plural", "plural"]
