#!/bin/bash
# hard_shapes.sh CLEAR [RECORDS]: inputs that break a naive pipeline; for each the digest must not depend on threads, batch size, key or order of arguments,
# and the buckets must add up to what was received.
. "$(dirname "$0")/lib.sh"
RECORDS=${2:-60000}
STAMP=2026-03-03T02:00:00+08:00

# try SHAPE THREADS BATCH FILES…: digest into $digest
try() {
    local shape=$1 threads=$2 batch=$3
    shift 3
    new_store store "$shape/rules"
    "$CLEAR" ingest --store store --json --received-at $STAMP --archive none --threads "$threads" --batch-records "$batch" "$@" > result.json || fail "$shape: ingest exit $?"
    digest=$(digest_of store)
}

check() {
    local shape=$1 want="" reversed
    reversed=$(ls -r "$shape"/inbox/*)
    for run in "1 0" "2 0" "3 0" "1 2000" "3 5000"; do
        try "$shape" $run "$shape"/inbox/*
        [ -n "$want" ] || want=$digest
        [ "$digest" = "$want" ] || fail "$shape: digest depends on threads or batch ($run)"
    done
    try "$shape" 2 0 $reversed
    [ "$digest" = "$want" ] || fail "$shape: digest depends on the order of arguments"
    "$CLEAR" verify --store store --quiet > /dev/null || fail "$shape: verify"
    echo "$shape: $want"
}

gen() { local out=$1; shift; "$CLEAR" gen --seed 11 --out "$out" "$@" > /dev/null 2>&1 || fail "gen $out"; }

gen one_card --format xf160 --records $((RECORDS < 19000 ? RECORDS : 19000)) --cards 1 --files 1
check one_card

# The card field of an xf160 detail is characters 34 to 53.
gen zero_cards --format xf160 --records "$RECORDS" --files 3
for file in zero_cards/inbox/*; do sed -i -E '2,$s/^(.{33}).{20}/\100000000000000000000/' "$file"; done
check zero_cards

gen all_equal --format yz316 --records "$RECORDS" --files 1
for file in all_equal/inbox/*; do
    { head -n 1 "$file"; sed -n 2p "$file" > line; yes "$(cat line)" | head -n "$RECORDS"; } > copy || true
    mv copy "$file"
done
check all_equal

gen thousand_files --format szt-csv --records 10000 --files 1
head -n 1 thousand_files/inbox/* > header
name=$(ls thousand_files/inbox)
tail -n +2 "thousand_files/inbox/$name" | split -l 10 -d -a 4 - part.
rm "thousand_files/inbox/$name"
for part in part.*; do cat header "$part" > "thousand_files/inbox/${name%.*}-$part.csv"; rm "$part"; done
check thousand_files

gen one_record --format xf158 --records 1
check one_record
