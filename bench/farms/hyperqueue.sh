#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: hyperqueue.sh VENV FOLDER: a server that restores its journal, a worker, and the tasks, which
# are submitted if the journal knows of none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export HQ_SERVER_DIR=$2/server
hq="$1/bin/hq"
"$hq" server start --journal "$2/journal" &
trap '"$hq" server stop' EXIT
until "$hq" server info >/dev/null 2>&1; do sleep 0.1; done
"$hq" worker start --cpus 2 &
if [ ! -e "$2/submitted" ]; then
  "$hq" submit --array 0-39 --stdout none --stderr none -- \
    bash -c "'$1/bin/python' '$here/task.py' '$2' \$HQ_TASK_ID"
  touch "$2/submitted"
fi
"$hq" job wait all
