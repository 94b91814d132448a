"""What people see in a terminal: it fits 80 and 120 columns; and what a walk as a new user found awkward."""

import fcntl
import os
import pty
import re
import struct
import termios
import time
import unicodedata
import unittest
from pathlib import Path

from support import BINARY, DATA, SENDER, USAGE, EndToEnd, free_port, project, start_host

PEOPLE = """email,firstName,lastName,company,timeZone,City
ola.nordmann@northern-company.test,Ola,Nordmann,The Northern Company AS,Europe/Oslo,Oslo
per@south.test,Per,Berg,South Ltd,Europe/London,Leeds
"""
SEQUENCE = """name: a sequence with a long name
settings: { followUpDays: everyday }
steps:
  - { manualEmail: "Write a personal letter to {{contact.firstName}}", id: opening, template: first, hold: true, queue: mornings, priority: high }
  - { call: "Call {{contact.firstName}}", id: phone, queue: phone, notes: "{{snippet.pitch}}" }
  - { email: second, after: 1, replyTo: opening }
"""
FIRST = "---\nsubject: A question about {{company.name}} and all that it does\n---\nHello {{contact.firstName}}. {{snippet.pitch}}\n"
SECOND = "Hello {{contact.firstName}}, did my question reach you?\n"
NAME = "a sequence with a long name"


def wide(line: str) -> int:
    return sum(0 if unicodedata.combining(sign) else 1 for sign in line)


class Screens(EndToEnd):
    seconds = 15
    are_apart = True

    def setUp(self):
        super().setUp()
        self.host = start_host(self, users=[SENDER])
        self.purr("init")
        self.purr(*self.add_mailbox(self.host))
        for name, text in (("people.csv", PEOPLE), ("pitch.md", "We help **teams**.\n"), ("walk.yaml", SEQUENCE)):
            self.write(name, text)
        (self.folder / "mail").mkdir()
        (self.folder / "mail/first.md").write_text(FIRST)
        (self.folder / "mail/second.md").write_text(SECOND)
        self.purr("contact", "import", self.folder / "people.csv")
        self.purr("snippet", "add", self.folder / "pitch.md")
        self.purr("sequence", "apply", self.folder / "walk.yaml")

    def screen(self, columns: int, *arguments) -> str:
        """What a command shows in a terminal of that width, without colours."""
        process, terminal = pty.fork()
        if process == 0:
            # The width is set before the command looks.
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
            os.execve(BINARY, [str(BINARY), *map(str, arguments)],
                      {**os.environ, "PURR_DATA": str(self.data), "NO_COLOR": "1", "TZ": "Europe/Oslo"})
        shown = b""
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # EIO: the other side is closed
                break
            if not piece:
                break
            shown += piece
        os.close(terminal)
        os.waitpid(process, 0)
        return re.sub(r".*\r(?!\n)|\x1b\[K", "", shown.decode().replace("\r\n", "\n"))

    def tasks(self, count: int):
        return self.until(lambda: self.purr("task", "list", "--json").count('"id"') == count, 20, f"{count} tasks")

    def enroll(self):
        self.purr("enroll", NAME, "ola.nordmann@northern-company.test", "per@south.test", "--from", SENDER)
        self.start_daemon()
        self.tasks(2)

    def test_fit_narrow_and_wide_terminals(self):
        self.enroll()
        self.purr("task", "done", "2")
        self.purr("workflow", "add", NAME, "asked for a demonstration", "--form", "demo", "--enroll", SENDER,
                  "--delay", "30", "--on")
        self.purr("event", "form", "demo", "--field", "email=a.new.person.with.a.long.name@western-company.test",
                  "--field", "firstName=Nina")
        self.tasks(2)
        for columns in (80, 120):
            shown = {}
            for words in ("status", "upcoming", "task list", "task list --all", "task show 1", "enrollment list",
                          "contact list", "template list", "snippet list", "sequence list", "workflow list", "user list",
                          "mailbox list", "report", "history", "held", "alarm list", "web status", "doctor --offline",
                          "explain per@south.test"):
                shown[words] = self.screen(columns, *words.split())
            shown["sequence show"] = self.screen(columns, "sequence", "show", NAME)
            shown["report SEQUENCE"] = self.screen(columns, "report", NAME)
            shown["simulate"] = self.screen(columns, "simulate", self.folder / "walk.yaml", "--contacts",
                                            self.folder / "people.csv", "--start", "monday 09:00")
            for words, text in shown.items():
                with self.subTest(f"{words} at {columns} columns"):
                    self.assertTrue(text.strip())
                    for line in text.splitlines():
                        # A path and an alarm's command are copied whole.
                        self.assertLessEqual(wide(line), columns, line)
            for words in ("status", "upcoming"):
                with self.subTest(f"{words} says all that comes next at {columns} columns"):
                    self.assertRegex(shown[words], r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d .* task 1 ")
                    self.assertRegex(shown[words], r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d .* enroll +workf")
            with self.subTest(f"a task's time is whole at {columns} columns"):
                self.assertRegex(shown["task list"], r"(?m)^\d+ +\w{3} \d{4}-\d\d-\d\d \d\d:\d\d ")
        self.assertIn("PRIORITY", self.screen(120, "task", "list"))

    def test_a_draft_lies_in_drafts_once_however_often_its_task_is_started(self):
        self.enroll()
        for _ in range(2):
            said = self.purr("task", "start", "1")
            self.assertIn("in your Drafts folder", said)
        drafts = self.drafts()
        self.assertEqual(len(drafts), 1)
        # One that was thrown away is filed again.
        for path in drafts:
            path.unlink()
        self.purr("task", "start", "1")
        self.assertEqual(len(self.drafts()), 1)

    def drafts(self) -> list:
        return [path for path in Path(self.host["mail"]).rglob("*") if path.is_file() and "Drafts" in str(path)
                and path.parent.name in ("cur", "new")]

    def test_switching_the_web_front_off_is_no_error(self):
        self.start_daemon()
        log = self.folder / "daemon.log"
        for _ in range(2):
            said = len(log.read_text())
            self.purr("web", "set", "--public-url", "https://localhost:1", "--port", free_port())
            self.until(lambda: "listening on" in log.read_text()[said:], 10, "the web front")
            self.purr("web", "set", "--off")
            self.until(lambda: self.is_quiet(log), 10, "its end")
        self.assertNotIn(" error ", log.read_text())

    def is_quiet(self, log: Path) -> bool:
        before = log.read_text()
        time.sleep(2)
        return log.read_text() == before

    def test_says_what_is_meant(self):
        self.refuses("enrollment", "list", "--sequence", "nosuch", codes=(DATA,), says='no sequence "nosuch"')
        self.assertEqual(self.purr("enrollment", "list", "--sequence", NAME), "None.\n")
        self.refuses("pause", NAME, codes=(USAGE,), says="--sequence")
        self.refuses("contact", "list", "--where", "city = Oslo", codes=(USAGE,), says='did you mean "City"')
        self.write("meet.md", "---\nsubject: Hello\n---\n[Meet]({{sender.meetingLink}})\n")
        self.purr("template", "add", self.folder / "meet.md")
        self.refuses("template", "preview", "meet", "--contact", "per@south.test", codes=(DATA,),
                     says=f"{SENDER} has no value.*purr user set NAME --meeting-link")
        self.assertIn("that of the mail it replies to",
                      self.purr("template", "preview", "second", "--contact", "per@south.test"))
        self.assertIn("No workflow that is on is set off by it.",
                      self.purr("event", "form", "nope", "--field", "email=per@south.test"))

    def test_ready_made_sequences_bring_their_texts_from_anywhere(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir("/")
        said = self.purr("simulate", project / "templates/sequences/intro.yaml", "--contacts",
                         self.folder / "people.csv", "--start", "monday 09:00")
        self.assertIn("hello", said)
        said = self.purr("sequence", "apply", project / "templates/sequences/payment-reminder.yaml")
        self.assertIn("from its file", said)

    def test_moving_enrollments_says_what_is_waited_for(self):
        self.enroll()
        self.write("walk.yaml", SEQUENCE.replace("after: 1", "after: 2"))
        self.purr("sequence", "apply", self.folder / "walk.yaml")
        said = self.purr("sequence", "move-enrollments", NAME, "--dry-run")
        self.assertRegex(said, r"1 \(opening\) .* waits for task 1")


if __name__ == "__main__":
    unittest.main()
