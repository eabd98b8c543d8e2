"""Two statements of the rules that know nothing of each other: the generator's expected.json against the oracle (tests/oracle).

    python3 gen_vs_oracle.py CLEAR [SEED…]      CLEAR = the program, of which only `gen` runs; default seeds 1 2

Every format with every fault but --malformed: what the oracle's decoders do not look at (an industry nobody has, letters that
are no card number) is judged by the codecs, and tests/test_gen.c holds the generator against those.
"""

import json
import os
import subprocess
import sys
import tempfile


import compare                                   
import oracle                                    

COMMON = ["--duplicates", "20000", "--conflicts", "20000", "--late", "5000", "--unknown", "8000", "--refunds", "40000", "--loads", "10000",
          "--zero", "5000", "--stop", "4000", "--cross-region", "100000"]
SPECIAL = {"yz316": ["--test", "5000", "--gaps", "4000"], "xf158": ["--gray", "30000", "--gaps", "5000"], "xf160": ["--gray", "30000"],
           "trade-csv": ["--gaps", "4000", "--malformed", "30000"]}
SHAPES = ([], ["--files", "1"], ["--files", "23"], ["--cards", "7", "--duplicates", "90000", "--conflicts", "90000"])
FORMATS = ("yz316", "xf158", "xf160", "szt-csv", "szt-json", "moves", "trade-csv")
MONEY = ("receivable_fen", "payable_fen", "fee_fen", "net_fen", "count")


def positions_of(rows):
    return {(row["window"], row["participant"]): tuple(row[name] for name in MONEY) for row in rows}


def differences(folder):
    with open(os.path.join(folder, "expected.json"), encoding="utf-8") as file:
        expected = json.load(file)
    judge = oracle.Oracle(folder)
    judge.run([{"do": "rules", "dir": "rules"}])
    inbox = sorted(os.listdir(os.path.join(folder, "inbox")))
    found = judge.command({"do": "ingest", "files": ["inbox/" + name for name in inbox], "received_at": expected["args"][1]})
    wanted = expected["ingest"]["files"]
    if [file["name"] for file in found["files"]] != [file["name"] for file in wanted]:
        yield "order of files"
    for have, want in zip(found["files"], wanted):
        if have["status"] != "ok":
            yield f"{have['name']}: {have}"
        elif compare.figures_of(have) != compare.figures_of(want):
            yield f"{have['name']}: oracle {compare.figures_of(have)}, gen {compare.figures_of(want)}"
    sums = judge.positions()
    if positions_of(sums["positions"]["member"]) != positions_of(expected["positions"]):
        yield "positions"
    if compare.matrix_rows(sums["matrix"]["member"]) != compare.matrix_rows(expected["matrix"]):
        yield "matrix"


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    failed = checked = 0
    for seed in sys.argv[2:] or ["1", "2"]:
        for format_name in FORMATS:
            for number, shape in enumerate(SHAPES):
                with tempfile.TemporaryDirectory() as base:
                    folder = os.path.join(base, "out")
                    subprocess.run([sys.argv[1], "gen", "--format", format_name, "--records", "700", "--seed", seed, "--out", folder, "--quiet"]
                                   + COMMON + SPECIAL.get(format_name, []) + shape, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    checked += 1
                    for line in differences(folder):
                        failed += 1
                        print(f"{format_name} seed {seed} shape {number}: {line}")
    print(f"{checked} cases, {failed} differences")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
