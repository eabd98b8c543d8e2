"""Transaction codes, stated in plain Python: DES and SM4 bit by bit, diversification, the two MACs, and which key a record goes by.

Slow, and meant to be: nothing here is shared with the program. Keys are dictionaries as keys.json has them:
    {"issuer":"iss1","version":1,"index":0,"algorithm":"3des","levels":2,"issuer_factor":"0115215000000000" or "record","card_skip":0,
     "data":22,"fold":true,"xor_words":false,"waits":false,"master":"0123…"}
"""

import re
from functools import lru_cache

import words

# ---- DES (FIPS 46-3): positions count from 1, from the left ----

IP = [58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4, 62, 54, 46, 38, 30, 22, 14, 6, 64, 56, 48, 40, 32, 24, 16, 8,
      57, 49, 41, 33, 25, 17, 9, 1, 59, 51, 43, 35, 27, 19, 11, 3, 61, 53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7]
FP = [IP.index(place) + 1 for place in range(1, 65)]
E = [32, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9, 8, 9, 10, 11, 12, 13, 12, 13, 14, 15, 16, 17,
     16, 17, 18, 19, 20, 21, 20, 21, 22, 23, 24, 25, 24, 25, 26, 27, 28, 29, 28, 29, 30, 31, 32, 1]
P = [16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25]
PC1 = [57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
       63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4]
PC2 = [14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
       41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32]
SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1]
BOXES = [
    "E4D12FB83A6C5907" "0F74E2D1A6CB9538" "41E8D62BFC973A50" "FC8249175B3EA06D",
    "F18E6B34972DC05A" "3D47F28EC01A69B5" "0E7BA4D158C6932F" "D8A13F42B67C05E9",
    "A09E63F51DC7B428" "D709346A285ECBF1" "D6498F30B12C5AE7" "1AD069874FE3B52C",
    "7DE3069A1285BC4F" "D8B56F03472C1AE9" "A690CB7DF13E5284" "3F06A1D8945BC72E",
    "2C417AB6853FD0E9" "EB2C47D150FA3986" "421BAD78F9C5630E" "B8C71E2D6F09A453",
    "C1AF92680D34E75B" "AF427C9561DE0B38" "9EF528C3704A1DB6" "432C95FABE17608D",
    "4B2EF08D3C975A61" "D0B7491AE35C2F86" "14BDC37EAF680592" "6BD814A7950FE23C",
    "D2846FB1A93E50C7" "1FD8A374C56B0E92" "7B419CE206ADF358" "21E74A8DFC90356B",
]


def pick(value, width, places):
    """The bits of a number at these places, in their order."""
    out = 0
    for place in places:
        out = out << 1 | value >> width - place & 1
    return out


@lru_cache(maxsize=None)
def round_keys(key):
    both = pick(key, 64, PC1)
    left, right, keys = both >> 28, both & 0xFFFFFFF, []
    for shift in SHIFTS:
        left = (left << shift | left >> 28 - shift) & 0xFFFFFFF
        right = (right << shift | right >> 28 - shift) & 0xFFFFFFF
        keys.append(pick(left << 28 | right, 56, PC2))
    return keys


def des(key, block, decrypt=False):
    value = pick(block, 64, IP)
    left, right = value >> 32, value & 0xFFFFFFFF
    for round_key in reversed(round_keys(key)) if decrypt else round_keys(key):
        mixed, out = pick(right, 32, E) ^ round_key, 0
        for number, box in enumerate(BOXES):
            six = mixed >> 42 - 6 * number & 63
            out = out << 4 | int(box[(six >> 4 & 2 | six & 1) * 16 + (six >> 1 & 15)], 16)
        left, right = right, left ^ pick(out, 32, P)
    return pick(right << 32 | left, 64, FP)


def triple(key, block):
    """Two-key 3DES; `key` is 128 bits."""
    left, right = key >> 64, key & (1 << 64) - 1
    return des(left, des(right, des(left, block), decrypt=True))


# ---- SM4 (GB/T 32907) ----

FK = [0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC]


def sm4_box():
    """The S-box from its algebra: affine, inverse in GF(2^8) modulo x^8+x^7+x^6+x^5+x^4+x^2+1, affine."""
    def multiply(a, b):
        out = 0
        while b:
            if b & 1:
                out ^= a
            a <<= 1
            if a & 0x100:
                a ^= 0x1F5
            b >>= 1
        return out

    def affine(byte):
        rows, out = 0xA7, 0
        for bit in range(8):
            row = (rows << bit | rows >> 8 - bit) & 0xFF
            out |= (bin(row & byte).count("1") & 1) << bit
        return out ^ 0xD3

    inverse = [0] * 256
    for a in range(1, 256):
        inverse[a] = next(b for b in range(1, 256) if multiply(a, b) == 1)
    return [affine(inverse[affine(byte)]) for byte in range(256)]


SM4_BOX = sm4_box()


def turn(word, bits):
    return (word << bits | word >> 32 - bits) & 0xFFFFFFFF


def sm4_boxes(word):
    return sum(SM4_BOX[word >> shift & 255] << shift for shift in (24, 16, 8, 0))


def words_of(block):
    return [block >> shift & 0xFFFFFFFF for shift in (96, 64, 32, 0)]


@lru_cache(maxsize=None)
def sm4_keys(key):
    state = [word ^ fixed for word, fixed in zip(words_of(key), FK)]
    for number in range(32):
        constant = sum(((4 * number + byte) * 7 % 256) << 24 - 8 * byte for byte in range(4))
        mixed = sm4_boxes(state[-3] ^ state[-2] ^ state[-1] ^ constant)
        state.append(state[-4] ^ mixed ^ turn(mixed, 13) ^ turn(mixed, 23))
    return state[4:]


def sm4(key, block):
    state = words_of(block)
    for round_key in sm4_keys(key):
        mixed = sm4_boxes(state[-3] ^ state[-2] ^ state[-1] ^ round_key)
        state.append(state[-4] ^ mixed ^ turn(mixed, 2) ^ turn(mixed, 10) ^ turn(mixed, 18) ^ turn(mixed, 24))
    return sum(word << shift for word, shift in zip(reversed(state[-4:]), (96, 64, 32, 0)))


# ---- the code ----

@lru_cache(maxsize=None)
def diversify(algorithm, key, factor):
    other = factor ^ (1 << 64) - 1
    if algorithm == "sm4":
        return sm4(key, factor << 64 | other)
    return triple(key, factor) << 64 | triple(key, other)


def blocks_of(data, size):
    padded = data + b"\x80"
    padded += b"\0" * (-len(padded) % size)
    return [int.from_bytes(padded[at:at + size], "big") for at in range(0, len(padded), size)]


@lru_cache(maxsize=None)
def code(algorithm, key, fold, xor_words, data):
    """The first four bytes of the MAC over the data, under a card's 128-bit key."""
    mac = 0
    if algorithm == "sm4":
        for block in blocks_of(data, 16):
            mac = sm4(key, mac ^ block)
        if xor_words:
            a, b, c, d = words_of(mac)
            return a ^ b ^ c ^ d
        return mac >> 96
    left, right = key >> 64, key & (1 << 64) - 1
    if fold:
        left ^= right
    for block in blocks_of(data, 8):
        mac = des(left, mac ^ block)
    if not fold:
        mac = des(left, des(right, mac, decrypt=True))
    return mac >> 32


def data_of(key, amount, kind, sam, serial, time):
    """What the card signed; None where a value does not fit the card's bytes."""
    if amount >= 1 << 32 or serial >= 1 << 32:
        return None
    second = words.second_of_day(time)
    clock = words.day_text(words.day_of_time(time)).replace("-", "") + "%02d%02d%02d" % (second // 3600, second // 60 % 60, second % 60)
    head = amount.to_bytes(4, "big") + bytes([kind]) + bytes.fromhex("%012d" % sam)
    return head + (serial.to_bytes(4, "big") if key["data"] == 22 else b"") + bytes.fromhex(clock)


def card_key(key, card, issuer_id):
    """The card's own key; None where the record has not what it is derived from."""
    value = int(key["master"], 16)
    if key["levels"] == 2:
        text = issuer_id if key["issuer_factor"] == "record" else key["issuer_factor"]
        if re.fullmatch("[0-9A-Fa-f]{1,16}", text) is None:
            return None
        value = diversify(key["algorithm"], value, int(text.ljust(16, "0"), 16))
    if key["levels"] >= 1:
        digits = card[:len(card) - key["card_skip"]] if len(card) > key["card_skip"] else ""
        if re.fullmatch("[0-9A-Fa-f]+", digits) is None:
            return None
        value = diversify(key["algorithm"], value, int(digits[-16:], 16))
    return value


def right_code(key, card, issuer_id, amount, kind, sam, serial, time):
    """The right code, or None where the key cannot say."""
    data, secret = data_of(key, amount, kind, sam, serial, time), card_key(key, card, issuer_id)
    return None if data is None or secret is None else code(key["algorithm"], secret, key["fold"], key["xor_words"], data)


# ---- which key, and what follows ----

def asked(record):
    raw = record.raw
    return (raw.tac is not None and not raw.lock and not raw.gray and not record.is_move
            and not record.reasons & {"malformed", "bad-date", "unknown-type"})


def outcome(keys, record):
    """"right", "wrong", "none" (no key; the sender's profile decides), "waits" (no key, and the issuer's keys say wait)."""
    raw = record.raw
    if not keys or not asked(record):
        return "none"
    of_issuer = [key for key in keys if key["issuer"] == record.issuer]
    without = "waits" if any(key["waits"] for key in of_issuer) else "none"
    fitting = [key for key in of_issuer if (key["version"], key["index"]) == (raw.key_version, raw.key_index)]
    if not fitting:
        return without
    [key] = fitting                  # of each number one, whatever its algorithm
    if card_key(key, raw.card_as_read.strip(), raw.issuer_id) is None:
        return without
    return "right" if right_code(key, raw.card_as_read.strip(), raw.issuer_id, raw.amount, raw.type, raw.sam, raw.sam_serial, raw.time) == raw.tac else "wrong"
