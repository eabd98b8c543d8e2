"""Later changes of verdict: re-examination at settle, gray acceptance, expiry, decisions.

`settle` re-examines before it closes, in canonical order, until nothing changes.
"""

import clearing
import tac
import verdicts
import words

RULE_REASONS = ("unknown-participant", "issuer-mismatch", "no-unit", "amount-limit")


def accept(world, record, window):
    """An event: from now on the record counts, in this window, by the latest rules."""
    record.reasons = set()
    record.window = window
    record.link = None
    if record.tac_open:
        record.notes.add("tac-unverified")
    clearing.book(world, record, len(world.rules) - 1)
    verdicts.supersede_grays(world, record)


def reexamine(world, day):
    """All pending records against what is known now; records whose deadline passed by `day`."""
    changed = True
    while changed:
        changed = False
        for record in world.records:
            if record.verdict == "pending" and examine(world, record):
                changed = True
    for record in world.records:
        if record.verdict == "pending":
            expire(world, record, day)


def tac_left(world, record, found):
    """Does a code that was not verified yet stand against the record now?

    Where its issuer's keys say wait, always: also where nobody knew the issuer, and so no keys to ask, when it came. Else only where it
    stood against it before: as the sender's profile says now, or until keys of the issuer come, if it was keys that held it back.
    """
    if found in ("right", "wrong"):
        return False
    if found == "waits":
        return True
    if "tac-unverified" not in record.reasons:
        return False
    now = world.current.sender(record.file.sender.name)
    if now is None or now.tac_waits:
        return True
    asked_now = any(key["issuer"] == record.issuer for key in world.keys or [])
    return not record.file.sender.tac_waits and not asked_now


def examine(world, record):
    """One pending record: promoted, replaced, refused, or left as it is (False). A set of reasons changes only with the verdict."""
    left, fresh = set(record.reasons), set()
    if left & set(RULE_REASONS):
        fresh = verdicts.rule_reasons(world, record, world.current)
        left = left - set(RULE_REASONS) | (fresh & set(RULE_REASONS))
    found = tac.outcome(world.keys, record) if record.tac_open else "none"
    if found == "wrong":
        record.reasons = record.reasons - {"tac-unverified"} | {"tac-mismatch"}
        record.notes.discard("tac-unverified")
    if "wrong-purse" in fresh:
        record.reasons.add("wrong-purse")
    if found == "wrong" or "wrong-purse" in fresh:
        return True
    left.discard("tac-unverified")
    if record.tac_open and tac_left(world, record, found):
        left.add("tac-unverified")
    if "gray" in left:
        outcome, link = gray_outcome(world, record)
        if outcome in ("superseded", "trade-failed"):
            record.reasons.add(outcome)
            record.link = link
            return True
        if outcome == "counts":
            left.discard("gray")
    if record.is_move and record.raw.kind in verdicts.OTHERS_MONEY + ("decide",):
        left = left - {"refund-without-original"} | verdicts.original_reasons(world, record)
    if any(words.CLASS[reason] == "pending" for reason in left):
        return False
    if left:
        record.reasons = left
        return True
    promote(world, record, found == "right")
    return True


def promote(world, record, tac_right=False):
    """The identity check again: what counts by now, or came before, may make the record a repeat."""
    before = set(record.reasons)
    holders = [row for row in verdicts.others(world, record)
               if row.verdict == "accepted" or (row.holds and row.key < record.key)]
    if not record.is_move:
        verdicts.repeats(world, record, holders)
    if record.reasons != before:
        return
    if tac_right:
        record.tac_open = False
        record.notes.discard("tac-unverified")
    accept(world, record, world.event_window(record))


# ---- gray records ----

def gray_outcome(world, record):
    """What the card's next record says about a gray one: counts, superseded (with the record), trade-failed or wait."""
    modulus = record.raw.counter_modulus
    rows = [row for row in verdicts.others(world, record) if not row.raw.open_data and row.holds and row.day >= record.day]
    following = [row for row in rows if row.counter == (record.counter + 1) % modulus and row.raw.time >= record.raw.time]
    next_row = min(following, key=lambda row: (row.raw.time, row.key), default=None)
    for row in rows:
        if row.counter == record.counter and row.verdict == "accepted" and (next_row is None or row.day <= next_row.day):
            return "superseded", row
    if next_row is None or next_row.raw.balance is None or record.raw.balance is None:
        return "wait", None
    if next_row.raw.balance == record.raw.balance - record.raw.amount:
        return "counts", None
    if next_row.raw.balance == record.raw.balance:
        return "trade-failed", next_row
    return "wait", None


# ---- deadlines ----

def expire(world, record, day):
    """A pending reason whose deadline passed rejects the record, or falls away where the rules say so."""
    if record.window is None:
        return
    passed = {reason for reason in record.reasons
              if reason in world.current.deadline and day - record.window > world.current.deadline[reason]}
    waived = {reason for reason in passed if reason in world.current.accept_at_deadline and bookable(world, record)}
    if passed - waived:
        record.reasons.add("expired")
    elif waived and record.reasons == waived:
        promote(world, record)


def bookable(world, record):
    """Could it count as it is: parties known, or an original that allows it?"""
    if record.is_move and record.raw.kind not in ("purchase", "load"):
        return not verdicts.original_reasons(world, record)
    return record.issuer is not None and record.acquirer is not None


# ---- decisions ----

def decide(world, record, accept_it, stamp):
    """Decide a pending or conflict record by hand. False when there is nothing to decide or it cannot be booked."""
    if not verdicts.decidable(world, record, accept_it):
        return False
    if verdicts.decided_so(record, accept_it):
        return True
    record.decision = accept_it
    if not accept_it:
        record.reasons -= set(words.REPEATS)
        record.reasons.add("decided")
        return True
    accept(world, record, world.first_open(world.current.receipt_window(stamp)))
    return True
