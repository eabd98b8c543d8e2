#!/bin/bash
# kill_maintain.sh CLEAR [KILLS]: kill -9 a running `maintain` at random moments, again and again, until it is through: the digest, every position
# and every listed record must be those of before, and what is sent again must be known. Moments are seeded; the seed is printed on failure.
. "$(dirname "$0")/lib.sh"
KILLS=${2:-30}
SEED=${KILL_SEED:-20181104}
RANDOM=$SEED
STAMP=2026-03-03T02:00:00+08:00
KNOBS="--threads 2 --subcommit-bytes 60000"

"$CLEAR" gen --format xf160 --records 120000 --files 12 --seed 11 --out data --duplicates 20000 --conflicts 5000 --gray 5000 --malformed 3000 \
    --unknown 3000 --loads 3000 --refunds 3000 > /dev/null 2>&1
new_store ready data/rules
for file in data/inbox/*; do
    "$CLEAR" ingest --store ready --quiet --maintain never --received-at $STAMP "$file" > /dev/null
done
[ "$("$CLEAR" status --store ready --json | sed 's/.*"merge_due":\([a-z]*\).*/\1/')" = true ] || fail "no merge is due"
want=$(digest_of ready)
[ -n "$want" ] || fail "no digest"
"$CLEAR" positions --store ready --json > want.positions
"$CLEAR" records --store ready > want.records

# exec: the process that is killed must be the program itself
maintain() { exec "$CLEAR" maintain --store "$1" --quiet $KNOBS > /dev/null; }

same_as_before() {
    [ "$(digest_of "$1")" = "$want" ] || fail "another digest $2 (seed $SEED)"
    "$CLEAR" positions --store "$1" --json | cmp -s - want.positions || fail "positions differ $2 (seed $SEED)"
}

cp -r ready calm
start=$(date +%s%N)
(maintain calm)
took_us=$((($(date +%s%N) - start) / 1000))
same_as_before calm "after an undisturbed merge"

kills=0 rounds=0
while [ "$kills" -lt "$KILLS" ]; do
    rounds=$((rounds + 1))
    [ "$rounds" -lt $((KILLS * 4 + 10)) ] || fail "the moments never hit a running merge"
    rm -rf torn
    cp -r ready torn
    for try in 1 2 3 4; do
        maintain torn &
        pid=$!
        sleep "$(printf '0.%06d' $(((RANDOM * 32768 + RANDOM) % (took_us < 999999 ? took_us : 999999))))"
        if kill -9 "$pid" 2> /dev/null && ! wait "$pid" 2> /dev/null; then
            kills=$((kills + 1))
            same_as_before torn "after a kill"
        else
            wait "$pid" 2> /dev/null || true
            break
        fi
    done
    (maintain torn) || fail "maintain failed after $kills kills (seed $SEED)"
    same_as_before torn "after it went on"
    [ "$("$CLEAR" status --store torn --json | sed 's/.*"merge_due":\([a-z]*\).*/\1/')" = false ] || fail "still due (seed $SEED)"
done
"$CLEAR" verify --store torn --quiet > /dev/null || fail "verify of the last torn store"
"$CLEAR" records --store torn | cmp -s - want.records || fail "records differ"
again=$(ls data/inbox/* | head -n 1)
"$CLEAR" ingest --store torn --quiet --received-at $STAMP "$again" --json > again.json
grep -q '"already-done"' again.json || fail "a file sent again is not known"
echo "$kills kills in $rounds rounds: same digest, same positions, same records"
