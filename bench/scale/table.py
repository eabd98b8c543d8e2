#!/usr/bin/env python3
"""Check the steps of bench/scale/run, and make its table.

    table.py check RESULT EXPECTED [RESENT [already-done]]  an ingest's JSON against the generator's; RESENT records more, or "all", are repeats
    table.py whole VERIFY DIGEST RECORDS                    nothing is wrong, and everything is there
    table.py table FOLDER HEAD README RECORDS FILES         FOLDER: measures, sizes, what clear said; "-" for README = print only
"""

import json
import os
import statistics
import sys

BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def counts(totals):
    return {verdict: totals[verdict]["count"] for verdict in ("accepted", "duplicate", "conflict", "rejected", "pending")}


def check(result_path, expected_path, resent="0", status="ok"):
    result, expected = load(result_path), counts(load(expected_path)["ingest"]["totals"])
    if resent == "all":
        expected = dict.fromkeys(expected, 0) | {"duplicate": sum(expected.values())}
    else:
        expected["duplicate"] += int(resent)
    got = counts(result["totals"])
    files = [file["status"] for file in result["files"]]
    if result["status"] == "ok" and files == [status] and got == expected:
        return 0
    print(f"{result['status']}, files {files}: {got}, and should be {expected}", file=sys.stderr)
    return 1


def whole(verify_path, digest_path, records):
    verify, digest = load(verify_path), load(digest_path)
    if verify["status"] == "ok" and verify["problem_count"] == 0 and verify["records"] == int(records) == digest["records"] and len(digest["digest"]) == 64:
        return 0
    print(f"verify: {verify['status']}, {verify['problem_count']} problems, {verify['records']} records; digest: {digest['records']} records", file=sys.stderr)
    return 1


def read_folder(folder):
    """layout → step → (wall, cpu, rss, anon KiB); layout → step → bytes of the file."""
    measures, sizes = {}, {}
    with open(os.path.join(folder, "measures"), encoding="utf-8") as file:
        for line in file:
            layout, step, wall, cpu, rss, anon = line.split()
            measures.setdefault(layout, {})[step] = float(wall), float(cpu), int(rss), int(anon)
    with open(os.path.join(folder, "sizes"), encoding="utf-8") as file:
        for line in file:
            layout, step, size = line.split()
            sizes.setdefault(layout, {})[step] = int(size)
    return measures, sizes


def grid(heads, rows):
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---" if i == 0 else "---:" for i in range(len(heads))) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def percent(value, base):
    return f"{(value / base - 1) * 100:+.0f} %"


def file_rows(folder, layout, steps, sizes, records, files):
    """A line a file: what it took, and what the store was when it was in."""
    first, live = steps["file1"], 0
    for number in range(1, files + 1):
        wall, cpu, _, anon = steps[f"file{number}"]
        status = load(os.path.join(folder, f"{layout}.file{number}.status.json"))
        yield [f"{number}", f"{wall:.2f}", f"{wall / records * 1e9:.0f}", f"{cpu / records * 1e9:.0f}", percent(wall, first[0]), percent(cpu, first[1]), f"{anon / 1024:.0f}",
               f"{status['live_bytes'] / (number * records):.1f}", f"{(status['live_bytes'] - live) / records:.1f}", f"{status['runs']}", f"{status['merges']}",
               f"{sizes[f'file{number}'] / records:.1f}"]
        live = status["live_bytes"]


def layout_lines(folder, layout, steps, sizes, records, files):
    name = {"ten-days": "Each file on a day of its own", "one-day": "All files on one day"}[layout]
    heads = ["file", "wall, s", "wall, ns/record", "CPU, ns/record", "wall against first", "CPU against first", "peak anonymous, MiB", "live bytes/record", "of this file",
             "runs", "merges so far", "file, bytes/record"]
    yield f"{name}:"
    yield ""
    yield from grid(heads, file_rows(folder, layout, steps, sizes, records, files))
    yield ""


def summary_rows(layout, steps, records, files):
    def of(name):
        return [steps[f"file{number}"][name] for number in range(1, files + 1)]
    wall, cpu = of(0), of(1)
    most = max(anon for _, _, _, anon in steps.values()) / 1024
    per = 1e9 / records
    yield "last file against the first: wall, CPU", f"{percent(wall[-1], wall[0])}, {percent(cpu[-1], cpu[0])}"
    yield "mean of all files against the first: wall, CPU", f"{percent(statistics.mean(wall), wall[0])}, {percent(statistics.mean(cpu), cpu[0])}"
    yield "peak anonymous memory of any step, MiB", f"{most:.0f}"
    for step, text in (("verify", "verify"), ("digest", "digest")):
        yield f"{text} of {records * files:,} records, wall, s (CPU)", f"{steps[step][0]:.2f} ({steps[step][1]:.2f})"
    yield "the same bytes again, wall, s", f"{steps['same'][0]:.2f}"
    yield "other name, one more byte: all duplicates, wall and CPU, ns/record", f"{steps['other'][0] * per:.0f}, {steps['other'][1] * per:.0f}"
    yield "that against the first file, and against the last: wall", f"{percent(steps['other'][0], wall[0])}, {percent(steps['other'][0], wall[-1])}"
    yield "next file, 1 % seen before, history warm: wall, s (CPU)", f"{steps['warm'][0]:.2f} ({steps['warm'][1]:.2f})"
    yield "the same, history cold: wall, s (CPU)", f"{steps['cold'][0]:.2f} ({steps['cold'][1]:.2f})"
    yield "cold against warm: wall, CPU", f"{steps['cold'][0] / steps['warm'][0]:.2f}×, {steps['cold'][1] / steps['warm'][1]:.2f}×"


def table(folder, head_path, readme, records, files):
    records, files = int(records), int(files)
    measures, sizes = read_folder(folder)
    with open(head_path, encoding="utf-8") as file:
        lines = [file.read().strip(), ""]
    for layout, steps in measures.items():
        lines += layout_lines(folder, layout, steps, sizes[layout], records, files)
    columns = [list(summary_rows(layout, steps, records, files)) for layout, steps in measures.items()]
    lines += grid(["", *measures], [[rows[0][0], *(row[1] for row in rows)] for rows in zip(*columns)])
    text = "\n".join(lines) + "\n"
    print(text)
    if readme == "-":
        return 0
    with open(readme, encoding="utf-8") as file:
        page = file.read()
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        print(f"{readme}: the two markers are not there", file=sys.stderr)
        return 1
    before, rest = page.split(BEGIN)
    with open(readme, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + "\n" + text + END + rest.split(END)[1])
    return 0


def main(argv):
    if 4 <= len(argv) <= 6 and argv[1] == "check":
        return check(*argv[2:])
    if len(argv) == 5 and argv[1] == "whole":
        return whole(*argv[2:])
    if len(argv) == 7 and argv[1] == "table":
        return table(*argv[2:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
