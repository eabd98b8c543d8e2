#!/bin/sh
# canary.sh HARNESS SEED-FILE [SECONDS]: the planted bug must be found, else the fuzzing proves nothing.
set -u
harness=$1
seed=$2
seconds=${3:-120}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/corpus"
cp "$seed" "$work/corpus"
"$harness" -max_total_time="$seconds" -timeout=10 -max_len=800 -artifact_prefix="$work/" -use_value_profile=1 -print_final_stats=0 "$work/corpus" >"$work/log" 2>&1
if ls "$work"/crash-* >/dev/null 2>&1; then
    echo "canary: the planted bug was found"
    exit 0
fi
tail -5 "$work/log"
echo "canary: the planted bug was not found in $seconds s"
exit 1
