"""Obligations, fees, refunds, positions, matrix and transfers: sums of whole fen and exact numerators."""

import words

PPM = 1_000_000


# ---- fees ----

def fee_base(row, amount, discount):
    if row["on"] == "count":
        return 1
    return amount if row["on"] == "amount" else max(discount, 0)


def bears_fee(row, amount, discount):
    """No fee on 0 fen unless it is charged by the count."""
    return row["on"] == "count" or (amount != 0 and fee_base(row, amount, discount) != 0)


def numerator(row, amount, discount):
    """Exact fee of one trade in millionths of a fen."""
    if not bears_fee(row, amount, discount):
        return 0
    return int(row["rate_ppm"] or 0) * fee_base(row, amount, discount) + int(row["fixed_fen"] or 0) * PPM


def clamp(row, fee):
    if row["min_fen"]:
        fee = max(fee, int(row["min_fen"]))
    if row["max_fen"]:
        fee = min(fee, int(row["max_fen"]))
    return fee


def txn_parts(row, amount, discount):
    """Fee of one trade, rounded, with the issuer's and the centre's share."""
    if not bears_fee(row, amount, discount):
        return (0, 0, 0)
    fee = clamp(row, words.round_half_away(numerator(row, amount, discount), PPM))
    return (fee, words.share_of(fee, int(row["issuer_share_ppm"] or 0)), words.share_of(fee, int(row["centre_share_ppm"] or 0)))


def book_fee(world, record, trade, window, before, after):
    """Fee of `trade` for amounts before → after; None = the trade is not there. Giving back is a negative fee."""
    rules = world.rules[trade.booked_rules]
    number = rules.fee_row(trade.raw.service, trade.raw.kind, trade.issuer, trade.acquirer, trade.day)
    if number is None:
        return
    row = rules.fees[number]
    discount = (trade.raw.price - trade.raw.amount) if trade.raw.price is not None else 0

    def parts(amount):
        if amount is None:
            return (0, 0, 0, 0)
        return (numerator(row, amount, discount),) + txn_parts(row, amount, discount)

    difference = [new - old for old, new in zip(parts(before), parts(after))]
    if not any(difference):
        return
    world.fees.append({"window": window, "version": trade.booked_rules, "row": number, "issuer": trade.issuer, "acquirer": trade.acquirer,
                       "numerator": difference[0], "fee": difference[1], "issuer_share": difference[2], "centre_share": difference[3]})


# ---- obligations ----

def moves_money(record):
    """Does an accepted trade make an obligation or bear a fee at all?"""
    return record.raw.kind in ("purchase", "load") and not record.raw.bonus and not record.raw.monthly


def direction(record):
    """(payer, payee) of a purchase or a load."""
    return (record.issuer, record.acquirer) if record.raw.kind == "purchase" else (record.acquirer, record.issuer)


def owe(world, window, payer, payee, kind, amount):
    if amount != 0:
        world.bookings.append({"window": window, "payer": payer, "payee": payee, "kind": kind, "amount": amount})


def book(world, record, rules):
    """Book a record that has just become accepted, in its window, by a rules version."""
    raw = record.raw
    record.booked_rules = rules
    if raw.kind in ("refund", "reversal", "adjust"):
        return book_on_original(world, record)
    if moves_money(record):
        owe(world, record.window, *direction(record), raw.kind, raw.amount)
        book_fee(world, record, record, record.window, None, raw.amount)
    return None


def book_on_original(world, record):
    raw, trade = record.raw, record.original
    given = trade.refunded
    if raw.kind != "adjust":
        trade.refunded += raw.amount
        trade.reversed |= raw.kind == "reversal"
    if not moves_money(trade):
        return
    payer, payee = direction(trade)
    if raw.kind == "adjust" and raw.signed_amount > 0:
        owe(world, record.window, payer, payee, raw.kind, raw.amount)
        return
    owe(world, record.window, payee, payer, raw.kind, raw.amount)
    if raw.kind == "adjust" or (raw.kind == "refund" and raw.amount == 0):
        return
    rules = world.rules[trade.booked_rules]
    number = rules.fee_row(trade.raw.service, trade.raw.kind, trade.issuer, trade.acquirer, trade.day)
    if number is None or (rules.fees[number]["refund"] == "keep" and raw.kind == "refund"):
        return
    left = trade.raw.amount - given
    after = left - raw.amount
    book_fee(world, record, trade, record.window, left, after if after > 0 else None)


# ---- positions ----

def fee_flows(world):
    """(window, payer, payee, fen > 0) of all fees."""
    totals, flows = {}, []
    for part in world.fees:
        row = world.rules[part["version"]].fees[part["row"]]
        if row["basis"] == "total":
            key = (part["window"], part["version"], part["row"], part["issuer"], part["acquirer"])
            totals[key] = totals.get(key, 0) + part["numerator"]
        else:
            flows += shares(world, row, part["window"], part["issuer"], part["acquirer"],
                            part["fee"], part["issuer_share"], part["centre_share"])
    for (window, version, number, issuer, acquirer), exact in totals.items():
        row = world.rules[version].fees[number]
        fee = words.round_half_away(exact, PPM)
        if fee > 0:
            fee = clamp(row, fee)
        flows += shares(world, row, window, issuer, acquirer, fee, words.share_of(fee, int(row["issuer_share_ppm"] or 0)),
                        words.share_of(fee, int(row["centre_share_ppm"] or 0)))
    return flows


def shares(world, row, window, issuer, acquirer, fee, issuer_share, centre_share):
    """The payer pays every other party its share; a share that falls to the payer moves nothing."""
    payer = {"acquirer": acquirer, "issuer": issuer}.get(row["payer"], row["payer"])
    parts = [(issuer, issuer_share), (world.rules_of(window).centre(window), centre_share), (acquirer, fee - issuer_share - centre_share)]
    flows = []
    for payee, fen in parts:
        if payee != payer and fen != 0:
            flows.append((window, payer, payee, fen) if fen > 0 else (window, payee, payer, -fen))
    return flows


def named(world, level, code, window):
    if level == "member":
        return world.rules_of(window).member(code, window)
    if level == "region":
        return world.rules_of(window).region(code, window)
    return code


def positions(world, level):
    """Rows by (window, participant): receivable, payable, fee, net, count. The centre has a row in every window."""
    rows = {}

    def row(window, code):
        name = named(world, level, code, window)
        return rows.setdefault((window, name), {"receivable": 0, "payable": 0, "fee": 0, "count": 0})

    for booking in world.bookings:
        payer, payee = row(booking["window"], booking["payer"]), row(booking["window"], booking["payee"])
        payer["payable"] += booking["amount"]
        payee["receivable"] += booking["amount"]
        payer["count"] += 1
        if payee is not payer:
            payee["count"] += 1
    for window, payer, payee, fen in fee_flows(world):
        row(window, payer)["fee"] -= fen
        row(window, payee)["fee"] += fen
    for window in sorted({key[0] for key in rows}):
        row(window, world.rules_of(window).centre(window))
    result = []
    for (window, name), sums in sorted(rows.items()):
        result.append({"window": words.day_text(window), "participant": name, "receivable_fen": sums["receivable"],
                       "payable_fen": sums["payable"], "fee_fen": sums["fee"], "count": sums["count"],
                       "net_fen": sums["receivable"] - sums["payable"] + sums["fee"],
                       "settlement_date": words.day_text(world.rules_of(window).settlement_day(window))})
    return result


def matrix(world, level):
    """payer × payee × kind with counts; fees netted between the two sides, without a count."""
    rows, fees = {}, {}
    for booking in world.bookings:
        window = booking["window"]
        key = (window, named(world, level, booking["payer"], window), named(world, level, booking["payee"], window), booking["kind"])
        count, amount = rows.get(key, (0, 0))
        rows[key] = (count + 1, amount + booking["amount"])
    for window, payer, payee, fen in fee_flows(world):
        payer, payee = named(world, level, payer, window), named(world, level, payee, window)
        low, high = sorted((payer, payee))
        fees[window, low, high] = fees.get((window, low, high), 0) + (fen if payer == low else -fen)
    for (window, low, high), fen in fees.items():
        if fen != 0 and low != high:
            rows[(window, low, high, "fee") if fen > 0 else (window, high, low, "fee")] = (None, abs(fen))
    return [{"window": words.day_text(window), "payer": payer, "payee": payee, "kind": kind, "count": count, "amount_fen": amount}
            for (window, payer, payee, kind), (count, amount) in sorted(rows.items())]


def transfers(world, windows):
    """Payments of the members' nets through the centre, of the windows given."""
    result = []
    for row in positions(world, "member"):
        window = words.parse_day(row["window"])
        centre = world.rules_of(window).member(world.rules_of(window).centre(window), window)
        if window not in windows or row["participant"] == centre or row["net_fen"] == 0:
            continue
        payer, payee = (row["participant"], centre) if row["net_fen"] < 0 else (centre, row["participant"])
        result.append({"window": row["window"], "payer": payer, "payee": payee, "amount_fen": abs(row["net_fen"]),
                       "settlement_date": row["settlement_date"]})
    return result
