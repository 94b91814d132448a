"""`purr doctor` beside real mail servers and a name server of the test's own."""

import json
import os
import sqlite3
import time
import unittest

from name_server import NameServer
from support import SENDER, USAGE, EndToEnd, free_port, mail_host, start_host

HOST = {}
GOOD = {
    ("example.org", "MX"): [(10, "mail.example.org")],
    ("example.org", "TXT"): ["unrelated", "v=spf1 include:_spf.example.org -all"],
    ("_spf.example.org", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ?all"],
    ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none; rua=mailto:dmarc@example.org"],
    ("k1._domainkey.example.org", "TXT"): ["v=DKIM1; k=rsa; p=" + "A" * 392],
}


def setUpModule():
    HOST.update(start_host(unittest.addModuleCleanup, users=[SENDER], files_sent=[SENDER]))


class Doctor(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")
        self.names({})

    def names(self, changes: dict, silent=frozenset()):
        records = {**GOOD, **changes}
        self.server = NameServer({key: rows for key, rows in records.items() if rows is not None}, silent)
        self.addCleanup(self.server.close)

    def doctor(self, *arguments, code=0, **environment) -> dict:
        ended = self.run_purr("doctor", "--json", *arguments, PURR_DNS=self.server.address, **environment)
        self.assertEqual(ended.code, code, ended.err + ended.out)
        report = json.loads(ended.out)
        states = [finding["state"] for finding in report["findings"]]
        self.assertEqual([report[name] for name in ("ok", "warnings", "wrong", "skipped")],
                         [states.count(state) for state in ("ok", "warning", "wrong", "skipped")])
        for finding in report["findings"]:
            self.assertTrue(finding["what"])
            if finding["state"] in ("warning", "wrong"):
                self.assertTrue(finding["fix"], finding)
        return {(finding["check"], finding["subject"]): finding for finding in report["findings"]}

    def connect(self, probe=True):
        self.purr(*self.add_mailbox(HOST), "--postal-address", "Street 1, Oslo", *([] if probe else ["--no-probe"]))


class Installations(Doctor):
    def test_a_good_one_has_nothing_wrong(self):
        self.connect()
        found = self.doctor()
        for check in ("clock", "timeZones", "folder", "key", "database", "daemon"):
            self.assertEqual(found[check, ""]["state"], "ok", found[check, ""])
        for check in ("mailbox", "imap", "smtp", "folders", "delivery"):
            self.assertEqual(found[check, SENDER]["state"], "ok", found[check, SENDER])
        # The clock was held against the server's date of receipt of the test mail.
        self.assertIn(SENDER, found["clock", ""]["what"])
        self.assertEqual(found["mx", "example.org"]["state"], "ok")
        self.assertIn("-all", found["spf", "example.org"]["what"])
        self.assertIn("p=none", found["dmarc", "example.org"]["what"])
        # The mail host signs nothing.
        self.assertEqual(found["dkim", "example.org"]["state"], "warning")

    def test_people_read_it_on_a_screen(self):
        self.connect(probe=False)
        ended = self.run_purr("doctor", PURR_DNS=self.server.address)
        self.assertEqual(ended.code, 0, ended.out)
        self.assertIn(f"\n{SENDER}\n", ended.out)
        self.assertIn("✓ IMAP", ended.out)
        self.assertIn("Nothing is wrong", ended.out)
        self.assertRegex(ended.out, "\n {15}→ Send ")
        self.assertTrue(all(len(line) <= 100 for line in ended.out.splitlines()), ended.out)

    def test_it_changes_nothing(self):
        self.connect(probe=False)
        before = self.contents()
        self.doctor()
        self.assertEqual(self.contents(), before)

    def test_offline_no_server_is_asked(self):
        self.connect(probe=False)
        found = self.doctor("--offline")
        self.assertEqual(found["imap", SENDER]["state"], "skipped")
        self.assertEqual(self.server.asked, [])
        self.assertNotIn(("spf", "example.org"), found)
        self.refuses("doctor", "--offline", "--probe", codes=[USAGE], says="one of them")

    def test_rights_key_and_database_that_are_wrong(self):
        self.connect(probe=False)
        os.chmod(self.data, 0o755)
        os.chmod(self.data / "key", 0o644)
        found = self.doctor("--offline", code=1)
        self.assertEqual(found["folder", ""]["fix"], f"chmod 700 {self.data}")
        os.chmod(self.data, 0o700)
        (self.data / "key").write_bytes(b"another key of thirty-two bytes!")
        os.chmod(self.data / "key", 0o600)
        found = self.doctor("--offline", code=1)
        self.assertIn(SENDER, found["key", ""]["what"])
        (self.data / "key").unlink()
        found = self.doctor("--offline", code=1)
        self.assertIn("missing", found["key", ""]["what"])
        self.assertEqual(found["database", ""]["state"], "ok")

    def test_a_database_that_is_damaged(self):
        self.connect(probe=False)
        for name in ("purr.db-wal", "purr.db-shm"):
            if (self.data / name).exists():
                (self.data / name).unlink()
        path = self.data / "purr.db"
        content = bytearray(path.read_bytes())
        middle = len(content) // 2 // 4096 * 4096
        content[middle:middle + 8192] = b"\xa5" * 8192
        path.write_bytes(content)
        found = self.doctor("--offline", code=1)
        self.assertEqual(found["database", ""]["state"], "wrong", found["database", ""])

    def test_a_folder_without_data(self):
        for path in self.data.iterdir():
            path.unlink()
        found = self.doctor("--offline", code=1)
        self.assertIn("purr init", found["database", ""]["what"])
        self.assertEqual({check for check, _ in found}, {"clock", "timeZones", "database"})

    def test_a_clock_that_is_wrong(self):
        self.connect(probe=False)
        with sqlite3.connect(self.data / "purr.db") as database:
            database.execute("UPDATE event SET at = at + 86400000")
        database.close()
        found = self.doctor("--offline", code=1)
        self.assertIn("before the newest entry", found["clock", ""]["what"])

    def test_a_password_that_was_changed(self):
        self.connect(probe=False)
        self.purr("mailbox", "add", SENDER, "--update", "--no-check", "--password-file", self.password_file("other"))
        found = self.doctor(code=1)
        self.assertEqual(found["imap", SENDER]["state"], "wrong")
        self.assertEqual(found["smtp", SENDER]["state"], "skipped")
        self.assertTrue(found["imap", SENDER]["fix"])

    def test_a_probe_is_sent_when_it_is_asked_for(self):
        self.connect(probe=False)
        self.assertEqual(self.doctor("--mailbox", SENDER, "--probe")["delivery", SENDER]["state"], "ok")
        self.assertEqual(self.doctor("--offline")["delivery", SENDER]["state"], "ok")

    def test_a_public_url_that_leads_nowhere(self):
        self.purr("web", "set", "--public-url", "http://127.0.0.1:9")
        found = self.doctor()
        self.assertEqual(found["publicURL", ""]["state"], "warning")
        self.assertIn("cannot be reached", found["publicURL", ""]["what"])

    def test_a_daemon_with_a_public_url(self):
        port = free_port()
        self.purr("web", "set", "--public-url", f"http://127.0.0.1:{port}", "--port", port)
        self.start_daemon()
        self.until(lambda: self.run_purr("web", "check").code == 0, 30, "the web front")
        found = self.doctor()
        self.assertEqual(found["publicURL", ""]["state"], "ok", found["publicURL", ""])
        self.assertEqual(found["daemon", ""]["what"], "The daemon runs.")
        self.purr("web", "set", "--public-url", f"http://localhost:{port}")
        self.assertIn("purr web check", self.doctor()["publicURL", ""]["fix"])
        self.purr("web", "check")
        self.purr("web", "set", "--off")
        self.until(lambda: self.run_purr("doctor", "--json").code == 1, 30, "the web front to be off")
        self.assertIn("cannot be reached", self.doctor(code=1)["publicURL", ""]["what"])


class SenderDomains(Doctor):
    def finding(self, check: str, changes: dict, code: int, silent=frozenset()) -> dict:
        self.names(changes, silent)
        return self.doctor(code=code)[check, "example.org"]

    def test_spf_that_is_wrong(self):
        self.connect(probe=False)
        spf = ("example.org", "TXT")
        for record, code, state, words in (
            (["unrelated"], 1, "wrong", "no SPF record"),
            (["v=spf1 -all", "v=spf1 ~all"], 1, "wrong", "more than one"),
            (["v=spf1 a mx " + " ".join(f"a:h{n}.example.org" for n in range(9)) + " -all"], 1, "wrong", "11 times"),
            (["v=spf1 include:gone.example.org -all"], 1, "wrong", "gone.example.org"),
            (["v=spf1 +all"], 1, "wrong", "whole world"),
            (["v=spf1 a"], 0, "warning", "no all"),
            (["v=spf1 redirect=_spf.example.org"], 0, "warning", "?all"),
            (["v=spf1 ipv4:1.2.3.4 -all"], 1, "wrong", "unknown term"),
        ):
            with self.subTest(record=record):
                finding = self.finding("spf", {spf: record}, code)
                self.assertEqual(finding["state"], state, finding)
                self.assertIn(words, finding["what"])

    def test_dmarc_and_mx_that_are_wrong(self):
        self.connect(probe=False)
        for check, changes, code, state, words in (
            ("dmarc", {("_dmarc.example.org", "TXT"): None}, 0, "warning", "no DMARC record"),
            ("dmarc", {("_dmarc.example.org", "TXT"): ["v=DMARC1; p=never"]}, 1, "wrong", "no policy"),
            ("dmarc", {("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none"]}, 0, "warning", "no reports"),
            ("mx", {("example.org", "MX"): None}, 0, "warning", "no host"),
            ("mx", {("example.org", "MX"): [(0, ".")]}, 1, "wrong", "no mail at all"),
        ):
            with self.subTest(changes=changes):
                finding = self.finding(check, changes, code)
                self.assertEqual(finding["state"], state, finding)
                self.assertIn(words, finding["what"])

    def test_a_name_server_that_is_silent_is_no_absence(self):
        self.connect(probe=False)
        finding = self.finding("spf", {}, 0, silent={"_spf.example.org"})
        self.assertEqual(finding["state"], "warning", finding)
        self.assertIn("_spf.example.org", finding["what"])

    def deliver(self, *fields: str):
        """A test mail as a server that signs and verifies would show it, newer than all others."""
        stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() + 5))
        lines = [*fields, f"From: <{SENDER}>", f"To: <{SENDER}>", f"Date: {stamp}",
                 "Subject: Purr is trying this mailbox (abc)", f"Message-ID: <probe.{time.time_ns()}@example.org>"]
        mail_host.deliver(HOST["folder"], SENDER, ("\r\n".join(lines) + "\r\n\r\nHello\r\n").encode())

    def test_what_the_server_made_of_the_test_mail(self):
        self.connect(probe=False)
        signed = "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=k1; h=from; bh=x=; b=y="
        self.deliver("Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=example.org; dkim=pass", signed)
        found = self.doctor()
        self.assertIn("spf pass, dkim pass", found["delivery", SENDER]["what"])
        self.assertEqual(found["dkim", "example.org"]["state"], "ok", found["dkim", "example.org"])
        self.names({("k1._domainkey.example.org", "TXT"): ["v=DKIM1; p="]})
        self.assertIn("revoked", self.doctor(code=1)["dkim", "example.org"]["what"])
        self.names({("k1._domainkey.example.org", "TXT"): None})
        self.assertIn("holds no key", self.doctor(code=1)["dkim", "example.org"]["what"])
        time.sleep(1.1)
        self.deliver("Authentication-Results: mx.example.org; spf=fail; dkim=none")
        self.names({})
        found = self.doctor(code=1)
        self.assertIn("did not believe", found["delivery", SENDER]["what"])


if __name__ == "__main__":
    unittest.main()
