"""Random scenarios: small and nasty. A seed makes the same scenario everywhere.

    python3 generate.py --seed N --out DIR      writes DIR/scenario.json, DIR/rules1, DIR/rules2, DIR/in/…

A scenario is a few days of a few cards. Every tap is written in one format or in two, into files that arrive in commands; faults of
every kind are planted, then moves, decisions, settlements, another version of the rules and whole files that must be refused.
"""

import argparse
import gzip
import json
import os
import random
import sys

import gen_keys
import words
import write_text
from gen_faults import FAULTS, FORMATS, Faults
from gen_rules import Country



class Scenario(Faults):
    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.seed = seed
        self.base = words.day_of_date(2026, 3, 2) + rng.randrange(300)
        self.country = Country(rng, self.base)
        self.days = rng.randint(2, 7)
        self.size = rng.choice([50, 80, 150, 300, 600, rng.randint(50, 2000)])
        self.fault_rate = rng.choice([0.05, 0.2, 0.5, 0.8])
        self.serial = 0
        self.items = []              # (delivery, format, trade): delivery = (day, slot)
        self.commands = []
        self.names = {}              # file name → list of trades, to refer to its records
        self.planted = []            # (file name, number, what) that may be decided by hand
        self.refundable = []         # (sender, file name, number, trade)
        self.cards = self.make_cards()
        self.files = {}              # path → bytes
        self.settled = None
        self.tac_rng = random.Random("tac %d" % seed)          # of its own: what is drawn for codes leaves the rest of a seed as it is
        self.keys = gen_keys.draw(self.tac_rng, self.country.issuers)
        if self.keys and self.tac_rng.random() < 0.4:
            self.country.senders[self.tac_rng.choice(["yzbus", "xfbus"])]["tac_unverified"] = "wait"
        for card in self.cards:
            card["key"] = gen_keys.of_issuer(self.keys, card["issuer"]["code"])

    # ---- cards and taps ----

    def make_cards(self):
        rng, country = self.rng, self.country
        style = rng.choice(["many", "many", "few", "one", "zero"])
        count = {"many": max(4, self.size // 4), "few": 3, "one": 1, "zero": 3}[style]
        cards = []
        for number in range(count):
            issuer = rng.choice(country.issuers[:-1])
            serial = "%012d" % rng.randrange(10 ** 12)
            if rng.random() < 0.1:
                serial = "99" + serial[2:]
            card = {"card": issuer["prefix"] + serial, "issuer": issuer, "counter": rng.choice([1, 100, 65530, 40000]),
                    "balance": rng.choice([5000, 100000, 20])}
            card["time"] = self.base * words.DAY_S - words.ZONE_S + 6 * 3600 + rng.randrange(3600)
            cards.append(card)
        if style == "zero":
            cards[0]["card"] = "0" * 16
        return cards

    def terminal(self):
        acquirer = self.rng.choice(self.country.acquirers[:-1])
        return acquirer, 320000000000 + self.country.acquirers.index(acquirer) * 1000 + self.rng.randrange(5)

    def tap(self):
        """The next honest purchase of some card."""
        rng = self.rng
        card = rng.choice(self.cards)
        card["time"] += rng.choice([60, 300, 900, 3600, 4 * 3600, 20 * 3600]) + rng.randrange(200)
        last = (self.base + self.days) * words.DAY_S - words.ZONE_S
        if card["time"] >= last:
            card["time"] = last - 1 - rng.randrange(3600)
        amount = rng.choice([0, 100, 160, 200, 200, 200, 333, 4999])
        if amount > card["balance"]:
            card["balance"] += 10000                   # a load nobody reports
        acquirer, sam = self.terminal()
        self.serial += 1
        trade = {"card": card["card"], "counter": card["counter"], "balance": card["balance"], "amount": amount, "time": card["time"], "sam": sam,
                 "sam_serial": self.serial, "serial": self.serial, "tac": rng.randrange(1, 1 << 32), "type": rng.choice([6, 9]),
                 "acquirer": acquirer, "unit": acquirer["unit"] if rng.random() < 0.7 else "", "city_trade": acquirer["city"],
                 "merchant": acquirer["merchant"], "city_card": card["issuer"]["city"], "service": "bus",
                 "yz_offset": int(self.country.senders["yzbus"]["counter_offset"]), "home": card["issuer"]}
        gen_keys.sign(self.tac_rng, trade, card["key"])
        card["counter"] = (card["counter"] + 1) % 65536
        card["balance"] -= amount
        return trade

    def open_tap(self):
        """A record of the open data."""
        rng = self.rng
        acquirer, sam = self.terminal()
        self.serial += 1
        day = self.base + rng.randrange(self.days)
        kind = rng.choice(["地铁入站", "地铁出站", "巴士"])
        price = 0 if kind == "地铁入站" else rng.choice([200, 300, 700])
        amount = price if rng.random() < 0.4 else rng.choice([price * 95 // 100, price * 8 // 10, 0, max(price - 40, 0)])
        trade = {"card": "".join(rng.choice("ABCDEFGHIJ") for _ in range(rng.choice([8, 9]))) if rng.random() < 0.7 else "ABCDEFGHI",
                 "amount": amount, "price": price, "time": day * words.DAY_S - words.ZONE_S + rng.randrange(words.DAY_S), "declared": day + rng.choice([0, 0, 1]),
                 "sam": sam % 1000000 + 263000000, "szt_type": kind, "company": acquirer["company"], "serial": self.serial, "acquirer": acquirer}
        return trade

    # ---- deliveries ----

    def deliver(self, trade, format_name=None, later=0, slot=None):
        """Put a record into the file of a format that arrives the night after its day, or `later` days after that."""
        rng = self.rng
        if format_name is None:
            format_name = trade.setdefault("format", rng.choice(FORMATS))
        day = words.day_of_time(trade["time"]) - self.base + later
        slot = rng.randrange(2) if slot is None else slot
        self.items.append(((min(max(day, 0), self.days + 2), slot), format_name, trade))

    def copy(self, trade, **changes):
        self.serial += 1
        return {**trade, "serial": self.serial, **changes}

    def build(self):
        open_share = self.rng.choice([0.0, 0.2, 0.6])
        while len(self.items) < self.size:
            if self.rng.random() < open_share:
                self.plant_open(self.open_tap())
            else:
                trade = self.tap()
                fault = self.rng.choice(FAULTS) if self.rng.random() < self.fault_rate else None
                trade["format"] = self.rng.choice(FORMATS)
                if fault is None:
                    self.deliver(trade)
                else:
                    getattr(self, "plant_" + fault)(trade)

    # ---- commands ----

    def add_file(self, name, format_name, trades, options=None, folder="in"):
        path = "%s/%s" % (folder, name)
        self.files[path] = write_text.file_bytes(format_name, trades, options or {})
        return path

    def stamp(self, day, hour, minute=0):
        return words.time_text((self.base + day) * words.DAY_S - words.ZONE_S + hour * 3600 + minute * 60)

    def sender_of(self, name):
        if name.startswith("XF"):
            return "xfshort" if name[12:].startswith("000000000777") else "xfbus"
        return {"szt": "szt", "yz3": "yzbus", "mov": "office"}[name[:3]]

    def file_name(self, format_name, day, slot, part):
        date = words.day_text(self.base + day).replace("-", "")
        if format_name == "xf158":
            return "XF%s01%s%03d" % (date, "000000000777000", slot * 10 + part)
        if format_name == "xf160":
            return "XF%s01%s%03d" % (date, "000000000888000", slot * 10 + part)
        return {"yz316": "yz316_%s_%d_%d.txt", "szt-csv": "szt_%s_%d_%d.csv", "szt-json": "szt_%s_%d_%d.json"}[format_name] % (date, slot, part)

    def files_of(self, delivery):
        """Paths of the files of one delivery."""
        rng, paths = self.rng, []
        for format_name in FORMATS + ("szt-csv", "szt-json"):
            trades = [trade for when, name, trade in self.items if when == delivery and name == format_name]
            if rng.random() < 0.5:
                rng.shuffle(trades)
            if not trades:
                continue
            cut = rng.randint(1, len(trades)) if rng.random() < 0.3 else len(trades)
            for part, rows in enumerate(filter(None, (trades[:cut], trades[cut:]))):
                name = self.file_name(format_name, delivery[0], delivery[1], part)
                columns = rng.sample(write_text.SZT_COLUMNS, len(write_text.SZT_COLUMNS))
                paths.append(self.add_file(name, format_name, rows, {"end": rng.choice(["\r\n", "\n", "\n\r"]), "columns": columns}))
                self.names[name] = rows
                for number, trade in enumerate(rows, 1):
                    if "what" in trade:
                        self.planted.append((name, number, trade["what"]))
                    if format_name in FORMATS or "company" in trade:
                        self.refundable.append((self.sender_of(name), name, number, trade))
        return paths

    def ingest(self, paths, stamp):
        """One command; sometimes packed files, sometimes the stamps beside them, sometimes sender and format named."""
        rng = self.rng
        rng.shuffle(paths)
        command = {"do": "ingest", "files": [self.packed(path) if rng.random() < 0.15 else path for path in paths]}
        if stamp is not None and rng.random() < 0.15:
            self.files.update({path + ".received": (stamp + rng.choice(["", "\n"])).encode("ascii") for path in command["files"]})
        elif stamp is not None:
            command["received_at"] = stamp
        if all("yz316" in path for path in paths) and rng.random() < 0.3:
            command.update(rng.choice([{"sender": "yzbus"}, {"format": "yz316"}, {"sender": "yzbus", "format": "yz316"}]))
        self.commands.append(command)

    def packed(self, path):
        self.files[path + ".gz"] = gzip.compress(self.files.pop(path), 6, mtime=0)
        return path + ".gz"

    def move_rows(self, day, number):
        """Loads and purchases of their own, refunds, reversals and adjustments of earlier records, good and bad."""
        rng, rows = self.rng, []

        def move(kind, **more):
            row = dict.fromkeys(write_text.MOVE_COLUMNS, "")
            row.update(id="m%d-%d" % (number, len(rows)), product="transit", kind=kind, trade_time=self.stamp(day, 7, rng.randrange(60)),
                       amount_fen="100", **more)
            rows.append(row)
            return row

        for _ in range(rng.randint(1, 12)):
            what = rng.choice(["load", "purchase", "refund", "refund", "reversal", "adjust", "missing", "again", "conflict", "party", "bad"])
            if what in ("load", "purchase"):
                move(what, issuer=rng.choice(self.country.issuers[:-1])["code"], acquirer=rng.choice(self.country.acquirers[:-1])["code"],
                     service="load" if what == "load" else "bus")["amount_fen"] = str(rng.choice([0, 100, 4000, 4999]))
            elif what == "party":
                move("load", issuer=self.country.issuers[-1]["code"], acquirer=self.country.acquirers[0]["code"], service="load")
            elif what == "missing":
                move(rng.choice(["refund", "adjust"]), orig_id=rng.choice(["yzbus/nowhere.txt/1", "r900-1", "yzbus/yz316_x.txt/99999"]))
            elif what == "again" and rows:
                rows.append(dict(rng.choice(rows)))
            elif what == "conflict" and rows:
                rows.append({**rng.choice(rows), "amount_fen": "77"})
            elif what == "bad":
                rows.append({**move("load", service="load", issuer="iss1", acquirer="acq1"),
                             **rng.choice([{"amount_fen": "1x"}, {"amount_fen": "-5"}, {"kind": "gift"}, {"trade_time": "2026-02-30T00:00:00"}])})
            elif self.refundable:
                self.move_about(rng.choice(self.refundable), what, move)
        return rows

    def move_about(self, target, what, move):
        rng = self.rng
        sender, name, number, trade = target
        kind = what if what in ("refund", "reversal", "adjust") else "refund"
        reference = "%s/%s/%d" % (sender, name, number)
        amount = trade["amount"]
        if kind == "adjust":
            move(kind, orig_id=reference)["amount_fen"] = str(rng.choice([50, -50]))
            return
        if kind == "reversal":
            for _ in range(rng.choice([1, 1, 2])):
                move(kind, orig_id=reference)["amount_fen"] = str(amount)
            return
        for part in rng.choice([[amount], [amount // 2, amount - amount // 2], [amount // 3] * 3, [amount, 1], [amount + 1], [1]]):
            if part > 0:
                move(kind, orig_id=reference)["amount_fen"] = str(part)
        if rng.random() < 0.2:
            move("reversal", orig_id=reference)["amount_fen"] = str(amount)

    def decide_rows(self, day, number):
        rows = []
        for name, record, what in self.rng.sample(self.planted, min(len(self.planted), self.rng.randint(1, 4))):
            if what in ("gray", "conflict", "limit"):
                row = dict.fromkeys(write_text.MOVE_COLUMNS, "")
                row.update(id="d%d-%d" % (number, len(rows)), product="transit", kind="decide", orig_id="%s/%s/%d" % (self.sender_of(name), name, record),
                           trade_time=self.stamp(day, 7), amount_fen="0", reason=self.rng.choice(["accept", "reject"]), note="by hand")
                rows.append(row)
        return rows

    def refusals(self, day):
        """Files that must be refused, each in a command of its own; and a file that is there already."""
        rng, seen = self.rng, [c for c in self.commands if c["do"] == "ingest"]
        what = rng.choice(["already", "already", "packed", "twice", "empty", "count", "nobody", "same_id", "stamp"])
        if what == "already" and seen:
            paths = list(rng.choice(seen)["files"])[:2]
            self.commands.append({"do": "ingest", "files": paths, "received_at": self.stamp(day + 1, 9, 1)})
        elif what == "packed" and seen:
            path = rng.choice(rng.choice(seen)["files"])
            data = self.files[path]
            self.files["again%d/other_name" % day] = gzip.decompress(data) if path.endswith(".gz") else gzip.compress(data, 1, mtime=7)
            self.commands.append({"do": "ingest", "files": ["again%d/other_name" % day], "received_at": self.stamp(day + 1, 9, 1)})
        elif what == "twice":
            data = write_text.yz316_file([self.tap(), self.tap()])
            paths = ["in/yz316_twice_%d_%s.txt" % (day, which) for which in "ab"]
            self.files.update(dict.fromkeys(paths, data))
            self.commands.append({"do": "ingest", "files": paths[:1] + [paths[1]], "received_at": self.stamp(day + 1, 9, 1)})
        elif what == "empty":
            path = self.add_file("yz316_empty_%d.txt" % day, "yz316", [])
            self.commands.append({"do": "ingest", "files": [path], "received_at": self.stamp(day + 1, 9, 1)})
        elif what == "count":
            path = self.add_file("yz316_count_%d.txt" % day, "yz316", [self.tap()], {"count": 5})
            self.commands.append({"do": "ingest", "files": [path], "received_at": self.stamp(day + 1, 9, 1)})
        elif what == "nobody":
            path = self.add_file("stranger_%d.txt" % day, "yz316", [self.tap()])
            self.commands.append({"do": "ingest", "files": [path], "received_at": self.stamp(day + 1, 9, 1)})
        elif what == "stamp" and seen:
            path = self.add_file("yz316_early_%d.txt" % day, "yz316", [self.tap()])
            self.commands.append({"do": "ingest", "files": [path], "received_at": self.stamp(day - 1, 1, 1)})
        elif what == "same_id":
            names = [name for name in self.names if name.startswith("XF")]
            if names:
                name = rng.choice(names)
                path = self.add_file(name, "xf158" if "777000" in name else "xf160", [self.tap()], folder="other%d" % day)
                self.commands.append({"do": "ingest", "files": [path], "received_at": self.stamp(day + 1, 9, 1)})

    def evening(self, day):
        """What happens after a day's files: moves, decisions, refusals, settlement."""
        rng = self.rng
        if rng.random() < 0.6:
            name = "moves_%d.csv" % day
            rows = self.move_rows(day, day)
            if rows:
                self.ingest([self.add_file(name, "moves", rows)], self.stamp(day + 1, 8))
                self.names[name] = rows
                for number, row in enumerate(rows, 1):
                    if row["kind"] in ("load", "purchase") and row["amount_fen"].isdigit():
                        self.refundable.append(("office", name, number, {"amount": int(row["amount_fen"])}))
        if rng.random() < 0.5:
            self.refusals(day)
        if rng.random() < 0.4 and self.planted:
            rows = self.decide_rows(day, day)
            if rows:
                self.ingest([self.add_file("moves_decide_%d.csv" % day, "moves", rows)], self.stamp(day + 1, 9, 30))
        for _ in range(rng.randint(0, 2)):
            if self.planted:
                name, number, _ = rng.choice(self.planted)
                self.commands.append({"do": "resolve", "record": "%s:%d" % (name, number), "accept": rng.random() < 0.6, "reason": "looked at",
                                      "received_at": self.stamp(day + 1, 10)})
        if rng.random() < 0.6:
            self.settle(day + rng.choice([-1, 0, 0, 1]))

    def settle(self, day):
        """A settlement of a later day than the last one; the same again would only say so."""
        if self.settled is None or day > self.settled:
            self.settled = day
            self.commands.append({"do": "settle", "date": words.day_text(self.base + day)})

    def script(self):
        rng = self.rng
        self.build()
        self.commands.append({"do": "rules", "dir": "rules1"})
        deliveries = sorted({when for when, _, _ in self.items})
        second = rng.choice(deliveries)[0] if rng.random() < 0.8 else None
        day = 0
        while day <= self.days + 3:
            for slot in (0, 1):
                paths = self.files_of((day, slot)) if (day, slot) in deliveries else []
                split = rng.random() < 0.3
                groups = [[path] for path in paths] if split else [paths]
                for part, group in enumerate(filter(None, groups)):
                    stamp = self.stamp(day + 1, 2 + slot, 0 if not split else part)
                    only_declared = all("szt" in path for path in group) and self.country.senders["szt"]["window"] == "declared"
                    self.ingest(group, None if only_declared and rng.random() < 0.5 else stamp)
            self.evening(day)
            if second == day:
                self.commands.append({"do": "rules", "dir": "rules2"})
            day += 1
        self.settle(day + rng.choice([1, 5, 40]))
        gen_keys.give(self.tac_rng, self.keys, self.commands)

    def write(self, folder):
        self.script()
        for version in (1, 2):
            self.country.write(os.path.join(folder, "rules%d" % version), version)
        for path, data in self.files.items():
            path = os.path.join(folder, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
        gen_keys.write(folder, self.keys)
        with open(os.path.join(folder, "scenario.json"), "w", encoding="utf-8") as file:
            json.dump({"seed": self.seed, "commands": self.commands}, file, ensure_ascii=False, indent=1)


def make(seed, folder):
    """Write the scenario of a seed into a folder; its commands."""
    scenario = Scenario(seed)
    scenario.write(folder)
    return scenario.commands


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    make(arguments.seed, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
