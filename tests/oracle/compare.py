"""Runs the real program over scenarios and compares everything it says with the oracle.

    python3 compare.py PROGRAM --seeds 1..200 [--show 10] [--keep DIR] [--threads N]
    python3 compare.py PROGRAM --scenario DIR/scenario.json

Compared: exit code and figures of every command, every record's verdict, reasons, link, kind and amount, positions and matrix at
member, participant and region level after each settlement and at the end, transfers, windows closed. Exit 1 on any difference, with the seed.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

import generate
import oracle
import tac
import words


class Program:
    """The program under test with a store of its own."""

    def __init__(self, path, store, threads):
        self.path, self.store, self.threads = path, store, threads

    def run(self, *arguments):
        """(exit code, JSON or None) of one command. A crash or unreadable output is a difference like any other."""
        options = ["--store", self.store] + (["--threads", str(self.threads)] if self.threads else [])
        done = subprocess.run([self.path, *arguments[:1], *options, *arguments[1:]], capture_output=True, timeout=120, check=False)
        try:
            answer = json.loads(done.stdout.decode("utf-8")) if done.stdout.strip() else None
        except ValueError:
            answer = None
        if done.returncode not in (0, 2, 4):
            print("  %s: exit %d: %s" % (" ".join(arguments), done.returncode, done.stderr.decode("utf-8", "replace").strip()[-2000:]))
        self.last_error = done.stderr.decode("utf-8", "replace").strip()
        return done.returncode, answer


class Differences:
    def __init__(self, show):
        self.show, self.count, self.lines = show, 0, []

    def add(self, where, want, have):
        self.count += 1
        if len(self.lines) < self.show:
            self.lines.append("  %s\n    oracle  %s\n    program %s" % (where, want, have))

    def same(self, where, want, have):
        if want != have:
            self.add(where, want, have)

    def rows(self, where, want, have):
        """Two tables as {key: value}: every key of either."""
        for key in sorted(set(want) | set(have), key=str):
            if want.get(key) != have.get(key):
                self.add("%s %s" % (where, key), want.get(key), have.get(key))


# ---- one comparable shape for both sides ----

def figures_of(file):
    """Oracle and contract differ in how kinds and reasons are written; bring both to one."""
    def pairs(name, word):
        rows = file.get(name, [])
        if isinstance(rows, dict):
            return {key: (row["count"], row["amount_fen"]) for key, row in rows.items() if row["count"]}
        return {row[word]: (row["count"], row["amount_fen"]) for row in rows if row["count"]}

    shape = {verdict: (file[verdict]["count"], file[verdict]["amount_fen"]) for verdict in words.VERDICTS}
    return {"records": file["records"], **shape, "kinds": pairs("kinds", "kind"), "reasons": pairs("reasons", "reason"), "notes": pairs("notes", "reason")}


def base_name(path):
    return os.path.basename(path).removesuffix(".gz")


def position_rows(rows):
    """A row of zeros says nothing: fees that were charged and given back may leave one."""
    table = {(row["window"], row["participant"]): tuple(row[name] for name in ("receivable_fen", "payable_fen", "fee_fen", "net_fen", "count", "settlement_date"))
             for row in rows}
    return {key: row for key, row in table.items() if any(row[:5])}


def matrix_rows(rows):
    """Fees are netted between two parties: the contract does not say into how many rows they fall, and does not count them."""
    result, fees = {}, {}
    for row in rows:
        payer, payee = row["payer"], row["payee"]
        if row["kind"] == "fee":
            low, high = sorted((payer, payee))
            fen = row["amount_fen"] if payer == low else -row["amount_fen"]
            if low != high:
                fees[row["window"], low, high, "fee"] = fees.get((row["window"], low, high, "fee"), 0) + fen
        else:
            result[row["window"], payer, payee, row["kind"]] = (row["count"], row["amount_fen"])
    result.update({key: fen for key, fen in fees.items() if fen})
    return result


def transfer_rows(rows):
    return {(row["window"], row["payer"], row["payee"]): (row["amount_fen"], row["settlement_date"]) for row in rows}


def record_rows(rows):
    """Notes are compared where they matter: on what was accepted; links where they do: on what was not. A record that could not be
    decoded may have no amount to show."""
    result = {}
    for row in rows:
        undecoded = "malformed" in row["reasons"]
        result[base_name(row["file"]), row["number"]] = {
            "id": row.get("id") or row.get("record"), "verdict": row["verdict"], "first_verdict": row["first_verdict"], "reasons": list(row["reasons"]),
            "link": (row.get("link") or "") if row["verdict"] != "accepted" else "", "notes": list(row["notes"]) if row["verdict"] == "accepted" else [],
            "kind": None if undecoded else row["kind"], "amount_fen": None if undecoded else row["amount_fen"],
            "window": row["window"] if row["verdict"] == "accepted" else None}
    return result


# ---- commands ----

def key_options(command, folder):
    if not command.get("keys"):
        return []
    return ["--keys", os.path.join(folder, "keys.sealed"), "--keys-key", os.path.join(folder, "tac.key")]


def import_keys(program, folder):
    """The keys of the scenario as the program seals them, one import after the other."""
    path = os.path.join(folder, "keys.json")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        keys = json.load(file)
    for key in keys:
        value, half = int(key["master"], 16), random.Random(key["master"]).randrange(1 << 128)
        parts = os.path.join(folder, "parts.txt")
        with open(os.open(parts, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write("%032X\n%032X\n" % (half, value ^ half))
        zero = tac.sm4(value, 0) >> 104 if key["algorithm"] == "sm4" else tac.triple(value, 0) >> 40
        words_ = ["keys", "import", parts, "--keys", os.path.join(folder, "keys.sealed"), "--keys-key", os.path.join(folder, "tac.key"), "--kcv", "%06X" % zero]
        for name, option in (("issuer", "--issuer"), ("version", "--key-version"), ("index", "--key-index"), ("algorithm", "--algorithm"),
                             ("levels", "--levels"), ("card_skip", "--card-skip"), ("data", "--data")):
            words_ += [option, str(key[name])]
        words_ += ["--issuer-factor", key["issuer_factor"]] if key["levels"] == 2 else []
        words_ += [option for name, option in (("xor_words", "--xor-words"), ("waits", "--wait")) if key[name]] + ([] if key["fold"] else ["--no-fold"])
        code, _ = program.run(*words_)
        if code != 0:
            raise SystemExit("keys import: %s" % program.last_error)
        os.remove(parts)


def arguments_of(command, folder):
    do = command["do"]
    if do == "rules":
        return ["rules", "load", os.path.join(folder, command["dir"]), "--json"]
    if do == "ingest":
        found = ["ingest", "--json"] + [os.path.join(folder, path) for path in command["files"]]
        found += key_options(command, folder)
        for name, option in (("received_at", "--received-at"), ("sender", "--sender"), ("format", "--format")):
            if command.get(name):
                found += [option, command[name]]
        return found
    if do == "resolve":
        found = ["resolve", command["record"], "--accept" if command["accept"] else "--reject", "--reason", command.get("reason", ""), "--json"]
        return found + (["--received-at", command["received_at"]] if command.get("received_at") else [])
    return ["settle", "--date", command["date"], "--json"] + key_options(command, folder)


def compare_positions(program, differences, want, where):
    for level in oracle.LEVELS:
        code, have = program.run("positions", "--json", "--level", level)
        if code != 0 or have is None:
            differences.add("%s positions --level %s" % (where, level), "exit 0", "exit %d: %s" % (code, program.last_error))
            continue
        differences.rows("%s %s position" % (where, level), position_rows(want["positions"][level]), position_rows(have["positions"]))
        differences.rows("%s %s matrix" % (where, level), matrix_rows(want["matrix"][level]), matrix_rows(have["matrix"]))
        differences.same("%s %s net_sum_fen" % (where, level), 0, have["net_sum_fen"])


def compare_ingest(differences, where, want, have):
    theirs = {}
    for file in have["files"]:
        theirs.setdefault(base_name(file["name"]), []).append(file)
    for file in want["files"]:
        row = theirs.get(file["name"], [None]).pop(0)
        if row is None:
            differences.add("%s %s" % (where, file["name"]), file["status"], "not in the result")
            continue
        at = "%s %s" % (where, file["name"])
        differences.same(at + " status", file["status"], row["status"])
        if file["status"] == row["status"] != "refused":
            differences.same(at + " admission", file["admission"], row["admission"])
            differences.rows(at + " figures", figures_of(file), figures_of(row))
            if file["status"] == "already-done":
                mine = {v: file["current"][v]["count"] for v in words.VERDICTS} if "current" in file else None
                yours = {v: row["current"][v]["count"] for v in words.VERDICTS} if row.get("current") else None
                differences.same(at + " current", mine, yours)


def compare_command(program, differences, number, command, want, have, code):
    where = "command %d (%s)" % (number, command["do"])
    if (want["exit"] == 0) != (code == 0) or (command["do"] == "ingest" and want["exit"] != code):
        differences.add(where + " exit", want["exit"], "%d: %s" % (code, program.last_error))
    if have is None or (code != 0 and command["do"] != "ingest"):
        return
    if command["do"] == "ingest":
        compare_ingest(differences, where, want, have)
    if command["do"] == "settle":
        if not have.get("already"):
            differences.same(where + " windows with obligations", want["windows"],
                             [row["window"] for row in have["windows"] if row["window"] in want["windows"]])
            differences.rows(where + " transfer", transfer_rows(want["transfers"]), transfer_rows(have["transfers"]))
        compare_positions(program, differences, want, where)


def compare(path, scenario_path, show, threads=0):
    """Differences of one scenario."""
    with open(scenario_path, encoding="utf-8") as file:
        commands = json.load(file)["commands"]
    folder = os.path.dirname(os.path.abspath(scenario_path))
    differences, expected = Differences(show), oracle.Oracle(folder)
    with tempfile.TemporaryDirectory(prefix="oracle-") as place:
        program = Program(path, os.path.join(place, "store"), threads)
        code, _ = program.run("init")
        differences.same("init exit", 0, code)
        import_keys(program, folder)
        for number, command in enumerate(commands, 1):
            want = expected.command(command)
            code, have = program.run(*arguments_of(command, folder))
            compare_command(program, differences, number, command, want, have, code)
        end = expected.state()
        compare_positions(program, differences, end, "at the end")
        code, have = program.run("records", "--json")
        if code != 0 or have is None:
            differences.add("records", "exit 0", "exit %d: %s" % (code, program.last_error))
        else:
            mine, yours = record_rows(end["records"]), record_rows(have["records"])
            for key in sorted(set(mine) | set(yours)):
                differences.rows("%s:%d" % key, mine.get(key, {}), yours.get(key, {}))
    return differences


def seeds_of(text):
    first, _, last = text.partition("..")
    return range(int(first), int(last or first) + 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--seeds", default="1..20")
    parser.add_argument("--scenario", help="one scenario.json instead of generated ones")
    parser.add_argument("--show", type=int, default=10, help="differences printed per seed")
    parser.add_argument("--keep", help="folder in which failing scenarios are kept")
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    failed = 0
    if arguments.scenario:
        differences = compare(arguments.program, arguments.scenario, arguments.show, arguments.threads)
        print("\n".join(["%d differences" % differences.count] + differences.lines))
        return 1 if differences.count else 0
    for seed in seeds_of(arguments.seeds):
        with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
            generate.make(seed, folder)
            differences = compare(arguments.program, os.path.join(folder, "scenario.json"), arguments.show, arguments.threads)
            if differences.count:
                failed += 1
                print("seed %d: %d differences" % (seed, differences.count))
                print("\n".join(differences.lines), flush=True)
                if arguments.keep:
                    shutil.copytree(folder, os.path.join(arguments.keep, "seed-%d" % seed), dirs_exist_ok=True)
    print("%d of %d scenarios differ" % (failed, len(seeds_of(arguments.seeds))))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
