"""The daemon is killed at named points of a send, started again, and the servers' own logs are counted."""

import json
import unittest
from pathlib import Path

from support import SENDER, EndToEnd, start_host

import evidence
from killer import Killer

KARI = "kari@north.test"
RATE = 3600
TEMPLATE = "---\nsubject: Hello\n---\nHello, this is the first mail of three.\n"
SEQUENCE = "name: one\nsettings: { followUpDays: everyday }\nsteps:\n  - email: hello\n"


class Kills(EndToEnd):
    seconds = 10

    def kill_at(self, stage: str, **options) -> dict:
        """Enrolls one person, kills the daemon in their first mail, starts it again; the settled enrollment."""
        killer = Killer(KARI, 1, stage)
        self.addCleanup(killer.close)
        host = start_host(self, users=[SENDER, KARI], policy=killer.port, **options)
        self.purr("init", "--demo")
        self.purr(*self.add_mailbox(host))
        self.purr("contact", "import", self.write("c.csv", f"email\n{KARI}\n"))
        self.purr("template", "add", self.write("hello.md", TEMPLATE))
        self.purr("sequence", "apply", self.write("one.yaml", SEQUENCE))
        self.purr("enroll", "one", KARI, "--from", SENDER)
        daemon = self.start_daemon("--time-lapse", RATE)
        killer.kill = daemon.kill
        self.until(lambda: killer.killed_at, 20, f"the daemon's send to come to {stage}")
        daemon.wait()
        self.start_daemon("--time-lapse", RATE)
        settled = self.until(self.settled, 40, "the step's outcome to be settled")

        def delivered():
            # Postfix hands on what it has taken a moment later, and logs it then.
            mails = evidence.accepted_mail(Path(host["postfixLog"]).read_text())
            received = evidence.received_mail(Path(host["mail"]) / KARI / "Maildir", KARI)
            is_there = len(mails) == len(received) and (mails or settled["state"] != "finished")
            return [mails] if is_there else None

        mails, = self.until(delivered, 20, "Postfix to deliver what it has taken")
        return settled, len(mails)

    def settled(self):
        enrollment, = json.loads(self.purr("enrollment", "list", "--json"))
        return enrollment if enrollment["state"] in ("finished", "held") else None

    def test_after_the_final_dot_where_the_host_files_sent_mail(self):
        enrollment, count = self.kill_at("END-OF-MESSAGE", files_sent=[SENDER])
        self.assertEqual((enrollment["state"], count), ("finished", 1))

    def test_after_the_final_dot_where_nothing_is_filed(self):
        # There is no evidence: it is for a person to say.
        enrollment, count = self.kill_at("END-OF-MESSAGE")
        self.assertEqual((enrollment["state"], count), ("held", 1))
        self.assertTrue(enrollment["reason"])

    def test_before_the_body(self):
        for stage in ("RCPT", "DATA"):
            with self.subTest(stage):
                self.data = self.folder / stage
                enrollment, count = self.kill_at(stage, files_sent=[SENDER])
                # Either it is known that nothing was handed over, and it went out once later; or it is held.
                self.assertIn((enrollment["state"], count), [("finished", 1), ("held", 0)])


class TwoDaemons(EndToEnd):
    def test_a_second_one_on_the_same_folder_is_refused(self):
        host = start_host(self)
        self.purr("init", "--demo")
        self.purr(*self.add_mailbox(host))
        self.start_daemon("--time-lapse", RATE)
        self.until(lambda: json.loads(self.purr("status", "--json")).get("clock"), 20, "the daemon")
        second = self.run_purr("run", "--time-lapse", RATE, limit=30)
        self.assertIn(second.code, (69, 73, 75, 78), second.err)
        self.assertEqual(len(second.err.strip().splitlines()), 1, second.err)


if __name__ == "__main__":
    unittest.main()
