#!/usr/bin/env python3
"""The packing of toll messages in plain Python, restated from its description, and the frame around it.

    lz77.py pack FILE           the packed message on standard output
    lz77.py frame FILE [BODY]   the same behind its frame; with BODY = element the MD5 is that of the Message element alone
    lz77.py unpack FILE         the message
"""
import hashlib
import re
import sys

BLOCK = 65536


def offset_bits(given):
    return (given - 1).bit_length() if given > 1 else 0


def binary(value, bits):
    return format(value, "0%db" % bits) if bits else ""


def pack_block(plain):
    out, at, learned, places = [], 0, 0, {}
    while at < len(plain):
        while learned + 1 < at:
            in_run = learned > 0 and plain[learned - 1] == plain[learned] == plain[learned + 1]
            if not in_run:
                places.setdefault(plain[learned:learned + 2], []).append(learned)
            learned += 1
        best, offset = 1, 0
        for place in reversed(places.get(plain[at:at + 2], [])):
            length, most = 0, min(len(plain) - at, at - place)
            while length < most and plain[place + length] == plain[at + length]:
                length += 1
            if length > best:
                best, offset = length, place
        if best < 2:
            out.append("0" + binary(plain[at], 8))
        else:
            ones = 0 if best == 2 else (best - 1).bit_length() - 1
            rest = binary(best - 1 - 2 ** ones, ones) if ones else ""
            out.append("1" + "1" * ones + "0" + rest + binary(offset, offset_bits(at)))
        at += best
    bits = "".join(out)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def pack(plain):
    out = b""
    for at in range(0, len(plain), BLOCK):
        block = plain[at:at + BLOCK]
        coded = pack_block(block)
        if len(coded) >= len(block):
            coded = block
        out += (len(block) % BLOCK).to_bytes(2, "big") + (len(coded) % BLOCK).to_bytes(2, "big") + coded
    return out


def unpack_block(coded, size):
    bits = "".join(format(byte, "08b") for byte in coded)
    out, at = bytearray(), 0
    while len(out) < size:
        if bits[at] == "0":
            out.append(int(bits[at + 1:at + 9], 2))
            at += 9
            continue
        ones = bits.index("0", at + 1) - at - 1
        at += ones + 2
        length = 2 if ones == 0 else 2 ** ones + int(bits[at:at + ones], 2) + 1
        at += ones
        wide = offset_bits(len(out))
        offset = int(bits[at:at + wide], 2) if wide else 0
        at += wide
        assert offset + length <= len(out)
        out += out[offset:offset + length]
    assert len(out) == size
    return bytes(out)


def unpack(packed):
    out, at = b"", 0
    while at < len(packed):
        size = int.from_bytes(packed[at:at + 2], "big") or BLOCK
        coded = int.from_bytes(packed[at + 2:at + 4], "big") or BLOCK
        data = packed[at + 4:at + 4 + coded]
        at += 4 + coded
        out += data if coded == size else unpack_block(data, size)
    return out


def frame(plain, of_element):
    packed = pack(plain)
    message = re.search(rb"<Header>.*?<MessageId>(\d+)</MessageId>", plain, re.S).group(1)
    whole = plain[plain.index(b"<Message"):plain.rindex(b"</Message>") + 10] if of_element else plain
    return b"%020d%06d%s" % (int(message), len(packed), hashlib.md5(whole).hexdigest().upper().encode()) + packed


def main(argv):
    if len(argv) not in (3, 4) or argv[1] not in ("pack", "frame", "unpack"):
        sys.exit(__doc__)
    with open(argv[2], "rb") as file:
        data = file.read()
    made = {"pack": pack, "unpack": unpack, "frame": lambda d: frame(d, argv[3:] == ["element"])}[argv[1]](data)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(sys.argv)
