# SPDX-License-Identifier: Apache-2.0
"""analysis/claims_table.py prints what decision.json says, also of a sweep that still runs."""
import json
import subprocess
import sys

from conftest import SOURCE

SCORES = {"better": 0.5, "worse": 0.25}
JUDGED = {"name": "a", "metric": "exact_match", "scores": SCORES, "reduce": "gain", "tasks": [{}],
          "effect": {"mean": 0.25, "low": 0.125, "high": 0.375}, "p_value": 0.001,
          "p_holm": 0.002, "verdict": "holds", "reason": ""}
# one of its cells has not run, so that it has scores and no verdict
HALF = {**JUDGED, "name": "b", "p_value": None, "p_holm": None, "verdict": "not_run",
        "reason": "1 of 6 cells have not run yet"}


def test_each_claim_has_a_row(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report/decision.json").write_text(
        json.dumps({"claims": [JUDGED, HALF], "selectors": [], "sweep": "s", "name": "s"}))

    printed = subprocess.run([sys.executable, SOURCE / "analysis/claims_table.py", tmp_path],
                             capture_output=True, text=True, check=True).stdout

    assert ("| a | exact_match | 0.500 against 0.250 | +0.250 (+0.125 to +0.375) | 1 "
            "| 0.001 (0.002) | holds |") in printed
    assert "| b | exact_match | | | 0 | | not run: 1 of 6 cells have not run yet |" in printed
