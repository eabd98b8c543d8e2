"""Published values of DES, 3DES and SM4, and codes of the format notes, against the plain Python of tac.py."""

import unittest

import tac
import words

MASTER = 0x0123456789ABCDEFFEDCBA9876543210
CARD = 0x11223344556677888877665544332211


class Ciphers(unittest.TestCase):
    def test_des(self):
        self.assertEqual(tac.des(0x133457799BBCDFF1, 0x0123456789ABCDEF), 0x85E813540F0AB405)
        self.assertEqual(tac.des(0x133457799BBCDFF1, 0x85E813540F0AB405, decrypt=True), 0x0123456789ABCDEF)

    def test_triple_des(self):
        self.assertEqual(tac.triple(CARD, 0x1122334400008000), 0x9B1D924E05595603)
        self.assertEqual(tac.triple(CARD, 0x1122334400000001), 0x003238ABC57659DD)

    def test_sm4(self):
        self.assertEqual(tac.sm4(MASTER, MASTER), 0x681EDF34D206965E86B3E94F536E4246)
        self.assertEqual(sorted(tac.SM4_BOX), list(range(256)))


class Codes(unittest.TestCase):
    KEY = {"algorithm": "3des", "levels": 0, "issuer_factor": "", "card_skip": 0, "data": 22, "fold": True, "xor_words": False, "master": "%032X" % CARD}
    DEEP = {**KEY, "levels": 2, "issuer_factor": "0115215000000000", "master": "%032X" % MASTER}

    def code(self, key, *trade, card="2150000012345678", issuer_id=""):
        return tac.right_code(key, card, issuer_id, *trade)

    def test_vectors(self):
        self.assertEqual(self.code(self.KEY, 0x1000, 6, 1122334455, 1, words.time_of(2012, 2, 29, 13, 51, 0)), 0xF5B221C9)
        self.assertEqual(self.code(self.KEY, 0x1000, 6, 1122334455, 1, words.time_of(2011, 12, 21, 21, 48, 22)), 0x05C55AE4)
        trade = (0xC8, 9, 112345678901, 1, words.time_of(2024, 1, 15, 8, 30, 15))
        self.assertEqual(self.code(self.DEEP, *trade), 0x8D663029)
        self.assertEqual(self.code(self.DEEP, 0xC8, 6, *trade[2:]), 0x2AB38BF7)
        self.assertEqual(self.code({**self.DEEP, "issuer_factor": "record"}, *trade, issuer_id="01152150"), 0x8D663029)
        self.assertEqual(self.code({**self.DEEP, "card_skip": 3}, *trade, card="2150000012345678999"), 0x8D663029)

    def test_sm4_vector(self):
        data = bytes.fromhex("000000C8091123456789010000000120240115083015")
        self.assertEqual(tac.code("sm4", MASTER, False, False, data), 0x6B8A4E37)

    def test_what_cannot_be_said(self):
        trade = (0xC8, 9, 112345678901, 1, 0)
        self.assertIsNone(self.code({**self.DEEP, "issuer_factor": "record"}, *trade))
        self.assertIsNone(self.code({**self.DEEP, "card_skip": 16}, *trade))
        self.assertIsNone(self.code(self.DEEP, *trade, card="21500000X2345678"))
        self.assertIsNone(self.code(self.DEEP, 0xC8, 9, 112345678901, 1 << 32, 0))


if __name__ == "__main__":
    unittest.main()
