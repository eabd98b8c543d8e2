#!/bin/bash
# passages.sh CLEAR FIXTURES: gantry passages through the whole program: evidence that owes nothing; the same passage again is a duplicate, another content a
# conflict; beside exits of the same day; the real table of Shandong where it is (CLR_SHARED_DATA).
. "$(dirname "$0")/lib.sh"
FIXTURES=${2:?usage: $0 clear fixtures (both paths absolute)}
STAMP=2026-03-03T02:00:00+08:00

ingest() {
    local want=$1 got=0
    shift
    "$CLEAR" ingest --store store --json "$@" > result.json 2> said || got=$?
    [ "$got" = "$want" ] || { cat result.json said >&2; fail "ingest $*: exit $got, not $want"; }
}
has() { grep -q -- "$2" "$1" || { cat "$1" >&2; fail "$1 does not say: $2"; }; }
verified() { "$CLEAR" verify --store store > verify.txt || { cat verify.txt >&2; fail "verify $1"; }; }

new_store store "$FIXTURES/rules/jiangsu"
ingest 0 --received-at $STAMP "$FIXTURES/sdgantry/ok_passages.tsv"
has result.json '"accepted":{"count":8,'
has result.json '"reason":"duplicate-in-file","verdict":"duplicate","count":1,'
has result.json '"kind":"gantry"'
ingest 0 --received-at $STAMP "$FIXTURES/sdexit/ok_exits.tsv"
"$CLEAR" why r1-1 --store store > why.txt
has why.txt 'the exit pays'
if grep -q '4000000000000001' why.txt; then fail "why shows a card number"; fi
verified "beside exits"
# The same passages in another file, one of them with another fee: a conflict.
sed '2s/\t1045\t/\t1040\t/; 2s/\t55\t/\t60\t/; 2s/475|570/470|570/; 2s/25|30/30|30/' "$FIXTURES/sdgantry/ok_passages.tsv" > later_passages.tsv
ingest 0 --received-at $STAMP later_passages.tsv
has result.json '"reason":"conflict","verdict":"conflict","count":1,"amount_fen":1040'
has result.json '"reason":"duplicate-in-history","verdict":"duplicate","count":8,'
"$CLEAR" settle --store store --date 2026-03-03 --quiet > settled.txt || fail settle
"$CLEAR" positions --store store --date 2026-03-03 > positions.txt
has positions.txt '-5793'                                # the exits' alone
verified "after settlement"

new_store store "$FIXTURES/rules/jiangsu"
ingest 0 --received-at $STAMP --sender jiangsu-gantries "$FIXTURES/sdgantry/bad_rows.tsv"
has result.json '"records":20'
has result.json '"accepted":{"count":0,'
ingest 4 --received-at $STAMP --sender jiangsu-gantries "$FIXTURES/sdgantry/bad_missing.tsv"
verified "of bad rows"

want=""
for run in "1 $FIXTURES/sdgantry/ok_passages.tsv later_passages.tsv" "2 later_passages.tsv $FIXTURES/sdgantry/ok_passages.tsv" \
           "3 $FIXTURES/sdgantry/ok_passages.tsv later_passages.tsv"; do
    new_store store "$FIXTURES/rules/jiangsu"
    set -- $run
    threads=$1
    shift
    ingest 0 --received-at $STAMP --threads "$threads" "$@"
    digest=$(digest_of store)
    [ -n "$want" ] || want=$digest
    [ "$digest" = "$want" ] || fail "digest depends on threads or order ($run)"
done

real=${CLR_SHARED_DATA:-$FIXTURES/../../shared/data}/etc/shandong_2024-01-17_tbl_GantryWasteRec_first300.tsv
if [ -e "$real" ]; then
    new_store store "$FIXTURES/rules/jiangsu"
    ingest 0 --received-at 2024-01-18T02:00:00+08:00 "$real"
    has result.json '"records":300'
    has result.json '"accepted":{"count":300,'
    verified "of the real table"
fi
echo "passages: $want"
