"""Decoders of the transit formats, written from the format text: one Raw for every record, in file order.

A decoder judges only what needs no rules: malformed, test-record, unknown-type, an impossible date, a card
outside the dates the record carries, arithmetic, field-mismatch, sign, gray, tac-absent. Facts about the file
as a whole (a count that is wrong, another record length) are findings: names of file reasons.
"""

import csv
import io
import json
import re
from dataclasses import dataclass, field

import words

NO_TAC = (0x30303030, 0x00000000, 0xFFFFFFFF)
INDUSTRY = {1: "bus", 2: "taxi", 3: "metro", 4: "tram", 5: "bike", 6: "ferry", 7: "retail", 8: "parking"}
MOVE_KINDS = ("purchase", "load", "refund", "reversal", "adjust", "decide", "deduct")
SERVICES = ("other", "bus", "taxi", "metro", "tram", "bike", "ferry", "retail", "parking", "load")


@dataclass
class Raw:
    """One record as its format says it. None = the format or the record does not have it."""
    format: str
    reasons: set = field(default_factory=set)
    kind: str = "purchase"
    service: str = "other"
    type: int = None
    card: str = ""
    card_as_read: str = ""
    sam: int = None
    sam_serial: int = None
    counter: int = None
    counter_modulus: int = 0
    balance: int = None
    amount: int = 0
    price: int = None
    tac: int = None
    time: int = None
    declared: int = None
    open_data: bool = False
    gray: bool = None
    bonus: bool = None
    lock: bool = None
    monthly: bool = None
    transfer: bool = None            # interchange discount
    unit: str = ""
    city_card: str = ""
    city_trade: str = ""
    issuer_id: str = ""
    key_version: int = 0             # 0 where the format has none; None: not a number
    key_index: int = 0
    # moves only
    id: str = ""
    original: str = ""
    issuer_code: str = ""
    acquirer_code: str = ""
    decision: str = ""
    signed_amount: int = 0
    product: str = "transit"


@dataclass
class Decoded:
    records: list
    findings: set


def number(raw, text, base=10, size=None):
    """A number that fills its field; anything else makes the record malformed."""
    pattern = r"[0-9]+" if base == 10 else r"[0-9A-Fa-f]+"
    if re.fullmatch(pattern, text) is None or (size is not None and len(text) != size):
        raw.reasons.add("malformed")
        return None
    return int(text, base)


def wall_time(raw, digits):
    """YYYYMMDDhhmmss."""
    if re.fullmatch(r"[0-9]{14}", digits) is None:
        raw.reasons.add("malformed")
        return None
    parts = [int(digits[0:4])] + [int(digits[i:i + 2]) for i in range(4, 14, 2)]
    time = words.time_of(*parts)
    if time is None:
        raw.reasons.add("bad-date")
    return time


def tac_of(raw, text, needed):
    """The transaction code; blank or a constant that terminals write when their SAM failed is no TAC."""
    text = text.strip(" ")
    value = number(raw, text, 16, 8) if text else None
    if text and value is None:
        return None
    if value is None or value in NO_TAC:
        if needed:
            raw.reasons.add("tac-absent")
        return None
    return value


def card_of(raw, text):
    raw.card_as_read = text.strip(" ")
    raw.card = words.card_number(text)
    if raw.card == "":
        raw.reasons.add("malformed")


def lines_of(data):
    """Lines that end with LF, CRLF or LFCR; blank lines are no records."""
    lines = data.replace(b"\n\r", b"\n").replace(b"\r\n", b"\n").split(b"\n")
    return [line for line in lines if line != b""]


# ---- yz316 ----

def decode_yz316(data, name):
    lines = lines_of(data)
    header = lines[0].decode("latin-1") if lines else ""
    findings = set()
    if header[0:4] != "1001":
        return Decoded([], {"framing"})
    records = [yz316_record(line.decode("latin-1")) for line in lines[1:]]
    if header[4:14].strip() != str(len(records)):
        findings.add("count")
    if header[14:22].strip() != "316":
        findings.add("record-length")
    return Decoded(records, findings)


def key_number(text):
    """Version or index of a TAC key; what is no number is a key that nobody has, never a broken record."""
    text = text.rstrip(" ")
    if not text:
        return 0
    return int(text, 16) if re.fullmatch("[0-9A-Fa-f]+", text) else None


def yz316_record(text):
    raw = Raw("yz316", gray=None, bonus=False, lock=False)
    if len(text) != 315:
        raw.reasons.add("malformed")
        return raw

    def cut(offset, length):
        return text[offset:offset + length]

    card_of(raw, cut(12, 20))
    pan, inner = cut(32, 19).strip(), cut(51, 16).strip()
    if pan and inner and pan[-16:] != inner:
        raw.reasons.add("field-mismatch")
    raw.balance = number(raw, cut(71, 8), 16)
    amount = number(raw, cut(79, 8), 16)
    after = number(raw, cut(87, 8), 16)
    raw.amount = amount or 0
    # Account cards count down from 2^32, so the difference wraps like the field does.
    if None not in (raw.balance, amount, after) and (raw.balance - amount) % (1 << 32) != after:
        raw.reasons.add("arithmetic")
    raw.type = number(raw, cut(95, 2))
    if raw.type is not None and raw.type not in (6, 9):
        raw.reasons.add("unknown-type")
    raw.sam = number(raw, cut(117, 12).strip())
    raw.sam_serial = number(raw, cut(129, 9).strip())
    raw.lock = cut(138, 1) == "1"
    raw.time = wall_time(raw, cut(147, 14))
    raw.tac = tac_of(raw, cut(161, 8), not raw.lock)
    raw.key_version, raw.key_index = key_number(cut(169, 2)), key_number(cut(171, 2))
    raw.issuer_id = cut(177, 16).strip()
    raw.counter = number(raw, cut(173, 4), 16)
    raw.counter_modulus = 65536
    raw.city_trade = cut(193, 4).strip()
    raw.city_card = cut(197, 4).strip()
    raw.unit = cut(201, 8).strip()
    raw.service = INDUSTRY.get(int(cut(259, 2)) if cut(259, 2).isdigit() else 0, "other")
    raw.bonus, raw.transfer = cut(261, 1) == "2", cut(261, 1) == "8"
    if cut(276, 1) == "1":
        raw.reasons.add("test-record")
    if raw.lock:
        raw.kind = "lock"
    return raw


# ---- xf158, xf160 ----

def decode_xf(data, name, size):
    format_name = "xf%d" % size
    lines = lines_of(data)
    header = lines[0].decode("latin-1") if lines else ""
    findings = set()
    if len(header) != 44:
        return Decoded([], {"framing"})
    service = INDUSTRY.get(int(header[2:4]) if header[2:4].isdigit() else 0, "other")
    records = [xf_record(line.decode("latin-1"), format_name, size, service) for line in lines[1:]]
    if header[4:12] != "%08d" % len(records):
        findings.add("count")
    if header[12:20] != "%08d" % size:
        findings.add("record-length")
    return Decoded(records, findings)


def xf_record(text, format_name, size, service):
    raw = Raw(format_name, gray=False, monthly=False, service=service)
    if len(text) != size:
        raw.reasons.add("malformed")
        return raw
    pos = 8 if size == 158 else 10
    widths = [("order", 8), ("merchant", 15), ("pos", pos), ("card", 20), ("main", 2), ("sub", 2), ("valid", 8),
              ("start", 8), ("end", 8), ("counter", 6), ("sam_serial", 10), ("balance", 8), ("amount", 8), ("time", 14),
              ("type", 2), ("sam", 12), ("tac", 8), ("gray", 2), ("monthly", 2), ("debit", 1), ("reserved", 6)]
    part, at = {}, 0
    for name, width in widths:
        part[name] = text[at:at + width]
        at += width

    raw.unit = part["merchant"].strip()
    card_of(raw, part["card"])
    raw.counter = number(raw, part["counter"])
    raw.counter_modulus = 1_000_000
    raw.sam_serial = number(raw, part["sam_serial"])
    raw.balance = number(raw, part["balance"])
    raw.amount = number(raw, part["amount"]) or 0
    raw.time = wall_time(raw, part["time"])
    raw.type = number(raw, part["type"])
    if raw.type is not None and raw.type not in (6, 9):
        raw.reasons.add("unknown-type")
    raw.sam = number(raw, part["sam"])
    raw.gray = part["gray"] == "01"
    raw.monthly = part["monthly"] != "00"
    if raw.gray:
        raw.reasons.add("gray")
    raw.tac = tac_of(raw, part["tac"], not raw.gray)
    card_dates(raw, part["start"], part["end"])
    return raw


def card_dates(raw, start, end):
    """The trade date must lie within the life of the card's application; zeros or blanks are no date."""
    if raw.time is None:
        return
    day = words.day_of_time(raw.time)
    for text, bad in ((start, lambda d: day < d), (end, lambda d: day > d)):
        if text.strip(" 0") == "" or not text.isdigit():
            continue
        date = words.day_of_date(int(text[:4]), int(text[4:6]), int(text[6:8]))
        if date is not None and bad(date):
            raw.reasons.add("card-expired")


# ---- szt-csv, szt-json ----

SZT_TYPES = {"地铁入站": (1, "entry", "metro"), "地铁出站": (2, "purchase", "metro"), "巴士": (3, "purchase", "bus")}
SZT_COLUMNS = ("deal_date", "close_date", "card_no", "deal_value", "deal_type", "company_name", "car_no", "station",
               "conn_mark", "deal_money", "equ_no")


def decode_szt_csv(data, name):
    rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8"), newline="")) if row]
    if not rows or set(rows[0]) != set(SZT_COLUMNS):
        return Decoded([], {"framing"})
    records = []
    for row in rows[1:]:
        if len(row) == len(rows[0]):
            records.append(szt_record(dict(zip(rows[0], row)), "szt-csv"))
        else:
            records.append(Raw("szt-csv", open_data=True, reasons={"malformed"}))
    return Decoded(records, set())


def decode_szt_json(data, name):
    page = json.loads(data.decode("utf-8"))
    return Decoded([szt_record({k: str(v) for k, v in row.items()}, "szt-json") for row in page["data"]], set())


def szt_time(raw, text):
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", text) is None:
        raw.reasons.add("malformed")
        return None
    time = words.parse_time(text)
    if time is None:
        raw.reasons.add("bad-date")
    return time


def szt_record(row, format_name):
    raw = Raw(format_name, open_data=True)
    card_of(raw, row["card_no"])
    raw.time = szt_time(raw, row["deal_date"])
    close = szt_time(raw, row["close_date"])
    raw.declared = None if close is None else words.day_of_time(close)
    raw.price = number(raw, row["deal_value"])
    raw.amount = number(raw, row["deal_money"]) or 0
    raw.sam, raw.sam_serial = number(raw, row["equ_no"]), 0
    raw.unit, raw.transfer = row["company_name"].strip(), row["conn_mark"] == "1"
    if raw.unit == "":
        raw.reasons.add("malformed")                     # only station and car number may be empty
    if row["deal_type"] in SZT_TYPES:
        raw.type, raw.kind, raw.service = SZT_TYPES[row["deal_type"]]
        if raw.kind == "entry" and raw.amount != 0:
            raw.reasons.add("field-mismatch")        # an entry charges nothing: two places of the record disagree
    else:
        raw.reasons.add("unknown-type")
    return raw


# ---- trade-csv ----

TRADE_COLUMNS = ("card", "terminal", "serial", "counter", "amount_fen", "time", "city_card", "city_trade", "service", "type", "tac")


def decode_trade_csv(data, name):
    rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8"), newline="")) if row]
    if not rows or set(rows[0]) != set(TRADE_COLUMNS):
        return Decoded([], {"framing"})
    records = []
    for row in rows[1:]:
        if len(row) == len(rows[0]):
            records.append(trade_record(dict(zip(rows[0], row))))
        else:
            records.append(Raw("trade-csv", reasons={"malformed"}))
    return Decoded(records, set())


def limited(raw, text, least, most):
    """A number of so many digits."""
    if not least <= len(text) <= most:
        raw.reasons.add("malformed")
        return None
    return number(raw, text)


def trade_record(row):
    raw = Raw("trade-csv", counter_modulus=65536)
    if limited(raw, row["card"], 16, 19) is not None:
        card_of(raw, row["card"])
    raw.sam, raw.sam_serial = limited(raw, row["terminal"], 1, 12), limited(raw, row["serial"], 1, 9)
    raw.counter = number(raw, row["counter"])
    if raw.counter is not None and raw.counter > 65535:
        raw.counter = None
        raw.reasons.add("malformed")
    raw.amount = number(raw, row["amount_fen"]) or 0
    raw.time = szt_time(raw, row["time"].replace("T", " "))
    for name in ("city_card", "city_trade"):
        if row[name] and limited(raw, row[name], 4, 4) is not None:
            setattr(raw, name, row[name])
    industry = limited(raw, row["service"], 2, 2)
    if industry is not None:
        raw.service = INDUSTRY.get(industry, "other")
        if industry not in INDUSTRY:
            raw.reasons.add("malformed")
    raw.type = limited(raw, row["type"], 2, 2)
    if raw.type is not None and raw.type not in (6, 9):
        raw.reasons.add("unknown-type")
    raw.tac = tac_of(raw, row["tac"], True)
    return raw


# ---- moves ----

MOVE_COLUMNS = ("id", "product", "kind", "orig_id", "card", "issuer", "acquirer", "service", "trade_time", "amount_fen",
                "price_fen", "reason", "note")


def decode_moves(data, name):
    rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8"), newline="")) if row]
    if not rows or tuple(rows[0]) != MOVE_COLUMNS:
        return Decoded([], {"framing"})
    return Decoded([move_record(dict(zip(rows[0], row)) if len(row) == len(rows[0]) else None) for row in rows[1:]], set())


def move_record(row):
    raw = Raw("moves")
    if row is None:
        raw.reasons.add("malformed")
        return raw
    raw.id, raw.original, raw.product = row["id"], row["orig_id"], row["product"]
    raw.issuer_code, raw.acquirer_code, raw.decision = row["issuer"], row["acquirer"], row["reason"]
    raw.card_as_read, raw.card = row["card"].strip(), words.card_number(row["card"])
    if raw.id == "" or raw.product != "transit":
        raw.reasons.add("malformed")
    if row["kind"] in MOVE_KINDS:
        raw.kind = row["kind"]
    else:
        raw.reasons.add("unknown-type")
    if row["service"] in SERVICES:
        raw.service = row["service"]
    elif row["service"] != "":
        raw.reasons.add("malformed")
    if raw.kind in ("refund", "reversal", "adjust", "decide") and raw.original == "":
        raw.reasons.add("malformed")
    if raw.kind == "decide" and raw.decision not in ("accept", "reject"):
        raw.reasons.add("malformed")
    move_amounts(raw, row)
    if row["trade_time"]:
        raw.time = words.parse_time(row["trade_time"])
        if raw.time is None:
            raw.reasons.add("bad-date")
    elif raw.kind != "decide":
        raw.reasons.add("malformed")
    return raw


def move_amounts(raw, row):
    text = row["amount_fen"] or ("0" if raw.kind == "decide" else "")
    if re.fullmatch(r"-?[0-9]+", text) is None or abs(int(text)) > words.MONEY_MAX:
        raw.reasons.add("malformed")
    else:
        raw.signed_amount = int(text)
        raw.amount = abs(raw.signed_amount)
        if raw.signed_amount < 0 and raw.kind != "adjust":
            raw.reasons.add("sign")
    raw.price = number(raw, row["price_fen"]) if row["price_fen"] else None


DECODERS = {
    "yz316": decode_yz316,
    "xf158": lambda data, name: decode_xf(data, name, 158),
    "xf160": lambda data, name: decode_xf(data, name, 160),
    "szt-csv": decode_szt_csv,
    "szt-json": decode_szt_json,
    "moves": decode_moves,
    "trade-csv": decode_trade_csv,
}
UNIT_FIELD = {"yz316": "unit", "xf158": "merchant", "xf160": "merchant", "szt-csv": "company", "szt-json": "company", "moves": "",
              "trade-csv": ""}


def decode(format_name, data, name):
    return DECODERS[format_name](data, name)
