#!/bin/bash
# usage.sh: mistyped words get a suggestion, exit code 2, nothing on stdout, and with --json one object that says so.
. "$(dirname "$0")/lib.sh"

# words | English | Chinese
while IFS='|' read -r words english chinese; do
    [ -n "$words" ] || continue
    # shellcheck disable=SC2086
    run 2 $words
    empty out
    has err "clear: "
    has err "$english"
    # shellcheck disable=SC2086
    run 2 $words --lang zh
    has err "$chinese"
    # shellcheck disable=SC2086
    run 2 $words --json
    result 'r["status"] == "failed" and r["exit"] == 2 and list(r["error"]) == ["message", "path", "line", "record", "offset", "field", "seen"]'
done << 'CASES'
ingset a.txt|did you mean ingest?|是否想用 ingest
setttle|did you mean settle?|是否想用 settle
frobnicate|there is no command frobnicate; --help lists them|没有命令 frobnicate
--store x status|options follow the command|选项写在命令之后
ingest|ingest needs FILE|ingest 需要 FILE
ingest --stric a.txt|did you mean --strict?|是否想用 --strict
ingest --recieved-at now a.txt|did you mean --received-at?|是否想用 --received-at
ingest --received-at tomorrow a.txt|is not a time|不是时间
ingest --format csv a.txt|is none of szt-csv|不在 szt-csv
ingest --tac-engine abacus a.txt|is none of best|不在 best
ingest --threads 5000 a.txt|--threads: at most 1024|最多 1024
ingest -x a.txt|unknown option -x|未知选项 -x
settle|settle needs --date YYYY-MM-DD|settle 需要 --date
settle --date 2026-02-30|is not a date|不是日期
settle --date 2026-02-28 extra|one word too many|多余的参数
status --level member|unknown option --level|未知选项 --level
positions --level city|is none of member|不在 member
records --reason tac-missmatch|did you mean tac-mismatch?|是否想用 tac-mismatch
records --reason xyzzy|records --help lists them|records --help 列出
records --verdict maybe|is none of accepted|不在 accepted
records --limit ten|is not a whole number|不是非负整数
why|why needs RECORD|why 需要 RECORD
resolve r1-1 --reason x|either --accept or --reject|二者之一
resolve r1-1 --accept --reject --reason x|either --accept or --reject|二者之一
resolve r1-1 --accept|resolve needs --reason TEXT|resolve 需要 --reason
rules|rules needs load|rules 需要 load
rules lod x|did you mean rules load?|是否想用 rules load
rules load|rules load needs the folder|需要规则目录
rules load a b|one word too many|多余的参数
help nothing|there is no command nothing|没有命令 nothing
bench --records 0|--records: between 1|1 到
bench --repeat 100|--repeat: between 1|1 到
status --memory much|is not a size|不是大小
status --lang fr|is none of zh|不在 zh
status --json=yes|--json takes no value|不带值
CASES

# Commands that need a store say which one they looked for, and make nothing.
for words in status positions records "why r1-1" verify digest "rules show" "ingest a.txt" "settle --date 2026-03-02" "backup b" "export" "resolve r1-1 --accept --reason x"; do
    # shellcheck disable=SC2086
    run 2 $words --store nowhere
    empty out
    has err "nowhere"
    # shellcheck disable=SC2086
    CLEAR_STORE=elsewhere run 2 $words
    has err "elsewhere"
done
run 2 export --json
result '"--out" in r["error"]["message"]'
[ "$(find . -mindepth 1 | sort | tr '\n' ' ')" = "./err ./out " ] || fail "something was made: $(find .)"

# Languages: --lang over CLEAR_LANG over LANG.
LANG=zh_CN.UTF-8 run 2 ingset
has err "没有命令"
LANG=zh_CN.UTF-8 CLEAR_LANG=en run 2 ingset
has err "there is no command"
CLEAR_LANG=zh run 2 ingset --lang=en
has err "there is no command"
