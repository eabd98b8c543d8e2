"""TAC keys of a scenario, and the codes that its cards make: most right, some wrong, some under keys that nobody has."""

import json
import os

import formats
import tac


def draw(rng, issuers):
    """Keys of some issuers; of one issuer all alike but for their numbers, since a tap may be written in two formats. Often none at all."""
    if rng.random() < 0.25:
        return []
    keys = []
    for issuer in issuers:
        if rng.random() < 0.2:
            continue
        levels = rng.choice([2, 2, 2, 1, 0])
        key = {"issuer": issuer["code"], "algorithm": rng.choice(["3des", "3des", "sm4"]), "levels": levels,
               "issuer_factor": rng.choice(["record", "%016X" % rng.randrange(1 << 64)]) if levels == 2 else "", "card_skip": rng.choice([0, 0, 1, 5]),
               "data": rng.choice([22, 22, 18]), "fold": rng.random() < 0.7, "xor_words": rng.random() < 0.3, "waits": rng.random() < 0.2,
               "master": "%032X" % rng.randrange(1, 1 << 128)}
        numbers = rng.sample([(1, 0), (0, 0), (2, 0)], rng.choice([1, 2, 2, 3]))
        keys += [{**key, "version": version, "index": index} for version, index in numbers]
    return keys


def of_issuer(keys, code):
    return next((key for key in keys if key["issuer"] == code), None)


def sign(rng, trade, key):
    """The code that the card makes over the tap; then and now a key version that is none, or is another."""
    if key is None:
        return
    right = tac.right_code(key, trade["card"], trade["card"][:8], trade["amount"], trade["type"], trade["sam"], trade["sam_serial"], trade["time"])
    if right is not None and right not in formats.NO_TAC and rng.random() < 0.9:
        trade["tac"] = right
    if rng.random() < 0.05:
        trade["raw"] = {"key_version": rng.choice(["ZZ", "  ", "0", "02", "FF"]), "key_index": rng.choice(["00", "  ", "07"])}


def give(rng, keys, commands):
    """Some commands have the keys, some come without."""
    for command in commands:
        if keys and command["do"] in ("ingest", "settle") and rng.random() < 0.7:
            command["keys"] = "keys.json"


def write(folder, keys):
    if keys:
        with open(os.path.join(folder, "keys.json"), "w", encoding="utf-8") as file:
            json.dump(keys, file, indent=1)
