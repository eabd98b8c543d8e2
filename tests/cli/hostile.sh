#!/bin/bash
# hostile.sh: files and limits that no one would wish for: each ends in an exit code of the contract and a sentence, and leaves the store whole.
. "$(dirname "$0")/lib.sh"

run 0 gen --format szt-csv --records 600 --seed 3 --out made
good=$(find made/inbox -name 'szt-2*' | sort | head -1)
at=(--received-at 2026-03-03T02:00:00+08:00)
export CLEAR_STORE=store
run 0 init
run 0 rules load made/rules

# hostile FILE SENTENCE: refused, with this sentence
hostile() {
    run 4 ingest "$1" "${at[@]}" --json
    has err "$2"
    result 'r["exit"] == 4 and r["files"][0]["status"] == "refused"'
}
: > szt-empty.csv
iconv -f utf8 -t utf16 "$good" > szt-utf16.csv
tr '\n' '\r' < "$good" > szt-cr.csv
head -c 100000 /dev/zero > szt-zeros.csv
mkdir szt-folder.csv
mkfifo szt-pipe.csv
gzip -c "$good" > szt-whole.csv.gz
head -c 900 szt-whole.csv.gz > szt-cut.csv.gz
{ cat szt-whole.csv.gz; echo more; } > szt-tail.csv.gz
{ head -2 "$good"; head -c 70000 /dev/zero | tr '\0' a; echo; } > szt-long.csv
printf 'PK\003\004 a ZIP file' > szt-zip.csv
while IFS='|' read -r file sentence; do hostile "$file" "$sentence"; done <<'CASES'
szt-empty.csv|the file is empty
szt-utf16.csv|of no format known here
szt-cr.csv|of no format known here
szt-zeros.csv|of no format known here
szt-zip.csv|of no format known here
szt-folder.csv|this is a directory
szt-pipe.csv|not a regular file
szt-cut.csv.gz|cut off before its end
szt-tail.csv.gz|something follows its end
szt-long.csv|no record end within
nowhere.csv|no such file
/dev/zero|not a regular file
CASES
run 4 ingest "$good" "${at[@]}" --sender nobody
has err "has no such sender"
run 4 ingest "$good" "${at[@]}" --sender nobody --lang zh
has err "没有此发送方"
run 4 ingest "$good" "${at[@]}" --format xf160
has err "name and format (xf160)"

# Limits: the store is as before, and the same command goes on when they are gone. (The sanitizers need more than any limit.)
if [ "$(head -c 2000000 "$program" | grep -c __asan_init)" -eq 0 ]; then
    for limit in "-f 64" "-v 300000" "-n 8"; do
        code=0
        ( # shellcheck disable=SC2086
          ulimit $limit; exec "$program" ingest "$good" "${at[@]}" > out 2> err ) || code=$?
        [ "$code" -eq 7 ] || fail "ulimit $limit: exit $code"
        run 0 verify
        [ "${limit:0:2}" != -v ] || { code=0; ( ulimit -v 300000; exec "$program" status > out 2> err ) || code=$?; has err "--map-size"; }
    done
fi
run 7 ingest "$good" "${at[@]}" --map-size 64K
has err "--map-size"
run 0 ingest "$good" "${at[@]}"

# A stamp holds for ever: a slip of a century would end the store's life.
head -40 "$good" > szt-part.csv
run 4 ingest szt-part.csv --received-at 2062-03-03T02:00:00+08:00
has err "more than ten years after"
run 4 ingest szt-part.csv --received-at 2026-03-02T02:00:00+08:00
has err "before the store's last one"
run 0 ingest szt-part.csv --received-at 2027-03-03T02:00:00+08:00
run 0 verify

# An output replaces what has its name: never the store, a folder, a device or a link.
run 0 digest
cp out before.digest
find store | sort > before.list
cp store/store.key before.key
mkdir folder
mkfifo pipe
ln -s szt-part.csv link
for place in store/data.mdb store/store.key store/lock store/new.csv store/archive/new.csv folder pipe link; do
    run 2 export --out $place
    run 2 report --date 2026-03-02 --out $place
    run 2 report --date 2026-03-02 --out $place --dry-run
    has err "choose another"
done
run 2 backup store/copy
run 2 backup store/archive
run 2 gen --format yz316 --records 10 --seed 1 --out store
run 0 digest
cmp -s out before.digest && cmp -s store/store.key before.key || fail "an output changed the store"
find store | sort | cmp -s - before.list || fail "an output lies in the store"
[ -p pipe ] && [ -L link ] && [ -d folder ] || fail "an output replaced what had its name"
run 0 export --out records.csv
run 0 export --out records.csv
run 0 report --date 2026-03-02 --out report.html
run 0 verify

# A day far ahead shuts every window up to it: an empty store remembers what it closed.
run 0 init --store empty
run 0 settle --date 2026-03-03 --store empty
has err "every day up to it is closed"
run 2 settle --date 2027-03-03 --store empty
has err "200 days"
