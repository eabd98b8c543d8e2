#!/bin/bash
# tac_flip.sh CLEAR [RECORDS [FLIPS]]: one bit in one field that the card signed, in 200 of a million records with right TACs: these and no others are
# found, by every engine. The flipped record stays readable and everything else about it is in order, so that only the TAC can tell.
. "$(dirname "$0")/lib.sh"
RECORDS=${2:-1000000}
FLIPS=${3:-200}
FLIP=$(dirname "$ORACLE")/system/tac_flip.py

engines=(portable openssl)
! grep -qw avx2 /proc/cpuinfo || engines=(avx2 "${engines[@]}")

for format in trade-csv yz316; do
    "$CLEAR" gen --format "$format" --records "$RECORDS" --seed 77 --out "$format" --files 1 --tac --cross-region 100000 --quiet > /dev/null
    data=$(echo "$format"/inbox/*)
    stamp=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["args"][1])' "$format/expected.json")
    python3 -B "$FLIP" flip "$format" "$data" "$FLIPS" > flipped || fail "$format: flipping"
    want=""
    for engine in "${engines[@]}"; do
        new_store store "$format/rules"
        "$CLEAR" ingest "$data" --store store --json --received-at "$stamp" --archive none --keys-key "$format/keys.key" --tac-engine "$engine" > ingest.json ||
            fail "$format, $engine: ingest exit $?"
        "$CLEAR" records --store store --reason tac-mismatch --limit $((FLIPS + 10)) --json > records.json
        "$CLEAR" records --store store --verdict rejected --limit $((FLIPS + 10)) --json > rejected.json
        python3 -B "$FLIP" found "$RECORDS" flipped ingest.json records.json rejected.json || fail "$format, $engine: not as flipped"
        digest=$(digest_of store)
        [ -n "$want" ] || want=$digest
        [ "$digest" = "$want" ] || fail "$format: the digest depends on the engine ($engine)"
    done
    echo "$format: $FLIPS of $RECORDS found by ${engines[*]}, digest $want"
    rm -rf "$format" store
done
