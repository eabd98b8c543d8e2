#!/bin/bash
# flow.sh: a day from generated files to settled windows; every command's JSON against what the generator expects.
. "$(dirname "$0")/lib.sh"

# subset EXPRESSION: what expected.json says under the expression must stand in the result, element by element.
subset() {
    python3 - "$1" "$2" <<'PYTHON' || fail "differs from expected.json: $1"
import json, os, sys
expected = json.load(open(sys.argv[1], encoding="utf-8"))
result = json.load(open("out", encoding="utf-8"))
def holds(want, have, path):
    if isinstance(want, dict):
        for key in want:
            if not isinstance(have, dict) or key not in have:
                sys.exit(f"{path}.{key}: missing")
            holds(want[key], have[key], f"{path}.{key}")
    elif isinstance(want, list):
        if len(want) != len(have):
            sys.exit(f"{path}: {len(want)} wanted, {len(have)} there")
        for i, (w, h) in enumerate(zip(want, have)):
            holds(w, h, f"{path}[{i}]")
    elif want != have:
        sys.exit(f"{path}: {want!r} wanted, {have!r} there")
by_name = lambda files: sorted(({**f, "name": os.path.basename(f["name"])} for f in files), key=lambda f: f["name"])
if sys.argv[2] == "ingest":
    want = expected["ingest"]
    holds(by_name(want["files"]), by_name(result["files"]), "files")
    holds(want["totals"], result["totals"], "totals")
else:
    holds(expected[sys.argv[2]], result[sys.argv[2]], sys.argv[2])
PYTHON
}

run 0 gen --format yz316 --records 4000 --seed 5 --out made --duplicates 8000 --conflicts 3000 --malformed 4000 --late 3000 --unknown 4000 \
    --zero 20000 --cross-region 200000 --test 2000 --json
result 'r["command"] == "gen" and r["status"] == "ok"'
mapfile -t received < <(python3 -c 'import json; print("\n".join(json.load(open("made/expected.json"))["args"]))')

export CLEAR_STORE=night
run 0 init --dry-run --json
result 'r["command"] == "init"'
[ ! -e night ] || fail "a dry run made a store"
run 0 init --json
[ "$(stat -c %a night/store.key)" = 600 ] || fail "mode of the key"
run 2 init
has err "night"

run 0 rules load made/rules --dry-run
run 0 rules load made/rules --json
result 'r["version"] == 1 and not r["already"] and len(r["digest"]) == 64 and r["participants"] > 0'
run 0 rules load made/rules --json
result 'r["version"] == 1 and r["already"]'
run 0 rules show --json
result 'r["version"] == 1 and "participants.csv" in [f["name"] for f in r["files"]]'
run 0 rules show 1 participants.csv
cmp -s out made/rules/participants.csv || fail "rules show is not the file"
run 2 rules show participant.csv
has err "did you mean participants.csv?"
run 2 rules show 7
run 2 rules diff
cp -r made/rules changed
printf '\n' >> changed/participants.csv
run 0 rules diff changed --json
result 'r["changes"] == []'
printf 'date,kind\n2026-03-02,closed\n' > changed/calendar.csv
run 0 rules diff changed --json
result '[(c["change"], c["text"]) for c in r["changes"]] == [("+", "date,kind"), ("+", "2026-03-02,closed")]'
printf 'nonsense\n' >> changed/fees.csv
run 2 rules load changed --json
result 'r["error"]["path"].endswith("fees.csv") and r["error"]["line"] > 1'

# Before anything is in: commands that look find an empty store.
run 0 positions --json
result 'r["positions"] == [] and r["matrix"] == [] and r["net_sum_fen"] == 0'
run 0 records --json
result 'r["records"] == [] and r["count"] == 0'
run 0 digest
cp out empty.digest

run 0 ingest made/inbox/* "${received[@]}" --dry-run --json
subset made/expected.json ingest
run 0 digest
cmp -s out empty.digest || fail "a dry run changed the store"
run 3 ingest made/inbox/* "${received[@]}" --strict --dry-run
run 0 ingest made/inbox/* "${received[@]}" --json
subset made/expected.json ingest
result 'all(f["records"] == sum(f[v]["count"] for v in ("accepted", "duplicate", "conflict", "rejected", "pending")) for f in r["files"])'
result 'all(sum(x["count"] for x in f["reasons"]) == f["records"] - f["accepted"]["count"] for f in r["files"])'
result 'r["peak_memory_bytes"] > 0 and len(r["files"][0]["digest"]) == 64 and r["files"][0]["admission"] == 1'
cp out first.json
run 0 ingest made/inbox/* "${received[@]}" --json
result '[f["status"] for f in r["files"]] == ["already-done"] * len(r["files"])'
result '{k: v for k, v in r["totals"].items()} == __import__("json").load(open("first.json"))["totals"]'
run 3 ingest made/inbox/* "${received[@]}" --strict

# A refused file never stops the others.
head -c 500 made/inbox/"$(ls made/inbox | head -n 1)" > broken.txt
printf 'no format has this\n' > strange.bin
run 4 ingest strange.bin "$(find made/inbox -type f | head -n 1)" "${received[@]}" --json
result 'r["status"] == "refused" and r["exit"] == 4 and sorted(f["status"] for f in r["files"]) == ["already-done", "refused"]'
result '[f["admission"] for f in r["files"] if f["status"] == "refused"] == [None] and r["error"]["message"] != ""'
run 4 ingest missing.txt "${received[@]}" --json
result 'r["files"][0]["status"] == "refused" and "missing.txt" in r["files"][0]["name"]'

run 0 positions --json
subset made/expected.json positions
subset made/expected.json matrix
result 'sum(p["net_fen"] for p in r["positions"]) == r["net_sum_fen"] == 0'
result 'all(p["net_fen"] == p["receivable_fen"] - p["payable_fen"] + p["fee_fen"] for p in r["positions"])'
result 'all(p["state"] == "open" and p["provisional"] and p["level"] == "member" for p in r["positions"])'
cp out positions.json
run 0 positions --level region --lang zh --json
result 'r["net_sum_fen"] == 0 and all(p["level"] == "region" for p in r["positions"])'
run 0 positions --as-of 2099-01-01 --json
result 'r["positions"] == __import__("json").load(open("positions.json"))["positions"]'
run 2 positions --as-of 2000-01-01
has err "--as-of 2000-01-01"
run 2 positions --as-of never

run 0 records --json
result 'r["count"] == len(r["records"]) == 4000 and all(set("*") <= set(x["card"]) for x in r["records"] if x["card"])'
cp out records.json
run 0 records --verdict rejected --json
result 'r["count"] == __import__("json").load(open("first.json"))["totals"]["rejected"]["count"] and {x["verdict"] for x in r["records"]} == {"rejected"}'
run 0 records --reason malformed --limit 2 --lang zh --json
result 'r["count"] == 2 and all(x["reason"] == "malformed" for x in r["records"])'
run 2 records --file nothing-of-the-kind
empty out
number=$(python3 -c 'import json; print(next(r["record"] for r in json.load(open("records.json"))["records"] if r["verdict"] == "accepted"))')
run 0 why "$number" --json
result 'r["record"]["record"] == "'"$number"'" and r["source"]["size"] == len(r["source"]["bytes"]) // 2 and r["rules"] and r["fields"]'
result 'all(s["en"] and s["zh"] for s in r["rules"])'
run 0 why "$number" --lang zh
has out "结论：接受"
run 2 why r99-1
run 2 why no-such-file.txt:1

waiting=$(python3 -c 'import json; print(next(r["record"] for r in json.load(open("records.json"))["records"] if r["verdict"] == "conflict"))')
run 0 digest
cp out before.digest
run 0 resolve "$waiting" --reject --reason "checked by hand" --dry-run --json
result 'r["record"] == "'"$waiting"'" and r["from"] == "conflict" and r["to"] == "rejected"'
run 0 digest
cmp -s out before.digest || fail "a dry run decided"
run 0 resolve "$waiting" --reject --reason "checked by hand" --json
result 'not r["already"]'
run 0 resolve "$waiting" --reject --reason "checked by hand" --json
result 'r["already"]'
run 0 why "$waiting"
has out "event	stamp	from"

run 0 settle --date 2026-03-31 --dry-run --json
result 'r["windows"] and all(i["held"] for i in r["invariants"])'
run 0 status --json
result 'all(w["state"] == "open" for w in r["windows"]) and r["balanced"] and r["unfinished_files"] == 0'
run 0 settle --date 2026-03-31 --out settlement --json
result 'r["windows"] and r["transfers"] and all(t["amount_fen"] > 0 for t in r["transfers"]) and not r["already"]'
result 'all(i["held"] for i in r["invariants"]) and all(len(o["digest"]) == 64 for o in r["outputs"])'
run 0 settle --date 2026-03-31 --out settlement --json
result 'r["already"] or r["windows"] == []'
run 0 positions --json
result 'all(p["state"] != "open" and not p["provisional"] for p in r["positions"])'

for lang in en zh; do
    run 0 report --date 2026-03-31 --out $lang.html --lang $lang --dry-run
    [ ! -e $lang.html ] || fail "a dry run wrote a report"
    run 0 report --date 2026-03-31 --out $lang.html --lang $lang --json
    result 'r["path"] == "'$lang'.html" and r["date"] == "2026-03-31"'
    grep -qi '<!doctype html>' $lang.html || fail "no HTML"
    cp $lang.html again.html
    run 0 report --date 2026-03-31 --out $lang.html --lang $lang
    cmp -s $lang.html again.html || fail "the report is another the second time"
done
! cmp -s en.html zh.html || fail "one language only"
run 2 report --date 2026-03-31
has err "report needs --out"
run 2 report --date 2020-01-01 --out none.html
[ ! -e none.html ] || fail "a report of nothing"
[ -z "$(find . -maxdepth 1 -name '.*part*')" ] || fail "a file beside was left"

for what in records positions matrix windows files; do
    run 0 export --what $what --format csv --out $what.csv
    run 0 export --what $what --format csv
    cmp -s out $what.csv || fail "export to a file and to stdout differ"
    run 0 export --what $what --format ndjson
    python3 - $what <<'PYTHON' || fail "csv and ndjson differ: $what"
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1] + ".csv", encoding="utf-8", newline="")))
objects = [json.loads(line) for line in open("out", encoding="utf-8")]
assert len(rows) == len(objects) > 0
assert [list(r) for r in rows] == [list(o) for o in objects]
PYTHON
done
run 0 export --what files --out dry.csv --dry-run
[ ! -e dry.csv ] || fail "a dry run exported"
run 2 export --what files --out none/x.csv --json
result 'r["error"]["path"] == "none/x.csv"'

run 0 verify --json
result 'r["problem_count"] == 0 and r["records"] >= 4000'
run 0 backup copy --dry-run
[ ! -e copy ] || fail "a dry run copied"
run 0 backup copy --json
run 2 backup copy
run 0 digest
cp out night.digest
run 0 digest --store copy
cmp -s out night.digest || fail "the copy is another"

# Merging: a store of ten files of one day.
run 0 init --store many --json
run 0 rules load made/rules --store many
"$program" gen --format yz316 --records 500 --seed 6 --files 10 --out many.made > out 2> err || fail "gen of ten files"
for file in many.made/inbox/*; do run 0 ingest "$file" "${received[@]}" --store many --maintain never; done
run 2 ingest "$file" --store many --maintain sometimes
has err "auto|never"
run 0 status --store many --json
result 'r["runs"] == 10 and r["busiest_day_runs"] > 8 and r["merge_due"] and r["merges"] == 0'
run 0 digest --store many
cp out many.digest
run 0 maintain --store many --dry-run --json
result 'r["command"] == "maintain" and r["end"] == "done" and r["merges"] == 1 and r["runs_before"] == 10 and r["runs_after"] == 1'
run 0 status --store many --json
result 'r["runs"] == 10 and r["merge_due"]'
run 0 maintain --store many --lang zh
has out "merged_rows"
run 0 status --store many --json
result 'r["runs"] == 1 and not r["merge_due"] and r["merges"] == 1 and r["merge_runs"] == 10 and r["merge_rows"] > 400 and r["merge_bytes"] > 0'
run 0 digest --store many
cmp -s out many.digest || fail "merging changed the digest"
run 0 verify --store many --json
run 0 maintain --store many --json
result 'r["merges"] == 0 and r["merged_rows"] == 0 and r["runs_after"] == 1'
run 0 ingest "$file" "${received[@]}" --store many --json
result 'r["files"][0]["status"] == "already-done"'

run 0 digest --json
result 'r["digest"] == open("night.digest").read().split()[0] and r["records"] == 4000'

# No full card number anywhere, unless it is asked for.
card=$("$program" records --limit 1 --verdict accepted --unmask --json 2> err | python3 -c 'import json, sys; print(json.load(sys.stdin)["records"][0]["card"])')
[[ $card != *"*"* ]] || fail "--unmask masks"
run 0 records --card "$card" --json
result 'r["count"] >= 1'
! grep -rqF -- "$card" night settlement records.json positions.csv || fail "a card number is stored or printed"

# The store is held by another run, its key is not there, a byte of it is wrong: 6, 8, 9.
code=0
flock night/lock "$program" status > out 2> err || code=$?
[ "$code" -eq 6 ] || fail "a held store: $code"
has err "night"
run 8 status --key-file no.key --json
result 'r["exit"] == 8 and r["error"]["path"] == "no.key"'
cp -r night hurt
python3 - hurt/archive/* <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    file.seek(len(data) // 2)
    file.write(bytes([data[len(data) // 2] ^ 1]))
PYTHON
run 9 verify --store hurt --json
result 'r["exit"] == 9 and r["problem_count"] >= 1 and all(p["en"] and p["zh"] for p in r["problems"])'
run 9 verify --store hurt
has err "clear: "
