"""Calendar, money and vocabulary shared by the oracle's modules.

Everything here is re-stated from the clearing rules in the plainest form there is: integers, sets and
the exact fractions of the standard library. Nothing is shared with the C program.
"""

import datetime
import hashlib
import struct

ZONE_S = 8 * 3600          # business zone, Asia/Shanghai, no summer time
DAY_S = 86400

# The order is the order of precedence: the primary reason of a set is the first one present.
REASONS = [
    ("malformed", "rejected"), ("test-record", "rejected"), ("unknown-type", "rejected"),
    ("bad-date", "rejected"), ("too-late", "rejected"),
    ("duplicate-in-file", "duplicate"), ("duplicate-in-history", "duplicate"),
    ("conflict", "conflict"), ("counter-conflict", "conflict"),
    ("tac-mismatch", "rejected"), ("tac-absent", "rejected"), ("card-status", "rejected"),
    ("card-expired", "rejected"), ("arithmetic", "rejected"), ("field-mismatch", "rejected"),
    ("sign", "rejected"), ("trade-failed", "rejected"), ("wrong-purse", "rejected"),
    ("id-check-digit", "rejected"), ("refund-exceeds-original", "rejected"),
    ("already-refunded", "rejected"), ("out-of-scope", "rejected"), ("bad-debt", "rejected"),
    ("superseded", "rejected"), ("decided", "rejected"), ("expired", "rejected"),
    ("unknown-participant", "pending"), ("issuer-mismatch", "pending"), ("no-unit", "pending"),
    ("amount-limit", "pending"), ("gray", "pending"), ("refund-without-original", "pending"),
    ("awaiting-account", "pending"), ("disputed", "pending"), ("split-incomplete", "pending"),
    ("unreconciled", "pending"), ("not-confirmed", "pending"), ("tac-unverified", "pending"),
]
ORDER = {name: number for number, (name, _) in enumerate(REASONS)}
CLASS = dict(REASONS)
FORM = ("malformed", "test-record", "unknown-type", "bad-date", "too-late")
REPEATS = ("duplicate-in-file", "duplicate-in-history", "conflict", "counter-conflict")
WAITING = tuple(name for name, verdict in REASONS if verdict == "pending")
VERDICTS = ("accepted", "duplicate", "conflict", "rejected", "pending")
NOTES = ("tac-unverified", "seen-before")
MONEY_MAX = 100_000_000_000      # fen one record may carry


def primary(reasons):
    """First reason in the order of precedence, None for an empty set."""
    return min(reasons, key=ORDER.__getitem__) if reasons else None


def verdict_of(reasons):
    return CLASS[primary(reasons)] if reasons else "accepted"


def in_order(reasons):
    return sorted(reasons, key=ORDER.__getitem__)


def day_of_date(year, month, day):
    """Days since 1970-01-01, None when there is no such date."""
    try:
        return datetime.date(year, month, day).toordinal() - 719163
    except ValueError:
        return None


def day_of_time(time_s):
    return (time_s + ZONE_S) // DAY_S


def second_of_day(time_s):
    return (time_s + ZONE_S) % DAY_S


def time_of(year, month, day, hour, minute, second):
    """Seconds since 1970 UTC of a wall time in the business zone, None when impossible."""
    date = day_of_date(year, month, day)
    if date is None or hour > 23 or minute > 59 or second > 59:
        return None
    return date * DAY_S + hour * 3600 + minute * 60 + second - ZONE_S


def parse_day(text):
    """YYYY-MM-DD to a day; None when it is not exactly that."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return day_of_date(*map(int, parts))


def parse_time(text):
    """RFC 3339, also with a blank for T; without an offset the business zone. None when impossible."""
    if len(text) < 19 or text[10] not in "T ":
        return None
    clock, zone = text[11:19], text[19:]
    parts = clock.split(":")
    day = parse_day(text[:10])
    if day is None or len(parts) != 3 or not all(len(p) == 2 and p.isascii() and p.isdigit() for p in parts):
        return None
    hour, minute, second = map(int, parts)
    if hour > 23 or minute > 59 or second > 59:
        return None
    local = day * DAY_S + hour * 3600 + minute * 60 + second
    if zone == "":
        return local - ZONE_S
    if zone == "Z":
        return local
    if len(zone) == 6 and zone[0] in "+-" and zone[3] == ":" and zone[1:3].isdigit() and zone[4:].isdigit():
        offset = int(zone[1:3]) * 3600 + int(zone[4:]) * 60
        return local - offset if zone[0] == "+" else local + offset
    return None


def day_text(day):
    return "" if day is None else datetime.date.fromordinal(day + 719163).isoformat()


def time_text(time_s):
    if time_s is None:
        return ""
    second = second_of_day(time_s)
    return "%sT%02d:%02d:%02d+08:00" % (day_text(day_of_time(time_s)), second // 3600, second // 60 % 60, second % 60)


def round_half_away(numerator, denominator):
    """Nearest integer, halves away from zero."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def share_of(fen, ppm):
    """Floor of a share of a fee, mirrored for a negative fee."""
    return fen * ppm // 1_000_000 if fen >= 0 else -(-fen * ppm // 1_000_000)


def content_digest(data):
    """Digest of a file: the root over SHA-256 of its 1 MiB chunks."""
    root = hashlib.sha256(b"clear-root-v1" + struct.pack("<Q", len(data)))
    for start in range(0, len(data), 1 << 20):
        root.update(hashlib.sha256(data[start:start + (1 << 20)]).digest())
    return root.digest()


def card_number(text):
    """A card number as it is compared: blanks around it and leading zeros of a decimal number do not matter."""
    text = text.strip(" ")
    if text.isascii() and text.isdigit():
        return text.lstrip("0") or "0"
    return text
