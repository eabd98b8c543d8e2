"""The faults that the generator plants: each method delivers a trade with something wrong about it, or with company.

A mixin of generate.Scenario, which brings the cards, the taps and the deliveries.
"""

import words

FORMATS = ("yz316", "xf158", "xf160")
FAULTS = ("dup_same", "dup_late", "conflict", "conflict_late", "counter_conflict", "gray_then_normal", "normal_then_gray", "gray_alone",
          "gray_same_serial", "gray_late_normal", "late", "future", "impossible", "unknown_acquirer", "unknown_issuer", "by_city", "mismatch", "stop",
          "limit", "bonus", "monthly", "arithmetic", "test", "lock", "unknown_type", "malformed", "tac_absent", "expired_card",
          "field_mismatch", "no_unit", "cross", "cross_conflict", "midnight", "zero", "rejected_again", "company_branch", "dup_conflict")


class Faults:
    def plant_open(self, trade):
        rng, format_name = self.rng, self.rng.choice(["szt-csv", "szt-json"])
        fault = rng.choice(["dup", "cross", "conflict", "company", "no_company", "late", "early_declared", "type", "money", "device", "impossible", "future", "columns"])
        if rng.random() > self.fault_rate:
            self.deliver(trade, format_name)
        elif fault in ("dup", "cross"):
            self.deliver(trade, format_name)
            self.deliver(trade, format_name if fault == "dup" else {"szt-csv": "szt-json", "szt-json": "szt-csv"}[format_name], rng.randrange(2))
        elif fault == "conflict":
            self.deliver(trade, format_name)
            self.deliver({**trade, "price": trade["price"] + 100, "amount": trade["amount"] + 100, "what": "conflict"}, format_name, rng.randrange(2))
        elif fault in ("company", "no_company"):
            company = self.country.acquirers[-1]["company"] if fault == "company" else ""
            self.deliver({**trade, "company": company, "what": fault}, format_name)
            if rng.random() < 0.4:
                self.deliver({**trade, "company": company}, format_name, 1)
        elif fault == "late":
            self.deliver({**trade, "time": trade["time"] - 86400 * rng.choice([1, 3, 4, 6, 31])}, format_name, slot=0)
        elif fault == "early_declared":
            self.deliver({**trade, "declared": words.day_of_time(trade["time"]) - 1}, format_name)
        elif fault == "future":
            self.deliver({**trade, "time": trade["time"] + 2 * 86400, "declared": trade["declared"] + 2}, format_name, -2)
        else:
            raw = {"type": {"deal_type": "地铁换乘"}, "money": {"deal_money": "12x"}, "device": {"equ_no": "26X"},
                   "impossible": {"deal_date": "2026-02-30 10:00:00"}, "columns": {"deal_money": ""}}[fault]
            self.deliver({**trade, "raw": raw}, format_name)

    # ---- faults of card data ----

    def again(self, trade, later):
        """The same record once more, in the same file or in a later one."""
        self.deliver(trade, slot=0)
        self.deliver(trade, trade["format"], later, slot=0)

    def plant_dup_same(self, trade):
        self.again(trade, 0)

    def plant_dup_late(self, trade):
        self.again(trade, self.rng.randint(1, 2))

    def changed(self, trade):
        change = self.rng.choice(["amount", "time", "tac", "type", "balance", "party"])
        other = self.rng.choice(self.country.acquirers[:-1])
        return self.copy(trade, **{"amount": {"amount": trade["amount"] + 50}, "time": {"time": trade["time"] + 1},
                                   "tac": {"tac": trade["tac"] ^ 1}, "type": {"type": 15 - trade["type"]}, "balance": {"balance": trade["balance"] + 100},
                                   "party": {"unit": other["unit"], "merchant": other["merchant"], "acquirer": other}}[change])

    def plant_conflict(self, trade):
        self.deliver(trade, slot=0)
        self.deliver({**self.changed(trade), "what": "conflict"}, trade["format"], slot=0)

    def plant_conflict_late(self, trade):
        self.deliver(trade)
        self.deliver({**self.changed(trade), "what": "conflict"}, trade["format"], self.rng.randint(0, 2))

    def plant_dup_conflict(self, trade):
        """A conflict, then copies of both: each is a duplicate of its own."""
        other = {**self.changed(trade), "what": "conflict"}
        for row in (trade, other, trade, other):
            self.deliver(row, trade["format"], self.rng.randint(0, 1))

    def plant_counter_conflict(self, trade):
        self.deliver(trade)
        self.deliver(self.copy(trade, sam_serial=self.serial + 500000, what="conflict",
                               time=trade["time"] + self.rng.choice([0, 30, 3600])), self.rng.choice(FORMATS), self.rng.randint(0, 1))

    def gray_of(self, trade, **changes):
        return self.copy(trade, gray=True, tac=self.rng.choice([None, 0, trade["tac"]]), sam_serial=self.serial + 700000, what="gray",
                         format=self.rng.choice(["xf158", "xf160"]), **changes)

    def plant_gray_then_normal(self, trade):
        gray = self.gray_of(trade, time=trade["time"] - self.rng.choice([5, 60, 599, 600, 601, 1800]))
        self.deliver(gray, slot=0)
        self.deliver(trade, self.rng.choice(FORMATS), self.rng.randint(0, 1), slot=self.rng.randrange(2))

    def plant_normal_then_gray(self, trade):
        gray = self.gray_of(trade, time=trade["time"] - self.rng.choice([5, 60, 600, 1200]))
        self.deliver(trade, self.rng.choice(FORMATS), slot=0)
        self.deliver(gray, gray["format"], self.rng.randint(0, 1), slot=self.rng.randrange(2))

    def plant_gray_same_serial(self, trade):
        gray = {**self.gray_of(trade), "sam_serial": trade["sam_serial"]}
        self.deliver(gray, slot=0)
        self.deliver(trade, gray["format"], slot=self.rng.randrange(2))

    def plant_gray_alone(self, trade):
        """Only the gray record; the card's next tap tells whether it was debited. Sometimes a chain of them."""
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            self.deliver(self.gray_of(trade))
            if self.rng.random() < 0.4:
                # The debit never took place: the money is still on the card.
                for card in self.cards:
                    if card["card"] == trade["card"]:
                        card["balance"] += trade["amount"]
            trade = self.tap()
        self.deliver(trade)

    def plant_gray_late_normal(self, trade):
        gray = self.gray_of(trade, time=trade["time"] - 20)
        self.deliver(gray)
        self.deliver(trade, self.rng.choice(FORMATS), self.rng.randint(1, 4))

    def plant_midnight(self, trade):
        """Gray and normal of one tap on both sides of midnight."""
        day = words.day_of_time(trade["time"])
        edge = day * words.DAY_S - words.ZONE_S
        first, second = self.rng.choice([(-30, 30), (-1, 0), (-599, 5), (-7200, 300), (-300, 7200), (-60, 700)])
        gray = self.gray_of(trade, time=edge + first)
        normal = {**trade, "time": edge + second}
        if self.rng.random() < 0.5:
            gray["time"], normal["time"] = normal["time"], gray["time"]
        self.deliver(gray, slot=self.rng.randrange(2), later=self.rng.randint(0, 1))
        self.deliver(normal, self.rng.choice(FORMATS), slot=self.rng.randrange(2), later=self.rng.randint(0, 1))

    def plant_late(self, trade):
        self.deliver({**trade, "time": trade["time"] - words.DAY_S * self.rng.choice([2, 3, 4, 5, 6, 30, 31])}, later=40, slot=0)

    def plant_future(self, trade):
        ahead = self.rng.choice([2, 20, 366])
        self.deliver({**trade, "time": trade["time"] + ahead * words.DAY_S}, later=-ahead)

    def plant_impossible(self, trade):
        self.deliver({**trade, "impossible": self.rng.choice(["20260230101010", "20261301101010", "20260301246000", "00000000000000", "20260301101060"])})

    def plant_unknown_acquirer(self, trade):
        new = self.country.acquirers[-1]
        trade = {**trade, "unit": new["unit"], "city_trade": new["city"] if self.rng.random() < 0.5 else "", "merchant": new["merchant"], "what": "unknown",
                 "acquirer": new}
        self.deliver(trade)
        if self.rng.random() < 0.4:
            self.deliver(trade if self.rng.random() < 0.5 else self.changed({**trade, "acquirer": new}), trade["format"], self.rng.randint(0, 3))

    def plant_unknown_issuer(self, trade):
        new = self.country.issuers[-1]
        trade = {**trade, "card": new["prefix"] + trade["card"][4:], "city_card": new["city"], "home": new, "what": "unknown"}
        if self.rng.random() < 0.2:
            trade["bonus"] = True
        self.deliver(trade)
        if self.rng.random() < 0.3:
            self.deliver(trade, self.rng.choice(FORMATS), self.rng.randint(0, 3))

    def plant_by_city(self, trade):
        """No card prefix is known; yz316 still has the city of the card."""
        self.deliver({**trade, "card": "9911" + trade["card"][4:], "what": "unknown"}, "yz316" if self.rng.random() < 0.8 else None)

    def plant_mismatch(self, trade):
        other = self.rng.choice([i for i in self.country.issuers[:-1]])
        self.deliver({**trade, "city_card": other["city"], "what": "mismatch"}, "yz316")

    def plant_stop(self, trade):
        shift = self.rng.choice([-600, 0, 600])
        end = None if self.rng.random() < 0.05 else trade["time"] + shift + self.rng.choice([0, 60, 600])
        self.country.stopped.append((trade["card"], trade["time"] + shift, end))
        self.deliver(trade)
        if self.rng.random() < 0.3:
            self.deliver(trade, trade["format"], 1)

    def plant_limit(self, trade):
        amount = self.rng.choice([5000, 5001, 6999, 7001])
        self.deliver({**trade, "amount": amount, "balance": trade["balance"] + amount, "what": "limit"})

    def plant_bonus(self, trade):
        self.deliver({**trade, "bonus": True}, "yz316")

    def plant_monthly(self, trade):
        self.deliver({**trade, "monthly": self.rng.choice(["01", "02", "03"])}, self.rng.choice(["xf158", "xf160"]))

    def plant_arithmetic(self, trade):
        self.deliver({**trade, "raw": {"after": "%08X" % trade["balance"]}, "amount": trade["amount"] or 100}, "yz316")

    def plant_test(self, trade):
        self.deliver({**trade, "test": True}, "yz316")

    def plant_lock(self, trade):
        self.deliver({**trade, "lock": True, "amount": 0, "tac": self.rng.choice([None, trade["tac"]])}, "yz316")

    def plant_unknown_type(self, trade):
        self.deliver({**trade, "type": self.rng.choice([1, 5, 10, 99])})

    def plant_malformed(self, trade):
        field, text = self.rng.choice([("sam", "32X000000001"), ("amount", "0000G123"), ("counter", "00X0"), ("sam_serial", "12Z"), ("date", "2026AB01"), ("tac", "ZZZZZZZZ")])
        if trade["format"] != "yz316":
            field, text = self.rng.choice([("sam", "32X000000001"), ("amount", "0000G123"), ("counter", "00X012"), ("sam_serial", "0000000-12"),
                                           ("time", "2026AB01101010"), ("tac", "ZZZZZZZZ")])
        self.deliver({**trade, "raw": {field: text}})

    def plant_tac_absent(self, trade):
        trade = {**trade, "tac": self.rng.choice([None, 0, 0xFFFFFFFF, 0x30303030])}
        self.deliver(trade)
        if self.rng.random() < 0.5:
            self.deliver({**trade, "tac": 77} if self.rng.random() < 0.5 else trade, trade["format"], self.rng.randint(0, 1))

    def plant_expired_card(self, trade):
        dates = self.rng.choice([{"end": "20200101"}, {"start": "20390101"}, {"start": "20200101", "end": "20260101"}, {"end": "00000000", "start": "00000000"}])
        self.deliver({**trade, **dates}, self.rng.choice(["xf158", "xf160"]))

    def plant_field_mismatch(self, trade):
        self.deliver({**trade, "raw": {"inner": "0" * 15 + "1"}}, "yz316")

    def plant_no_unit(self, trade):
        self.deliver({**trade, "unit": "", "city_trade": "", "what": "no_unit"}, "yz316")

    def plant_cross(self, trade):
        """The same trade through two acquiring channels, in two formats."""
        one, other = self.rng.sample(FORMATS, 2)
        self.deliver(trade, one, self.rng.randint(0, 1))
        self.deliver(trade, other, self.rng.randint(0, 1))

    def plant_cross_conflict(self, trade):
        one, other = self.rng.sample(FORMATS, 2)
        self.deliver(trade, one)
        self.deliver({**self.changed(trade), "what": "conflict"}, other, self.rng.randint(0, 1))

    def plant_zero(self, trade):
        self.deliver({**trade, "amount": 0})

    def plant_rejected_again(self, trade):
        """Rejected first, corrected later: judged anew, and flagged."""
        bad = {**trade, "tac": None}
        self.deliver(bad)
        self.deliver(trade, trade["format"], self.rng.randint(0, 2))

    def plant_company_branch(self, trade):
        second = self.country.acquirers[1]
        self.deliver({**trade, "unit": second["unit"], "acquirer": second, "merchant": second["merchant"]})
