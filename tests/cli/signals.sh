#!/bin/bash
# signals.sh: a stop is an exit code and a store that goes on to the same bytes; a second signal kills; a closed pipe is quiet.
. "$(dirname "$0")/lib.sh"

run 0 gen --format yz316 --records 3000 --seed 11 --out made
received=(--received-at 2026-03-03T02:00:00+08:00)
for store in whole stopped; do
    run 0 init --store $store
    run 0 rules load made/rules --store $store
done
run 0 ingest made/inbox/* "${received[@]}" --store whole
run 0 digest --store whole
cp out whole.digest

# The signal is pending when the program begins, so it is seen at the same point every time.
stopped() {
    local signals=$1
    shift
    code=0
    python3 - "$signals" "$program" "$@" > out 2> err <<'PYTHON' || code=$?
import os, signal, subprocess, sys
numbers = [getattr(signal, name) for name in sys.argv[1].split(",")]
def pend():
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    for number in numbers:
        os.kill(os.getpid(), number)
code = subprocess.run(sys.argv[2:], preexec_fn=pend).returncode
sys.exit(code if code >= 0 else 200 - code)
PYTHON
}
stopped SIGINT ingest made/inbox/* "${received[@]}" --store stopped
[ "$code" -eq 130 ] || fail "SIGINT: $code"
grep -q '^clear: ' err || fail "a stop is said"
stopped SIGTERM ingest made/inbox/* "${received[@]}" --store stopped --json
[ "$code" -eq 143 ] || fail "SIGTERM: $code"
result 'r["status"] == "failed" and r["exit"] == 143'
stopped SIGINT,SIGTERM ingest made/inbox/* "${received[@]}" --store stopped
[ "$code" -gt 200 ] || fail "the second signal kills: $code"

run 0 verify --store stopped
run 0 ingest made/inbox/* "${received[@]}" --store stopped --json
result 'all(f["status"] in ("ok", "already-done") for f in r["files"]) and r["totals"]["records"] == 3000'
run 0 digest --store stopped
cmp -s out whole.digest || fail "stopped and finished, but other bytes"

# A reader that has seen enough is no failure; a full disk is.
for words in "records" "records --json" "export --what records" "export --what records --format ndjson"; do
    # shellcheck disable=SC2086
    codes=$("$program" $words --store whole 2> err | head -c 100 > out; echo "${PIPESTATUS[*]}")
    [ "$codes" = "0 0" ] || fail "$words into a closed pipe: $codes"
    empty err
done
code=0
"$program" records --store whole > /dev/full 2> err || code=$?
[ "$code" -eq 7 ] || fail "full output: $code"
has err "standard output"
