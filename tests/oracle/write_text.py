"""Writers of the generator: a trade (a plain dict) as a record of each format, records as a file.

A trade has: card (16 digits, or letters for open data), counter, balance, amount, time, sam, sam_serial, tac, type and whatever
its faults set. Any field of the written text can be overridden by trade["raw"] = {field: text}.
"""

import csv
import io
import json

import words

SZT_COLUMNS = ["deal_date", "close_date", "card_no", "deal_value", "deal_type", "company_name", "car_no", "station", "conn_mark",
               "deal_money", "equ_no"]
MOVE_COLUMNS = ["id", "product", "kind", "orig_id", "card", "issuer", "acquirer", "service", "trade_time", "amount_fen", "price_fen",
                "reason", "note"]
TAG = {"bus": "01", "taxi": "02", "metro": "03", "tram": "04", "bike": "05", "ferry": "06", "retail": "07", "parking": "08"}


def digits14(trade):
    if "impossible" in trade:
        return trade["impossible"]
    second = words.second_of_day(trade["time"])
    return words.day_text(words.day_of_time(trade["time"])).replace("-", "") + "%02d%02d%02d" % (second // 3600, second // 60 % 60, second % 60)


def yz316(trade):
    raw = dict(trade.get("raw", {}))
    clock = digits14(trade)
    after = (trade["balance"] - trade["amount"]) % (1 << 32)
    counter = (trade["counter"] - trade["yz_offset"]) % 65536
    tac = "" if trade["tac"] is None else "%08X" % trade["tac"]
    parts = [("serial", 12, "%d" % trade["serial"]), ("card", 20, trade["card"]), ("pan", 19, "310" + trade["card"]),
             ("inner", 16, trade["card"]), ("kind", 3, "01"), ("record_type", 1, "0"), ("before", 8, "%08X" % trade["balance"]),
             ("amount", 8, "%08X" % trade["amount"]), ("after", 8, "%08X" % after), ("type", 2, "%02d" % trade["type"]),
             ("point", 8, ""), ("pos", 12, "%d" % (trade["sam"] % 1000)), ("sam", 12, "%012d" % trade["sam"]),
             ("sam_serial", 9, "%d" % trade["sam_serial"]), ("lock", 1, "1" if trade.get("lock") else "0"), ("pos_serial", 8, "%08X" % trade["serial"]),
             ("date", 8, clock[:8]), ("time", 6, clock[8:]), ("tac", 8, tac), ("key_version", 2, "01"), ("key_index", 2, "00"),
             ("counter", 4, "%04X" % counter), ("issuer", 16, trade["card"][:8]), ("city_trade", 4, trade["city_trade"]),
             ("city_card", 4, trade["city_card"]), ("unit", 8, trade["unit"]), ("line", 20, "LINE 7"), ("bus", 8, "1024"),
             ("driver", 8, ""), ("shift", 14, ""), ("industry", 2, TAG[trade["service"]]),
             ("consumption", 1, "2" if trade.get("bonus") else "0"), ("collected", 14, clock if clock.isdigit() and "impossible" not in trade else ""),
             ("test", 1, "1" if trade.get("test") else "0"), ("random", 8, ""), ("reserved", 30, "")]
    return "".join(raw.get(name, text).ljust(size)[:size] for name, size, text in parts)


def yz316_file(trades, count=None):
    lines = [yz316(trade) for trade in trades]
    header = "1001" + ("%d" % (len(lines) if count is None else count)).ljust(10) + "316".ljust(8) + " " * 24
    return "".join(line + "\n" for line in [header] + lines).encode("ascii")


def xf(trade, size):
    raw = dict(trade.get("raw", {}))
    tac = "        " if trade["tac"] is None else "%08X" % trade["tac"]
    parts = [("order", 8, "%08d" % trade["serial"]), ("merchant", 15, trade["merchant"]), ("pos", size - 150, "%0*d" % (size - 150, trade["sam"] % 1000)),
             ("card", 20, trade["card"].rjust(20, "0")), ("main", 2, "01"), ("sub", 2, "00"), ("valid", 8, trade.get("valid", "00000000")),
             ("start", 8, trade.get("start", "20200101")), ("end", 8, trade.get("end", "20391231")), ("counter", 6, "%06d" % trade["counter"]),
             ("sam_serial", 10, "%010d" % trade["sam_serial"]), ("balance", 8, "%08d" % trade["balance"]), ("amount", 8, "%08d" % trade["amount"]),
             ("time", 14, digits14(trade)), ("type", 2, "%02d" % trade["type"]), ("sam", 12, "%012d" % trade["sam"]), ("tac", 8, tac),
             ("gray", 2, "01" if trade.get("gray") else "00"), ("monthly", 2, trade.get("monthly", "00")), ("debit", 1, "0"), ("reserved", 6, "FFFFFF")]
    return "".join(raw.get(name, text).ljust(width)[:width] for name, width, text in parts)


def xf_file(trades, size, service, end="\r\n", count=None):
    lines = [xf(trade, size) for trade in trades]
    header = "XF" + TAG[service] + "%08d%08d" % (len(lines) if count is None else count, size) + "F" * 24
    return "".join(line + end for line in [header] + lines).encode("ascii")


def szt_row(trade):
    clock = digits14(trade)
    text = "%s-%s-%s %s:%s:%s" % (clock[:4], clock[4:6], clock[6:8], clock[8:10], clock[10:12], clock[12:14])
    row = {"deal_date": text, "close_date": words.day_text(trade["declared"]) + " 00:00:00", "card_no": trade["card"],
           "deal_value": str(trade["price"]), "deal_type": trade["szt_type"], "company_name": trade["company"], "car_no": "IGT-105",
           "station": "站,一\"号\"" if trade["serial"] % 97 == 0 else "车站", "conn_mark": "0", "deal_money": str(trade["amount"]),
           "equ_no": "%09d" % trade["sam"]}
    row.update(trade.get("raw", {}))
    return row


def csv_text(columns, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row[name] for name in columns])
    return text.getvalue().encode("utf-8")


def szt_csv_file(trades, columns):
    return csv_text(columns, [szt_row(trade) for trade in trades])


def szt_json_file(trades):
    page = {"total": 1337000, "data": [szt_row(trade) for trade in trades], "page": 1, "rows": len(trades)}
    return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def moves_file(rows):
    return csv_text(MOVE_COLUMNS, rows)


def file_bytes(format_name, trades, options):
    if format_name == "yz316":
        return yz316_file(trades, options.get("count"))
    if format_name in ("xf158", "xf160"):
        return xf_file(trades, int(format_name[2:]), "bus", options.get("end", "\r\n"), options.get("count"))
    if format_name == "szt-csv":
        return szt_csv_file(trades, options.get("columns", SZT_COLUMNS))
    if format_name == "szt-json":
        return szt_json_file(trades)
    return moves_file(trades)
