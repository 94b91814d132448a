"""An alias that the server does not let the mailbox send from: who is written to from it waits, the others go on."""

import json
import unittest
from pathlib import Path

from support import SENDER, EndToEnd, start_host

import evidence

SALES, BOSS = "sales@example.org", "boss@example.org"
KARI, OLA, PER, NORA = PEOPLE = tuple(f"{name}@north.test" for name in ("kari", "ola", "per", "nora"))


class AtRecipient(EndToEnd):
    """As Postfix refuses by default: 553 5.7.1 when it hears to whom."""

    seconds = 20
    are_apart = True
    at_mail = False

    def setUp(self):
        super().setUp()
        self.host = start_host(
            self, users=[SENDER, *PEOPLE], senders={SALES: SENDER}, refuses_senders_at_mail=self.at_mail)
        self.purr("init")
        self.purr(*self.add_mailbox(self.host), "--alias", SALES, "--alias", BOSS)
        self.purr("template", "add", self.write("hello.md", "---\nsubject: A question\n---\nHello.\n"))
        self.purr("sequence", "apply", self.write("intro.yaml", "name: intro\nsteps: [{ email: hello }]\n"))
        self.purr("contact", "import", self.write("people.csv", "email\n" + "\n".join(PEOPLE) + "\n"))

    def enroll(self, person: str, sender: str) -> None:
        self.purr("enroll", "intro", person, "--from", sender)

    def senders(self, person: str) -> list:
        """Whom the mails say they are from that the person has."""
        folder = Path(self.host["mail"]) / person / "Maildir"
        return [str(mail["from"]) for mail in evidence.messages(folder)] if folder.exists() else []

    def enrollment(self, person: str) -> dict:
        return next(e for e in json.loads(self.purr("enrollment", "list", "--json")) if e["contact"] == person)

    def test_holds_its_enrollment_and_no_other(self):
        self.enroll(KARI, BOSS)
        self.enroll(OLA, SALES)
        self.enroll(PER, SENDER)
        self.start_daemon()
        self.until(lambda: self.enrollment(KARI)["state"] == "held", 30, "the refused alias to be held")
        held, = json.loads(self.purr("held", "--json"))
        self.assertEqual((held["contact"], held["from"], held["reason"]), (KARI, BOSS, "aliasRefused"))
        self.assertIn(f"does not let the mailbox send as {BOSS}: 553 5.7.1", held["detail"])
        self.assertIn("not owned by user", held["detail"])
        self.assertIn("aliasRefused", self.purr("held"))
        self.assertIn(f"send as {BOSS}", self.purr("explain", KARI))
        self.until(lambda: self.senders(OLA) and self.senders(PER), 30, "the others' mails")
        self.assertIn(SALES, self.senders(OLA)[0])
        self.assertIn(SENDER, self.senders(PER)[0])
        # Also who comes after it.
        self.enroll(NORA, SENDER)
        self.until(lambda: self.senders(NORA), 30, "the mail of a later enrollment")
        status = json.loads(self.purr("status", "--json"))
        self.assertEqual((status["mailboxes"][0]["state"], status["alarms"]), ("watching", []))
        self.assertEqual(self.senders(KARI), [])
        self.assertEqual(self.enrollment(KARI)["state"], "held")
        refused = [line for line in Path(self.host["postfixLog"]).read_text().splitlines() if "553 5.7.1" in line]
        self.assertEqual(len(refused), 1, "it was tried again")
        self.assertIn("MAIL from" if self.at_mail else "RCPT from", refused[0])


class AtMail(AtRecipient):
    """As stricter servers do: at MAIL FROM."""

    at_mail = True


if __name__ == "__main__":
    unittest.main()
