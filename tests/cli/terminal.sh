#!/bin/bash
# terminal.sh: a person sees aligned tables, yuan and colours; a pipe sees plain lines in one language.
. "$(dirname "$0")/lib.sh"
python3 -c 'import os; os.openpty()' 2> /dev/null || { echo "skipped: this machine gives no pseudo terminals"; exit 77; }

run 0 gen --format szt-csv --records 500 --seed 3 --out made --duplicates 20000
run 0 init
run 0 rules load made/rules
run 0 ingest made/inbox/* --received-at 2026-03-03T02:00:00+08:00
empty err
has out "file	format	status	window	records	received_fen	accepted	accepted_fen"
has out "duplicate-in-file	duplicate"
cp out english
run 0 ingest made/inbox/* --received-at 2026-03-03T02:00:00+08:00 --lang zh
sed 's/already-done/ok/' out | cmp -s - english || fail "what a pipe reads depends on the language"

# on_terminal words…: run the program on a terminal of its own; what it shows is in `out`, without carriage returns.
on_terminal() {
    local code=0
    python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$program" "$@" < /dev/null > shown || code=$?
    tr -d '\r' < shown > out
    return "$code"
}
escape=$'\033'
on_terminal positions || fail "exit code on a terminal"
has out "receivable"
has out "$escape[1m"
lacks out "receivable_fen"
grep -Eq '[0-9]\.[0-9]{2}' out || fail "no yuan"
on_terminal positions --color=never
lacks out "$escape"
NO_COLOR=1 on_terminal positions
lacks out "$escape"
NO_COLOR=1 on_terminal positions --color
has out "$escape[1m"
on_terminal positions --lang zh --color=never
has out "应收"
python3 - <<'PYTHON' || fail "columns are not aligned"
import unicodedata
width = lambda text: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
lines = open("out", encoding="utf-8").read().split("\n")
head = next(i for i, line in enumerate(lines) if "应收" in line and "净额" in line)
rows = [line for line in lines[head:] if line.startswith("transit")]
stop = width(lines[head][:lines[head].index("净额") + 2])
def column(line):
    seen = 0
    for i, c in enumerate(line):
        seen += 2 if unicodedata.east_asian_width(c) in "WF" else 1
        if seen == stop:
            return line[i], line[i + 1:i + 3]
    return "", ""
ends = [column(line) for line in lines[head + 1:] if line.startswith("transit")][:3]
assert ends and all(c.isdigit() and after == "  " for c, after in ends), ends
PYTHON
on_terminal ingest made/inbox/* --received-at 2026-03-03T02:00:00+08:00 --color=never
has out "already done"
has out "records/s"
on_terminal status --quiet --color=never
has out "Store"
run 0 status
has out "product	window	state"
lacks out "$escape"
run 0 positions --color
lacks out "应收"
