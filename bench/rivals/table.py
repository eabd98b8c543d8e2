#!/usr/bin/env python3
"""Check that the engines agree, and make the table of bench/rivals/run.

    table.py agree RULES RESULT…            RESULT is NAME=FILE; clear's file is its JSON, the others' are rows city,city,service,count,fen
    table.py table MEASURES HEAD README     MEASURES: lines "engine round step records wall cpu rss bytes"; "-" for README = print only
"""

import csv
import json
import os
import re
import statistics
import sys

BEGIN, END = "<!-- rivals: begin -->", "<!-- rivals: end -->"


def cities(rules):
    """Participant → city, for the aliases that trade-csv uses."""
    with open(os.path.join(rules, "participants.csv"), encoding="utf-8", newline="") as file:
        return {row["code"]: found.group(1) for row in csv.DictReader(file)
                if (found := re.search(r"trade-csv\.city:(\d+)", row["aliases"])) is not None}


def from_clear(path, city_of):
    """(city of card, city of trade) → (trades, fen)."""
    with open(path, encoding="utf-8") as file:
        matrix = json.load(file)["matrix"]
    sums = {}
    for row in matrix:
        if row["kind"] != "purchase":
            continue
        key = city_of[row["payer"]], city_of[row["payee"]]
        count, fen = sums.get(key, (0, 0))
        sums[key] = count + row["count"], fen + row["amount_fen"]
    return sums


def from_rows(path):
    """The same with the service as a third part of the key."""
    with open(path, encoding="utf-8", newline="") as file:
        return {(card, trade, int(service)): (int(count), int(fen)) for card, trade, service, count, fen in csv.reader(file)}


def without_service(sums):
    pairs = {}
    for (card, trade, _), (count, fen) in sums.items():
        before = pairs.get((card, trade), (0, 0))
        pairs[card, trade] = before[0] + count, before[1] + fen
    return pairs


def agree(rules, results):
    city_of = cities(rules)
    files = dict(result.split("=", 1) for result in results)
    clear = from_clear(files.pop("clear"), city_of)
    with_service = {}
    for name, path in files.items():
        with_service[name] = from_rows(path)
        found = without_service(with_service[name])
        if found != clear:
            wrong = sorted(key for key in set(found) | set(clear) if found.get(key) != clear.get(key))
            print(f"{name} and clear disagree in {len(wrong)} of {len(clear)} pairs of cities; the first: {wrong[0]}: "
                  f"{found.get(wrong[0])} and {clear.get(wrong[0])}", file=sys.stderr)
            return 1
    if any(sums != next(iter(with_service.values())) for sums in with_service.values()):
        print("the rivals disagree with each other by service", file=sys.stderr)
        return 1
    print(f"agreed: {', '.join(['clear', *files])}: {sum(count for count, _ in clear.values())} trades, {sum(fen for _, fen in clear.values())} fen, {len(clear)} pairs of cities")
    return 0


def read_measures(path):
    """engine → step → round → (records, wall, cpu, rss, bytes)."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            engine, number, step, records, wall, cpu, rss, stored = line.split()
            found.setdefault(engine, {}).setdefault(step, {})[int(number)] = int(records), float(wall), float(cpu), int(rss), int(stored)
    return found


def spread(values, form):
    return f"{form % statistics.median(values)} ({form % min(values)}–{form % max(values)})"


def rows(measures):
    """One row an engine: seconds of both steps, CPU a record, memory, bytes, and how many times clear's time a record it takes."""
    base = measures["clear"]
    for engine, steps in measures.items():
        cells = [engine]
        for step in ("first", "next"):
            rounds = steps[step]
            cells.append(spread([wall for _, wall, _, _, _ in rounds.values()], "%.2f"))
        for step in ("first", "next"):
            cells.append("%.2f" % statistics.median([cpu / records * 1e6 for records, _, cpu, _, _ in steps[step].values()]))
        cells.append("%d" % max(rss // 1024 for rounds in steps.values() for _, _, _, rss, _ in rounds.values()))
        records = sum(next(iter(steps[step].values()))[0] for step in ("first", "next"))
        cells.append("%.1f" % (statistics.median([stored for *_, stored in steps["next"].values()]) / records))
        for step in ("first", "next"):
            ratios = [wall / records / (base[step][number][1] / base[step][number][0]) for number, (records, wall, *_) in steps[step].items()]
            cells.append("1" if engine == "clear" else spread(ratios, "%.1f"))
        yield ["{:,}".format(next(iter(steps["first"].values()))[0])] + cells


def table(measures_path, head_path, readme):
    heads = ["records a file", "engine", "first, s", "next, s", "CPU first, µs/record", "CPU next, µs/record", "peak RSS, MiB", "stored, bytes/record",
             "times clear, first", "times clear, next"]
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" if i < 2 else "---:" for i in range(len(heads))) + " |"]
    for cells in rows(read_measures(measures_path)):
        lines.append("| " + " | ".join([cells[0], *cells[1:]]) + " |")
    with open(head_path, encoding="utf-8") as file:
        text = file.read().strip() + "\n\n" + "\n".join(lines) + "\n"
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
    if len(argv) >= 4 and argv[1] == "agree":
        return agree(argv[2], argv[3:])
    if len(argv) == 5 and argv[1] == "table":
        return table(*argv[2:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
