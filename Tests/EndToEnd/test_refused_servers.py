"""A server that cannot be trusted gets no credential: its own log says so."""

import unittest
from pathlib import Path

from support import CONFIGURATION, NO_PERMISSION, UNAVAILABLE, EndToEnd, start_host

REFUSED = (UNAVAILABLE, NO_PERMISSION, CONFIGURATION, 76)


def credentials_seen(host: dict) -> list:
    """Lines in both servers' logs that show that a login was tried."""
    marks = ("Login:", "auth failed", "sasl_", "SASL", "AUTH", "auth-worker", "passwd-file", "auth=")
    lines = [line for name in ("dovecotLog", "postfixLog") for line in Path(host[name]).read_text().splitlines()]
    return [line for line in lines if any(mark in line for mark in marks) and "no auth attempts" not in line]


class RefusedServers(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.good = start_host(cls)

    def setUp(self):
        super().setUp()
        self.purr("init")

    def refuses_both_sides(self, bad: dict, says: str, securities=("tls", "starttls"), ca=None):
        imap = {"tls": bad["imaps"], "starttls": bad["imap"]}
        smtp = {"tls": bad["submissions"], "starttls": bad["submission"]}
        for security in securities:
            sides = {
                "IMAP": dict(imap=f"localhost:{imap[security]}", imap_security=security),
                "SMTP": dict(smtp=f"localhost:{smtp[security]}", smtp_security=security),
            }
            for side, changes in sides.items():
                with self.subTest(side=side, security=security):
                    # The other side is a good server of another host, trusted through the same list of CAs.
                    trusted = self.write("cas.pem", "".join(
                        Path(h["ca"]).read_text() for h in ((self.good, bad) if ca is None else (self.good,))))
                    ended = self.refuses(
                        *self.add_mailbox(self.good, ca=trusted, **changes), codes=REFUSED, says=says)
                    self.assertNotIn(self.good["password"], ended.out + ended.err)
        self.assertEqual(credentials_seen(bad), [])
        self.assertEqual(self.purr("mailbox", "list", "--json").strip(), "[]")

    def test_the_good_server_is_not_refused_and_its_log_would_tell(self):
        self.purr(*self.add_mailbox(self.good))
        self.assertTrue(credentials_seen(self.good))

    def test_an_expired_certificate(self):
        self.refuses_both_sides(start_host(self, certificate="expired"), "certificate")

    def test_a_certificate_for_another_host(self):
        self.refuses_both_sides(start_host(self, certificate="wrong-host"), "certificate")

    def test_a_self_signed_certificate(self):
        self.refuses_both_sides(start_host(self, certificate="self-signed"), "certificate")

    def test_a_private_authority_that_was_not_named(self):
        self.refuses_both_sides(start_host(self), "certificate", ca="only the good host's")

    def test_starttls_that_is_not_offered(self):
        self.refuses_both_sides(start_host(self, starttls=False), "STARTTLS|TLS", securities=("starttls",))

    def test_a_wrong_password_is_named_and_not_repeated(self):
        wrong = self.password_file("not-the-password-7f3a")
        ended = self.refuses(
            *self.add_mailbox(self.good, password_file=wrong), codes=(NO_PERMISSION, CONFIGURATION), says="password")
        self.assertNotIn("not-the-password-7f3a", ended.out + ended.err)

    def test_nobody_listening(self):
        self.refuses(
            *self.add_mailbox(self.good, imap="localhost:9"), codes=(UNAVAILABLE, 75), says="localhost")


if __name__ == "__main__":
    unittest.main()
