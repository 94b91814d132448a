"""Signing in with an identity provider: Dovecot takes access tokens alone, and looks each one up there."""

import json
import os
import re
import subprocess
import unittest
import urllib.error
import urllib.request

from identity_provider import IdentityProvider
from support import BINARY, CONFIGURATION, DATA, NO_PERMISSION, SENDER, UNAVAILABLE, USAGE, EndToEnd, end, start_host


class SigningIn(EndToEnd):
    seconds = 25  # five, of which one lasts two minutes

    @classmethod
    def setUpClass(cls):
        cls.provider = IdentityProvider(SENDER)
        cls.addClassCleanup(cls.provider.close)
        cls.host = start_host(cls, introspection=f"{cls.provider.url}/introspect", files_sent=[SENDER])

    def setUp(self):
        super().setUp()
        self.provider.account, self.provider.life = SENDER, 3600.0
        self.provider.says_html, self.provider.is_slow_to_consent = False, 0
        self.purr("init")

    def arguments(self, *more, client="purr-test", **changes):
        url = self.provider.url
        return ("mailbox", "add", SENDER, "--name", "Sam Sender", "--imap", f"localhost:{self.host['imaps']}",
                "--smtp", f"localhost:{self.host['submissions']}", "--ca", self.host["ca"], "--sign-in", "other",
                "--client-id", client, "--authorization-url", f"{url}/authorize", "--token-url", f"{url}/token",
                "--device-url", f"{url}/device", "--scope", "mail", "--scope", "offline_access", *more)

    def start(self, *arguments) -> subprocess.Popen:
        process = subprocess.Popen(
            [BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**os.environ, "PURR_DATA": str(self.data)})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(end, process)
        return process

    def page(self, process) -> str:
        """The page that the command asks its user to open."""
        for line in process.stdout:
            if found := re.search(r"http://\S+/authorize\S+", line):
                return found.group()
        self.fail(f"no page was named: {process.stderr.read()}")

    def sign_in_by_browser(self):
        process = self.start(*self.arguments())
        with urllib.request.urlopen(self.page(process)) as answer:
            self.assertIn("close this page", answer.read().decode())
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err)
        return out

    def test_by_browser_the_mailbox_is_connected_and_keeps_no_password(self):
        out = self.sign_in_by_browser()
        self.assertIn("is connected", out)
        self.assertEqual(self.provider.scopes_seen, ["mail", "offline_access"])
        everything = b"".join(path.read_bytes() for path in self.data.iterdir() if path.is_file())
        for token in [*self.provider.access, *self.provider.refresh]:
            self.assertNotIn(token.encode(), everything)
            self.assertNotIn(token, out)

    def test_a_wrong_state_is_turned_away_and_the_wait_goes_on(self):
        process = self.start(*self.arguments())
        page = self.page(process)
        back = re.search(r"redirect_uri=([^&]+)", page).group(1)
        back = back.replace("%3A", ":").replace("%2F", "/")
        for target, host in ((f"{back}/?code=stolen&state=guessed", None), (f"{back}/?code=x", None),
                             (f"{back}/?code=x&state=y", "evil.test")):
            request = urllib.request.Request(target, headers={"Host": host} if host else {})
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)
            self.assertEqual(refused.exception.code, 400)
            refused.exception.close()
        with urllib.request.urlopen(page):
            pass
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err)

    def test_by_device_code(self):
        self.provider.is_slow_to_consent = 2
        out = self.purr(*self.arguments("--device"))
        self.assertIn("WDJB-MJHT", out)
        self.assertIn("is connected", out)
        self.purr("mailbox", "check", SENDER, "--no-probe")

    def test_tokens_are_renewed_while_it_runs_and_mail_goes_out(self):
        self.provider.life = 10
        self.purr(*self.arguments("--device", "--no-probe"))
        self.write("people.csv", "email,firstName\nann@north.test,Ann\n")
        self.purr("contact", "import", self.folder / "people.csv")
        (self.folder / "mail").mkdir()
        self.write("mail/hello.md", "---\nsubject: Hello\n---\nHello {{contact.firstName}}.\n")
        self.write("intro.yaml", "name: intro\nsteps:\n  - email: hello\n")
        self.purr("sequence", "apply", self.folder / "intro.yaml")
        self.start_daemon()
        before = self.provider.renewals
        # Looked at between two passes, a minute apart; by then the first token has long run out.
        self.until(lambda: self.provider.renewals > before, 150, "a renewal while nothing happens")
        self.purr("enroll", "intro", "ann@north.test", "--from", SENDER)

        def is_sent():
            listed = json.loads(self.purr("enrollment", "list", "--json"))
            return listed and listed[0]["state"] == "finished"

        self.until(is_sent, 60, "the mail")
        # The consent is withdrawn: told, with what to do, and nothing dies.
        self.provider.revoke()
        self.until(
            lambda: "mailbox sign-in" in self.run_purr("status").out + self.run_purr("mailbox", "list").out, 90,
            "the withdrawn consent in status")
        self.assertIn("signed in", self.purr("mailbox", "sign-in", SENDER, "--device"))
        self.purr("contact", "import", self.write("more.csv", "email,firstName\nbob@south.test,Bob\n"))
        self.purr("enroll", "intro", "bob@south.test", "--from", SENDER)
        self.until(
            lambda: all(e["state"] == "finished" for e in json.loads(self.purr("enrollment", "list", "--json"))), 90,
            "mail after signing in again")

    def test_what_goes_wrong_is_said_in_one_sentence(self):
        self.refuses(*self.arguments("--device", client="nobody"), codes={NO_PERMISSION}, says="does not know this client")
        self.provider.says_html = True
        self.refuses(*self.arguments("--device"), codes={UNAVAILABLE}, says="no JSON")
        self.provider.says_html = False
        self.provider.account = "somebody.else@example.org"
        self.refuses(*self.arguments("--device"), codes={DATA}, says="signed in as somebody.else@example.org")
        self.refuses(
            *self.arguments("--token-url", "http://id.example.org/token"), codes={USAGE}, says="https://")
        self.refuses(
            "mailbox", "add", SENDER, "--sign-in", "google", "--no-check", codes={USAGE}, says="--client-id")
        self.refuses(
            *self.arguments("--device", "--token-url", "http://127.0.0.1:1/token", "--device-url", "http://127.0.0.1:1/d"),
            codes={UNAVAILABLE, CONFIGURATION}, says="could not be asked")


if __name__ == "__main__":
    unittest.main()
