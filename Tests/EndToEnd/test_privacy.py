"""Erasing a person: what is theirs is in no byte of the data folder any more, and the numbers stay."""

import json
import sqlite3
import time
import unittest

from support import DATA, SENDER, EndToEnd, mail_host, start_host

PERSON = "kari.secret@north.test"
SEQUENCE = """\
name: intro
settings: { sendWindow: "00:00-24:00" }
steps:
  - email: hello
"""


class Erasure(EndToEnd):
    def setUp(self):
        super().setUp()
        # A host for each test: an answer that the mailbox holds from before keeps a first mail back.
        self.host = start_host(self, users=[SENDER, PERSON], files_sent=[SENDER])
        self.purr("init")
        self.purr(*self.add_mailbox(self.host), "--no-probe")
        self.write("people.csv", f"email,firstName,hobby\n{PERSON},Karianne,numismatics\nola@north.test,Ola,ski\n")
        self.purr("contact", "import", self.folder / "people.csv")
        self.write("hello.md", "---\nsubject: About {{contact.hobby}}\n---\nHello {{contact.firstName}}.\n")
        self.purr("template", "add", self.folder / "hello.md")
        self.write("intro.yaml", SEQUENCE)
        self.purr("sequence", "apply", self.folder / "intro.yaml")

    def sql(self, statement: str, *values):
        with sqlite3.connect(self.data / "purr.db") as database:
            rows = database.execute(statement, values).fetchall()
        database.close()
        return rows

    def bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.data.glob("purr.db*")))

    def answer(self, words: str):
        (identity,), = self.sql("SELECT message_id FROM journal")
        mail_host.deliver(self.host["folder"], SENDER, "\r\n".join([
            f"From: Karianne Secret <{PERSON}>", f"To: <{SENDER}>", f"In-Reply-To: <{identity.strip('<>')}>",
            f"Message-ID: <answer.{time.time_ns()}@north.test>", "Subject: Re: About numismatics", "", words, ""]
        ).encode(), sender=PERSON)

    def test_nothing_of_a_person_stays_but_numbers(self):
        daemon = self.start_daemon()
        self.purr("enroll", "intro", PERSON, "--from", SENDER)
        self.until(lambda: self.sql("SELECT id FROM journal WHERE state = 'sent'"), 60, "the mail to leave")
        self.answer("Gladly: my hobby is philately.")
        self.until(lambda: self.sql("SELECT id FROM inbound WHERE state = 'judged'"), 60, "the answer to be read")
        daemon.terminate()
        daemon.wait(20)
        # What months would have brought: attention, opens of tracked mails, a minute that was chosen, a form.
        (enrollment, step, sent), = self.sql("SELECT enrollment_id, step_id, sent_at FROM journal")
        (mailbox,), = self.sql("SELECT id FROM mailbox")
        self.sql("INSERT INTO attention (level, key, bins) VALUES ('contact', ?, x'00')", PERSON)
        self.sql("INSERT INTO minute_choice VALUES (?, ?, 'best', ?, 5)", enrollment, step, sent)
        for number, of in ((1, enrollment), (2, 0)):
            self.sql("INSERT INTO sighting (mailbox_id, key, address_key, kind, at, noted_at, agent, enrollment_id, "
                     "step_id) VALUES (?, ?, ?, 'open', ?, ?, 'PrivateAgent', ?, ?)", mailbox,
                     f"open/{number}/PrivateAgent", PERSON, sent + 1000, sent + 1000, of, step if of else "")
        (mail,), = self.sql("INSERT INTO web_mail (enrollment_id, step_id) VALUES (?, ?) RETURNING id", enrollment, step)
        self.sql("INSERT INTO web_link VALUES (?, 0, 'https://example.org/?to=kari.secret')", mail)
        self.sql("INSERT INTO web_visit (web_mail_id, kind, at, agent) VALUES (?, 'open', ?, 'PrivateAgent')", mail, sent)
        self.sql("INSERT INTO signal (key, at, kind, contact_id, document) VALUES ('s1', ?, 'form', 0, ?)", sent,
                 json.dumps({"email": "Kari.Secret@north.test", "note": "collects stamps"}))
        self.sql("INSERT INTO notice (mailbox_id, key, kind, recipient, subject, bytes, state, due_at) "
                 "VALUES (?, 'd', 'digest', ?, 'Today', ?, 'sent', ?)", mailbox, SENDER, b"Call Karianne Secret", sent)
        before = self.purr("report", "intro", "--json"), self.purr("web", "status", "--json")
        words = (b"kari.secret", b"Kari.Secret", b"Karianne", b"numismatics", b"philately", b"PrivateAgent", b"stamps")
        for word in words:
            self.assertIn(word, self.bytes())

        self.purr("contact", "delete", PERSON, "--yes")
        for word in words:
            self.assertNotIn(word, self.bytes())
        self.assertEqual((self.purr("report", "intro", "--json"), self.purr("web", "status", "--json")), before)
        # The one who was not deleted is whole.
        self.assertIn(b"ola@north.test", self.bytes())
        self.assertEqual(json.loads(self.purr("doctor", "--offline", "--json"))["wrong"], 0)

    def test_what_they_wish_afterwards_is_done_and_not_kept(self):
        self.start_daemon()
        self.purr("enroll", "intro", PERSON, "--from", SENDER)
        self.until(lambda: self.sql("SELECT id FROM journal WHERE state = 'sent'"), 60, "the mail to leave")
        self.purr("contact", "delete", PERSON, "--yes")
        # Also beside a daemon that has the database open.
        self.assertNotIn(b"numismatics", self.bytes())
        self.answer("Please unsubscribe me. I prefer numismatics.")
        self.until(lambda: self.sql("SELECT id FROM inbound WHERE state = 'judged'"), 60, "the wish to be read")
        (sender, excerpt, judgement, header), = self.sql("SELECT sender, excerpt, judgement, header FROM inbound")
        self.assertEqual((sender, excerpt, judgement, bytes(header)), ("", "", "", b""))
        self.assertEqual(self.sql("SELECT address_key FROM suppression"), [(PERSON,)])
        self.assertEqual(self.sql("SELECT text FROM event WHERE instr(text || evidence, ?)", "kari.secret"), [])
        # Nobody can say any more what it was; asking does no harm.
        self.assertIn(self.run_purr("reply", "show", 1).code, (0, DATA))
        self.assertIn(self.run_purr("reply", "reclassify", 1, "--as", "human").code, (0, DATA))


if __name__ == "__main__":
    unittest.main()
