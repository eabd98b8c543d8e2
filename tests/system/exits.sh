#!/bin/bash
# exits.sh CLEAR FIXTURES: exit records of toll lanes through the whole program: split among owners and provinces, paid by card or at the station; what has
# no list waits; a reversal, what is paid instead, a reversal without original; the real tables of Shandong where they are (CLR_SHARED_DATA).
. "$(dirname "$0")/lib.sh"
FIXTURES=${2:?usage: $0 clear fixtures (both paths absolute)}
STAMP=2026-03-03T02:00:00+08:00

# ingest WANTED-EXIT ARGUMENT…: into result.json and said
ingest() {
    local want=$1 got=0
    shift
    "$CLEAR" ingest --store store --json "$@" > result.json 2> said || got=$?
    [ "$got" = "$want" ] || { cat result.json said >&2; fail "ingest $*: exit $got, not $want"; }
}
has() { grep -q -- "$2" "$1" || { cat "$1" >&2; fail "$1 does not say: $2"; }; }

# position CODE NET: what the settlement of the day leaves this participant
position() {
    "$CLEAR" positions --store store --date 2026-03-03 > positions.txt
    awk -F'\t' -v code="$1" -v net="$2" '$0 ~ "(^|\t)" code "\t" { for (i = 1; i <= NF; i++) if ($i == net) found = 1 } END { exit !found }' positions.txt ||
        { cat positions.txt >&2; fail "$1 should be left with $2"; }
}

new_store store "$FIXTURES/rules/jiangsu"
ingest 0 --received-at $STAMP "$FIXTURES/sdexit/ok_exits.tsv"
# 4 has no list, 12 an unknown station, 10 no original: they wait.
has result.json '"reason":"split-incomplete","verdict":"pending","count":1,"amount_fen":2000'
has result.json '"reason":"unknown-participant","verdict":"pending","count":1,"amount_fen":1520'
has result.json '"reason":"refund-without-original","verdict":"pending","count":1,"amount_fen":8100'
has result.json '"pending":{"count":3,"amount_fen":11620}'
has result.json '"rejected":{"count":0'
"$CLEAR" why r1-3 --store store > why.txt
has why.txt 'jiangnan-expressway'
"$CLEAR" why r1-2 --store store > why.txt
has why.txt 'province:31'
if grep -q 4000000000000002 why.txt; then fail "why shows a card number"; fi
if grep -q 0132014000000000000002 why.txt; then fail "why shows a pass id with a card number"; fi
"$CLEAR" verify --store store > verify.txt || { cat verify.txt >&2; fail verify; }
"$CLEAR" settle --store store --date 2026-03-03 --quiet > settled.txt || fail settle
# By card: 1 1520, 2 1233 to Shanghai and 1520, 11 1520; the issuer pays 5793.
# Units of jiangnan are the first two, 475 and 570; jiangbei has the third, 475.
# Station jiangnan: 3 1500 of which jiangbei 469, 6 700 of which 300, 7 3600 taken back, 9 600 of which 188.
position suhui-etc -5793
position province:31 1233
position jiangbei-expressway 2382
position jiangnan-expressway 2178
"$CLEAR" verify --store store > verify.txt || { cat verify.txt >&2; fail "verify after settlement"; }

# Lines of a wrong shape are malformed, one by one; a table without its columns is refused.
new_store store "$FIXTURES/rules/jiangsu"
ingest 0 --received-at $STAMP --sender jiangsu-lanes "$FIXTURES/sdexit/bad_columns.tsv"
has result.json '"reason":"malformed","verdict":"rejected","count":2'
ingest 4 --received-at $STAMP --sender jiangsu-lanes "$FIXTURES/sdexit/bad_missing.tsv"
ingest 0 --received-at $STAMP --sender jiangsu-lanes "$FIXTURES/sdexit/bad_rows.tsv"
"$CLEAR" verify --store store > verify.txt || { cat verify.txt >&2; fail "verify of bad rows"; }

# The same digest for any threads and any order; the same rows in another file are duplicates.
{ head -n 1 "$FIXTURES/sdexit/ok_exits.tsv"; tail -n +6 "$FIXTURES/sdexit/ok_exits.tsv"; head -n 3 "$FIXTURES/sdexit/ok_exits.tsv" | tail -n 2; } > some_exits.tsv
want=""
for run in "1 $FIXTURES/sdexit/ok_exits.tsv some_exits.tsv" "3 some_exits.tsv $FIXTURES/sdexit/ok_exits.tsv"; do
    new_store store "$FIXTURES/rules/jiangsu"
    set -- $run
    threads=$1
    shift
    ingest 0 --received-at $STAMP --threads "$threads" "$@"
    digest=$(digest_of store)
    [ -n "$want" ] || want=$digest
    [ "$digest" = "$want" ] || fail "digest depends on threads or order ($run)"
done
has result.json duplicate

# The real tables: every row has a verdict; entries and parking are no exits.
real=${CLR_SHARED_DATA:-$FIXTURES/../../shared/data}/etc
if [ -e "$real/shandong_2024-01-17_tbl_ExWasteRec.tsv" ]; then
    # Rules as Shandong would have them: its province, its stations, and time enough for rows of 2020.
    cp -r "$FIXTURES/rules/jiangsu" shandong
    sed -i 's/^own_province = 32/own_province = 37/; /^\[toll\]/,/^\[toll\./s/^late_days = 90/late_days = 2000/; /^\[toll\]/,/^\[toll\./s/^retention_days = 731/retention_days = 2100/' shandong/windows.ini
    sed -i 's/sdexit.station:G0042320\*/sdexit.station:G*;sdexit.station:S*;sdexit.station:D*/; s/sdexit.station:G0002320\*//' shandong/participants.csv
    new_store store shandong
    ingest 0 --received-at 2024-01-18T02:00:00+08:00 "$real/shandong_2024-01-17_tbl_ExWasteRec.tsv"
    has result.json '"records":34'
    has result.json '"reason":"refund-without-original","verdict":"pending","count":1,"amount_fen":8100'
    has result.json '"reason":"split-incomplete","verdict":"pending"'
    if grep -q '"reason":"malformed"' result.json; then cat result.json >&2; fail "a real row is malformed"; fi
    for other in EnWasteRec ParkTransWasteRec; do
        ingest 4 --received-at 2024-01-18T02:00:00+08:00 "$real/shandong_2024-01-17_tbl_$other.tsv"
        has result.json unknown-format
    done
    "$CLEAR" verify --store store > verify.txt || { cat verify.txt >&2; fail "verify of real exits"; }
fi
echo "exits: $want"
