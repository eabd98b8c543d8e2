#!/bin/bash
# keys.sh: TAC keys are made, imported, sealed anew and listed; they open for ingest, settle and why; and nothing of them is ever seen.
. "$(dirname "$0")/lib.sh"
umask 077
mkdir rules
one=(--issuer CARD-A --key-version 1 --key-index 1 --issuer-factor record)
two=(--issuer CARD-A --key-version 0 --key-index 0 --issuer-factor 0115215000000000)

# ---- new: a random key, its file and its key file are made ----
run 0 keys new "${one[@]}" --keys-key tac.key --dry-run
[ ! -e tac.key ] && [ ! -e rules/keys.sealed ] || fail "a dry run made something"
run 0 keys new "${one[@]}" --keys-key tac.key --json
result 'r["sealed_by"] == "key-file" and len(r["keys"]) == 1 and len(r["keys"][0]["kcv"]) == 6 and r["keys"][0]["issuer_factor"] == "record"'
[ "$(stat -c %a:%s tac.key)" = 600:32 ] || fail "the key file"
[ "$(stat -c %a rules/keys.sealed)" = 600 ] || fail "mode of the sealed file"
cp rules/keys.sealed before
run 2 keys new "${one[@]}" --keys-key tac.key
has err "already"
run 2 keys new "${one[@]}" --algorithm sm4 --keys-key tac.key
has err "records name no algorithm"
run 2 keys import "${one[@]}" --algorithm sm4 --keys-key tac.key --kcv 000000 --lang zh < /dev/null
has err "不同的版本或索引"
cmp -s rules/keys.sealed before || fail "a refused key changed the file"

# ---- import: components, and the check value that must come of them ----
parts=$'# from two officers\nFEDCBA98765432100123456789ABCDEF\n\nFFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFF\n'
run 2 keys import "${two[@]}" --keys-key tac.key --kcv 000000 <<< "$parts"
has err "08D7B4"
run 2 keys import "${two[@]}" --keys-key tac.key <<< "$parts"
has err "--kcv"
run 0 keys import "${two[@]}" --keys-key tac.key --kcv 08d7b4 <<< "$parts"
has out "08d7b4"
printf '%s' "$parts" > parts.txt
run 0 keys import --issuer CARD-B --key-version 7 --key-index 3 --levels 1 --keys-key tac.key --kcv 08D7B4 parts.txt
chmod 640 parts.txt
run 8 keys import --issuer CARD-B --key-version 8 --key-index 3 --levels 1 --keys-key tac.key --kcv 08D7B4 parts.txt
has err "0600"
while IFS='|' read -r text says; do
    run 2 keys import --issuer CARD-C --key-version 0 --key-index 0 --levels 0 --keys-key tac.key --kcv 08D7B4 <<< "$(printf '%b' "$text")"
    has err "$says"
    lacks err FEDCBA98
done <<'CASES'
FEDCBA98765432100123456789ABCDE|component 1 is not 32
FEDCBA98765432100123456789ABCDEF0|component 1 is not 32
FEDCBA98765432100123456789ABCDEG|component 1 is not 32
FEDCBA98765432100123456789ABCDEF\nFEDC|component 2 is not 32
FEDCBA98765432100123456789ABCDEF\nFEDCBA98765432100123456789ABCDEF|cancel each other
|no component was given
00000000000000000000000000000000|cancel each other
1FEDCBA9876543210123456789ABCDEF\n1FEDCBA9876543210123456789ABCDEF\n1FEDCBA9876543210123456789ABCDEF\n1FEDCBA9876543210123456789ABCDEF|more than 3
CASES
while IFS='|' read -r words says; do
    # shellcheck disable=SC2086
    run 2 keys new --keys-key tac.key $words
    has err "$says"
done <<'CASES'
--issuer X --key-version 1|--key-index
--issuer X --key-index 1 --issuer-factor record|--key-version
--issuer X --key-version 256 --key-index 1 --issuer-factor record|--key-version is from 0 to 255
--issuer X --key-version 1 --key-index 1|--issuer-factor
--issuer X --key-version 1 --key-index 1 --issuer-factor 01152150|16 hexadecimal
--issuer X --key-version 1 --key-index 1 --levels 3|--levels
--issuer X --key-version 1 --key-index 1 --levels 1 --issuer-factor record|--levels 2
--issuer X --key-version 1 --key-index 1 --levels 1 --data 20|22 or 18
--issuer X --key-version 1 --key-index 1 --levels 1 --card-skip 17|--card-skip
--issuer X --key-version 1 --key-index 1 --levels 1 --passphrase-file pass|not both
CASES
run 2 keys lst --keys-key tac.key
has err "did you mean keys list"
run 2 keys
run 2 keys list more --keys-key tac.key

# ---- list and rotate ----
run 0 keys list --keys-key tac.key --json
result '[k["issuer"] for k in r["keys"]] == ["CARD-A", "CARD-A", "CARD-B"] and len(r["digest"]) == 64'
digest=$(python3 -c 'import json; print(json.load(open("out"))["digest"])')
printf 'correct horse\n' > pass
printf 'correct hors\n' > wrong
cp rules/keys.sealed before
run 0 keys rotate --keys-key tac.key --new-passphrase-file pass --dry-run
cmp -s rules/keys.sealed before || fail "a dry run sealed anew"
run 0 keys rotate --keys-key tac.key --new-passphrase-file pass --lang zh
has err "重新封存"
run 8 keys list --keys-key tac.key
has err "--passphrase-file"
run 8 keys list --passphrase-file wrong --lang zh
has err "无法打开"
run 0 keys list --passphrase-fd 3 --json 3< pass
result 'r["sealed_by"] == "passphrase" and r["digest"] == "'"$digest"'" and len(r["keys"]) == 3'
chmod 644 pass
run 8 keys list --passphrase-file pass
has err "chmod 600"
chmod 600 pass
run 0 keys rotate --passphrase-file pass --new-keys-key other.key
run 8 keys list --keys-key tac.key
has err "does not open"
run 0 keys list --keys-key other.key
chmod 640 rules/keys.sealed
run 8 keys list --keys-key other.key
chmod 600 rules/keys.sealed
ln -s "$PWD/other.key" link.key
run 8 keys list --keys-key link.key
run 8 keys list --keys-key nowhere.key
run 2 keys list --keys-key other.key --keys nowhere.sealed
head -c 100 rules/keys.sealed > rules/short.sealed
run 8 keys list --keys-key other.key --keys rules/short.sealed
: > rules/short.sealed
run 8 keys list --keys-key other.key --keys rules/short.sealed
rm rules/short.sealed

# ---- remove: by its numbers, with what opens the keys; a store beside it has it in its audit log ----
one_of_b=(--issuer CARD-B --key-version 7 --key-index 3)
cp rules/keys.sealed before
while IFS='|' read -r code words says; do
    # shellcheck disable=SC2086
    run "$code" keys remove $words
    has err "$says"
done <<'CASES'
2|--keys-key other.key|--issuer
2|--issuer CARD-B --key-version 7 --keys-key other.key|--key-index
2|--issuer CARD-B --key-index 3 --keys-key other.key|--key-version
2|--issuer CARD-B --key-version 7 --key-index 256 --keys-key other.key|from 0 to 255
2|--issuer CARD-B --key-version 7 --key-index 4 --keys-key other.key|there is no key of issuer CARD-B, version 7, index 4
2|--issuer CARD-C --key-version 7 --key-index 3 --keys-key other.key|there is no key of issuer CARD-C
2|more --issuer CARD-B --key-version 7 --key-index 3 --keys-key other.key|too many
8|--issuer CARD-B --key-version 7 --key-index 3 --keys-key tac.key|does not open
8|--issuer CARD-B --key-version 7 --key-index 3 --passphrase-file pass|--keys-key
8|--issuer CARD-B --key-version 7 --key-index 3 --keys-key nowhere.key|no such file
CASES
run 2 keys remove "${one_of_b[@]}" --key-index 4 --keys-key other.key --lang zh
has err "没有发卡方"
run 0 keys remove "${one_of_b[@]}" --keys-key other.key --dry-run
cmp -s rules/keys.sealed before || fail "a refused or dry removal changed the file"
run 0 init --store log.store
run 2 keys remove "${one_of_b[@]}" --keys-key other.key --store nowhere.store
run 8 keys remove "${one_of_b[@]}" --keys-key tac.key --store log.store
cmp -s rules/keys.sealed before || fail "a key was removed without a log"
run 0 keys remove "${one_of_b[@]}" --keys-key other.key --store log.store --json
result '[k["issuer"] for k in r["keys"]] == ["CARD-A", "CARD-A"] and r["digest"] != "'"$digest"'"'
grep -aq "exit 8" log.store/data.mdb && grep -aq "'remove' .*'CARD-B'" log.store/data.mdb || fail "the audit log lacks the removal"
run 0 verify --store log.store
run 0 keys list --keys-key other.key
lacks out CARD-B
run 2 keys remove "${one_of_b[@]}" --keys-key other.key
run 0 keys import "${one_of_b[@]}" --levels 1 --keys-key other.key --kcv 08D7B4 <<< "$parts"
rm -r log.store

# ---- two at once ----
exec 9< rules
flock 9
run 6 keys rotate --keys-key other.key --new-passphrase-file pass
exec 9<&-
[ "$(ls -A rules)" = keys.sealed ] || fail "something was left beside the keys"

# ---- typed on a terminal, unseen ----
if python3 -c 'import os; os.openpty()' 2> /dev/null; then
    python3 - "$program" <<'PYTHON' || fail "keys typed on a terminal"
import os, pty, sys, time
def session(words, answers):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.argv[1], [sys.argv[1]] + words)
    seen = b""
    for prompt, answer in answers:
        while prompt not in seen.split(b"\n")[-1]:
            seen += os.read(terminal, 4096)
        time.sleep(0.05)
        os.write(terminal, answer + b"\n")
        seen += b"\n"
    try:
        while True:
            seen += os.read(terminal, 4096)
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen
keys = ["keys", "import", "--issuer", "CARD-T", "--key-version", "0", "--key-index", "0", "--levels", "1", "--keys", "typed.sealed"]
part, other = b"FEDCBA98765432100123456789ABCDEF", b"F" * 32
code, seen = session(keys, [(b"new passphrase", b"open sesame"), (b"once more", b"open sesame"), (b"component", part), (b"component", other),
                            (b"component", b""), (b"check value", b"08D7B4")])
assert code == 0 and b"CARD-T" in seen, (code, seen)
assert b"sesame" not in seen and part not in seen and other not in seen, seen
code, seen = session(["keys", "list", "--keys", "typed.sealed"], [(b"passphrase", b"open sesame")])
assert code == 0 and b"CARD-T" in seen, (code, seen)
code, seen = session(["keys", "list", "--keys", "typed.sealed"], [(b"passphrase", b"open says me")])
assert code == 8, (code, seen)
code, seen = session(["keys", "rotate", "--keys", "typed.sealed"], [(b"passphrase", b"open sesame"), (b"new passphrase", b"a"), (b"once more", b"b")])
assert code == 8 and b"differ" in seen, (code, seen)
PYTHON
fi
setsid "$program" keys list < /dev/null > out 2> err && fail "no terminal, no passphrase" || [ $? -eq 8 ] || fail "exit code without a terminal"
has err "no terminal"

# ---- at work ----
stamp=2026-03-03T02:00:00+08:00
run 0 gen --format yz316 --records 2000 --seed 8 --out made --tac --bad-tac 20000 --conflicts 10000
bad=$(python3 -c 'import json; e = json.load(open("made/expected.json"))["ingest"]["files"]; print(sum(x["count"] for f in e for x in f["reasons"] if x["reason"] == "tac-mismatch"))')
[ "$bad" -gt 10 ] || fail "only $bad wrong TACs"
count() { python3 -c 'import json, sys; r = json.load(open("out")); print(sum(x["count"] for f in r["files"] for x in f[sys.argv[1]] if x["reason"] == sys.argv[2]))' "$@"; }
run 0 init
run 0 rules load made/rules
run 8 ingest made/inbox/* --received-at "$stamp" --keys-key tac.key
run 0 ingest made/inbox/* --received-at "$stamp" --dry-run --json
has err "stay sealed"
[ "$(count reasons tac-mismatch)" -eq 0 ] && [ "$(count notes tac-unverified)" -gt 1900 ] || fail "verified without keys"
run 0 ingest made/inbox/* --received-at "$stamp" --keys-key made/keys.key --json
empty err
[ "$(count reasons tac-mismatch)" -eq "$bad" ] && [ "$(count notes tac-unverified)" -eq 0 ] || fail "verified with keys"
run 0 records --reason tac-mismatch --limit 1 --json
id=$(python3 -c 'import json; r = json.load(open("out"))["records"][0]; print(r["record"])')
run 0 why "$id" --keys-key made/keys.key --json
result 'any(s["rule"] == "tac-mismatch" and not s["passed"] for s in r["rules"]) and any(s["rule"] == "tac-key" and not s["passed"] and "check value" in s["en"] and "no match" in s["en"] for s in r["rules"])'
run 0 why "$id" --lang zh
has out "不符"
lacks out "tac-key"
run 0 verify
run 0 digest
with_keys=$(cat out)
# The same keys sealed otherwise are the same input.
printf 'correct horse\n' > pass
cp made/rules/keys.sealed again.sealed
run 0 keys rotate --keys again.sealed --keys-key made/keys.key --new-passphrase-file pass
run 0 init --store again
run 0 rules load made/rules --store again
run 0 ingest made/inbox/* --store again --received-at "$stamp" --keys again.sealed --passphrase-file pass --threads 1 --batch-records 300
run 0 digest --store again
[ "$(cat out)" = "$with_keys" ] || fail "another digest under the same keys"

# ---- keys that come later: what waits is verified then, and only then ----
sed -i 's/^match = .*/&\ntac_unverified = wait/' made/rules/senders.ini
run 0 init --store late
run 0 rules load made/rules --store late
run 0 ingest made/inbox/* --store late --received-at "$stamp" --json
[ "$(count reasons tac-unverified)" -gt 1900 ] || fail "nothing waits for keys"
cp -r late blind
run 0 settle --date 2026-03-02 --store blind
run 0 status --store blind --json
result 'r["totals"]["pending"]["count"] > 1900'
run 0 settle --date 2026-03-02 --store late --keys-key made/keys.key --json
run 0 status --store late --json
result 'r["totals"]["pending"]["count"] == 0 and r["totals"]["rejected"]["count"] == '"$bad"
cp out settled
run 0 keys list --keys made/rules/keys.sealed --keys-key made/keys.key --json
python3 - <<'PYTHON' || fail "which keys the settlement had"
import json
digest, windows = json.load(open("out"))["digest"], json.load(open("settled"))["windows"]
assert windows and all(w["keys"] == (digest if w["state"] == "settled" else None) for w in windows), windows
PYTHON
run 0 records --store late --reason tac-mismatch --json
result 'len(r["records"]) == '"$bad"
run 0 records --store late --verdict accepted --limit 1 --json
result '"tac-unverified" not in r["records"][0]["notes"]'
run 0 verify --store late
run 0 positions --json
cp out straight
run 0 positions --store late --json
python3 - <<'PYTHON' || fail "positions differ between keys at once and keys later"
import json
key = lambda r: sorted((p["participant"], p["net_fen"]) for p in r["positions"] if p["net_fen"])
assert key(json.load(open("out"))) == key(json.load(open("straight")))
PYTHON

# ---- nothing of the planted keys anywhere ----
python3 - <<'PYTHON' || fail "a planted key was seen"
import hashlib, os
planted = [bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"), bytes.fromhex("FEDCBA98765432100123456789ABCDEF"), b"correct horse", open("made/keys.key", "rb").read(),
           open("other.key", "rb").read()]
planted += [hashlib.sha256(b"clear gen TAC key 8 " + code).digest()[:16] for code in [b"YZ-CARD", b"NJ-CARD", b"SZ-CARD", b"WX-CARD"]]
allowed = {"parts.txt", "pass", "tac.key", "other.key", "made/keys.key"}
looked = 0
for folder, _, names in os.walk("."):
    for name in names:
        path = os.path.relpath(os.path.join(folder, name), ".")
        if path in allowed or os.path.islink(path):
            continue
        data = open(path, "rb").read()
        looked += 1
        for key in planted:
            for form in (key, key.hex().encode(), key.hex().upper().encode()):
                assert form not in data, (path, form)
assert looked > 20, looked
PYTHON
