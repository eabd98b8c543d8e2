#!/bin/bash
# million.sh CLEAR [RECORDS]: many records of yz316 and xf160 with every fault they can carry, and moves: ingest and positions say what expected.json says,
# for any number of threads, two batch sizes and two store keys, with one digest.
. "$(dirname "$0")/lib.sh"
RECORDS=${2:-1000000}

check() {
    local format=$1 want="" run
    shift
    "$CLEAR" gen --format "$format" --records "$RECORDS" --seed 20180901 --out "$format" --files 5 --duplicates 10000 --conflicts 3000 --malformed 5000 --late 2000 \
        --unknown 3000 --stop 2000 --zero 20000 --cross-region 60000 --loads 4000 --refunds 6000 --gaps 2000 "$@" > /dev/null 2>&1 || fail "gen $format"
    for run in "1 0" "2 0" "3 0" "2 150000"; do
        set -- $run
        new_store store "$format/rules"
        "$CLEAR" ingest --store store --json --archive none --threads "$1" --batch-records "$2" --received-at 2026-03-03T02:00:00+08:00 "$format"/inbox/* > ingest.json ||
            fail "$format: ingest exit $?"
        "$CLEAR" positions --store store --json > positions.json
        python3 -B "$ORACLE/gen_expect.py" "$format/expected.json" ingest.json positions.json || fail "$format: threads $1, batch $2"
        digest=$(digest_of store)
        [ -n "$want" ] || want=$digest
        [ "$digest" = "$want" ] || fail "$format: digest depends on threads $1 or batch $2"
    done
    "$CLEAR" verify --store store --quiet > /dev/null || fail "$format: verify"
    echo "$format: $(number ingest.json records) records as expected, digest $want"
    rm -rf "$format" store
}

check yz316 --test 2000
check xf160 --gray 5000
