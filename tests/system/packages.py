#!/usr/bin/env python3
"""packages.py FOLDER: messages of the toll interface for packages.sh, made up from nothing: a package of 29 records of 15.00 yuan and its replies."""
import sys

FOLDER = sys.argv[1]
FEE = 1500


def yuan(fen):
    return "%d.%02d" % divmod(fen, 100)


def message(name, kind, content, number, sender, receiver, body):
    with open(f"{FOLDER}/{name}", "w", encoding="utf-8") as file:
        file.write(f'''<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><Version>00010000</Version><MessageClass>5</MessageClass><MessageType>{kind}</MessageType><SenderId>{sender:0>16}</SenderId>
<ReceiverId>{receiver:0>16}</ReceiverId><MessageId>{number}</MessageId></Header><Body ContentType="{content}">
{body}</Body></Message>
''')


def parties(issuer="20", provider="FD"):
    return f"<ServiceProviderId>{provider:0>16}</ServiceProviderId><IssuerId>{issuer:0>16}</IssuerId>\n"


def transaction(number, card, minute, fee=FEE):
    tac, counter, before = 0x5A170000 + number, 0x10BC0 + number, 20000
    time = f"20260302 10{minute:02d}30"
    customized = f"{tac:08X}{fee:08X}0901320002D901{counter:08X}{time.replace(' ', '')}0000{before - fee:08X}{before:08X}{number:04X}"
    return f'''<Transaction><TransId>{number}</TransId><Time>2026-03-02 10:{minute:02d}:30</Time><Fee>{yuan(fee)}</Fee>
<Service><ServiceType>2</ServiceType><Description>虚构南|1小时</Description><Detail>1|04|3201|0017|0003|{time}|03|3201|0042|0001|20260302 001530</Detail></Service>
<ICCard><CardType>22</CardType><NetNo>3201</NetNo><CardId>{card}</CardId><License>苏Z{number:05d}蓝</License>
<PreBalance>{yuan(before)}</PreBalance><PostBalance>{yuan(before - fee)}</PostBalance></ICCard>
<Validation><TAC>{tac:08X}</TAC><TransType>09</TransType><TerminalNo>01320002D901</TerminalNo><TerminalTransNo>{counter:08X}</TerminalTransNo></Validation>
<OBU><NetNo>3201</NetNo><OBUId>00003201{number:08d}</OBUId><OBEState>0205</OBEState><License>苏Z{number:05d}蓝</License></OBU>
<CustomizedData>{customized}</CustomizedData></Transaction>
'''


def package(name, number, count, cards, fee=FEE):
    body = "<ClearTargetDate>2026-03-02</ClearTargetDate>\n" + parties()
    body += f"<MessageId>{number}</MessageId><Count>{count}</Count><Amount>{yuan(count * fee)}</Amount>\n"
    for i in range(1, count + 1):
        body += transaction(i, f"{cards + i:016d}", i, fee)
    message(name, 7, 1, number, "FD", "20", body)


def account(name, header, number, count, fen, disputed):
    body = parties() + f"<MessageId>{number}</MessageId><ProcessTime>2026-03-03T10:15:36</ProcessTime><Count>{count}</Count>"
    body += f"<Amount>{yuan(fen)}</Amount><DisputedCount>{len(disputed)}</DisputedCount>\n"
    for trans, reason in disputed:
        body += f"<DisputedRecord><TransId>{trans}</TransId><Result>{reason}</Result></DisputedRecord>\n"
    message(name, 5, 1, header, "20", "FD", body)


def dispute(name, header, file, fen, lists, counts=None):
    total = sum(len(lines) for _, _, lines in lists)
    body = f"<ClearingOperatorId>{'20':0>16}</ClearingOperatorId>" + parties()
    body += f"<FileId>{file}</FileId><ProcessTime>2026-03-03T11:06:04</ProcessTime><Count>{total}</Count><Amount>{yuan(fen)}</Amount>\n"
    for number, paid, lines in lists:
        body += f"<MessageList><MessageId>{number}</MessageId><Count>{len(lines) if counts is None else counts}</Count><Amount>{yuan(paid)}</Amount>\n"
        for trans, result in lines:
            body += f"<Transaction><TransId>{trans}</TransId><Result>{result}</Result></Transaction>\n"
        body += "</MessageList>\n"
    message(name, 7, 2, header, "20", "FD", body)


def refund(name, header, package_number, trans, fen):
    body = "<ClearTargetDate>2026-03-03</ClearTargetDate>\n" + parties() + f"<MessageId>{header}</MessageId>"
    body += f"<ProcessTime>2026-03-03T11:30:00</ProcessTime><Count>1</Count><Amount>{yuan(fen)}</Amount>\n"
    body += f"<MessageList><MessageId>{package_number}</MessageId><Count>1</Count><Amount>{yuan(fen)}</Amount>\n"
    body += f"<Transaction><TransId>{trans}</TransId><Amount>{yuan(fen)}</Amount></Transaction></MessageList>\n"
    message(name, 7, 3, header, "20", "FD", body)


package("package", 7001, 29, 4000000000001000)
package("package_other", 7001, 28, 4000000000001000)
package("second", 7002, 3, 4000000000005000)             # never accounted
account("account", 500, 7001, 29, 27 * FEE, [(7, 1), (9, 3)])
account("account_other", 501, 7001, 29, 28 * FEE, [(7, 1)])
account("wrong_count", 502, 7001, 28, 27 * FEE, [(7, 1), (9, 3)])
account("wrong_sum", 503, 7001, 29, 26 * FEE, [(7, 1), (9, 3)])
account("stray_record", 504, 7001, 29, 27 * FEE, [(7, 1), (30, 3)])
account("unknown_package", 505, 9999, 1, 0, [(1, 1)])
dispute("dispute", 600, 20260303, 0, [(7001, 0, [(7, 1), (9, 1)])])
dispute("unknown_dispute", 601, 202603031, 0, [(9999, 0, [(1, 1)])])
dispute("dispute_passed", 602, 202603032, FEE, [(7001, FEE, [(7, 0)])])
dispute("dispute_stray", 603, 202603033, 0, [(7001, 0, [(31, 1)])])
dispute("dispute_undisputed", 604, 202603034, FEE, [(7001, FEE, [(5, 0)])])
dispute("dispute_part", 605, 202603035, 0, [(7001, 700, [(7, 0)])])
refund("refund", 700, 7001, 3, 500)
