"""The comparison must agree with a faithful program and find every kind of planted lie."""

import os
import stat
import sys
import tempfile
import unittest

import compare
import generate

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 518                          # a small scenario with duplicates, transfers and refusals


class Lies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="compare-test-")
        cls.addClassCleanup(cls.place.cleanup)
        generate.make(SEED, cls.place.name)
        cls.program = os.path.join(cls.place.name, "program")
        with open(cls.program, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nexec "%s" -B "%s" "$@"\n' % (sys.executable, os.path.join(HERE, "fake_program.py")))
        os.chmod(cls.program, stat.S_IRWXU)

    def differences(self, lie):
        os.environ["FAKE_LIE"] = lie
        try:
            return compare.compare(self.program, os.path.join(self.place.name, "scenario.json"), 100000)
        finally:
            del os.environ["FAKE_LIE"]

    def test_a_faithful_program_agrees(self):
        found = self.differences("")
        self.assertEqual(found.count, 0, "\n".join(found.lines))

    def test_every_lie_is_found(self):
        said = "\n".join(self.differences("verdict,link,figures,position,matrix,transfer").lines)
        for sign in (" verdict\n", " link\n", " figures accepted\n", " position (", " matrix (", " transfer ("):
            self.assertIn(sign, said)

    def test_a_wrong_exit_code_is_found(self):
        self.assertIn("(settle) exit", "\n".join(self.differences("exit").lines))


if __name__ == "__main__":
    unittest.main()
