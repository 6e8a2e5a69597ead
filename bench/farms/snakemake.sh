#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: snakemake.sh VENV FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1/bin
cd "$2"
for how in --unlock --rerun-incomplete; do
  "$bin/snakemake" --snakefile "$here/Snakefile" --cores 2 --config python="$bin/python" \
    script="$here/task.py" "$how"
done
