"""The rehearsals of the ready-made sequences that docs/simulate.md shows are what `purr simulate` prints."""

import re
import shlex
import shutil
import unittest

from support import EndToEnd, project

PAGE = (project / "docs/simulate.md").read_text()


class Simulate(EndToEnd):
    def setUp(self):
        super().setUp()
        blocks = re.findall(r"```(\w*)\n(.*?)```", PAGE, flags=re.S)
        (people,) = (text for _, text in blocks if text.startswith("email,"))
        (behaviour,) = (text for kind, text in blocks if kind == "yaml")
        self.write("people.csv", people)
        self.write("who.yaml", behaviour)
        self.write("password", "secret\n")
        shutil.copytree(project / "templates", self.folder / "templates")
        self.shown = [text.partition("\n")[::2] for _, text in blocks if text.startswith("$ purr simulate ")]
        self.purr("init")
        self.purr("mailbox", "add", "kari@example.org", "--name", "Kari Nordmann", "--no-check",
                  "--password-file", self.folder / "password", "--imap", "localhost:1", "--smtp", "localhost:1")

    def rehearse(self, command: str) -> str:
        words = [
            str(self.folder / word) if (self.folder / word).is_file() else word
            for word in shlex.split(command.removeprefix("$ purr "))]
        return self.purr(*words, TZ="Europe/Oslo")

    def test_every_ready_made_sequence_is_shown(self):
        shown = " ".join(command for command, _ in self.shown)
        for file in (project / "templates/sequences").glob("*.yaml"):
            self.assertIn(f"templates/sequences/{file.name} ", shown)

    def test_the_page_shows_what_is_printed(self):
        for command, said in self.shown:
            with self.subTest(command):
                self.maxDiff = None
                self.assertEqual(self.rehearse(command), said)

    def test_a_rehearsal_says_the_same_twice(self):
        # The one in which an answer teaches at what minute to write.
        command, _ = self.shown[-1]
        first = self.rehearse(command)
        for _ in range(4):
            self.assertEqual(self.rehearse(command), first)


if __name__ == "__main__":
    unittest.main()
