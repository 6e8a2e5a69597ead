#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print the verdicts of a report as Markdown: a table of the claims, and one of the selectors.

Example: analysis/claims_table.py results/claims_matching > verdicts.md
"""
import json
import pathlib
import sys


def signed(value, digits=3):
    return f"{round(value, digits) + 0.0:+.{digits}f}"   # no -0.000


def interval(effect, relative=False):
    scale, digits, unit = (100, 0, " %") if relative else (1, 3, "")
    mean, low, high = (signed(scale * effect[part], digits) for part in ("mean", "low", "high"))
    return f"{mean}{unit} ({low} to {high})"


def claims_table(decision):
    print("| claim | metric | scores | effect (95 %) | tasks | p (Holm) | verdict |")
    print("|---|---|---|---|---|---|---|")
    for claim in decision["claims"]:
        if claim["verdict"] == "not_run":   # for all that some of its cells have scores
            print(f"| {claim['name']} | {claim['metric']} | | | 0 | | not run: {claim['reason']} |")
            continue
        scores = claim["scores"]
        cells = [claim["name"], claim["metric"],
                 f"{scores['better']:.3f} against {scores['worse']:.3f}",
                 interval(claim["effect"], claim["reduce"] == "relative"),
                 str(len(claim["tasks"])),
                 f"{claim['p_value']:.3f} ({claim['p_holm']:.3f})",
                 claim["verdict"].replace("_", " ")]
        print("| " + " | ".join(cells) + " |")


def selectors_table(decision):
    baselines = [s["name"] for s in decision["selectors"] if s["baseline"]]
    heads = ["selector", "labelled examples", "regret (95 %)"]
    print("| " + " | ".join(heads + [f"less than {b}" for b in baselines]) + " |")
    print("|---|---|---|" + "---|" * len(baselines))
    for selector in decision["selectors"]:
        if "regret" not in selector:
            continue
        effects = selector.get("better_than", {})
        cells = [selector["name"], f"{selector['labelled_examples']:.0f}",
                 interval(selector["regret"])]
        cells += [interval(effects[b]) if b in effects else "" for b in baselines]
        print("| " + " | ".join(cells) + " |")


def main(folders):
    if not folders:
        sys.exit(__doc__)
    for folder in folders:
        file = pathlib.Path(folder) / "report" / "decision.json"
        if not file.is_file():
            print(f"{file}: expected a report there; run dovetail report {folder} first",
                  file=sys.stderr)
            return 2
        decision = json.loads(file.read_text())
        print(f"\n### {decision['sweep']}\n")
        claims_table(decision)
        if any("regret" in selector for selector in decision["selectors"] or []):
            print()
            selectors_table(decision)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
