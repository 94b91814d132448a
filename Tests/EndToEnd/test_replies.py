"""What comes in, on real servers: read for what it is, shown without harm, and corrected by hand while the daemon runs."""

import json
import smtplib
import unittest
from datetime import datetime, timedelta

from support import DATA, SENDER, USAGE, EndToEnd, end, start_host

import letters

KARI, OLA, PER, NORA, EVA = (f"{name}@{place}.test" for name, place in (
    ("kari", "north"), ("ola", "south"), ("per", "east"), ("nora", "west"), ("eva", "lake")))
PEOPLE = (KARI, OLA, PER, NORA, EVA)
RATE = 600
TEMPLATE = "---\nsubject: A question\n---\nHello, this is the first mail of three.\n"
SEQUENCE = """name: intro
settings: { followUpDays: everyday }
steps:
  - email: hello
  - { email: hello, after: 5, replyTo: 1 }
"""


class Replies(EndToEnd):
    def setUp(self):
        super().setUp()
        self.host = start_host(self, users=[SENDER, *PEOPLE], files_sent=[SENDER])
        self.purr("init", "--demo")
        self.purr(*self.add_mailbox(self.host))
        self.purr("contact", "import", self.write("c.csv", "email\n" + "\n".join(PEOPLE) + "\n"))
        self.purr("template", "add", self.write("hello.md", TEMPLATE))
        self.purr("sequence", "apply", self.write("intro.yaml", SEQUENCE))
        self.purr("enroll", "intro", *PEOPLE, "--from", SENDER)
        self.daemon = self.start_daemon("--time-lapse", RATE)
        self.until(lambda: all(self.enrollment(p)["sent"] for p in PEOPLE), 60, "the first mails to leave")

    def enrollment(self, person: str) -> dict:
        return next(e for e in json.loads(self.purr("enrollment", "list", "--json")) if e["contact"] == person)

    def stands(self, person: str) -> tuple:
        found = self.enrollment(person)
        return found["state"], found["reason"]

    def becomes(self, person: str, state: str, reason: str) -> None:
        self.until(lambda: self.stands(person) == (state, reason), 30, f"{person} to be {state} ({reason})")

    def deliver(self, message, envelope: str = "") -> None:
        with smtplib.LMTP("127.0.0.1", self.host["lmtp"]) as lmtp:
            lmtp.sendmail(envelope, [SENDER], message if isinstance(message, bytes) else message.encode())

    def answer(self, person: str, text: str, subject: str = "Re: A question", extra: str = "") -> str:
        identity = self.enrollment(person)["sent"][0]["messageId"].strip("<>")
        return (f"From: <{person}>\r\nTo: <{SENDER}>\r\nSubject: {subject}\r\nMessage-ID: <answer.{person}>\r\n"
                f"In-Reply-To: <{identity}>\r\n{extra}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")

    def message_of(self, person: str) -> dict:
        found = json.loads(self.purr("reply", "list", "--contact", person, "--json"))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_each_message_does_what_its_kind_asks_for_and_no_more(self):
        left = datetime.fromisoformat(self.enrollment(KARI)["sent"][0]["at"].replace("Z", "+00:00"))
        mail = {"message-id": self.enrollment(KARI)["sent"][0]["messageId"], "references": "",
                "from": SENDER, "subject": "A question"}
        back = (left + timedelta(days=12)).date()
        self.deliver(letters.automatic_reply(mail, KARI, "Kari", back, left, "away@north.test"))
        self.deliver(self.answer(OLA, "Please remove me from your list."), OLA)
        self.deliver(self.answer(
            PER, "Per no longer works here. Please contact anne@east.test from now on.",
            "Automatic reply: A question", "Auto-Submitted: auto-replied\r\n"))
        self.deliver(letters.forged_bounce([EVA, KARI], SENDER, left, "forged@mx.evil.test"))
        self.deliver(letters.invitation(NORA, "Nora", SENDER, "Talk", left, "invitation@west.test"), NORA)
        self.becomes(KARI, "waiting", "returnDate")
        self.becomes(OLA, "unenrolled", "unsubscribed")
        self.becomes(PER, "unenrolled", "noLongerThere")
        self.until(lambda: self.stands(NORA) in (("unenrolled", "meetingBooked"), ("unenrolled", "replied")), 30,
                   "Nora's invitation to count")
        self.assertGreater(self.enrollment(KARI)["nextAt"][:10], back.isoformat())
        self.until(lambda: any(m["from"] == "mailer-daemon@mx.evil.test"
                               for m in json.loads(self.purr("reply", "list", "--json"))), 30, "the forged bounce")
        self.assertEqual(self.stands(EVA)[0], "waiting")
        self.assertEqual([s["address"] for s in json.loads(self.purr("suppression", "list", "--json"))], [OLA])
        tasks = json.loads(self.purr("task", "list", "--json"))
        self.assertEqual([t["contact"] for t in tasks if "anne@east.test" in t["title"]], [PER])
        kinds = {m["contact"]: m["kind"] for m in json.loads(self.purr("reply", "list", "--json")) if m["contact"]}
        self.assertEqual(kinds, {KARI: "outOfOffice", OLA: "unsubscribe", PER: "left", NORA: "calendar"})

    def test_a_wrong_reading_is_corrected_and_the_correction_undone(self):
        self.deliver(self.answer(NORA, "Thank you for your mail, it has arrived."), NORA)
        self.becomes(NORA, "unenrolled", "replied")
        number = self.message_of(NORA)["id"]
        self.purr("reply", "reclassify", number, "--as", "automatic")
        self.becomes(NORA, "waiting", "delay")
        self.assertEqual(self.message_of(NORA)["reclassifiedFrom"], "human")
        self.purr("reply", "reclassify", number, "--undo")
        self.becomes(NORA, "unenrolled", "replied")
        self.assertIsNone(self.message_of(NORA)["reclassifiedFrom"])
        end(self.daemon)  # which writes as time passes
        self.refuses("reply", "reclassify", number, "--undo", codes=(DATA,), says="nothing to undo")
        self.refuses("reply", "reclassify", number, "--as", "human", codes=(DATA,), says="already")
        self.refuses("reply", "reclassify", number, "--as", "nonsense", codes=(USAGE,), says="kind")
        self.refuses("reply", "reclassify", number, codes=(USAGE,), says="--as")
        self.refuses("reply", "reclassify", "999", "--as", "human", codes=(DATA,), says="no message 999")
        self.refuses("reply", "show", "999", codes=(DATA,), says="no message 999")

    def test_what_comes_from_outside_cannot_steer_the_terminal(self):
        evil = "\x1b]0;owned\x07\x1b[2J\u202eevil\u2066 \x9b31m Tuesday suits me."
        self.deliver(self.answer(
            EVA, evil, subject="=?utf-8?B?UmU6IBtbMko=?=", extra="X-Evil: \x1b[2J\r\n"), EVA)
        self.becomes(EVA, "unenrolled", "replied")
        number = self.message_of(EVA)["id"]
        for shown in (self.purr("reply", "list"), self.purr("reply", "show", number), self.purr("explain", EVA),
                      self.purr("reply", "list", "--json"), self.purr("reply", "show", number, "--json")):
            for character in "\x1b\x07\x9b\u202e\u2066":
                self.assertFalse(character in shown and not shown.lstrip().startswith(("[", "{")), repr(shown))
            self.assertNotIn("\x1b", shown)
        self.assertIn("Tuesday suits me.", self.purr("reply", "show", number))


if __name__ == "__main__":
    unittest.main()
