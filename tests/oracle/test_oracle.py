"""Hand-written scenarios with answers worked out by hand: the oracle is tested before it tests the program.

    python3 -m unittest test_oracle        (in this folder)
"""

import json
import os
import shutil
import tempfile
import unittest

import clearing
import generate
import oracle
import words
import write_text

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DAY = words.day_of_date(2026, 3, 2)                 # a Monday

PARTICIPANTS = """code,role,product,region,parent,settles_via,account,bank,name_zh,name_en,aliases,valid_from,valid_to
centre,centre,transit,n,,,1,B,中心,Centre,,,
i1,issuer,transit,n,,,2,B,发一,I1,yz316.city:3120,,
i2,issuer,transit,s,,i1,3,B,发二,I2,yz316.city:3130,,
a1,acquirer,transit,n,,,4,B,收一,A1,yz316.unit:70000001;yz316.city:3201;xf160.merchant:000000000000001;szt-csv.company:公司,,
a2,acquirer,transit,s,,a1,5,B,收二,A2,yz316.unit:7000002*;xf160.merchant:000000000000002,,2026-03-03
"""
NEW_PARTY = "a9,acquirer,transit,n,,,9,B,收九,A9,yz316.unit:79999999,,\n"
CARDS = """product,format,prefix,length,issuer,valid_from,valid_to
transit,yz316,2150,16,i1,,
transit,yz316,215099,16,i2,,
transit,yz316,2151,16,i2,,
transit,xf160,00002150,20,i1,,
transit,xf160,00002151,20,i2,,
transit,szt-csv,,,i1,,
"""
FEES = "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,refund,valid_from,valid_to\n"
SENDERS = """[yz]
match = yz*
[xf]
match = XF*
[szt]
match = szt*
window = declared
[office]
match = moves*
"""
WINDOWS = """[transit]
cut_off = 24:00
late_days = 5
retention_days = 93
settle_days = 1
future_minutes = 10
twin_minutes = 10
amount_max_fen = 5000

[transit.gray]
deadline_days = 5
at_deadline = reject
"""


def at(day, hour, minute=0, second=0):
    return (DAY + day) * words.DAY_S - words.ZONE_S + hour * 3600 + minute * 60 + second


def stamp(day, hour, minute=0):
    return words.time_text(at(day, hour, minute))


class Case(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="oracle-test-")
        self.addCleanup(shutil.rmtree, self.root)
        self.oracle = oracle.Oracle(self.root)
        self.serial = 0
        self.files = 0

    def rules(self, fees="", participants="", windows=WINDOWS, stops="", calendar=""):
        folder = "rules%d" % len(self.oracle.world.rules)
        os.mkdir(os.path.join(self.root, folder))
        for name, text in (("participants.csv", PARTICIPANTS + participants), ("cards.csv", CARDS), ("fees.csv", FEES + fees),
                           ("senders.ini", SENDERS), ("windows.ini", windows), ("calendar.csv", "date,kind\n" + calendar),
                           ("status_list.csv", "card,status,reason,valid_from,valid_to\n" + stops)):
            with open(os.path.join(self.root, folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        self.oracle.command({"do": "rules", "dir": folder})

    def trade(self, **changes):
        self.serial += 1
        trade = {"card": "2150000000000001", "counter": 100 + self.serial, "balance": 5000, "amount": 200, "time": at(0, 10, self.serial % 60), "sam": 320000000001,
                 "sam_serial": self.serial, "serial": self.serial, "tac": 0x1234, "type": 6, "unit": "70000001", "city_trade": "3201", "city_card": "3120",
                 "merchant": "000000000000001", "service": "bus", "yz_offset": 0}
        return {**trade, **changes}

    def ingest(self, trades, when=None, format_name="yz316", name=None, **options):
        self.files += 1
        name = name or {"yz316": "yz_%d.txt", "xf160": "XF20260302" + "01" + "000000000000001%03d", "szt-csv": "szt_%d.csv", "moves": "moves_%d.csv"}[format_name] % self.files
        with open(os.path.join(self.root, name), "wb") as file:
            file.write(write_text.file_bytes(format_name, trades, options))
        return self.oracle.command({"do": "ingest", "files": [name], "received_at": when or stamp(1, 2)})["files"][0]

    def move(self, number, kind, reference="", amount=100, **more):
        row = dict.fromkeys(write_text.MOVE_COLUMNS, "")
        row.update(id="m%d" % number, product="transit", kind=kind, orig_id=reference, trade_time=stamp(0, 12), amount_fen=str(amount), **more)
        return row

    def reasons(self):
        return [words.in_order(record.reasons) for record in self.oracle.world.records]

    def verdicts(self):
        return [record.verdict for record in self.oracle.world.records]

    def links(self):
        return [record.link.id if record.link else "" for record in self.oracle.world.records]

    def settle(self, day, keys=None):
        if keys is not None:
            with open(os.path.join(self.root, "keys.json"), "w", encoding="utf-8") as file:
                json.dump(keys, file)
        return self.oracle.command({"do": "settle", "date": words.day_text(DAY + day), "keys": "keys.json" if keys is not None else None})

    def nets(self, level="participant"):
        sums = {}
        for row in clearing.positions(self.oracle.world, level):
            sums[row["participant"]] = sums.get(row["participant"], 0) + row["net_fen"]
        return {name: fen for name, fen in sums.items() if fen}


class Words(unittest.TestCase):
    def test_rounding_and_shares(self):
        for numerator, want in ((499_999, 0), (500_000, 1), (-500_000, -1), (-499_999, 0), (1_500_000, 2)):
            self.assertEqual(words.round_half_away(numerator, 1_000_000), want)
        self.assertEqual(words.share_of(7, 333_333), 2)
        self.assertEqual(words.share_of(-7, 333_333), -2)

    def test_days(self):
        self.assertIsNone(words.day_of_date(2026, 2, 29))
        self.assertEqual(words.day_text(DAY), "2026-03-02")
        self.assertEqual(words.parse_time("2026-03-03T02:00:00+08:00"), at(1, 2))
        self.assertEqual(words.parse_time("2026-03-02T18:00:00Z"), at(1, 2))
        self.assertIsNone(words.parse_time("2026-03-03T24:00:00+08:00"))

    def test_cards(self):
        self.assertEqual(words.card_number("  00123 "), "123")
        self.assertEqual(words.card_number("0000"), "0")
        self.assertEqual(words.card_number("CBE"), "CBE")

    def test_precedence(self):
        self.assertEqual(words.verdict_of({"gray", "superseded"}), "rejected")
        self.assertEqual(words.verdict_of({"conflict", "arithmetic"}), "conflict")
        self.assertEqual(words.verdict_of({"conflict", "too-late"}), "rejected")
        self.assertEqual(words.verdict_of(set()), "accepted")


class Form(Case):
    def test_each_bad_record(self):
        self.rules()
        rows = [(self.trade(), []),
                (self.trade(raw={"sam": "32X000000001"}), ["malformed"]),
                (self.trade(test=True), ["test-record"]),
                (self.trade(type=5), ["unknown-type"]),
                (self.trade(impossible="20260230101010"), ["bad-date"]),
                (self.trade(time=at(1, 2, 10)), []),
                (self.trade(time=at(1, 2, 10, 1)), ["bad-date"]),
                (self.trade(time=at(-4, 23)), []),
                (self.trade(time=at(-5, 23)), ["too-late"]),
                (self.trade(tac=None), ["tac-absent"]),
                (self.trade(tac=0x30303030), ["tac-absent"]),
                (self.trade(raw={"after": "00001388"}), ["arithmetic"]),
                (self.trade(raw={"inner": "0" * 15 + "9"}), ["field-mismatch"]),
                (self.trade(amount=5000), []),
                (self.trade(amount=5001, balance=9000), ["amount-limit"]),
                (self.trade(unit="", city_trade=""), ["no-unit"]),
                (self.trade(unit="66666666", city_trade="3201"), []),
                (self.trade(unit="66666666", city_trade="9999"), ["unknown-participant"]),
                (self.trade(city_card="3130"), ["issuer-mismatch"]),
                (self.trade(card="9999000000000001", city_card="3120"), []),
                (self.trade(card="9999000000000001", city_card="9999"), ["unknown-participant"]),
                (self.trade(card="2150990000000001", city_card="3130"), []),
                (self.trade(unit="70000025"), []),
                (self.trade(bonus=True), []),
                (self.trade(bonus=True, unit="70000025"), ["wrong-purse"]),
                (self.trade(lock=True, amount=0, tac=None), [])]
        self.ingest([trade for trade, _ in rows])
        for (trade, want), have in zip(rows, self.reasons()):
            self.assertEqual(have, want, trade)

    def test_all_reasons_are_kept(self):
        self.rules()
        self.ingest([self.trade(tac=None, raw={"after": "00000000"}, unit="", city_trade="")])
        self.assertEqual(self.reasons(), [["tac-absent", "arithmetic", "no-unit"]])

    def test_validity_of_parties(self):
        self.rules()
        self.ingest([self.trade(unit="70000021", city_trade="", time=at(day, 9)) for day in (1, 2)], stamp(2, 20))
        self.assertEqual(self.reasons(), [[], ["unknown-participant"]])

    def test_xf(self):
        self.rules()
        self.ingest([self.trade(), self.trade(end="20260301"), self.trade(start="20260303"), self.trade(end="20260302"),
                     self.trade(monthly="02", merchant="000000000000002"), self.trade(gray=True, tac=None)], format_name="xf160", end="\n\r")
        self.assertEqual(self.reasons(), [[], ["card-expired"], ["card-expired"], [], ["wrong-purse"], ["gray"]])

    def test_open_data(self):
        self.rules()
        base = {"card": "CBEHFCFCG", "declared": DAY, "price": 200, "amount": 190, "szt_type": "地铁出站", "company": "公司", "time": at(0, 9), "sam": 263032105, "serial": 1}
        rows = [(base, []), (base, ["duplicate-in-file"]), ({**base, "amount": 200}, ["conflict"]), ({**base, "time": at(0, 9, 1), "szt_type": "船"}, ["unknown-type"]),
                ({**base, "time": at(1, 0)}, ["bad-date"]), ({**base, "time": at(-5, 9)}, []), ({**base, "time": at(-6, 9)}, ["too-late"]),
                ({**base, "szt_type": "巴士", "company": "别人"}, ["unknown-participant"]), ({**base, "sam": 5, "company": ""}, ["malformed"])]
        self.ingest([row for row, _ in rows], format_name="szt-csv")
        self.assertEqual(self.reasons(), [want for _, want in rows])
        self.assertEqual({record.window for record in self.oracle.world.records}, {DAY})

    def test_stop_list(self):
        self.rules(stops="2150000000000001,stop,lost,%s,%s\n" % (stamp(0, 8), stamp(0, 9)))
        self.ingest([self.trade(time=at(0, 7, 59, 59)), self.trade(time=at(0, 8)), self.trade(time=at(0, 9)), self.trade(time=at(0, 9, 0, 1))])
        self.assertEqual(self.reasons(), [[], ["card-status"], ["card-status"], []])

    def test_files(self):
        self.rules()
        trade = self.trade()
        self.assertEqual(self.ingest([trade], name="yz_a.txt")["status"], "ok")
        self.assertEqual(self.ingest([trade], name="yz_b.txt")["status"], "already-done")
        self.assertEqual(self.ingest([self.trade()], count=2)["reason"], "count")
        self.assertEqual(self.ingest([self.trade()], name="other.txt")["reason"], "unknown-sender")
        self.assertEqual(self.ingest([self.trade()], stamp(1, 1))["reason"], "stamp")
        self.ingest([self.trade()], format_name="xf160", name="XF2026030201000000000000001001")
        self.assertEqual(self.ingest([self.trade()], format_name="xf160", name="XF2026030201000000000000001001")["reason"], "same-id-other-content")
        self.settle(1)
        self.assertEqual(self.ingest([self.trade()], stamp(1, 3))["reason"], "stamp")


class Identity(Case):
    def test_duplicates_and_conflicts(self):
        self.rules()
        one = self.trade()
        self.ingest([one, one, {**one, "amount": 250}, {**one, "amount": 250}, {**one, "sam_serial": 999}, {**one, "time": at(-1, 10)}])
        self.ingest([one, {**one, "tac": 5}])
        self.assertEqual(self.reasons(), [[], ["duplicate-in-file"], ["conflict"], ["duplicate-in-file"], ["counter-conflict"], [],
                                          ["duplicate-in-history"], ["conflict"]])
        self.assertEqual(self.links(), ["", "r1-1", "r1-1", "r1-3", "r1-1", "", "r1-1", "r1-1"])

    def test_rejected_holds_nothing(self):
        self.rules()
        one = self.trade(tac=None)
        self.ingest([one, {**one, "tac": 7}, one])
        self.assertEqual(self.reasons(), [["tac-absent"], [], ["conflict", "tac-absent"]])
        self.assertEqual(self.oracle.world.records[1].notes, {"seen-before", "tac-unverified"})

    def test_across_formats(self):
        self.rules()
        one = self.trade()
        self.ingest([one])
        self.ingest([one], format_name="xf160")
        self.ingest([{**one, "balance": 4000}], format_name="xf160")
        self.assertEqual(self.reasons(), [[], ["duplicate-in-history"], ["conflict"]])

    def test_the_same_bytes_after_new_rules(self):
        """A party that became known in between does not make a resent record another one."""
        self.rules()
        one = self.trade(unit="79999999", city_trade="")
        self.ingest([one])
        self.rules(participants=NEW_PARTY)
        self.ingest([one, self.trade()])
        self.assertEqual(self.reasons(), [["unknown-participant"], ["duplicate-in-history"], []])

    def test_promotion(self):
        self.rules()
        self.ingest([self.trade(unit="79999999", city_trade="")])
        self.settle(0)
        self.assertEqual(self.verdicts(), ["pending"])
        self.rules(participants=NEW_PARTY)
        self.settle(1)
        self.assertEqual(self.verdicts(), ["accepted"])
        self.assertEqual(self.oracle.world.records[0].window, DAY + 1)
        self.assertEqual(self.nets(), {"i1": -200, "a9": 200})

    def test_an_issuer_known_later_holds_its_codes_back(self):
        key = {"issuer": "i9", "version": 7, "index": 0, "algorithm": "3des", "levels": 1, "issuer_factor": "",
               "card_skip": 0, "data": 22, "fold": True, "xor_words": False, "waits": True, "master": "%032X" % 77}
        new_issuer = "i9,issuer,transit,n,,,9,B,发九,I9,yz316.city:3190,,\n"
        self.rules()
        self.ingest([self.trade(card="2190000000000001", city_card="3190")])
        self.rules(participants=new_issuer)
        self.settle(0, [key])
        self.assertEqual(self.reasons(), [["unknown-participant"]])
        self.settle(1, [{**key, "waits": False, "issuer": "i1"}, {**key, "version": 8}])
        self.assertEqual(self.verdicts(), ["pending"])
        self.settle(2, [{**key, "waits": False}])
        self.assertEqual(self.reasons(), [[]])
        self.assertEqual(self.oracle.world.records[0].notes, {"tac-unverified"})

    def test_a_code_found_wrong_later(self):
        key = {"issuer": "i1", "version": 0, "index": 0, "algorithm": "3des", "levels": 1, "issuer_factor": "",
               "card_skip": 0, "data": 22, "fold": True, "xor_words": False, "waits": False, "master": "%032X" % 77}
        self.rules()
        self.ingest([self.trade(unit="79999999", city_trade="")])
        record = self.oracle.world.records[0]
        keys = [{**key, "version": record.raw.key_version, "index": record.raw.key_index}]
        self.settle(0, keys)
        self.assertEqual(self.reasons(), [["tac-mismatch", "unknown-participant"]])
        self.assertEqual(record.notes, set())


class Gray(Case):
    def pair(self, apart_s=60, **changes):
        normal = self.trade(**changes)
        gray = {**normal, "gray": True, "tac": None, "sam_serial": normal["sam_serial"] + 5000, "time": normal["time"] - apart_s}
        return normal, gray

    def test_gray_then_normal_in_one_command(self):
        self.rules()
        normal, gray = self.pair()
        result = self.ingest([gray, normal], format_name="xf160")
        self.assertEqual(self.reasons(), [["superseded", "gray"], []])
        self.assertEqual(self.links(), ["r1-2", ""])
        self.assertEqual(result["pending"]["count"], 0)

    def test_gray_then_normal_in_two_commands(self):
        self.rules()
        normal, gray = self.pair()
        self.ingest([gray], format_name="xf160")
        self.ingest([normal])
        self.assertEqual(self.reasons(), [["superseded", "gray"], []])
        self.assertEqual(self.oracle.world.records[0].first_reasons, {"gray"})

    def test_normal_then_gray(self):
        self.rules()
        normal, gray = self.pair()
        self.ingest([normal])
        self.ingest([gray], format_name="xf160")
        self.assertEqual(self.reasons(), [[], ["superseded", "gray"]])

    def test_too_far_apart(self):
        """Past ten minutes they are one tap only when no other tap lies between."""
        self.rules()
        normal, gray = self.pair(3600)
        between = self.trade(counter=50, time=normal["time"] - 1800, card=normal["card"])
        self.ingest([normal, between])
        self.ingest([gray], format_name="xf160")
        self.assertEqual(self.reasons()[2], ["counter-conflict", "gray"])
        normal, gray = self.pair(3600, card="2150000000000002")
        self.ingest([normal])
        self.ingest([gray], format_name="xf160")
        self.assertEqual(self.reasons()[4], ["superseded", "gray"])

    def test_midnight(self):
        self.rules()
        normal, gray = self.pair(60, time=at(1, 0, 0, 30))
        self.ingest([normal])
        self.ingest([gray], format_name="xf160")
        self.assertEqual(self.reasons(), [[], ["superseded", "gray"]])

    def next_tap(self, balance):
        self.rules()
        _, gray = self.pair()
        self.ingest([gray], format_name="xf160")
        self.ingest([self.trade(counter=gray["counter"] + 1, balance=balance, time=at(0, 15))])
        self.settle(1)
        return self.reasons()[0]

    def test_debited(self):
        self.assertEqual(self.next_tap(4800), [])
        self.assertEqual(self.nets(), {"i1": -400, "a1": 400})

    def test_not_debited(self):
        self.assertEqual(self.next_tap(5000), ["trade-failed", "gray"])

    def test_loaded_between(self):
        self.assertEqual(self.next_tap(9999), ["gray"])

    def test_chain(self):
        self.rules()
        grays = [{**self.trade(counter=number, balance=5000 - 200 * (number - 1), time=at(0, 8 + number)), "gray": True} for number in (1, 2)]
        self.ingest(grays, format_name="xf160")
        self.ingest([self.trade(counter=3, balance=4600, time=at(0, 15))])
        self.settle(1)
        self.assertEqual(self.verdicts(), ["accepted"] * 3)

    def test_the_accepted_gray_makes_the_late_normal_a_duplicate(self):
        self.rules()
        normal, gray = self.pair()
        self.ingest([gray], format_name="xf160")
        self.ingest([self.trade(counter=gray["counter"] + 1, balance=4800, time=at(0, 15))])
        self.settle(0)
        self.ingest([normal], stamp(1, 3))
        self.assertEqual(self.reasons(), [[], [], ["duplicate-in-history"]])
        self.assertEqual(self.links()[2], "r1-1")

    def test_expiry(self):
        self.rules()
        _, gray = self.pair()
        self.ingest([gray], format_name="xf160")
        self.settle(6)
        self.assertEqual(self.reasons(), [["gray"]])
        self.settle(7)
        self.assertEqual(self.reasons(), [["expired", "gray"]])


class Money(Case):
    def test_purchase_load_and_members(self):
        self.rules()
        self.ingest([self.trade(amount=300), self.trade(card="2151000000000001", city_card="3130", amount=100)])
        self.ingest([self.move(1, "load", amount=1000, issuer="i1", acquirer="a1", service="load")], format_name="moves")
        self.assertEqual(self.nets(), {"i1": 700, "i2": -100, "a1": -600})
        self.assertEqual(self.nets("member"), {"i1": 600, "a1": -600})
        transfers = self.settle(1)["transfers"]
        self.assertEqual([(t["payer"], t["payee"], t["amount_fen"], t["settlement_date"]) for t in transfers],
                         [("a1", "centre", 600, "2026-03-04"), ("centre", "i1", 600, "2026-03-04")])

    def test_calendar(self):
        self.rules(calendar="2026-03-04,closed\n2026-03-05,closed\n2026-03-07,bank\n")
        current = self.oracle.world.current
        self.assertEqual(words.day_text(current.settlement_day(DAY + 1)), "2026-03-06")
        self.assertEqual(words.day_text(current.settlement_day(DAY + 4)), "2026-03-07")
        self.assertEqual(words.day_text(current.settlement_day(DAY + 5)), "2026-03-09")

    def test_cut_off(self):
        self.rules(windows=WINDOWS.replace("24:00", "22:30"))
        current = self.oracle.world.current
        self.assertEqual(current.receipt_window(at(0, 22, 29, 59)), DAY)
        self.assertEqual(current.receipt_window(at(0, 22, 30)), DAY + 1)

    def test_fee_of_each_trade(self):
        """0.5 % of 300 is 1.5, rounded 2; the issuer has a third of it, rounded down; the payer is the acquirer."""
        self.rules("transit,bus,purchase,*,*,acquirer,amount,txn,5000,0,,,333333,500000,return,,\n")
        self.ingest([self.trade(amount=300), self.trade(amount=0)])
        self.assertEqual(self.nets(), {"i1": -300, "a1": 299, "centre": 1})

    def test_fee_on_the_total(self):
        """Three times 0.4 fen is 1.2, rounded once; alone each would be 0."""
        self.rules("transit,*,*,*,*,issuer,amount,total,2000,0,,,0,0,return,,\n")
        self.ingest([self.trade() for _ in range(3)])
        self.assertEqual(self.nets(), {"i1": -601, "a1": 601})

    def test_specificity(self):
        """The acquirer counts more than the issuer, service and kind together."""
        self.rules("transit,bus,purchase,i1,*,issuer,count,txn,0,50,,,0,0,return,,\ntransit,*,*,*,a1,issuer,count,txn,0,7,,,0,0,return,,\n")
        self.ingest([self.trade(), self.trade(amount=0)])
        self.assertEqual(self.nets(), {"i1": -214, "a1": 214})

    def test_min_and_max(self):
        self.rules("transit,*,*,*,*,issuer,amount,txn,10000,0,3,20,0,0,return,,\n")
        self.ingest([self.trade(amount=100), self.trade(amount=4000)])
        self.assertEqual(self.nets(), {"i1": -4123, "a1": 4123})

    def test_refunds(self):
        """A refund in parts gives back exactly the fee; more than the original is refused."""
        self.rules("transit,*,*,*,*,acquirer,amount,txn,5000,1,,,500000,0,return,,\n")
        self.ingest([self.trade(amount=333)], name="yz_a.txt")
        self.assertEqual(self.nets(), {"i1": -332, "a1": 332})       # fee 2.665 → 3, of which the issuer has 1
        reference = "yz/yz_a.txt/1"
        self.ingest([self.move(1, "refund", reference, 100), self.move(2, "refund", reference, 233), self.move(3, "refund", reference, 1),
                     self.move(4, "reversal", reference, 333)], format_name="moves")
        self.assertEqual(self.reasons()[1:], [[], [], ["refund-exceeds-original"], ["refund-exceeds-original", "already-refunded"]])
        self.assertEqual(self.nets(), {})

    def test_reversal_and_kept_fee(self):
        self.rules("transit,*,*,*,*,acquirer,amount,txn,5000,0,,,1000000,0,keep,,\n")
        self.ingest([self.trade(amount=400), self.trade(amount=400)], name="yz_a.txt")
        self.ingest([self.move(1, "reversal", "yz/yz_a.txt/1", 400), self.move(2, "refund", "r1-2", 400), self.move(3, "reversal", "r1-1", 400)],
                    format_name="moves")
        self.assertEqual(self.reasons()[2:], [[], [], ["refund-exceeds-original", "already-refunded"]])
        self.assertEqual(self.nets(), {"i1": 2, "a1": -2})           # the refund keeps its fee, the reversal gives it back

    def test_references(self):
        self.rules()
        one = self.trade()
        self.ingest([one, one, self.trade(tac=None), self.trade(unit="79999999", city_trade="")], name="yz_a.txt")
        self.ingest([self.move(1, "refund", "r1-2", 50), self.move(2, "refund", "r1-3", 50), self.move(3, "refund", "r1-4", 50),
                     self.move(4, "refund", "yz/none/1", 50), self.move(5, "adjust", "r1-1", 30), self.move(6, "adjust", "r1-1", -10)], format_name="moves")
        self.assertEqual(self.reasons()[4:], [[], ["refund-exceeds-original"], ["refund-without-original"], ["refund-without-original"], [], []])
        self.assertEqual(self.nets(), {"i1": -170, "a1": 170})       # 200 − 50 + 30 − 10
        self.rules(participants=NEW_PARTY)
        self.settle(1)
        self.assertEqual(self.reasons()[3:7], [[], [], ["refund-exceeds-original"], []])

    def test_moves_identity(self):
        self.rules()
        row = self.move(1, "load", amount=100, issuer="i1", acquirer="a1", service="load")
        self.ingest([row, row, {**row, "amount_fen": "200"}, {**row, "id": "m2", "amount_fen": "-5"}], format_name="moves")
        self.assertEqual(self.reasons(), [[], ["duplicate-in-file"], ["conflict"], ["sign"]])

    def test_no_obligation(self):
        self.rules("transit,*,*,*,*,issuer,count,txn,0,9,,,0,0,return,,\n")
        self.ingest([self.trade(bonus=True), self.trade(lock=True, amount=0)])
        self.ingest([self.trade(monthly="01")], format_name="xf160")
        self.assertEqual(self.verdicts(), ["accepted"] * 3)
        self.assertEqual(self.nets(), {})

    def test_closed_windows(self):
        """A declared day that is closed: the record falls into the first open one."""
        self.rules()
        row = {"card": "CBEHFCFCG", "declared": DAY, "price": 200, "amount": 190, "szt_type": "地铁出站", "company": "公司", "time": at(0, 9), "sam": 263032105, "serial": 1}
        self.ingest([row], format_name="szt-csv")
        self.settle(0)
        self.ingest([{**row, "sam": 7}], format_name="szt-csv")
        self.assertEqual([record.window - DAY for record in self.oracle.world.records], [0, 1])


class Decisions(Case):
    def resolve(self, name, accept, when=None):
        return self.oracle.command({"do": "resolve", "record": name, "accept": accept, "received_at": when or stamp(2, 9)})["exit"]

    def test_resolve(self):
        self.rules()
        one = self.trade()
        self.ingest([one, {**one, "amount": 250}, self.trade(amount=5001, balance=9000), self.trade(unit="79999999", city_trade="")], name="yz_a.txt")
        self.assertEqual([self.resolve("yz_a.txt:%d" % number, number == 2) for number in (1, 2, 3, 3)], [2, 0, 0, 0])
        self.assertEqual([self.resolve("yz_a.txt:%d" % number, number != 2) for number in (2, 3)], [2, 2])
        self.assertEqual(self.resolve("yz_a.txt:4", True), 2)
        self.assertEqual(self.reasons(), [[], [], ["decided", "amount-limit"], ["unknown-participant"]])
        self.assertEqual(self.oracle.world.records[1].window, DAY + 2)
        self.assertEqual(self.nets(), {"i1": -450, "a1": 450})

    def test_decide(self):
        self.rules()
        one = self.trade()
        self.ingest([one, {**one, "amount": 250}, self.trade(amount=5001, balance=9000)], name="yz_a.txt")
        self.ingest([self.move(1, "decide", "r1-2", 0, reason="reject"), self.move(2, "decide", "r1-3", 0, reason="accept"),
                     self.move(3, "decide", "r1-1", 0, reason="accept"), self.move(4, "decide", "r7-1", 0, reason="accept"),
                     self.move(5, "decide", "r1-1", 0, reason="perhaps")], format_name="moves")
        self.assertEqual(self.reasons()[1:3], [["decided"], []])
        self.assertEqual(self.reasons()[5:], [["field-mismatch"], ["refund-without-original"], ["malformed"]])


class Whole(Case):
    def test_generated_scenarios_keep_the_laws(self):
        """Nets sum to zero, buckets add up, the same seed gives the same scenario."""
        for seed in range(1, 13):
            folder = os.path.join(self.root, "s%d" % seed)
            commands = generate.make(seed, folder)
            self.assertEqual(commands, generate.make(seed, os.path.join(self.root, "again%d" % seed)))
            run = oracle.Oracle(folder)
            run.run(commands)
            for level in ("member", "participant"):
                sums = {}
                for row in clearing.positions(run.world, level):
                    sums[row["window"]] = sums.get(row["window"], 0) + row["net_fen"]
                self.assertEqual(set(sums.values()) - {0}, set(), (seed, level))
            for file in run.world.files:
                now = oracle.figures(file.records, lambda record: record.reasons)
                self.assertEqual(now["records"], sum(now[verdict]["count"] for verdict in words.VERDICTS))

    def sample(self, rules):
        data = os.path.join(os.path.dirname(ROOT), "shared", "data", "transit", "szt_20180901_first10000.csv")
        if not os.path.exists(data) or not os.path.exists(rules):
            self.skipTest("the real sample or its rules are not beside this tree")
        run = oracle.Oracle(self.root)
        run.command({"do": "rules", "dir": rules})
        return run.command({"do": "ingest", "files": [data]})["files"][0]

    def test_the_real_sample(self):
        result = self.sample(os.path.join(ROOT, "fixtures", "rules", "shenzhen"))
        self.assertEqual(result["accepted"], {"count": 10000, "amount_fen": 97960})
        self.assertEqual({kind: row["count"] for kind, row in result["kinds"].items()}, {"entry": 9360, "purchase": 640})


if __name__ == "__main__":
    unittest.main()
