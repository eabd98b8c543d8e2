#!/bin/bash
# instructions.sh: instructions a record and stage of a small fixed input, against those kept in the tree: a gate against slow drift.
#
#   tests/system/instructions.sh CLEAR [FILE]             compare with FILE (default: instructions.txt beside this script)
#   tests/system/instructions.sh CLEAR FILE --update      write FILE anew, for a change that needs more and says why
#
# callgrind counts them, so the figure is the same on a busy machine as on an idle one. A stage may differ by 5 % (and 5 instructions) from
# what is kept, upwards or downwards: what became cheaper is kept, too. It holds for gcc's Release build on a processor with AVX2.
# Skipped (77) without valgrind or AVX2. The hash of a file is left out: callgrind does not see the processor's own SHA-256.
set -euo pipefail

clear=$(realpath "${1:?the program clear is needed}")
kept=${2:-$(cd "$(dirname "$0")" && pwd)/instructions.txt}
update=${3:-}
command -v valgrind > /dev/null || { echo "skipped: no valgrind"; exit 77; }
grep -qw avx2 /proc/cpuinfo || { echo "skipped: no AVX2"; exit 77; }
records=60000
work=$(mktemp -d "${TMPDIR:-/tmp}/instructions.XXXXXX")
trap 'rm -rf "$work"' EXIT

# stages FORMAT: lines "FORMAT STAGE INSTRUCTIONS" of one run
stages() {
    local dir=$work/$1 store=$work/$1-store
    "$clear" gen --format "$1" --records $records --seed 7 --files 1 --duplicates 5000 --cross-region 50000 --out "$dir" --quiet > /dev/null
    "$clear" init --store "$store" --quiet > /dev/null
    "$clear" rules load "$dir/rules" --store "$store" --quiet > /dev/null
    valgrind --tool=callgrind --callgrind-out-file="$work/$1.out" "$clear" ingest --store "$store" --threads 1 --archive none --map-size 4G \
        --received-at 2026-03-03T02:00:00+08:00 --quiet "$dir"/inbox/* > "$work/$1.log" 2>&1 || { cat "$work/$1.log" >&2; return 1; }
    callgrind_annotate --inclusive=yes --threshold=100 "$work/$1.out" | awk -v format="$1" -v records=$records '
        function take(name) { if (!(name in seen)) { printf "%s: %s was not called\n", format, name > "/dev/stderr"; missing = 1 }; return seen[name] }
        match($0, /:[A-Za-z_0-9.]+/) { name = substr($0, RSTART + 1, RLENGTH - 1); count = $1; gsub(",", "", count); if (!(name in seen)) seen[name] = count }
        function say(stage, count) { printf "%s %s %d\n", format, stage, (count + records / 2) / records }
        END {
            say("decode", take("decode_blocks") - take("clr_check_records") - take("clr_batch_scatter") - take("clr_feed_next"))
            say("check", take("clr_check_records"))
            say("scatter", take("clr_batch_scatter"))
            say("sort", take("clr_partition_entries"))
            say("repeats", take("clr_dedup_partition"))
            say("account", take("clr_partition_account"))
            say("pack", take("clr_partition_pack"))
            say("finish", take("clr_batch_finish"))
            exit missing
        }'
}

for format in szt-csv trade-csv yz316 xf160; do stages $format; done > "$work/now"
if [ "$update" = --update ]; then
    cp "$work/now" "$kept"
    cat "$kept"
    exit 0
fi
awk '
    NR == FNR { was[$1 " " $2] = $3; next }
    {
        key = $1 " " $2; kept = was[key]; margin = kept * 0.05 + 5
        mark = $3 > kept + margin ? "MORE" : $3 < kept - margin ? "LESS" : ""
        if (!(key in was)) mark = "NEW"
        printf "%-10s %-8s %6d kept %6d %s\n", $1, $2, $3, kept, mark
        if (mark != "") failed = 1
        delete was[key]
    }
    END {
        for (key in was) { print key " is no more"; failed = 1 }
        if (failed) print "a stage is off by over 5 %: say why in the commit, and run this with --update"
        exit failed
    }' "$kept" "$work/now"
