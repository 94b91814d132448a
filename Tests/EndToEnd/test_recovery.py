"""Backups, and going on after a loss: on real servers nothing is sent twice, and nobody who answered is written to."""

import json
import os
import shutil
import signal
import smtplib
import sqlite3
import subprocess
import time
import unittest
from pathlib import Path

from support import (
    BINARY, CANNOT_CREATE, CONFIGURATION, DATA, IO_ERROR, SENDER, TRY_LATER, USAGE, EndToEnd, end, start_host)

import evidence


class Backups(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")
        people = self.write("people.csv", "email,firstName\n" + "".join(
            f"p{number}@example.org,Kim\n" for number in range(2_000)))
        self.purr("contact", "import", people)
        self.file = self.folder / "backup.db"

    def count(self, path) -> int:
        # A copy, as it stands: a kill while the journal's mode changes leaves a journal to be rolled back,
        # which a reader may not do, and which is the next command's to do here.
        copy = self.folder / "looked-at.db"
        for end in ("", "-wal", "-journal"):
            copy.with_name(copy.name + end).unlink(missing_ok=True)
            if (beside := Path(f"{path}{end}")).exists():
                shutil.copy(beside, copy.with_name(copy.name + end))
        with sqlite3.connect(copy) as database:
            found = database.execute("SELECT count(*) FROM contact").fetchone()[0]
        database.close()
        return found

    def test_while_the_daemon_runs_and_back(self):
        self.start_daemon()
        self.purr("backup", self.file)
        self.assertEqual(self.count(self.file), 2_000)
        self.assertEqual(os.stat(self.file).st_mode & 0o077, 0)
        self.refuses("restore", self.file, codes={TRY_LATER}, says="daemon")

    def test_restore_keeps_what_was_there(self):
        self.purr("backup", self.file)
        more = self.write("more.csv", "email,firstName\nlate@example.org,Kim\n")
        self.purr("contact", "import", more)
        self.purr("restore", self.file)
        self.assertEqual(self.count(self.data / "purr.db"), 2_000)
        aside = [path for path in self.data.iterdir() if path.name.startswith("purr.db.replaced-")]
        self.assertEqual([self.count(path) for path in aside], [2_001])

    def test_into_an_empty_folder_with_the_key(self):
        self.purr("backup", "--with-key", self.file)
        key = (self.data / "key").read_bytes()
        shutil.rmtree(self.data)
        self.purr("restore", self.file)
        self.assertEqual((self.data / "key").read_bytes(), key)
        self.assertNotIn(key, (self.data / "purr.db").read_bytes())

    def test_the_key_is_in_it_only_when_asked(self):
        self.purr("backup", self.file)
        self.assertNotIn((self.data / "key").read_bytes(), self.file.read_bytes())

    def test_is_never_written_over_what_is_there(self):
        self.file.write_text("precious")
        self.refuses("backup", self.file, codes={CANNOT_CREATE}, says="--force")
        self.assertEqual(self.file.read_text(), "precious")
        self.refuses("backup", "--force", self.data / "purr.db", codes={USAGE}, says="runs on")
        self.purr("backup", "--force", self.file)
        self.assertEqual(self.count(self.file), 2_000)

    def test_bad_backups_are_refused(self):
        self.purr("backup", self.file)
        whole = self.file.read_bytes()
        self.file.write_bytes(whole[: len(whole) // 2])
        self.refuses("restore", self.file, codes={DATA}, says="cut off or damaged")
        self.file.write_bytes(whole)
        with sqlite3.connect(self.file) as database:
            database.execute("INSERT INTO schema_version VALUES (999)")
        database.close()
        self.refuses("restore", self.file, codes={DATA}, says="newer Purr")
        other = self.folder / "other.db"
        with sqlite3.connect(other) as database:
            database.execute("CREATE TABLE t (a)")
        database.close()
        self.refuses("restore", other, codes={DATA}, says="no backup of Purr")
        self.assertEqual(self.count(self.data / "purr.db"), 2_000)

    def test_killed_in_the_middle(self):
        self.purr("backup", self.file)
        for step in range(12):
            for arguments in (["backup", "--force", self.file], ["restore", self.file]):
                process = subprocess.Popen(
                    [BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, env={**os.environ, "PURR_DATA": str(self.data)})
                time.sleep(step * 0.01)
                process.send_signal(signal.SIGKILL)
                process.wait()
                self.assertEqual(self.count(self.file), 2_000)
                self.assertEqual(self.count(self.data / "purr.db"), 2_000)
        self.purr("backup", "--force", self.file)
        self.purr("restore", self.file)

    def test_a_full_disk_leaves_nothing_behind(self):
        disk = self.folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        self.refuses("backup", disk / "backup.db", codes={IO_ERROR}, says="full")
        self.assertEqual(list(disk.iterdir()), [])
        self.purr("backup", self.file)
        self.assertEqual(self.count(self.file), 2_000)


KARI, OLA, PER, NORA = (f"{name}@{place}.test" for name, place in (
    ("kari", "north"), ("ola", "south"), ("per", "east"), ("nora", "west")))
PEOPLE = (KARI, OLA, PER)
RATE = 3_600
ORDINALS = ("first", "second", "last")
SEQUENCE = """name: intro
settings: { followUpDays: everyday, sendWindow: "00:00-23:59" }
steps:
  - email: first
  - { email: second, after: 1, replyTo: 1 }
  - { email: last, after: 2, replyTo: 1 }
"""


class Losses(EndToEnd):
    seconds = 85
    are_apart = True
    files_sent: list = []

    def setUp(self):
        super().setUp()
        self.host = start_host(self, users=[SENDER, *PEOPLE, NORA], files_sent=self.files_sent)
        self.begin()
        self.purr("contact", "import", self.write("c.csv", "email\n" + "\n".join(PEOPLE) + "\n"))
        self.purr("enroll", "intro", *PEOPLE, "--from", SENDER)
        self.daemon = self.start_daemon("--time-lapse", RATE)
        self.until(lambda: self.sent() == [[1], [1], [1]], 60, "the first mails to leave")

    def begin(self) -> None:
        """A data folder with the mailbox and the sequence, and nobody in it."""
        self.purr("init", "--demo")
        self.purr(*self.add_mailbox(self.host))
        for ordinal in ORDINALS:
            self.purr("template", "add", self.write(
                f"{ordinal}.md", f"---\nsubject: A question\n---\nHello, this is the {ordinal} mail of three.\n"))
        self.purr("sequence", "apply", self.write("intro.yaml", SEQUENCE))

    def mails(self, person: str) -> list:
        return evidence.received_mail(Path(self.host["mail"]) / person / "Maildir", person)

    def sent(self) -> list:
        """The steps that each person has, in the order of arrival."""
        return [[mail.step for mail in self.mails(person)] for person in PEOPLE]

    def filed(self) -> int:
        """How many of the mails lie in Sent."""
        sent = Path(self.host["mail"]) / SENDER / "Maildir/.Sent"
        return sum("A question" in str(mail["subject"]) for mail in evidence.messages(sent)) if sent.exists() else 0

    def enrollment(self, person: str) -> dict:
        return next(e for e in json.loads(self.purr("enrollment", "list", "--json")) if e["contact"] == person)

    def mailbox(self) -> dict:
        """What `status` says of it, which ends with a code of its own where something is the matter."""
        mailbox, = json.loads(self.run_purr("status", "--json").out)["mailboxes"]
        return mailbox

    def answer(self, person: str) -> None:
        identity = self.mails(person)[0].message_id
        text = (f"From: <{person}>\r\nTo: <{SENDER}>\r\nSubject: Re: A question\r\n"
                f"Message-ID: <answer.{person}>\r\nIn-Reply-To: {identity}\r\n\r\nTuesday suits me.\r\n")
        with smtplib.LMTP("127.0.0.1", self.host["lmtp"]) as lmtp:
            lmtp.sendmail(person, [SENDER], text)

    def second_mails_and_an_answer(self) -> None:
        """Everybody has two mails, copies lie in Sent, Kari has answered, Purr is off."""
        self.until(lambda: self.sent() == [[1, 2], [1, 2], [1, 2]], 60, "the second mails to leave")
        self.answer(KARI)
        self.until(lambda: self.enrollment(KARI)["reason"] == "replied", 30, "Kari's answer to count")
        self.until(lambda: self.filed() >= 6, 30, "the copies to lie in Sent")
        end(self.daemon)

    def goes_on(self) -> None:
        """The daemon sends what remains: the third mails to those who did not answer, in their threads."""
        self.start_daemon("--time-lapse", RATE)
        self.until(lambda: self.sent()[1:] == [[1, 2, 3], [1, 2, 3]], 90, "the third mails to leave")
        for person in (OLA, PER):
            first, _, third = self.mails(person)
            self.assertIn(first.message_id, third.references)
            self.assertEqual(third.in_reply_to, first.message_id)
        self.until(lambda: all(self.enrollment(p)["state"] == "finished" for p in (OLA, PER)), 30, "all to be over")
        self.assertEqual(self.sent(), [[1, 2], [1, 2, 3], [1, 2, 3]])

    def recover_killed(self, *command) -> None:
        """Runs a command and kills it in the middle, later each time; and then to its end."""
        for step in range(8):
            process = subprocess.Popen(
                [BINARY, *map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, env={**os.environ, "PURR_DATA": str(self.data)})
            time.sleep(0.02 + step * 0.06)
            process.kill()
            process.wait()


class ARestoredBackup(Losses):
    def test_sends_nothing_until_it_is_recovered_and_then_nothing_twice(self):
        backup = self.folder / "yesterday.db"
        self.purr("backup", backup)
        self.second_mails_and_an_answer()
        self.purr("restore", backup)
        mailbox = self.mailbox()
        self.assertEqual(mailbox["state"], "stopped")
        self.assertRegex(mailbox["reason"], "backup.*purr recover")
        explained = " ".join(self.purr("explain", OLA).split())
        self.assertRegex(explained, "Nothing is sent from this mailbox.*purr recover")
        daemon = self.start_daemon("--time-lapse", RATE)
        time.sleep(10)
        self.refuses_while_running()
        end(daemon)
        self.assertEqual(self.sent(), [[1, 2]] * 3)
        before = self.contents()
        preview, = json.loads(self.purr("recover", "--dry-run", "--json"))
        self.assertEqual(self.contents(), before, "a preview changed the data")
        self.assertEqual((preview["found"], preview["placed"]), (3, 3))
        self.recover_killed("recover", "--mailbox", SENDER)
        report, = json.loads(self.purr("recover", "--mailbox", SENDER, "--json"))
        outcomes = {person["contact"]: person["outcome"] for person in report["people"]}
        self.assertEqual(outcomes[KARI], "ended", report)
        self.assertEqual(self.enrollment(KARI)["reason"], "replied")
        # Where days have passed meanwhile the third mail was due: it may have been sent, so a person says.
        if "held" in outcomes.values():
            self.purr("release", "--all", "--reason", "recovered")
        self.goes_on()

    def refuses_while_running(self) -> None:
        ended = self.run_purr("recover")
        self.assertEqual(ended.code, TRY_LATER, ended.err)
        self.assertIn("daemon", ended.err)


class ARestoredBackupWhereTheHostFiles(ARestoredBackup):
    files_sent = [SENDER]


class ACopyOfTheFolder(Losses):
    """Made by other means than `purr backup`, so that nothing in it says so."""

    def test_finds_out_and_sends_nothing(self):
        copy = self.folder / "copy"
        end(self.daemon)
        shutil.copytree(self.data, copy)
        self.daemon = self.start_daemon("--time-lapse", RATE)
        self.second_mails_and_an_answer()
        shutil.rmtree(self.data)
        copy.rename(self.data)
        daemon = self.start_daemon("--time-lapse", RATE)
        self.until(lambda: self.mailbox()["state"] == "stopped", 30,
                   "the copy to find out")
        time.sleep(5)
        end(daemon)
        self.assertEqual(self.sent(), [[1, 2]] * 3)
        explained = " ".join(self.purr("explain", OLA).split())
        self.assertRegex(explained, "Nothing is sent from this mailbox.*purr recover")
        self.purr("recover")
        if any(self.enrollment(person)["state"] == "held" for person in (OLA, PER)):
            self.purr("release", "--all", "--reason", "recovered")
        self.goes_on()


    def test_is_the_one_that_stops_where_both_run(self):
        copy = self.folder / "copy"
        end(self.daemon)
        shutil.copytree(self.data, copy)
        notes = self.notes()
        self.start_daemon("--time-lapse", RATE)
        self.until(lambda: self.notes() > notes, 20, "the first one's note")
        here, self.data = self.data, copy
        self.start_daemon("--time-lapse", RATE)
        self.until(lambda: self.sent() == [[1, 2, 3]] * 3, 120, "all mails to leave")
        time.sleep(5)
        self.assertEqual(self.sent(), [[1, 2, 3]] * 3)
        self.assertEqual(self.mailbox()["state"], "stopped")
        self.data = here
        self.assertEqual(self.mailbox()["state"], "watching")

    def notes(self) -> int:
        return len(evidence.files(Path(self.host["mail"]) / SENDER / "Maildir/.Purr"))


class ALostFolder(Losses):
    def test_is_made_anew_from_the_mailbox(self):
        key = self.folder / "vault-key"
        shutil.copy(self.data / "key", key)
        self.second_mails_and_an_answer()
        shutil.rmtree(self.data)
        self.begin()
        # Another key's signature proves nothing.
        ended = self.run_purr("rebuild", "--mailbox", SENDER, "--yes")
        self.assertEqual(ended.code, CONFIGURATION, ended.err)
        self.assertIn("--key", ended.err)
        rebuild = ("rebuild", "--mailbox", SENDER, "--key", key)
        before = self.contents()
        preview = json.loads(self.purr(*rebuild, "--json"))
        self.assertEqual(self.contents(), before, "a preview changed the data")
        self.assertEqual((preview["found"], preview["placed"], preview["rebuilt"]), (6, 6, 3))
        self.recover_killed(*rebuild, "--yes")
        report = json.loads(self.purr(*rebuild, "--yes", "--json"))
        self.assertEqual({p["contact"]: (p["mails"], p["outcome"]) for p in report["people"]},
                         {KARI: (2, "ended"), OLA: (2, "goesOn"), PER: (2, "goesOn")})
        self.assertEqual(self.enrollment(KARI)["reason"], "replied")
        self.goes_on()

    def test_without_any_key_where_the_user_vouches_for_sent(self):
        self.second_mails_and_an_answer()
        shutil.rmtree(self.data)
        self.begin()
        self.purr("rebuild", "--mailbox", SENDER, "--trust-sent", "--yes")
        self.goes_on()

    def test_is_not_made_from_what_somebody_else_sent(self):
        self.second_mails_and_an_answer()
        shutil.rmtree(self.data)
        self.begin()
        mail = Path(self.host["mail"])
        subprocess.run(["cp", "-a", mail / SENDER, mail / NORA], check=True)
        self.purr("mailbox", "add", NORA, *self.add_mailbox(self.host)[3:])
        ended = self.run_purr("rebuild", "--mailbox", NORA, "--trust-sent", "--yes")
        # Sam's address is Purr's own here, and yet not this mailbox's.
        self.assertEqual(ended.code, DATA, ended.out + ended.err)
        self.assertIn("somebody else", ended.err)
        self.assertEqual(json.loads(self.purr("enrollment", "list", "--json")), [])


if __name__ == "__main__":
    unittest.main()
