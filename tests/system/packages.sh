#!/bin/bash
# packages.sh CLEAR FIXTURES POKE: the cycle of packages of toll transactions through the whole program: a package of 29, an account result that disputes two
# of them, a dispute result that makes both bad debt; a refund by package; settle, positions, verify; replies that name what nobody knows, and
# replies that say otherwise; a package sent again; the digest for any order of the originals and any threads.
. "$(dirname "$0")/lib.sh"
FIXTURES=${2:?usage: $0 clear fixtures package_poke (paths absolute)}
POKE=${3:?usage: $0 clear fixtures package_poke (paths absolute)}
STAMP=2026-03-03T12:00:00+08:00

# ingest WANTED-EXIT ARGUMENT…: into result.json and said
ingest() {
    local want=$1 got=0
    shift
    "$CLEAR" ingest --store store --json --received-at $STAMP "$@" > result.json 2> said || got=$?
    [ "$got" = "$want" ] || { cat result.json said >&2; fail "ingest $*: exit $got, not $want"; }
}
has() { grep -q -- "$2" "$1" || { cat "$1" >&2; fail "$1 does not say: $2"; }; }
lacks() { ! grep -q -- "$2" "$1" || { cat "$1" >&2; fail "$1 says: $2"; }; }
verified() { "$CLEAR" verify --store store > verify.txt 2>&1 || { cat verify.txt >&2; fail "verify: $1"; }; }
whole() { "$CLEAR" "$@" --store store --json > whole.json 2>&1 || { cat whole.json >&2; fail "$*"; }; }

mkdir in
python3 "$(dirname "$0")/packages.py" in

# received → accounted → bad debt, one after the other
new_store store "$FIXTURES/rules/jiangsu"
ingest 0 in/package
has result.json '"pending":{"count":29,"amount_fen":43500}'
has result.json '"reason":"awaiting-account","verdict":"pending","count":29'
ingest 0 in/dispute                                     # comes before its time: waits
has result.json '"reason":"refund-without-original"'
ingest 0 in/package                                     # sent again: the answer it had
has result.json already-done
ingest 4 in/package_other                               # the same number, other content
"$CLEAR" why r1-7 --store store > why.txt
has why.txt 'record 7 of package FD/7001, which has 29; clearing date 2026-03-03'
has why.txt 'no account result yet; due by 2026-03-05'
whole status
has whole.json '"packages":1,"packages_waiting":1,"packages_disputed":0,"packages_overdue":0'
ingest 0 in/account
has result.json '"reasons":\[\]'
whole status
has whole.json '"packages":1,"packages_waiting":0,"packages_disputed":1,"packages_overdue":0'
verified "after the account result"
"$CLEAR" why r1-1 --store store > why.txt
has why.txt accounted
has why.txt 'suhui-etc pays sutong-services 15.00 yuan'
"$CLEAR" why r1-7 --store store > why.txt
has why.txt 'disputed by r3-1 .*: 1 verification failed'
has why.txt 'the dispute is open; due by 2026-03-05'
"$CLEAR" why r1-7 --store store --lang zh > why.txt
has why.txt '交易包 FD/7001 的第 7 笔，共 29 笔；清分日 2026-03-03'
"$CLEAR" why r3-1 --store store > why.txt
has why.txt 'package FD/7001: 29 records, accounted, 2 disputes open'
"$CLEAR" why r1-7 --store store > why.txt
lacks why.txt 'pays sutong-services'
ingest 0 in/refund                                      # of record 3, by package
has result.json '"accepted":{"count":1,"amount_fen":500}'
"$CLEAR" settle --store store --date 2026-03-03 --quiet > settled.txt || fail settle
"$CLEAR" why r1-7 --store store > why.txt
has why.txt bad-debt
has why.txt 'a bad debt'
verified "after the settlement"
whole positions --date 2026-03-03
# 27 of 15.00 less the refund of 5.00; records 7 and 9 pay nothing.
has whole.json '"net_fen":40000'
has whole.json '"net_fen":-40000'
settled=$(digest_of store)
"$CLEAR" settle --store store --date 2026-03-03 --quiet > again.txt || fail "settle again"
[ "$(digest_of store)" = "$settled" ] || fail "settling again changed something"

# Replies that nobody can use: a clear verdict each, and nothing moves.
new_store store "$FIXTURES/rules/jiangsu"
ingest 0 in/package
for reply in unknown_package unknown_dispute; do
    ingest 0 in/$reply
    has result.json '"reason":"refund-without-original"'
done
for reply in wrong_count wrong_sum stray_record; do
    ingest 0 in/$reply
    has result.json '"reason":"field-mismatch"'
    has result.json '"accepted":{"count":0'
done
ingest 0 in/account
has result.json '"accepted":{"count":3'
ingest 0 in/account_other                               # exactly one a package
has result.json '"reason":"conflict"'
for reply in dispute_stray dispute_undisputed dispute_part; do
    ingest 0 in/$reply
    has result.json '"reason":"field-mismatch"'
done
ingest 0 in/dispute_passed                              # 7 is paid, 9 stays open
has result.json '"reasons":\[\]'
ingest 0 in/dispute                                     # resolves 7 once more: not a word of it counts
has result.json '"reason":"conflict"'
verified "after replies that contradict each other"
"$CLEAR" settle --store store --date 2026-03-03 --quiet > settled.txt || fail settle
whole positions --date 2026-03-03
has whole.json '"net_fen":42000'
"$CLEAR" why r1-9 --store store > why.txt
has why.txt disputed
verified "after the settlement of those"

# Two banking days behind the clearing date an open dispute is overdue: said, and not decided.
"$CLEAR" settle --store store --date 2026-03-05 --json > settled.json || fail settle
has settled.json '"packages_overdue":0'
"$CLEAR" settle --store store --date 2026-03-06 --json > settled.json || fail settle
has settled.json '"packages_overdue":1'
"$CLEAR" why r1-9 --store store > why.txt
has why.txt 'the dispute is open'

# One number changed behind everybody's back: verify finds it, and where it is money of the day, nothing is published.
new_store store "$FIXTURES/rules/jiangsu"
ingest 0 in/package
ingest 0 in/account
verified "before anything is changed"
cp -r store sound
for what in day-count day-amount moved-amount record-amount clearing-date; do
    rm -rf store
    cp -r sound store
    "$POKE" store $what || fail "package_poke $what"
    if "$CLEAR" verify --store store > verify.txt 2>&1; then cat verify.txt >&2; fail "verify does not see a changed $what"; fi
    grep -q 'package' verify.txt || { cat verify.txt >&2; fail "verify does not name the package of a changed $what"; }
    case $what in
        day-* | moved-*)
            got=0
            "$CLEAR" settle --store store --date 2026-03-03 --out out > settled.txt 2>&1 || got=$?
            [ "$got" = 5 ] || { cat settled.txt >&2; fail "settle with a changed $what: exit $got, not 5"; }
            [ -z "$(ls out 2> /dev/null)" ] || fail "settle published something with a changed $what" ;;
    esac
done
rm -rf store
cp -r sound store
"$CLEAR" settle --store store --date 2026-03-03 --quiet > settled.txt || fail "settle of the sound one"

# One command, any order, any threads: the same digest; and the same money as one after the other.
want=""
for run in "1 package second account dispute refund" "3 refund dispute account second package" "2 dispute second refund package account"; do
    new_store store "$FIXTURES/rules/jiangsu"
    set -- $run
    threads=$1
    shift
    ingest 0 --threads "$threads" $(printf 'in/%s ' "$@")
    "$CLEAR" settle --store store --date 2026-03-03 --quiet > settled.txt || fail "settle of $run"
    digest=$(digest_of store)
    [ -n "$want" ] || want=$digest
    [ "$digest" = "$want" ] || fail "digest depends on threads or order ($run)"
    whole positions --date 2026-03-03
    has whole.json '"net_fen":40000'
    verified "of $run"
done
echo "packages: $want"
