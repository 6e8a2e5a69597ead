#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: snakemake.sh VENV FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$2"
snakemake() {
  "$VENV/bin/snakemake" --snakefile "$here/Snakefile" --cores 2 --config python="$VENV/bin/python" script="$here/task.py" "$@"
}
VENV=$1
snakemake --unlock
snakemake --rerun-incomplete
