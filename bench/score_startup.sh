#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long `dovetail score` takes from its start to its end for one line, on a mini model (256 wide, 4 and
# 4 layers, 8,192 ids, random weights): what a user waits for the first result.
#
#   bench/score_startup.sh [RUNS]        default 11
#
# Prints a JSON line: median and least of the runs, and of `dovetail --version`, which loads the same
# libraries and does nothing. Needs .venv with transformers, which makes the folder.
set -eu
cd "$(dirname "$0")/.."
runs=${1:-11}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/python - "$folder" <<'PYTHON'
import json, sys, torch, transformers
torch.manual_seed(1)
transformers.logging.disable_progress_bar()
config = transformers.T5Config(vocab_size=8192, d_model=256, d_kv=64, num_heads=4, d_ff=1024, num_layers=4,
                               feed_forward_proj="relu", decoder_start_token_id=0)
transformers.T5ForConditionalGeneration(config).save_pretrained(sys.argv[1])
with open(sys.argv[1] + "/line.jsonl", "w") as file:
    file.write(json.dumps({"source_ids": list(range(3, 34)) + [1], "target_ids": list(range(40, 55)) + [1]}) + "\n")
PYTHON
.venv/bin/python - "$folder" "$runs" <<'PYTHON'
import json, os, statistics, subprocess, sys, time
folder, runs = sys.argv[1], int(sys.argv[2])
commands = {"score": ["build/dovetail", "score", "--model", folder, "--input", folder + "/line.jsonl"],
            "version": ["build/dovetail", "--version"]}
seconds = {name: [] for name in commands}
for run in range(runs + 1):          # the first one fills the page cache
    for name, command in commands.items():
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        if run:
            seconds[name].append(time.perf_counter() - start)
print(json.dumps({"runs": runs, "load_average": round(os.getloadavg()[0], 1)}
                 | {f"{name}_{word}_seconds": round(pick(times), 3)
                    for name, times in seconds.items()
                    for word, pick in (("median", statistics.median), ("least", min))}))
PYTHON
