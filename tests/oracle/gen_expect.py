"""Is expected.json held by what the program printed? Every field it names must be there with that value; what it does not name is free.

    python3 gen_expect.py EXPECTED.json INGEST.json POSITIONS.json     prints the differences; exit 1 if there are any

Rows of lists are matched by what names them (file, kind, reason, window and participant, …). A row the program has and the
expectation has not is a difference, too: money that nobody expected.
"""

import json
import os
import sys

KEYS = (("name",), ("kind",), ("reason",), ("product", "window", "participant"), ("product", "window", "payer", "payee", "kind"))
differences = []


def key_of(row):
    """What names a row of a list: the longest set of naming fields it has."""
    best = max((names for names in KEYS if all(name in row for name in names)), key=len)
    return tuple(os.path.basename(row[name]) if name == "name" else row[name] for name in best)


def compare(where, want, have):
    if isinstance(want, dict):
        if not isinstance(have, dict):
            differences.append(f"{where}: wanted an object, got {have!r}")
            return
        for name, value in want.items():
            if name not in have:
                differences.append(f"{where}: no {name}; wanted {value!r}")
            elif name == "name" and isinstance(value, str) and isinstance(have[name], str):
                compare_value(f"{where}.{name}", value, os.path.basename(have[name]) if "format" in want else have[name])
            else:
                compare(f"{where}.{name}", value, have[name])
    elif isinstance(want, list):
        compare_rows(where, want, have)
    else:
        compare_value(where, want, have)


def compare_value(where, want, have):
    if want != have or type(want) is not type(have):
        differences.append(f"{where}: wanted {want!r}, got {have!r}")


def compare_rows(where, want, have):
    if not isinstance(have, list):
        differences.append(f"{where}: wanted a list, got {have!r}")
        return
    rows = {key_of(row): row for row in have}
    wanted = {key_of(row): row for row in want}
    if len(rows) != len(have):
        differences.append(f"{where}: a row stands there twice")
    for key, row in wanted.items():
        if key not in rows:
            differences.append(f"{where}: no row {key}; wanted {row}")
        else:
            compare(f"{where}[{', '.join(key)}]", row, rows[key])
    for key in rows:
        if key not in wanted:
            differences.append(f"{where}: unexpected row {rows[key]}")
    if [key for key in rows if key in wanted] != [key for key in wanted if key in rows]:
        differences.append(f"{where}: another order of rows")


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    expected, ingest, positions = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
    compare("ingest", expected["ingest"], ingest)
    compare("positions", expected["positions"], positions.get("positions"))
    compare("matrix", expected["matrix"], positions.get("matrix"))
    compare_value("net_sum_fen", 0, positions.get("net_sum_fen"))
    for line in differences:
        print(line)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
