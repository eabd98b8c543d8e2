#!/usr/bin/env python3
"""One bit of a field that a card's TAC is made over, in some records of a file; and whether clear found exactly those.

    tac_flip.py flip FORMAT FILE COUNT                              change FILE, print "record field byte bit" for each
    tac_flip.py found RECORDS FLIPPED INGEST RECORDS.json REJECTED  compare with what clear said

The bit is one of the text's, chosen so that the byte stays a digit of its base and the field a value that passes every other check. The transaction
type is left out: no single bit leads from 06 to 09. In yz316 the balance after the trade follows a flipped amount, as it would with a forger: the card
did not sign it, and without it the record would be found by its arithmetic.
"""

import json
import random
import re
import sys

DECIMAL, HEX = b"0123456789", b"0123456789ABCDEF"

# trade-csv by columns, yz316 by offset and size; the base of its digits. Digits of the card behind the issuer's prefix of seven.
COLUMNS = {"card": 0, "terminal": 1, "serial": 2, "amount": 4, "date": 5, "time": 5, "tac": 10}
PLACES = {"card": (12, 19), "terminal": (117, 12), "serial": (129, 9), "amount": (79, 8), "date": (147, 8), "time": (155, 6), "tac": (161, 8)}
PREFIX = 7
FIELDS = tuple(COLUMNS)
AMOUNT_MAX = 100000                    # fen, of the generator's rules; seven decimal digits are more


def sound(field, text, at, changed):
    """Does the field still pass every check but that of the TAC?"""
    if field == "card":
        return at >= PREFIX
    if field == "amount":
        if len(text) == 8:                                     # yz316: eight digits, zeros in front
            return 0 < int(changed, 16) <= AMOUNT_MAX
        return changed[:1] != b"0" and int(changed) <= AMOUNT_MAX
    if field == "date":
        return changed.replace(b"-", b"") == b"20260202"        # in time; other single bits make no date, or one that is too late or to come
    if field == "time":
        hour, minute, second = (int(part) for part in re.findall(rb"\d\d", changed))
        return hour < 24 and minute < 60 and second < 60
    if field == "tac":
        return changed not in (b"00000000", b"30303030", b"FFFFFFFF")
    return True


def choices(field, text, digits):
    """Every (byte, bit) that may be flipped in this text."""
    found = []
    for at, byte in enumerate(text):
        if byte not in digits:
            continue
        for bit in range(8):
            changed = text[:at] + bytes([byte ^ 1 << bit]) + text[at + 1:]
            if changed[at] in digits and sound(field, text, at, changed):
                found.append((at, bit, changed))
    return found


def line_of(data, ends, record):
    """Start and end of a record; line 0 is the header in both formats."""
    return ends[record - 1] + 1, ends[record]


def place_of(form, field, line):
    """Offset and size of a field in its line."""
    if form == "yz316":
        return PLACES[field]
    starts = [0] + [found.end() for found in re.finditer(b",", line)]
    at = starts[COLUMNS[field]]
    size = len(line.split(b",")[COLUMNS[field]])
    return {"date": (at, 10), "time": (at + 11, 8)}.get(field, (at, size))


def flip_one(form, field, line, draw):
    """The changed line, and what was changed; None where nothing may be."""
    at, size = place_of(form, field, line)
    hexadecimal = field == "tac" or (form == "yz316" and field == "amount")
    possible = choices(field, line[at:at + size], HEX if hexadecimal else DECIMAL)
    if not possible:
        return None
    byte, bit, changed = draw.choice(possible)
    flipped = line[:at] + changed + line[at + size:]
    if form == "yz316" and field == "amount":
        before = int(line[71:79], 16)
        flipped = flipped[:87] + b"%08X" % (before - int(changed, 16) & 0xFFFFFFFF) + flipped[95:]
    return flipped, byte, bit


def flip(form, path, count):
    draw = random.Random(20260302)
    with open(path, "rb") as file:
        data = bytearray(file.read())
    ends = [found.start() for found in re.finditer(b"\n", data)]
    used = dict.fromkeys(FIELDS, 0)
    todo = draw.sample(range(1, len(ends)), 4 * count)
    for number in range(count):
        field = FIELDS[number % len(FIELDS)]
        while True:
            record = todo.pop()
            start, end = line_of(data, ends, record)
            done = flip_one(form, field, bytes(data[start:end]), draw)
            if done is not None:
                break
        line, byte, bit = done
        assert len(line) == end - start
        data[start:end] = line
        used[field] += 1
        print(record, field, byte, bit)
    assert all(used.values()), used
    with open(path, "wb") as file:
        file.write(data)


def found(records, flipped_path, ingest_path, mismatch_path, rejected_path):
    with open(flipped_path, encoding="utf-8") as file:
        flipped = {int(line.split()[0]): line.strip() for line in file}
    def load(path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    totals, only = load(ingest_path)["totals"], load(ingest_path)["files"][0]
    counts = {verdict: totals[verdict]["count"] for verdict in ("accepted", "duplicate", "conflict", "rejected", "pending")}
    want = {"accepted": int(records) - len(flipped), "duplicate": 0, "conflict": 0, "rejected": len(flipped), "pending": 0}
    reasons = {(row["reason"], row["count"]) for row in only["reasons"]}
    wrong = []
    if counts != want:
        wrong.append(f"{counts}, and should be {want}")
    if reasons != {("tac-mismatch", len(flipped))} or only["notes"]:
        wrong.append(f"reasons {sorted(reasons)}, notes {only['notes']}")
    for path in (mismatch_path, rejected_path):
        numbers = {int(row["record"].split("-")[1]) for row in load(path)["records"]}
        wrong += [f"not found: {flipped[number]}" for number in sorted(set(flipped) - numbers)[:5]]
        wrong += [f"wrongly found: record {number}" for number in sorted(numbers - set(flipped))[:5]]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def main(argv):
    if len(argv) == 5 and argv[1] == "flip":
        return flip(argv[2], argv[3], int(argv[4]))
    if len(argv) == 7 and argv[1] == "found":
        return found(*argv[2:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
