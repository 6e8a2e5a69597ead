# SPDX-License-Identifier: Apache-2.0
"""A task: it notes that it began, sleeps for 50 ms, and notes that it ran."""
import os
import sys
import time


def note(folder, line):
    file = os.open(os.path.join(folder, "log.txt"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, f"{line}\n".encode())
    os.close(file)


def work(folder, name):
    note(folder, f"began {name}")
    time.sleep(0.05)
    note(folder, f"ran {name}")


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2])
