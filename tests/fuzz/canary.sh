#!/bin/sh
# canary.sh HARNESS SEED-FILE [RUNS]: the planted bug must be found, else the fuzzing proves nothing.
# A number of runs instead of seconds: a slow machine searches as long a way as a fast one.
set -u
harness=$1
seed=$2
runs=${3:-8000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/corpus"
cp "$seed" "$work/corpus"
"$harness" -seed=1 -runs="$runs" -timeout=10 -max_len=800 -artifact_prefix="$work/" -use_value_profile=1 "$work/corpus" >"$work/log" 2>&1
if ls "$work"/crash-* >/dev/null 2>&1; then
    echo "canary: the planted bug was found"
    exit 0
fi
tail -5 "$work/log"
echo "canary: the planted bug was not found in $runs runs"
exit 1
