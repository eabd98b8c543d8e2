"""What the oracle remembers between commands: files, records, rules versions, bookings, closed windows."""

from dataclasses import dataclass, field

import words


@dataclass
class File:
    name: str
    format: str
    sender: object
    file_id: str
    digest: bytes
    admission: int
    stamp: int
    command: int
    rules: int                       # index of the rules version it was judged by
    records: list = field(default_factory=list)
    first_figures: dict = None


@dataclass(eq=False)
class Record:
    file: File
    number: int
    raw: object
    reasons: set
    first_reasons: set = None        # as judged when it came
    told_reasons: set = None         # as the first figures count it: with the events of its own command
    notes: set = field(default_factory=set)
    link: object = None              # the record it repeats, conflicts with or is superseded by
    issuer: str = None               # participant codes, None when unknown
    acquirer: str = None
    region_clash: bool = False
    counter: int = None
    day: int = None                  # trade day
    first_window: int = None         # w0: before looking at what is closed
    window: int = None
    original: object = None          # moves: what a refund, reversal, adjustment or decision is about
    refunded: int = 0                # given back of this record so far
    reversed: bool = False
    decision: bool = None            # accepted or rejected by hand, and nothing happened since
    booked_rules: int = None         # rules version of its obligation
    tac_open: bool = False           # it has a transaction code that nobody has verified

    @property
    def key(self):
        return (self.file.admission, self.number)

    @property
    def id(self):
        return "r%d-%d" % self.key

    @property
    def verdict(self):
        return words.verdict_of(self.reasons)

    @property
    def holds(self):
        """Does it hold its identity?"""
        return self.verdict in ("accepted", "conflict", "pending")

    @property
    def is_move(self):
        return self.raw.format == "moves"

    def bad_form(self):
        """Rejected for its form: it takes no part in identity at all."""
        return any(reason in self.reasons for reason in words.FORM)


class World:
    def __init__(self):
        self.rules = []              # versions in order of loading
        self.files = []
        self.records = []            # canonical order
        self.by_card = {}            # card number → records with an identity, canonical order
        self.by_move = {}            # (sender, id) → the same
        self.bookings = []           # obligations: payer, payee, kind, amount, window
        self.fees = []               # fee parts, see clearing.py
        self.closed_through = None   # every window up to this business date is closed
        self.closed_with = {}        # window → rules version at its close
        self.last_stamp = None
        self.command = 0
        self.keys = None             # TAC keys of the command under way

    @property
    def current(self):
        return self.rules[-1]

    def rules_of(self, window):
        """Rules by which a window is shown: a closed one never changes, so those it was closed with."""
        return self.rules[self.closed_with.get(window, len(self.rules) - 1)]

    def close_through(self, day):
        """Close every window up to a day; those among them that were open and hold money."""
        closing = {row["window"] for row in self.bookings + self.fees if row["window"] <= day and not self.is_closed(row["window"])}
        for window in closing:
            self.closed_with[window] = len(self.rules) - 1
        self.closed_through = day if self.closed_through is None else max(day, self.closed_through)
        return closing

    def first_open(self, window):
        if window is None or self.closed_through is None:
            return window
        return max(window, self.closed_through + 1)

    def event_window(self, record):
        """Where money falls that a re-examination moves: the window of the store's last stamp, or what the record declares."""
        window = record.first_window if self.last_stamp is None else self.current.receipt_window(self.last_stamp)
        return self.first_open(window)

    def is_closed(self, window):
        return self.closed_through is not None and window <= self.closed_through

    def index(self, record):
        """A record with an identity can be found by those after it."""
        if record.is_move:
            self.by_move.setdefault((record.file.sender.name, record.raw.id), []).append(record)
        else:
            self.by_card.setdefault(record.raw.card, []).append(record)

    def next_admission(self):
        return self.files[-1].admission + 1 if self.files else 1

    def find(self, text):
        """The record that `r7-123` or `sender/file/number` names, None if there is none."""
        if text.startswith("r") and text[1:].replace("-", "", 1).isdigit() and text.count("-") == 1:
            admission, number = (int(part) for part in text[1:].split("-"))
            return self.find_in([f for f in self.files if f.admission == admission], number)
        parts = text.split("/")
        if len(parts) != 3 or not parts[2].isdigit():
            return None
        files = [f for f in self.files if f.sender.name == parts[0]]
        for by in (lambda f: f.file_id, lambda f: f.name, lambda f: f.digest.hex()):
            named = [f for f in files if by(f) == parts[1]]
            if named:
                return self.find_in(named, int(parts[2]))
        return None

    @staticmethod
    def find_in(files, number):
        if len(files) != 1 or not 1 <= number <= len(files[0].records):
            return None
        return files[0].records[number - 1]
