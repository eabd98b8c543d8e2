"""A rules folder, read row by row and searched row by row: no index, no cache, no hash.

Validity is inclusive on both sides; an empty date is open. Parties are named by their codes.
"""

import configparser
import csv
import os
from dataclasses import dataclass

import words

ACQUIRING = ("acquirer", "owner", "agency")
FILE_REASONS = ("framing", "count", "sum", "trailer-digest", "file-name", "record-length", "signature",
                "same-id-other-content", "unknown-sender", "encoding")


@dataclass
class Sender:
    name: str
    match: list
    format: str = ""
    window: str = "receipt"
    counter_offset: int = 0
    tac_waits: bool = False
    warn: frozenset = frozenset()


def rows_of(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def covers(row, day):
    """Is a row with valid_from and valid_to valid on a day?"""
    first = words.parse_day(row["valid_from"]) if row["valid_from"] else None
    last = words.parse_day(row["valid_to"]) if row["valid_to"] else None
    return (first is None or first <= day) and (last is None or day <= last)


def glob_matches(pattern, text):
    """Shell pattern with '*' and '?' only."""
    if pattern == "":
        return text == ""
    if pattern[0] == "*":
        return any(glob_matches(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return text != "" and pattern[0] in ("?", text[0]) and glob_matches(pattern[1:], text[1:])


def literal_size(pattern):
    return sum(1 for char in pattern if char not in "*?")


class Rules:
    """One version of the rules for transit."""

    def __init__(self, folder):
        self.participants = [row for row in rows_of(folder, "participants.csv") if row["product"] in ("transit", "*")]
        self.cards = [row for row in rows_of(folder, "cards.csv") if row["product"] in ("transit", "*")]
        self.fees = [row for row in rows_of(folder, "fees.csv") if row["product"] in ("transit", "*")]
        self.calendar = {words.parse_day(row["date"]): row["kind"] for row in rows_of(folder, "calendar.csv")}
        self.stopped = rows_of(folder, "status_list.csv")
        self.read_senders(os.path.join(folder, "senders.ini"))
        self.read_windows(os.path.join(folder, "windows.ini"))

    def read_senders(self, path):
        ini = configparser.ConfigParser(interpolation=None)
        ini.read(path, encoding="utf-8")
        self.senders = []
        for name in ini.sections():
            section = ini[name]
            warn = {reason for reason in FILE_REASONS
                    if section.get(reason, section.get(reason.replace("-", "_"), "reject")) == "warn"}
            self.senders.append(Sender(name, section.get("match", "").replace(";", " ").split(), section.get("format", ""),
                                       section.get("window", "receipt"), int(section.get("counter_offset", "0")),
                                       section.get("tac_unverified", "accept") == "wait", frozenset(warn)))

    def read_windows(self, path):
        ini = configparser.ConfigParser(interpolation=None)
        ini.read(path, encoding="utf-8")
        section = ini["transit"]
        hour, minute = section.get("cut_off", "24:00").split(":")[:2]
        self.cut_off_s = int(hour) * 3600 + int(minute) * 60
        self.late_days = int(section.get("late_days", "60"))
        self.settle_days = int(section.get("settle_days", "1"))
        self.future_s = 60 * int(section.get("future_minutes", "10"))
        self.twin_s = 60 * int(section.get("twin_minutes", "10"))
        self.amount_max = int(section["amount_max_fen"]) if section.get("amount_max_fen", "") else None
        self.deadline = {"gray": 5, "unknown-participant": 30, "refund-without-original": 93}
        self.accept_at_deadline = set()
        for name in ini.sections():
            if name.startswith("transit."):
                reason = name.split(".", 1)[1]
                days = ini[name].get("deadline_days", "")
                if days == "none":
                    self.deadline.pop(reason, None)
                elif days:
                    self.deadline[reason] = int(days)
                if ini[name].get("at_deadline", "reject") == "accept":
                    self.accept_at_deadline.add(reason)

    # ---- parties ----

    def participant(self, code, day):
        for row in self.participants:
            if row["code"] == code and covers(row, day):
                return row
        return None

    def has_role(self, code, roles, day):
        row = self.participant(code, day)
        return row is not None and row["role"] in roles

    def any_participant(self, code, day):
        """The row valid on the day, else the last one of the code: a window may lie after a party's end."""
        rows = [row for row in self.participants if row["code"] == code]
        return self.participant(code, day) or (rows[-1] if rows else None)

    def alias(self, roles, name, value, day):
        """Code behind `format.field:value`: exact before prefix, the longest prefix first."""
        best = None
        for row in self.participants:
            if row["role"] not in roles or not covers(row, day):
                continue
            for alias in filter(None, row["aliases"].split(";")):
                field, _, pattern = alias.partition(":")
                if field.strip() != name:
                    continue
                pattern = pattern.strip()
                if pattern == value:
                    rank = (1, len(pattern))
                elif pattern.endswith("*") and value.startswith(pattern[:-1]):
                    rank = (0, len(pattern))
                else:
                    continue
                if best is None or rank > best[0]:
                    best = (rank, row["code"])
        return best[1] if best else None

    def card_issuer(self, format_name, card, day):
        """Issuer by the longest matching prefix."""
        best = None
        for row in self.cards:
            if row["format"] not in (format_name, "*", "") or not covers(row, day):
                continue
            if row["length"] and int(row["length"]) != len(card):
                continue
            if card.startswith(row["prefix"]) and (best is None or len(row["prefix"]) > len(best["prefix"])):
                best = row
        if best is None or self.participant(best["issuer"], day) is None:
            return None
        return best["issuer"]

    def stop_listed(self, card, time):
        for row in self.stopped:
            if words.card_number(row["card"]) != card:
                continue
            first = words.parse_time(row["valid_from"]) if row["valid_from"] else None
            last = words.parse_time(row["valid_to"]) if row["valid_to"] else None
            if (first is None or first <= time) and (last is None or time <= last):
                return True
        return False

    def region(self, code, day):
        row = self.any_participant(code, day)
        return row["region"] if row else ""

    def member(self, code, day):
        """Where a participant settles: the end of its settles_via chain."""
        row = self.any_participant(code, day)
        while row is not None and row["settles_via"]:
            code = row["settles_via"]
            row = self.any_participant(code, day)
        return code

    def centre(self, day):
        for row in self.participants:
            if row["role"] == "centre" and covers(row, day):
                return row["code"]
        return None

    # ---- fees ----

    def fee_row(self, service, kind, issuer, acquirer, day):
        """Index of the most specific fee row, by acquirer, then issuer, then service, then kind; None if none."""
        best = None
        for number, row in enumerate(self.fees):
            wanted = (acquirer, issuer, service, kind)
            given = (row["acquirer"], row["issuer"], row["service"], row["kind"])
            if not covers(row, day) or any(g not in ("*", w) for g, w in zip(given, wanted)):
                continue
            rank = tuple(g != "*" for g in given)
            if best is None or rank > best[0]:
                best = (rank, number)
        return best[1] if best else None

    # ---- senders and days ----

    def sender(self, name):
        for sender in self.senders:
            if sender.name == name:
                return sender
        return None

    def sender_of_file(self, base_name, format_name):
        best = None
        for sender in self.senders:
            if sender.format not in ("", "*", format_name):
                continue
            for pattern in sender.match:
                if glob_matches(pattern, base_name) and (best is None or literal_size(pattern) > best[0]):
                    best = (literal_size(pattern), sender)
        return best[1] if best else None

    def bank_day(self, day):
        if day in self.calendar:
            return self.calendar[day] == "bank"
        return (day + 3) % 7 < 5                     # 1970-01-01 was a Thursday

    def settlement_day(self, business_day):
        day, left = business_day, self.settle_days
        while left > 0:
            day += 1
            left -= self.bank_day(day)
        return day

    def receipt_window(self, stamp):
        """First business date whose cut-off is after the stamp."""
        day = words.day_of_time(stamp) - 1
        while day * words.DAY_S + self.cut_off_s - words.ZONE_S <= stamp:
            day += 1
        return day
