#!/bin/bash
# kill_loop.sh CLEAR [ROUNDS]: kill -9 a running ingest at random moments, start it again, and again, until it is through:
# the digest, and every position, must be those of the undisturbed run. Moments are seeded; the seed is printed on failure.
. "$(dirname "$0")/lib.sh"
ROUNDS=${2:-60}
SEED=${KILL_SEED:-20180901}
RANDOM=$SEED
STAMP=2026-03-03T02:00:00+08:00

"$CLEAR" gen --format xf160 --records 120000 --files 5 --seed 7 --out data --duplicates 20000 --conflicts 5000 --gray 5000 --malformed 3000 \
    --unknown 3000 --loads 3000 --refunds 3000 > /dev/null 2>&1
KNOBS="--threads 2 --batch-records 9000 --subcommit-bytes 200000"

# exec: the process that is killed must be the program itself
ingest() { exec "$CLEAR" ingest --store "$1" --quiet --received-at $STAMP $KNOBS data/inbox/* > /dev/null; }

new_store calm data/rules
start=$(date +%s%N)
(ingest calm)
took_us=$((($(date +%s%N) - start) / 1000))
want=$(digest_of calm)
"$CLEAR" positions --store calm --json > want.json
[ -n "$want" ] || fail "no digest"

kills=0 round=0
while [ "$kills" -lt "$ROUNDS" ]; do
    round=$((round + 1))
    [ "$round" -lt $((ROUNDS * 3)) ] || fail "the moments never hit a running ingest"
    new_store torn data/rules
    tries=0
    while :; do
        ingest torn &
        pid=$!
        # The later a resumed run is, the less is left of it: moments over the whole length of an undisturbed run.
        sleep "$(printf '0.%06d' $(((RANDOM * 32768 + RANDOM) % (took_us < 999999 ? took_us : 999999))))"
        if kill -9 "$pid" 2> /dev/null; then
            if wait "$pid" 2> /dev/null; then break; fi
            kills=$((kills + 1))
        else
            wait "$pid" || fail "ingest failed after $kills kills (seed $SEED)"
            break
        fi
        tries=$((tries + 1))
        [ "$tries" -lt 4 ] || { (ingest torn) || fail "resumed ingest failed (seed $SEED, round $round)"; break; }
    done
    got=$(digest_of torn)
    [ "$got" = "$want" ] || fail "digest $got, undisturbed $want (seed $SEED, round $round)"
    "$CLEAR" positions --store torn --json > got.json
    cmp -s want.json got.json || fail "positions differ (seed $SEED, round $round)"
done
"$CLEAR" verify --store torn --quiet > /dev/null || fail "verify of the last torn store"
echo "$kills kills in $round rounds: same digest, same positions"
