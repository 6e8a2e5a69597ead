# SPDX-License-Identifier: Apache-2.0
"""The virtual environment of bench/farms, made at the first need."""
import subprocess
import sys

from peers import HERE, ROOT

FARMS = HERE / "farms"
VENV = ROOT / "build" / "farms_venv"
PYTHON = VENV / "bin" / "python"


def install():
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "-q", "-r", FARMS / "requirements.txt"],
                   check=True)
