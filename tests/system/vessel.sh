#!/bin/bash
# vessel.sh CLEAR FIXTURES: lock dues and port services of two provinces through the whole program: paid by cards of either, supplementary and priority dues,
# a refund on the day and refunds after the day is closed; what is no payment by card moves nothing.
. "$(dirname "$0")/lib.sh"
FIXTURES=${2:?usage: $0 clear fixtures (both paths absolute)}

ingest() {
    local want=$1 got=0
    shift
    "$CLEAR" ingest --store store --json "$@" > result.json 2> said || got=$?
    [ "$got" = "$want" ] || { cat result.json said >&2; fail "ingest $*: exit $got, not $want"; }
}
has() { grep -q -- "$2" "$1" || { cat "$1" >&2; fail "$1 does not say: $2"; }; }
verified() { "$CLEAR" verify --store store > verify.txt || { cat verify.txt >&2; fail "verify $1"; }; }

# position DATE CODE NET: what the settlement of the day leaves this participant
position() {
    "$CLEAR" positions --store store --date "$1" > positions.txt
    awk -F'\t' -v code="$2" -v net="$3" '$0 ~ "(^|\t)" code "\t" { for (i = 1; i <= NF; i++) if ($i == net) found = 1 } END { exit !found }' positions.txt ||
        { cat positions.txt >&2; fail "$1: $2 should be left with $3"; }
}

new_store store "$FIXTURES/rules/jiangsu"
ingest 0 --received-at 2026-03-03T02:00:00+08:00 "$FIXTURES/lockdues/ok_dues.csv"
has result.json '"accepted":{"count":15'
"$CLEAR" why r1-4 --store store > why.txt
has why.txt 'zhejiang-vessel-card pays suxi-locks 80.00 yuan'
if grep -q 3390000000000004 why.txt; then fail "why shows a card number"; fi
"$CLEAR" why r1-12 --store store > why.txt
has why.txt 'not paid by card'
verified "after ingest"
"$CLEAR" settle --store store --date 2026-03-03 --quiet > settled.txt || fail settle
# Jiangsu cards: 1 8000 (600 back), 2 14500, 3 8000 in Zhejiang, 6 2500, 7 30000, 8 4000; Zhejiang cards: 4 8000 in Jiangsu, 5 8000.
position 2026-03-03 jiangsu-vessel-card -66400
position 2026-03-03 zhejiang-vessel-card -16000
position 2026-03-03 suxi-locks 62400
position 2026-03-03 su-ports 4000
position 2026-03-03 zhebei-locks 16000
verified "after settlement"

# Refunds across provinces after the day is closed: into the open window; more than is left waits for nobody.
ingest 0 --received-at 2026-03-05T02:00:00+08:00 "$FIXTURES/lockdues/ok_refund_later.csv"
has result.json '"accepted":{"count":2,"amount_fen":16000}'
has result.json '"reason":"refund-exceeds'
"$CLEAR" settle --store store --date 2026-03-05 --quiet > settled.txt || fail "settle the refunds"
position 2026-03-05 zhejiang-vessel-card 8000
position 2026-03-05 jiangsu-vessel-card 8000
position 2026-03-05 suxi-locks -8000
position 2026-03-05 zhebei-locks -8000
position 2026-03-03 jiangsu-vessel-card -66400
verified "after the refunds"

# Bad rows: each has its verdict, nothing stops.
new_store store "$FIXTURES/rules/jiangsu"
ingest 0 --received-at 2026-03-03T02:00:00+08:00 --sender delta-waterways "$FIXTURES/lockdues/bad_rows.csv"
has result.json '"records":22'
has result.json '"accepted":{"count":0'
ingest 4 --received-at 2026-03-03T02:00:00+08:00 --sender delta-waterways "$FIXTURES/lockdues/bad_missing.csv"
verified "of bad rows"

# The same digest for any threads and any order; a day sent again in parts is duplicates.
{ head -n 1 "$FIXTURES/lockdues/ok_dues.csv"; tail -n 1 "$FIXTURES/lockdues/ok_dues.csv"; sed -n 5,9p "$FIXTURES/lockdues/ok_dues.csv"; } > part_dues.csv
want=""
for run in "1 $FIXTURES/lockdues/ok_dues.csv part_dues.csv" "3 part_dues.csv $FIXTURES/lockdues/ok_dues.csv"; do
    new_store store "$FIXTURES/rules/jiangsu"
    set -- $run
    threads=$1
    shift
    ingest 0 --received-at 2026-03-03T02:00:00+08:00 --threads "$threads" "$@"
    digest=$(digest_of store)
    [ -n "$want" ] || want=$digest
    [ "$digest" = "$want" ] || fail "digest depends on threads or order ($run)"
done
has result.json '"duplicate":{"count":6'
echo "vessel: $want"
