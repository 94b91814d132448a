"""`purr mailbox set`: a ramp-up holds back what is beyond the day's limit, and a signature goes out with each mail."""

import email
import email.policy
import json
import sqlite3
import unittest

from support import DATA, NO_INPUT, SENDER, USAGE, EndToEnd, start_host

HOST = {}
SEQUENCE = """\
name: intro
settings: { sendWindow: "00:00-24:00" }
steps:
  - email: hello
"""


def setUpModule():
    people = [f"p{number}@north.test" for number in range(3)]
    HOST.update(start_host(unittest.addModuleCleanup, users=[SENDER, *people], files_sent=[SENDER]))


class MailboxSet(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")
        self.purr(*self.add_mailbox(HOST), "--no-probe")

    def test_a_ramp_up_and_a_signature_on_the_wire(self):
        self.purr("contact", "import", self.write("p.csv", "email\n" + "".join(f"p{n}@north.test\n" for n in range(3))))
        self.purr("template", "add", self.write("hello.md", "---\nsubject: Hello\n---\nHello.\n"))
        self.purr("sequence", "apply", self.write("intro.yaml", SEQUENCE))
        signature = self.write("signature.md", "**{{sender.name}}**, [Nord AS](https://example.org/)\n")
        said = self.purr("mailbox", "set", SENDER, "--ramp-up", "2..10/4w", "--signature", signature)
        self.assertIn("beginning with 2 and growing for 28 days", said)
        self.purr("settings", "set", "postalAddress", "Storgata 1, Oslo")
        self.start_daemon()
        self.purr("enroll", "intro", *(f"p{n}@north.test" for n in range(3)), "--from", SENDER)

        def waiting():
            mailbox, = json.loads(self.run_purr("status", "--json").out)["mailboxes"]
            return mailbox if "warming up" in (mailbox["reason"] or "") else None
        mailbox = self.until(waiting, 90, "the day's limit to be reached")
        self.assertEqual((mailbox["sentLast24Hours"], mailbox["limitPerDay"]), (2, 2))
        self.assertEqual(mailbox["warmingUp"]["toPerDay"], 10)
        states = [one["reason"] for one in json.loads(self.purr("enrollment", "list", "--json"))]
        self.assertEqual(states.count("limit"), 1)
        # The daemon follows a change at once.
        self.purr("mailbox", "set", SENDER, "--ramp-up", "none", "--no-signature")
        self.until(lambda: len(self.sent()) == 3, 60, "the third mail to leave")
        first, _, last = self.sent()
        text = first.get_body(("plain",)).get_content().replace("\r\n", "\n")
        self.assertIn("Hello.\n\n-- \nSam Sender, Nord AS", text)
        self.assertLess(text.index("-- \n"), text.index("Storgata 1, Oslo"))
        html = first.get_body(("html",)).get_content()
        self.assertIn("<strong>Sam Sender</strong>", html)
        self.assertNotIn("Sam Sender", last.get_body(("plain",)).get_content())

    def sent(self):
        with sqlite3.connect(f"file:{self.data}/purr.db?mode=ro", uri=True) as database:
            rows = database.execute("SELECT bytes FROM journal WHERE state = 'sent' ORDER BY sent_at").fetchall()
        database.close()
        return [email.message_from_bytes(row[0], policy=email.policy.default) for row in rows]

    def test_what_cannot_be_is_refused(self):
        for arguments, codes, says in (
            (("--ramp-up", "50..10/4w"), [USAGE], "10..50/4w"),
            (("--ramp-up", "1..9/1w", "--limit-day", "5"), [USAGE], "--limit-day"),
            (("--signature", self.folder / "none.md"), [NO_INPUT], "no file"),
            (("--signature", self.write("empty.md", " \n")), [DATA], "--no-signature"),
            (("--signature", self.write("bad.md", "{{contact.firstName}}")), [DATA], "may not stand"),
            (("--signature", self.write("html.md", "<b>Sam</b>")), [DATA], "cannot be used"),
            (("--identity", "two\nlines"), [USAGE], "one line"),
        ):
            with self.subTest(arguments=arguments):
                self.refuses("mailbox", "set", SENDER, *arguments, codes=codes, says=says)
        self.refuses("mailbox", "set", "nobody@example.org", codes=[DATA], says="not a connected mailbox")
        self.refuses("settings", "set", "identity", "two\nlines", codes=[USAGE], says="one line")


if __name__ == "__main__":
    unittest.main()
