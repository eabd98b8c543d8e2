#!/bin/bash
# messages.sh CLEAR FIXTURES: files that are one message (jsetc), through the whole program: the sender that the content names, the identity that the
# message states, repeats on other paths, damage, splitting to owners, `why`, `verify`; one digest for any threads and any order of arguments.
. "$(dirname "$0")/lib.sh"
FIXTURES=${2:?usage: $0 clear fixtures (both paths absolute)}
STAMP=2026-03-03T02:00:00+08:00

# ingest WANTED-EXIT ARGUMENT…: into result.json and said
ingest() {
    local want=$1 got=0
    shift
    "$CLEAR" ingest --store store --json --received-at $STAMP "$@" > result.json 2> said || got=$?
    [ "$got" = "$want" ] || { cat result.json said >&2; fail "ingest $*: exit $got, not $want"; }
}
has() { grep -q -- "$2" "$1" || { cat "$1" >&2; fail "$1 does not say: $2"; }; }

# Names say nothing here: the message names its sender.
mkdir in
for file in ok_originals ok_quirks ok_one ok_forwarded ok_refund ok_confirm bad_cut_off bad_more_behind bad_entity bad_nul bad_sum bad_head; do
    cp "$FIXTURES/jsetc/$file.xml" "in/$file"
done
for file in in/bad_*; do sed -i 's/<MessageId>6800</<MessageId>6810</' "$file"; done
# Message 6800 comes in several fixtures: each copy that shall come in beside another gets its own number.
sed 's/<MessageId>6800</<MessageId>6801</' in/ok_quirks > in/quirks
sed 's/<MessageId>6800</<MessageId>6802</; s/00000000000000FD<\/SenderId/00000000000000EE<\/SenderId/' in/ok_one > in/stranger

new_store store "$FIXTURES/rules/jiangsu"
ingest 0 in/ok_originals
has result.json '"status":"ok"'
has result.json '"pending":{"count":3,"amount_fen":4500}'      # until the account result of its package says more
ingest 0 in/ok_originals
has result.json 'already-done'
ingest 4 in/ok_one                                      # message 6800 again with other content
has said 'message 5/7/1/FD/6800 is in as admission 1'
ingest 0 in/ok_forwarded                                # the same card transaction, handed on by the centre
has result.json duplicate-in-history
sed 's/<MessageId>6[0-9]*</<MessageId>6800</; s/<Count>[0-9]*</<Count>3</; s/<Amount>[0-9.]*</<Amount>45.00</; s/2026-03-0[0-9]T/2026-03-02T/' \
    "$FIXTURES/jsetc/ok_account.xml" > in/account
ingest 0 in/account
"$CLEAR" why r1-2 --store store > why.txt
has why.txt sutong-services
has why.txt 'suhui-etc pays sutong-services 15.00 yuan'
"$CLEAR" verify --store store > /dev/null || fail verify

# Packed, and in the frame of its connection: the message is the same, and so is its answer.
if command -v python3 > /dev/null; then
    python3 -B "$ORACLE/lz77.py" pack in/ok_originals > in/packed
    python3 -B "$ORACLE/lz77.py" frame in/ok_originals element > in/framed
    sed 's/<MessageId>6800</<MessageId>6803</; s/00010BC1/00010BD1/' in/ok_one > in/later
    python3 -B "$ORACLE/lz77.py" frame in/later > in/later.lz77
    ingest 0 in/packed
    has result.json already-done
    ingest 0 in/framed
    has result.json already-done
    ingest 0 in/later.lz77
    has result.json '5/7/1/FD/6803'
    "$CLEAR" why later:1 --store store > why.txt 2> said || { cat said >&2; fail "why of a packed message"; }
    has why.txt 'of package FD/6803'
    printf '1' | dd of=in/later.lz77 bs=1 seek=40 conv=notrunc 2> said
    ingest 4 in/later.lz77
    has result.json MD5
fi

# What is refused, with its reason, before anything is kept.
ingest 4 in/stranger
has said 'jsetc.sender\|jsetc.provider'
has said 'EE'
ingest 4 in/bad_cut_off
has result.json framing
ingest 4 in/bad_more_behind
ingest 4 in/bad_entity
ingest 4 in/bad_nul
{ cat in/ok_one; head -c $((65 << 20)) /dev/zero | tr '\0' ' '; } > in/large
ingest 4 in/large
has result.json too-large
rm in/large
"$CLEAR" verify --store store > /dev/null || fail "verify after refusals"
"$CLEAR" settle --store store --date 2026-03-03 --quiet > settled.txt || fail settle
"$CLEAR" positions --store store --date 2026-03-02 > positions.txt
has positions.txt sutong-services
"$CLEAR" verify --store store > /dev/null || fail "verify after settlement"

# The same digest for any threads and any order.
want=""
for run in "1 in/ok_originals in/quirks in/ok_refund in/ok_confirm" "3 in/ok_confirm in/quirks in/ok_refund in/ok_originals" "2 in/ok_refund in/ok_confirm in/ok_originals in/quirks"; do
    new_store store "$FIXTURES/rules/jiangsu"
    set -- $run
    threads=$1
    shift
    ingest 0 --threads "$threads" "$@"
    digest=$(digest_of store)
    [ -n "$want" ] || want=$digest
    [ "$digest" = "$want" ] || fail "digest depends on threads or order ($run)"
    "$CLEAR" verify --store store > /dev/null || fail "verify of $run"
done
echo "messages: $want"
