#!/bin/bash
# gen_vs_engine.sh: generated files through the whole program; what it prints must hold what expected.json says.
#
#   tests/system/gen_vs_engine.sh CLEAR [RECORDS [SEED…]]     CLEAR = the program; default 3000 records, seeds 1 2
#
# For every format and seed: gen with every fault the format can carry, init, rules load, ingest, positions; then the comparison
# (tests/oracle/gen_expect.py). Also with the rules of a first run given back, one file and many, one thread and all. Prints each difference and
# keeps the folder that shows it. Needs python3.
set -euo pipefail

clear=$(realpath "${1:?the program clear is needed}")
records=${2:-3000}
shift $(($# > 2 ? 2 : $#))
seeds=("$@")
[ ${#seeds[@]} -gt 0 ] || seeds=(1 2)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/gen-vs-engine.XXXXXX")
failed=0
checked=0

common=(--duplicates 20000 --conflicts 20000 --malformed 30000 --late 5000 --unknown 8000 --refunds 30000 --loads 10000 --zero 5000
        --stop 4000 --cross-region 100000)

# run_case <name> <format> <seed> <ingest options> -- <gen options…>
run_case() {
    local name=$1 format=$2 seed=$3 options=$4
    local dir=$work/$name
    shift 5
    "$clear" gen --format "$format" --records "$records" --seed "$seed" --out "$dir" --quiet "$@" > "$work/$name.gen" 2>&1 \
        || { echo "FAILED $name: gen"; cat "$work/$name.gen"; failed=1; return; }
    local arguments
    mapfile -t arguments < <(python3 -c 'import json,sys; print("\n".join(json.load(open(sys.argv[1]))["args"]))' "$dir/expected.json")
    [ ! -e "$dir/keys.key" ] || arguments+=(--keys-key "$dir/keys.key")
    # shellcheck disable=SC2086
    {
        "$clear" init --store "$dir/store" --quiet \
            && "$clear" rules load "$dir/rules" --store "$dir/store" --quiet \
            && "$clear" ingest "$dir"/inbox/* --store "$dir/store" --json --quiet $options "${arguments[@]}" > "$dir/ingest.json" \
            && "$clear" positions --store "$dir/store" --json --quiet > "$dir/positions.json"
    } > "$work/$name.log" 2>&1 || { echo "FAILED $name: exit $?"; tail -n 5 "$work/$name.log"; failed=1; return; }
    python3 -B "$here/../oracle/gen_expect.py" "$dir/expected.json" "$dir/ingest.json" "$dir/positions.json" > "$work/$name.diff" \
        || { echo "FAILED $name: see $dir"; head -n 30 "$work/$name.diff"; failed=1; return; }
    checked=$((checked + 1))
    rm -rf "$dir"
}

for seed in "${seeds[@]}"; do
    for format in yz316 xf158 xf160 szt-csv szt-json moves trade-csv; do
        special=()
        case $format in
            xf*) special=(--gray 20000 --gaps 5000) ;;
            yz316) special=(--test 5000 --gaps 4000) ;;
            trade-csv) special=(--gaps 4000) ;;
        esac
        case $format in
            xf* | yz316) run_case "$format-$seed-tac" "$format" "$seed" "" -- --files 5 --tac --bad-tac 20000 "${common[@]}" "${special[@]}" ;;
        esac
        run_case "$format-$seed" "$format" "$seed" "" -- --files 7 "${common[@]}" "${special[@]}"
        run_case "$format-$seed-one" "$format" "$seed" "--threads 1" -- --files 1 "${common[@]}" "${special[@]}"
        run_case "$format-$seed-few-cards" "$format" "$seed" "--batch-records 700" -- --cards $((records / 400 + 2)) "${common[@]}" "${special[@]}"
        run_case "$format-$seed-clean" "$format" "$seed" "" -- --date 2026-05-31 --received-at 2026-06-02T11:00:00+08:00
    done
    "$clear" gen --format xf160 --records 10 --seed "$seed" --out "$work/rules-$seed" --stop 100000 --quiet > /dev/null 2>&1
    run_case "given-rules-$seed" xf160 "$seed" "" -- --rules "$work/rules-$seed/rules" "${common[@]}" --gray 20000
done

[ "$failed" -ne 0 ] || rm -rf "$work"
echo "$checked cases agree"
exit "$failed"
