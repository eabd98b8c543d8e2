"""The oracle's command line: a scenario in, what `clear` must say about it out.

    python3 oracle.py SCENARIO.json > expected.json

A scenario is {"commands":[…]} beside its files, each command one of
    {"do":"rules","dir":"rules1"}
    {"do":"ingest","files":["in/a.txt",…],"received_at":"…","sender":"…","format":"…"}     the last three optional
    {"do":"resolve","record":"FILE:NUMBER","accept":true,"reason":"…","received_at":"…"}
    {"do":"settle","date":"2026-03-03"}
ingest and settle with "keys":"keys.json" verify transaction codes under these keys (tac.py).
"""

import gzip
import json
import os
import sys

import clearing
import events
import formats
import verdicts
import words
from rules import Rules
from world import File, Record, World

NAMED_BY_FILE = ("xf158", "xf160")
LEVELS = ("member", "participant", "region")


def tally(rows):
    return {"count": len(rows), "amount_fen": sum(row.raw.amount for row in rows)}


def figures(records, reasons_of):
    """Counts and amounts by verdict, kind, primary reason and note, of the reasons a function gives."""
    result = {"records": len(records)}
    for verdict in words.VERDICTS:
        result[verdict] = tally([r for r in records if words.verdict_of(reasons_of(r)) == verdict])
    accepted = [r for r in records if not reasons_of(r)]
    result["kinds"] = {kind: tally([r for r in accepted if r.raw.kind == kind]) for kind in {r.raw.kind for r in accepted}}
    firsts = {words.primary(reasons_of(r)) for r in records} - {None}
    result["reasons"] = {reason: tally([r for r in records if words.primary(reasons_of(r)) == reason]) for reason in firsts}
    result["notes"] = {note: tally([r for r in accepted if note in r.notes]) for note in words.NOTES
                       if any(note in r.notes for r in accepted)}
    return result


class Oracle:
    def __init__(self, root):
        self.root = root
        self.world = World()

    def run(self, commands):
        return [self.command(command) for command in commands]

    def command(self, command):
        self.world.command += 1
        self.world.keys = self.keys(command)
        return {"rules": self.load, "ingest": self.ingest, "resolve": self.resolve, "settle": self.settle}[command["do"]](command)

    def keys(self, command):
        if not command.get("keys"):
            return None
        with open(os.path.join(self.root, command["keys"]), encoding="utf-8") as file:
            return json.load(file)

    def load(self, command):
        self.world.rules.append(Rules(os.path.join(self.root, command["dir"])))
        return {"exit": 0}

    # ---- ingest ----

    def ingest(self, command):
        found = [self.envelope(path, command) for path in command["files"]]
        found.sort(key=lambda e: (-1 << 63 if e["stamp"] is None else e["stamp"], e["sender_name"], e["file_id"], e["digest"]))
        results = [self.admit(envelope) for envelope in found]
        for result in results:
            if result["status"] == "ok":
                file = result.pop("_file")
                file.first_figures = figures(file.records, lambda r: r.told_reasons)
                result.update(file.first_figures)
        refused = [r for r in results if r["status"] == "refused"]
        return {"exit": 0 if not refused else 2 if any(r["reason"] == "stamp-missing" for r in refused) else 4, "files": results}

    def envelope(self, path, command):
        """What is known of a file before it is decoded."""
        with open(os.path.join(self.root, path), "rb") as file:
            data = file.read()
        name, rules = os.path.basename(path), self.world.current
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)                 # what counts is what is inside
        name = name.removesuffix(".gz")
        format_name = command.get("format") or sniff(data, name)
        sender = rules.sender(command["sender"]) if command.get("sender") else rules.sender_of_file(name, format_name)
        stamp = words.parse_time(command["received_at"]) if command.get("received_at") else None
        if stamp is None and os.path.exists(os.path.join(self.root, path + ".received")):
            with open(os.path.join(self.root, path + ".received"), encoding="ascii") as file:
                stamp = words.parse_time(file.read().strip())
        return {"name": name, "data": data, "format": format_name, "sender": sender, "sender_name": sender.name if sender else "",
                "stamp": stamp, "digest": words.content_digest(data), "file_id": name if format_name in NAMED_BY_FILE else ""}

    def admit(self, envelope):
        world, name = self.world, envelope["name"]
        for file in world.files:
            if file.digest == envelope["digest"]:
                return self.already(file, name)
        refusal = self.refusal(envelope)
        if refusal:
            return {"name": name, "status": "refused", "reason": refusal}
        decoded = formats.decode(envelope["format"], envelope["data"], name)
        hard = decoded.findings - envelope["sender"].warn
        if hard:
            return {"name": name, "status": "refused", "reason": sorted(hard)[0]}
        file = File(name, envelope["format"], envelope["sender"], envelope["file_id"], envelope["digest"], world.next_admission(),
                    envelope["stamp"], world.command, len(world.rules) - 1)
        world.files.append(file)
        if file.stamp is not None:
            world.last_stamp = file.stamp
        for number, raw in enumerate(decoded.records, 1):
            self.take(file, number, raw)
        return {"name": name, "status": "ok", "admission": file.admission, "_file": file}

    def refusal(self, envelope):
        world, sender = self.world, envelope["sender"]
        if sender is None:
            return "unknown-sender"
        if envelope["file_id"] and any(f.file_id == envelope["file_id"] and f.sender.name == sender.name for f in world.files):
            return "same-id-other-content"
        stamp = envelope["stamp"]
        if stamp is None:
            declares = envelope["format"].startswith("szt") and sender.window == "declared"
            return "" if declares else "stamp-missing"
        if world.last_stamp is not None and stamp < world.last_stamp:
            return "stamp"
        return "stamp" if world.is_closed(world.current.receipt_window(stamp)) else ""

    @staticmethod
    def already(file, name):
        first = file.first_figures or figures(file.records, lambda r: r.told_reasons)
        result = {"name": name, "status": "already-done", "admission": file.admission, **first}
        now = figures(file.records, lambda r: r.reasons)
        if now != first:
            result["current"] = now
        return result

    def take(self, file, number, raw):
        """Judge a record and do what it causes: book it, or carry out the decision it brings."""
        world = self.world
        record = Record(file, number, raw, set())
        file.records.append(record)
        verdicts.judge(world, record)
        world.records.append(record)
        if record.verdict != "accepted":
            return
        if raw.kind == "decide":
            events.decide(world, record.original, raw.decision == "accept", file.stamp)
        else:
            clearing.book(world, record, file.rules)

    # ---- the other commands ----

    def resolve(self, command):
        name, _, number = command["record"].rpartition(":")
        record = self.world.find_in([f for f in self.world.files if f.name == name], int(number))
        stamp = words.parse_time(command["received_at"]) if command.get("received_at") else self.world.last_stamp
        if record is None:
            return {"exit": 2}
        if stamp < self.world.last_stamp:
            return {"exit": 4}
        if verdicts.decided_so(record, command["accept"]):
            return {"exit": 0}                           # nothing happens, no stamp is taken
        done = events.decide(self.world, record, command["accept"], stamp)
        if done:
            self.world.last_stamp = stamp
        return {"exit": 0 if done else 2}

    def settle(self, command):
        world, day = self.world, words.parse_day(command["date"])
        events.reexamine(world, day)
        closing = world.close_through(day)
        return {"exit": 0, "windows": [words.day_text(window) for window in sorted(closing)],
                "transfers": clearing.transfers(world, closing), **self.positions()}

    def positions(self):
        return {"positions": {level: clearing.positions(self.world, level) for level in LEVELS},
                "matrix": {level: clearing.matrix(self.world, level) for level in LEVELS}}

    def state(self):
        """Everything at the end of a scenario."""
        records = [{"id": r.id, "file": r.file.name, "number": r.number, "verdict": r.verdict, "reasons": words.in_order(r.reasons),
                    "first_verdict": words.verdict_of(r.first_reasons), "notes": [n for n in words.NOTES if n in r.notes],
                    "link": r.link.id if r.link else "", "kind": r.raw.kind, "amount_fen": r.raw.amount,
                    "window": words.day_text(r.window)} for r in self.world.records]
        return {"records": records, **self.positions()}


def sniff(data, name):
    """Format by content, as far as the scenarios need it."""
    head = data[:4096]
    if head.startswith(b"1001"):
        return "yz316"
    if head.startswith(b"{"):
        return "szt-json"
    first = head.split(b"\n")[0].strip(b"\r")
    if b"orig_id" in first:
        return "moves"
    if b"deal_date" in first:
        return "szt-csv"
    if b"city_trade" in first:
        return "trade-csv"
    if len(first) == 44 and first.endswith(b"F" * 24):
        return "xf158" if first[12:20] == b"00000158" else "xf160"
    return ""


def main(argv):
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(argv[1], encoding="utf-8") as file:
        scenario = json.load(file)
    oracle = Oracle(os.path.dirname(os.path.abspath(argv[1])))
    results = oracle.run(scenario["commands"])
    json.dump({"commands": results, "end": oracle.state()}, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
