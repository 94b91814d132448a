"""`purr classify` says one thing of each file, whatever the file is."""

import json
import os
import unittest

from support import NO_INPUT, EndToEnd

FIELDS = {
    "path": str, "kind": str, "permanent": (bool, type(None)), "status": (str, type(None)), "recipients": list,
    "originalIds": list, "proof": str, "returnDate": (str, type(None)), "ownText": str, "rule": str,
}
KINDS = {
    "human", "outOfOffice", "left", "challenge", "ticket", "automatic", "bounce", "delay", "delivered", "complaint",
    "receipt", "calendar", "unsubscribe", "own", "unreadable",
}
ANSWER = b"From: kari@example.org\nSubject: Re: x\n\nYes, Tuesday.\n"


class Classify(EndToEnd):
    def setUp(self):
        super().setUp()
        self.mail = self.folder / "mail"
        self.mail.mkdir()

    def said(self, *paths, code: int = 0) -> dict:
        """What is said of each path, checked for its form."""
        ended = self.run_purr("classify", "--json", *paths, limit=60)
        self.assertEqual(ended.code, code, ended.err)
        rows = [json.loads(line) for line in ended.out.splitlines()]
        for row in rows:
            self.assertEqual(list(row), list(FIELDS))
            for name, kind in FIELDS.items():
                self.assertIsInstance(row[name], kind, name)
            self.assertIn(row["kind"], KINDS)
            self.assertIn(row["proof"], {"structure", "originalId", "none"})
        return {os.path.relpath(row["path"], self.mail): row for row in rows}

    def test_bad_files_among_good_ones(self):
        (self.mail / "good.eml").write_bytes(ANSWER)
        (self.mail / "empty.eml").write_bytes(b"")
        (self.mail / "zeros.eml").write_bytes(bytes(100_000))
        (self.mail / "long.eml").write_bytes(b"Subject: " + b"a" * 50_000_000)
        (self.mail / "nested.eml").write_bytes(b"Content-Type: message/rfc822\n\n" * 100_000 + ANSWER)
        (self.mail / "fields.eml").write_bytes(b"Received: x\n" * 100_000 + ANSWER)
        os.mkfifo(self.mail / "pipe.eml")
        (self.mail / "nowhere.eml").symlink_to("absent")
        inner = self.mail / "inner"
        inner.mkdir()
        (inner / "loop").symlink_to(self.mail)
        (inner / "last.eml").write_bytes(ANSWER)
        said = self.said(self.mail)
        self.assertEqual(len(said), 10)
        self.assertEqual(said["good.eml"]["kind"], "human")
        self.assertEqual(said["good.eml"]["ownText"], "Yes, Tuesday.")
        self.assertEqual(said["inner/last.eml"]["kind"], "human")
        for name in ("empty.eml", "pipe.eml", "nowhere.eml", "inner/loop"):
            self.assertEqual(said[name]["kind"], "unreadable", name)

    def test_a_path_that_is_not_there(self):
        (self.mail / "good.eml").write_bytes(ANSWER)
        said = self.said(self.mail / "absent.eml", self.mail / "good.eml", code=NO_INPUT)
        self.assertEqual({name: row["kind"] for name, row in said.items()}, {
            "absent.eml": "unreadable", "good.eml": "human"})

    def test_a_loop_of_links_is_left(self):
        (self.mail / "itself").symlink_to("itself")
        self.assertEqual(self.said(self.mail)["itself"]["kind"], "unreadable")


if __name__ == "__main__":
    unittest.main()
