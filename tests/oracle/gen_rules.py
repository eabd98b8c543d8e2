"""A small random country: regions, issuers, acquirers, a centre; and its rules folder, version 1 and 2.

Version 2 knows the parties that version 1 does not, and may change fees and limits.
"""

import os

import words

PARTICIPANT_COLUMNS = "code,role,product,region,parent,settles_via,account,bank,name_zh,name_en,aliases,valid_from,valid_to"
FEE_COLUMNS = "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,refund,valid_from,valid_to"
CARD_COLUMNS = "product,format,prefix,length,issuer,valid_from,valid_to"


class Country:
    def __init__(self, rng, base_day):
        self.rng, self.base = rng, base_day
        self.regions = ["north", "south"] + (["west"] if rng.random() < 0.5 else [])
        # The last issuer and the last acquirer come with version 2 of the rules.
        self.issuers = [{"code": "iss%d" % i, "region": rng.choice(self.regions), "city": "31%02d" % (20 + i), "prefix": "21%02d" % (50 + i)}
                        for i in range(1, rng.randint(2, 4) + 2)]
        self.acquirers = [{"code": "acq%d" % i, "region": rng.choice(self.regions), "unit": "7000%04d" % i, "city": "32%02d" % i,
                           "merchant": "%015d" % (880000 + i), "company": "公司%d" % i} for i in range(1, rng.randint(3, 6) + 2)]
        self.szt_issuer = self.issuers[0]["code"]
        self.tie_members()
        self.limits = {"cut_off": rng.choice(["24:00", "24:00", "22:30", "23:59"]), "late_days": rng.choice([3, 5, 30]),
                       "retention_days": 93, "settle_days": rng.choice([1, 1, 2]), "future_minutes": rng.choice([10, 10, 30]),
                       "twin_minutes": rng.choice([10, 10, 5]), "amount_max_fen": 5000, "netting": "full"}
        self.deadline = {"gray": rng.randint(1, 5), "unknown-participant": rng.randint(2, 6), "refund-without-original": rng.randint(1, 9),
                         "amount-limit": rng.randint(2, 6)}
        self.at_deadline = {"amount-limit": rng.choice(["accept", "reject"]), "gray": rng.choice(["reject", "reject", "accept"])}
        self.senders = self.make_senders()
        self.stopped = []
        self.versions = {}

    def tie_members(self):
        """Some settle through others, some through two steps."""
        rng, parties = self.rng, self.issuers[:-1] + self.acquirers[:-1]
        for number, party in enumerate(parties):
            party["via"] = parties[rng.randrange(number)]["code"] if number and rng.random() < 0.4 else ""
        self.issuers[-1]["via"] = self.acquirers[-1]["via"] = ""

    def make_senders(self):
        rng = self.rng
        senders = {"szt": {"match": "szt*", "window": rng.choice(["declared", "declared", "receipt"])},
                   "yzbus": {"match": "yz*", "format": "yz316", "counter_offset": str(rng.choice([0, 0, -1, 1]))},
                   "xfbus": {"match": "XF*", "window": "receipt"},
                   "xfshort": {"match": "XF????????01000000000777*", "format": "xf158"},
                   "office": {"match": "moves*", "format": "moves"}}
        if rng.random() < 0.3:
            senders["yzbus"]["count"] = "warn"
        if rng.random() < 0.1:
            senders["xfshort"]["tac_unverified"] = "wait"
        return senders

    # ---- the folder ----

    def write(self, folder, version):
        os.makedirs(folder, exist_ok=True)
        files = {"participants.csv": self.participants(version), "cards.csv": self.cards(version), "fees.csv": self.fees(version),
                 "calendar.csv": self.calendar(), "status_list.csv": self.stop_list(), "senders.ini": self.senders_ini(),
                 "windows.ini": self.windows_ini(version)}
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
                file.write(text)

    def participants(self, version):
        rows = [PARTICIPANT_COLUMNS]
        for region in self.regions:
            rows.append("%s,region,*,%s,,,,,%s,%s,,," % (region, region, region, region))
        rows.append("centre,centre,transit,%s,,,622200000,ICBC,清算中心,Centre,,," % self.regions[0])
        fund = "fund,agency,transit,%s,,,622200001,ICBC,补贴基金,Fund,,," % self.regions[0]
        rows.append(fund)
        for party in self.issuers:
            if version > 1 or party is not self.issuers[-1]:
                alias = "yz316.city:%s" % party["city"]
                rows.append("%s,issuer,transit,%s,,%s,acc-%s,BANK,发卡%s,Issuer %s,%s,,"
                            % (party["code"], party["region"], party["via"], party["code"], party["code"], party["code"], alias))
        for party in self.acquirers:
            if version > 1 or party is not self.acquirers[-1]:
                rows.append(self.acquirer_row(party))
        return "\n".join(rows) + "\n"

    def acquirer_row(self, party):
        # The second one is known by prefixes.
        star = "*" if party["code"] == "acq2" else ""
        aliases = ";".join(["yz316.unit:%s%s" % (party["unit"], star), "yz316.city:%s" % party["city"], "xf158.merchant:%s" % party["merchant"],
                            "xf160.merchant:%s" % party["merchant"], "szt-csv.company:%s%s" % (party["company"], star),
                            "szt-json.company:%s%s" % (party["company"], star)])
        ends = party.get("ends", "")
        return "%s,acquirer,transit,%s,,%s,acc-%s,BANK,收单%s,Acquirer %s,%s,,%s" % (
            party["code"], party["region"], party["via"], party["code"], party["code"], party["code"], aliases, ends)

    def cards(self, version):
        rows = [CARD_COLUMNS]
        for format_name in ("szt-csv", "szt-json"):
            rows.append("transit,%s,,,%s,," % (format_name, self.szt_issuer))
        for number, party in enumerate(self.issuers):
            if (version == 1 and party is self.issuers[-1]) or party.get("by_city_only"):
                continue
            rows.append("transit,yz316,%s,16,%s,," % (party["prefix"], party["code"]))
            for format_name in ("xf158", "xf160"):
                rows.append("transit,%s,0000%s,20,%s,," % (format_name, party["prefix"], party["code"]))
            if number == 0:
                # A longer prefix of another issuer inside this one's range.
                other = self.issuers[1]["code"]
                rows.append("transit,yz316,%s99,16,%s,," % (party["prefix"], other))
                rows.append("transit,xf158,0000%s99,20,%s,," % (party["prefix"], other))
                rows.append("transit,xf160,0000%s99,,%s,," % (party["prefix"], other))
        return "\n".join(rows) + "\n"

    def fees(self, version):
        rng, rows, taken = self.rng, [FEE_COLUMNS], set()
        for _ in range(rng.randint(0, 8)):
            acquirer = rng.choice(["*", "*", rng.choice(self.acquirers[:-1])["code"]])
            issuer = rng.choice(["*", "*", rng.choice(self.issuers[:-1])["code"]])
            service, kind = rng.choice(["*", "bus", "metro"]), rng.choice(["*", "purchase", "load"])
            if (acquirer, issuer, service, kind) in taken:
                continue
            taken.add((acquirer, issuer, service, kind))
            halves = [("", "")]
            if rng.random() < 0.3:
                halves = [("", words.day_text(self.base + 1)), (words.day_text(self.base + 2), "")]
            for first, last in halves:
                rows.append(self.fee(service, kind, issuer, acquirer, first, last))
        return "\n".join(rows) + "\n"

    def fee(self, service, kind, issuer, acquirer, first, last):
        rng = self.rng
        payer = rng.choice(["acquirer", "acquirer", "issuer", "fund", rng.choice(self.issuers[:-1])["code"], "centre"])
        on = rng.choice(["amount", "amount", "discount", "count"])
        rate = 0 if on == "count" else rng.choice([3000, 5000, 10000, 12345, 333333, 1000000, 0])
        fixed = rng.choice([0, 0, 1, 5]) if on != "count" else rng.choice([1, 3, 10])
        low, high = rng.choice([("", ""), ("", ""), ("2", "50"), ("1", ""), ("", "20")])
        issuer_share = rng.choice([0, 300000, 333333, 500000, 1000000])
        centre_share = rng.choice([share for share in (0, 100000, 333333, 500000) if share + issuer_share <= 1000000])
        return ",".join(map(str, ("transit", service, kind, issuer, acquirer, payer, on, rng.choice(["txn", "txn", "total"]), rate, fixed,
                                  low, high, issuer_share, centre_share, rng.choice(["return", "return", "keep", ""]), first, last)))

    def calendar(self):
        rng, rows = self.rng, ["date,kind"]
        for day in range(self.base - 2, self.base + 14):
            if rng.random() < 0.15:
                rows.append("%s,%s" % (words.day_text(day), rng.choice(["bank", "closed"])))
        return "\n".join(rows) + "\n"

    def stop_list(self):
        rows = ["card,status,reason,valid_from,valid_to"]
        for card, first, last in self.stopped:
            rows.append("%s,stop,lost,%s,%s" % (card, words.time_text(first), words.time_text(last)))
        return "\n".join(rows) + "\n"

    def senders_ini(self):
        lines = []
        for name, keys in self.senders.items():
            lines += ["[%s]" % name] + ["%s = %s" % item for item in keys.items()] + [""]
        return "\n".join(lines)

    def windows_ini(self, version):
        lines = ["[transit]"] + ["%s = %s" % item for item in self.limits.items()] + [""]
        if version > 1 and self.rng.random() < 0.3:
            lines = [line.replace("amount_max_fen = 5000", "amount_max_fen = 7000") for line in lines]
        for reason, days in self.deadline.items():
            lines += ["[transit.%s]" % reason, "deadline_days = %d" % days]
            if reason in self.at_deadline:
                lines.append("at_deadline = %s" % self.at_deadline[reason])
            lines.append("")
        return "\n".join(lines)
