"""The verdict of one record: form, dates, parties, purse, limits, and what it repeats.

A record is judged against everything before it in canonical order (admission number, record number). Every
failing check is recorded; the verdict follows from the set.
"""

import formats
import tac
import words

OTHERS_MONEY = ("refund", "reversal", "adjust")


def judge(world, record):
    """Set reasons, parties, window, notes and link of a record that was just decoded; apply what it causes."""
    raw, rules = record.raw, world.rules[record.file.rules]
    record.reasons = set(raw.reasons)
    record.day = None if raw.time is None else words.day_of_time(raw.time)
    if raw.counter is not None:
        record.counter = (raw.counter + record.file.sender.counter_offset) % raw.counter_modulus
    windows(world, record)
    dates(record, rules)
    record.reasons |= rule_reasons(world, record, rules)
    tac_reasons(world, record)
    record.first_reasons = record.told_reasons = set(record.reasons)
    if record.bad_form():
        return
    repeats(world, record)
    if record.is_move and not record.reasons & set(words.REPEATS):
        record.reasons |= original_reasons(world, record)
    finish(world, record)


def finish(world, record):
    """What follows from a verdict: notes, and the gray record that an accepted normal one replaces."""
    if record.verdict not in ("duplicate", "conflict") and seen_before(world, record):
        record.notes.add("seen-before")
    if record.verdict == "accepted" and record.tac_open:
        record.notes.add("tac-unverified")
    record.first_reasons = record.told_reasons = set(record.reasons)
    world.index(record)
    if record.verdict == "accepted":
        supersede_grays(world, record)


def tac_reasons(world, record):
    """The transaction code under the keys of this command."""
    found = tac.outcome(world.keys, record)
    record.tac_open = record.raw.tac is not None and found not in ("right", "wrong")
    if found in ("right", "wrong"):
        record.reasons.discard("tac-unverified")
    if found == "wrong":
        record.reasons.add("tac-mismatch")
    if found == "waits":
        record.reasons.add("tac-unverified")


def windows(world, record):
    raw, sender = record.raw, record.file.sender
    if sender.window == "declared" and raw.declared is not None:
        record.first_window = raw.declared
    elif record.file.stamp is not None:
        record.first_window = world.rules[record.file.rules].receipt_window(record.file.stamp)
    record.window = world.first_open(record.first_window)


def dates(record, rules):
    raw, stamp = record.raw, record.file.stamp
    if raw.time is None:
        return
    if stamp is not None and raw.time > stamp + rules.future_s:
        record.reasons.add("bad-date")
    # What the sender's window is taken from is also what lateness is judged by.
    reference = None if stamp is None else words.day_of_time(stamp)
    if record.file.sender.window == "declared" and raw.declared is not None:
        reference = raw.declared
        if reference < record.day:
            record.reasons.add("bad-date")
    if reference is not None and reference - record.day > rules.late_days:
        record.reasons.add("too-late")


# ---- parties and limits ----

def rule_reasons(world, record, rules):
    """Reasons that depend on a rules version; also sets the parties found. What cannot be read or dated is not judged further."""
    raw, found = record.raw, set()
    if record.day is None or record.reasons & {"malformed", "bad-date"}:
        return found
    if rules.amount_max is not None and raw.amount > rules.amount_max and raw.kind != "decide":
        found.add("amount-limit")
    if record.is_move:
        found |= move_parties(record, rules)
    else:
        found |= issuer_reasons(record, rules) | acquirer_reasons(record, rules)
    if raw.card and rules.stop_listed(raw.card, raw.time):
        found.add("card-status")
    if (raw.bonus or raw.monthly) and record.issuer and record.acquirer:
        home, away = rules.region(record.issuer, record.day), rules.region(record.acquirer, record.day)
        if home and away and home != away:
            found.add("wrong-purse")
    if raw.tac is not None and record.file.sender.tac_waits:
        found.add("tac-unverified")
    return found


def issuer_reasons(record, rules):
    raw = record.raw
    by_prefix = rules.card_issuer(raw.format, raw.card_as_read, record.day)
    by_city = rules.alias(("issuer",), raw.format + ".city", raw.city_card, record.day) if raw.city_card else None
    record.issuer = None
    if by_prefix and by_city and by_prefix != by_city:
        return {"issuer-mismatch"}
    record.issuer = by_prefix or by_city
    return {"unknown-participant"} if record.issuer is None else set()


def acquirer_reasons(record, rules):
    raw, name = record.raw, record.raw.format + "."
    record.acquirer = None
    if raw.unit:
        record.acquirer = rules.alias(("acquirer", "owner", "agency"), name + formats.UNIT_FIELD[raw.format], raw.unit, record.day)
    if record.acquirer is None and raw.city_trade:
        record.acquirer = rules.alias(("acquirer", "owner", "agency"), name + "city", raw.city_trade, record.day)
    if record.acquirer is not None:
        return set()
    return {"unknown-participant"} if raw.unit or raw.city_trade else {"no-unit"}


def move_parties(record, rules):
    """Only purchases and loads bring their own parties; the others take those of the record they refer to."""
    raw, found = record.raw, set()
    if raw.kind not in ("purchase", "load"):
        return found
    record.issuer = raw.issuer_code if rules.has_role(raw.issuer_code, ("issuer", "agency"), record.day) else None
    if raw.issuer_code == "" and raw.card:
        record.issuer = rules.card_issuer("moves", raw.card_as_read, record.day)
    record.acquirer = raw.acquirer_code if rules.has_role(raw.acquirer_code, ("acquirer", "owner", "agency"), record.day) else None
    if record.issuer is None or (raw.acquirer_code and record.acquirer is None):
        found.add("unknown-participant")
    if raw.acquirer_code == "":
        found.add("no-unit")
    return found


# ---- identity ----

def identity(record):
    raw = record.raw
    if record.is_move:
        return ("move", record.file.sender.name, raw.id)
    if raw.open_data:
        return ("open", raw.card, raw.time, raw.sam, raw.type)
    return ("card", raw.card, record.counter, raw.sam, raw.sam_serial, record.day)


def same_content(world, a, b):
    """The canonical economic fields; between two formats only those that both have."""
    x, y = a.raw, b.raw
    if (x.amount, x.time, x.type) != (y.amount, y.time, y.type):
        return False
    if a.is_move:
        return all(getattr(x, name) == getattr(y, name) for name in
                   ("product", "kind", "original", "card", "issuer_code", "acquirer_code", "service", "signed_amount", "price", "decision"))
    # Every card format has these fields: a missing value is a value of its own.
    if (x.price, x.balance, x.tac) != (y.price, y.balance, y.tac):
        return False
    for name in ("gray", "monthly", "bonus", "lock", "transfer"):
        one, other = getattr(x, name), getattr(y, name)
        if None not in (one, other) and one != other:
            return False
    return (same_party(world, a, b, a.issuer, b.issuer, x.city_card, y.city_card, issuer_again)
            and same_party(world, a, b, a.acquirer, b.acquirer, (x.unit, x.city_trade), (y.unit, y.city_trade), acquirer_again))


def same_party(world, a, b, one, other, one_read, other_read, again):
    """Across formats an unknown party matches any; within one, unknown parties are compared as they were read."""
    if one is not None and other is not None:
        return one == other
    if a.raw.format != b.raw.format:
        return True
    if one is None and other is None:
        return one_read == other_read
    # One was judged before the rules knew the party: by today's rules both must name the same.
    known, unknown = (one, b) if one is not None else (other, a)
    return again(world, unknown) == known


def issuer_again(world, record):
    before = record.issuer
    issuer_reasons(record, world.current)
    found, record.issuer = record.issuer, before
    return found


def acquirer_again(world, record):
    before = record.acquirer
    acquirer_reasons(record, world.current)
    found, record.acquirer = record.acquirer, before
    return found


def others(world, record):
    """Records of the same card (moves: the same id), canonical order."""
    if record.is_move:
        rows = world.by_move.get((record.file.sender.name, record.raw.id), [])
    else:
        rows = world.by_card.get(record.raw.card, [])
    return [row for row in rows if row is not record]


def is_twin(world, record, other):
    """Gray and normal record of one tap: minutes apart, across midnight too, or on one day with no other
    tap of the card between, by any record that could be read, whatever became of it."""
    x, y = record.raw, other.raw
    if x.open_data or y.open_data or record.is_move or bool(x.gray) == bool(y.gray):
        return False
    if record.counter != other.counter or x.amount != y.amount:
        return False
    if abs(x.time - y.time) <= world.rules[record.file.rules].twin_s:
        return abs(record.day - other.day) <= 1
    if record.day != other.day:
        return False
    low, high = sorted((x.time, y.time))
    return not any(low < row.raw.time < high for row in others(world, record))


def repeats(world, record, holders=None):
    """Duplicate, twin, conflict, counter-conflict: adds the reason and the link. Smallest holder of each wins."""
    if holders is None:
        holders = [row for row in others(world, record) if row.holds]
    mine, gray = identity(record), bool(record.raw.gray)
    twins = [row for row in holders if row.verdict != "conflict" and is_twin(world, record, row)]
    rest = [row for row in holders if row not in twins]

    for row in holders:
        if identity(row) == mine and same_content(world, record, row):
            return repeat_of(record, row)
    for row in twins:
        if row.verdict == "accepted" and gray:
            record.reasons.add("superseded")
            record.link = row
            return None
        if row.verdict == "accepted":
            return repeat_of(record, row)
    for row in rest:
        if identity(row) == mine:
            record.reasons.add("conflict")
            record.link = row
            return None
    for row in rest:
        if (not record.raw.open_data and not row.raw.open_data and not record.is_move
                and (row.counter, row.day) == (record.counter, record.day)):
            record.reasons.add("counter-conflict")
            record.link = row
            return None
    return None


def repeat_of(record, row):
    record.reasons.add("duplicate-in-file" if row.file is record.file else "duplicate-in-history")
    record.link = row


def seen_before(world, record):
    mine = identity(record)
    return any(row.verdict == "rejected" and row.key < record.key and identity(row) == mine for row in others(world, record))


def supersede_grays(world, record):
    """A normal record that counts replaces the pending gray one of the same tap, by an event."""
    if record.is_move or record.raw.gray:
        return
    for row in others(world, record):
        if row.verdict == "pending" and is_twin(world, record, row):
            row.reasons.add("superseded")
            row.link = record
            if row.file.command == world.command:
                row.told_reasons = set(row.reasons)


# ---- refunds, reversals, adjustments ----

def original_of(world, record):
    """The record a move is about; a duplicate stands for what it repeats."""
    row = world.find(record.raw.original)
    while row is not None and row.verdict == "duplicate":
        row = row.link
    return None if row is record else row


def decided_so(record, accept_it):
    """Was the last change of the record this very decision?"""
    return record.decision == accept_it and (record.verdict == "accepted") == accept_it


def decidable(world, record, accept_it):
    """Can a record be decided so: does it wait, and if it is to count, can it be booked by the rules of now? Decided so before: yes."""
    if decided_so(record, accept_it):
        return True
    if record.verdict not in ("pending", "conflict"):
        return False
    if not accept_it:
        return True
    if record.is_move and record.raw.kind in OTHERS_MONEY:
        return not original_reasons(world, record)
    rule_reasons(world, record, world.current)
    return record.issuer is not None and record.acquirer is not None


def original_reasons(world, record):
    raw = record.raw
    if raw.kind not in OTHERS_MONEY + ("decide",):
        return set()
    row = record.original = original_of(world, record)
    if raw.kind == "decide":
        if row is None:
            return {"refund-without-original"}
        return set() if decidable(world, row, raw.decision == "accept") else {"field-mismatch"}
    if row is None or row.verdict in ("pending", "conflict"):
        return {"refund-without-original"}
    if row.verdict == "rejected":
        return {"refund-exceeds-original"}
    record.issuer, record.acquirer = row.issuer, row.acquirer
    if raw.kind == "adjust":
        return set()
    found = set()
    # Only what was paid can be given back: a refund, an entry or a lock has nothing of its own.
    paid = row.raw.amount if row.raw.kind in ("purchase", "load") else 0
    if row.refunded + raw.amount > paid:
        found.add("refund-exceeds-original")
    if raw.kind == "reversal":
        if row.refunded > 0 or row.reversed:
            found.add("already-refunded")
        elif raw.amount < paid:
            found.add("field-mismatch")
    return found
