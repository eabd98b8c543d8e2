#!/bin/bash
# tac.sh CLEAR [RECORDS]: a night of cards with TACs, some of them wrong, through the whole program: the generator says which are wrong, and its
# arithmetic is not the engine's. The verdicts must not depend on threads or batches, and nothing of the keys may be seen anywhere.
. "$(dirname "$0")/lib.sh"
RECORDS=${2:-100000}
faults=(--duplicates 5000 --conflicts 3000 --malformed 5000 --unknown 2000 --zero 2000 --stop 2000 --refunds 3000 --cross-region 100000)

for format in yz316 xf158 xf160; do
    special=(--test 2000)
    [ "$format" = yz316 ] || special=(--gray 5000)
    "$CLEAR" gen --format "$format" --records "$RECORDS" --seed 31 --out "$format" --files 9 --tac --bad-tac 10000 "${faults[@]}" "${special[@]}" --quiet > /dev/null
    stamp=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["args"][1])' "$format/expected.json")
    want=""
    for run in "1 0" "2 0" "3 7000"; do
        read -r threads batch <<< "$run"
        new_store store "$format/rules"
        "$CLEAR" ingest "$format"/inbox/* --store store --json --received-at "$stamp" --keys-key "$format/keys.key" --threads "$threads" --batch-records "$batch" \
            > ingest.json 2> messages || fail "$format: ingest exit $?"
        digest=$(digest_of store)
        [ -n "$want" ] || want=$digest
        [ "$digest" = "$want" ] || fail "$format: the digest depends on threads or batch ($run)"
    done
    "$CLEAR" positions --store store --json > positions.json
    python3 -B "$ORACLE/gen_expect.py" "$format/expected.json" ingest.json positions.json || fail "$format: not as expected"
    python3 - "$format" "$RECORDS" <<'PYTHON' || fail "$format: figures or keys"
import json, os, sys
folder, records = sys.argv[1], int(sys.argv[2])
files = json.load(open("ingest.json"))["files"]
of = lambda kind, reason: sum(row["count"] for file in files for row in file[kind] if row["reason"] == reason)
assert of("reasons", "tac-mismatch") > records // 200, "too few wrong codes to mean anything"
assert of("notes", "tac-unverified") == 0, "an accepted record was not verified"
import hashlib
planted = [open(folder + "/keys.key", "rb").read()]
rows = open(folder + "/rules/participants.csv", encoding="utf-8").read().splitlines()
planted += [hashlib.sha256(b"clear gen TAC key 31 " + row.split(",")[0].encode()).digest()[:16] for row in rows if row.split(",")[1] == "issuer"]
assert len(planted) > 5
for top in ("store", folder + "/inbox", folder + "/rules"):
    for place, _, names in os.walk(top):
        for name in names:
            data = open(os.path.join(place, name), "rb").read()
            for key in planted:
                assert key not in data and key.hex().encode() not in data.lower(), name
for name in ("ingest.json", "positions.json", "messages"):
    text = open(name, "rb").read().lower()
    assert not any(key.hex().encode() in text for key in planted), name
PYTHON
    "$CLEAR" verify --store store --quiet > /dev/null || fail "$format: verify"
    echo "$format: $want"
done
