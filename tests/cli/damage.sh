#!/bin/bash
# damage.sh: a store whose pages are not what they were: every command ends with a code of the contract and a sentence, never of a signal.
. "$(dirname "$0")/lib.sh"

run 0 gen --format yz316 --records 2000 --seed 17 --out made --duplicates 9000 --unknown 9000
run 0 init --store sound
run 0 rules load made/rules --store sound
mapfile -t inputs < <(ls made/inbox/*)
run 0 ingest "${inputs[0]}" --received-at 2026-03-03T02:00:00+08:00 --store sound

python3 - "$program" "${inputs[1]}" <<'PYTHON' || fail "a damaged store"
import json, os, random, shutil, subprocess, sys
program, other = sys.argv[1:]
commands = [
    ["status"], ["positions"], ["records"], ["why", "r1-17"], ["digest"], ["verify"], ["backup", "copy"], ["rules", "show"],
    ["ingest", other, "--received-at", "2026-03-03T03:00:00+08:00"], ["resolve", "r1-5", "--accept", "--reason", "x"],
    ["settle", "--date", "2026-03-03", "--out", "outputs"], ["export", "--out", "records.csv"],
]
sound = open("sound/data.mdb", "rb").read()
pages = len(sound) // 4096
draw = random.Random(5)
told = 0

def run(command, data, what):
    """Exit code, and whether the end by a signal was told."""
    for name in ("damaged", "copy", "outputs"):
        shutil.rmtree(name, ignore_errors=True)
    shutil.copytree("sound", "damaged")
    open("damaged/data.mdb", "wb").write(data)
    done = subprocess.run([program, *command, "--store", "damaged", "--json"], capture_output=True, timeout=60)
    if done.returncode not in (0, 2, 4, 7, 9):
        sys.exit(f"{what}: {command[0]} ended with {done.returncode}: {done.stderr.decode()}")
    by_signal = b"internal error (SIG" in done.stderr
    if by_signal:
        lines = done.stderr.decode().splitlines()
        ok = done.returncode == 9 and len(lines) == 2 and "clear verify" in lines[0] and "clear verify" in lines[1] and "damaged" in lines[0]
        ok = ok and json.loads(done.stdout)["exit"] == 9 and json.loads(done.stdout)["error"]["path"] == "damaged"
        if not ok:
            sys.exit(f"{what}: {command[0]}: {done.returncode} {done.stderr.decode()} {done.stdout.decode()}")
    return by_signal

for cut in range(2, pages):                                    # a file cut short: the map has no bytes behind its end
    told += run(["digest"], sound[:cut * 4096], f"{cut} pages")
if told == 0:
    sys.exit("no cut made LMDB read behind the end: the test tests nothing")
for round in range(60):
    data = bytearray(sound)
    page = draw.randrange(2, pages) * 4096
    kind = round % 3
    if kind == 0:
        data[page:page + 4096] = draw.randbytes(4096)
    elif kind == 1:
        page_of = draw.randrange(2, pages) * 4096
        data[page:page + 4096] = sound[page_of:page_of + 4096]
    else:
        data[page + draw.randrange(64)] ^= 1 << draw.randrange(8)
    told += run(commands[round % len(commands)], bytes(data), f"round {round}, page {page // 4096}")
print(f"{told} ends by a signal told", file=sys.stderr)
PYTHON
