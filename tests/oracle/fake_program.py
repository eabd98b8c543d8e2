"""A stand-in for the program, made of the oracle, to test the comparison itself: it must agree, and a planted lie must be found.

Keeps its commands in the store folder and plays them again for every call. FAKE_LIE names the lies, comma between them: verdict, link, figures,
position, matrix, transfer, exit.
"""

import argparse
import json
import os
import sys

import oracle
import words

LIES = os.environ.get("FAKE_LIE", "").split(",")


def contract_figures(file):
    """The oracle's figures as the contract writes them."""
    if "records" not in file:
        return file
    result = dict(file)
    result["kinds"] = [{"kind": kind, **row} for kind, row in file["kinds"].items()]
    result["reasons"] = [{"reason": reason, "verdict": words.CLASS[reason], **row} for reason, row in file["reasons"].items()]
    result["notes"] = [{"reason": note, "verdict": "accepted", **row} for note, row in file["notes"].items()]
    if "figures" in LIES and result["accepted"]["count"]:
        result["accepted"] = {"count": result["accepted"]["count"], "amount_fen": result["accepted"]["amount_fen"] + 1}
    return result


def run(store, command, arguments):
    log = os.path.join(store, "log.json")
    done = json.load(open(log, encoding="utf-8"))
    player = oracle.Oracle("/")
    player.run(done)
    if command == "records":
        return 0, lie_about_records(player.state()["records"])
    if command == "positions":
        found = player.positions()
        found = {name: found[name][arguments.level] for name in ("positions", "matrix")}
        return 0, {**lie_about_sums(found), "net_sum_fen": 0}
    new = {"do": command, **{name: value for name, value in vars(arguments).items() if value is not None}}
    answer = player.command(new)
    json.dump(done + [new], open(log, "w", encoding="utf-8"))
    if command == "ingest":
        answer["files"] = [contract_figures(file) for file in answer["files"]]
    if command == "settle":
        answer["windows"] = [{"window": window} for window in answer["windows"]]
        if "transfer" in LIES:
            answer["transfers"] = answer["transfers"][1:]
    return 5 if "exit" in LIES and command == "settle" else answer["exit"], answer


def lie_about_records(records):
    for row in records:
        if "verdict" in LIES and row["verdict"] == "duplicate":
            row["verdict"] = "accepted"
        if "link" in LIES and row["link"]:
            row["link"] = "r1-1"
    return {"records": records}


def lie_about_sums(found):
    if "position" in LIES and found["positions"]:
        found["positions"][0]["net_fen"] += 1
    if "matrix" in LIES:
        found["matrix"] = found["matrix"][:-1]
    return found


def main(argv):
    command, rest = argv[1], argv[2:]
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--threads")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--level")
    parser.add_argument("--received-at", dest="received_at")
    parser.add_argument("--sender")
    parser.add_argument("--format")
    parser.add_argument("--date")
    parser.add_argument("--reason")
    parser.add_argument("--accept", action="store_const", const=True)
    parser.add_argument("--reject", dest="accept", action="store_const", const=False)
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args(rest)
    store, given = arguments.store, arguments.words
    for name in ("store", "threads", "json", "words"):
        delattr(arguments, name)
    if command == "init":
        os.makedirs(store)
        json.dump([], open(os.path.join(store, "log.json"), "w", encoding="utf-8"))
        return 0
    if command == "rules":
        arguments.dir = given[1]
    if command == "ingest":
        arguments.files = given
    if command == "resolve":
        arguments.record = given[0]
    code, answer = run(store, command, arguments)
    print(json.dumps(answer, ensure_ascii=False))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv))
