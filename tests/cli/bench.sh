#!/bin/bash
# bench.sh: the built-in benchmark says what it measured, whole and in stages, in tables and JSON; times themselves are nobody's business here.
. "$(dirname "$0")/lib.sh"
mkdir place
small=(bench --records 3000 --repeat 2 --threads 1 --dir place)

# ---- all formats, for a program ----
run 0 "${small[@]}" --json --quiet
result '[row["format"] for row in r["results"]] == ["szt-csv", "trade-csv", "yz316"]'
result 'all(row["threads"] == 1 and row["records"] >= 3000 and row["runs"] == 2 and row["tac"] is None and row["stored_bytes_per_record"] > 0 for row in r["results"])'
result 'list(r["machine"])[:3] == ["cpu", "cores", "compiler"] and all(r["machine"][rate + "_bytes_per_s"] > 10**6 for rate in ("memory", "sha256", "disk"))'
result 'r["machine"]["tac_engine"] is None and r["machine"]["tac_ns_per_record"] is None'
result '[row["stage"] for row in r["stages"] if row["format"] == "yz316"] == "digest read decode check scatter sort judge account pack write finish maintain other total".split()'
result 'len(r["stages"]) == 3 * 14 and all(list(row) == "format threads stage ns_per_record cpu_ns_per_record cpu_percent floor_ns_per_record times_floor".split() for row in r["stages"])'
# Every stage that works on records took some time, and the parts are the whole but for rounding.
result 'all(row["cpu_ns_per_record"] > 0 for row in r["stages"] if row["stage"] in "digest read decode check scatter sort account pack write finish".split())'
result 'all(abs(sum(s["ns_per_record"] for s in r["stages"] if s["format"] == t["format"] and s["stage"] != "total") - t["ns_per_record"]) <= 2 + t["ns_per_record"] / 100 for t in r["stages"] if t["stage"] == "total")'
result 'all(abs(sum(s["cpu_ns_per_record"] for s in r["stages"] if s["format"] == t["format"] and s["stage"] != "total") - t["cpu_ns_per_record"]) <= 2 + t["cpu_ns_per_record"] / 20 for t in r["stages"] if t["stage"] == "total")'
result 'all((row["floor_ns_per_record"] is None) == (row["times_floor"] is None) == (row["stage"] in "check judge account finish maintain other".split()) for row in r["stages"])'
[ -z "$(ls -A place)" ] || fail "something stays in --dir"

# ---- one format with TACs, by each engine ----
for engine in best openssl portable; do
    run 0 "${small[@]}" --format trade-csv --tac --tac-engine "$engine" --json --quiet
    result 'len(r["results"]) == 1 and r["results"][0]["tac"] == r["machine"]["tac_engine"] and r["machine"]["tac_engine"] in ("'"$engine"'", "avx2", "portable")'
    result '[row["cpu_ns_per_record"] > 0 and row["floor_ns_per_record"] == r["machine"]["tac_ns_per_record"] for row in r["stages"] if row["stage"] == "tac"] == [True]'
done
run 0 "${small[@]}" --tac --json --quiet
result '[row["format"] for row in r["results"]] == ["trade-csv", "yz316"]'

# ---- for people and for pipes ----
run 0 "${small[@]}" --format yz316 --quiet
has out $'format\tthreads\tstage\tns_per_record\tcpu_ns_per_record\tcpu_percent\tfloor_ns_per_record\ttimes_floor'
has out $'yz316\t1\tdigest\t'
has out $'yz316\t1\ttotal\t'
has out $'memory_bytes_per_s\tsha256_bytes_per_s\tdisk_bytes_per_s\ttac_engine\ttac_ns_per_record'
lacks out $'\ttac\t'
if python3 -c 'import os; os.openpty()' 2> /dev/null; then
    for language in en zh; do
        python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$program" bench --records 2000 --repeat 1 --threads 1 \
            --format trade-csv --tac --lang $language --color=never --quiet --dir place < /dev/null > out || fail "bench on a terminal"
        if [ $language = en ]; then says=("Stages, time of threads" "judge repeats" "transaction codes" "times floor"); else says=("各阶段，线程时间" "查重" "TAC 校验" "为下限的倍数" "本机单核"); fi
        for text in "${says[@]}"; do has out "$text"; done
    done
fi

# ---- what cannot be ----
while IFS='|' read -r words english chinese; do
    # shellcheck disable=SC2086
    run 2 bench --records 1000 --repeat 1 $words
    has err "$english"
    # shellcheck disable=SC2086
    run 2 bench --records 1000 --repeat 1 $words --lang zh
    has err "$chinese"
done << 'CASES'
--format szt-csv --tac|szt-csv has no TACs|szt-csv 没有 TAC
--format moves|is none of szt-csv|不在 szt-csv
--tac --tac-engine abacus|is none of best|不在 best
--dir nowhere/at/all|cannot make a folder|无法建立测试目录
CASES
[ -z "$(ls -A place)" ] || fail "something stays in --dir"
