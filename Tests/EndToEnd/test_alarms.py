"""Alarms of a daemon that runs: by webhook, by mail from a second mailbox, by command; raised once, and cleared."""

import hashlib
import hmac
import http.server
import json
import socket
import threading
import time
import unittest
from pathlib import Path

from support import DATA, NO_INPUT, SENDER, UNAVAILABLE, USAGE, EndToEnd, start_host

OTHER = "second@example.org"
BOSS = "boss@north.test"
SECRET = "0123456789abcdef-secret"


class Receiver(http.server.ThreadingHTTPServer):
    """Takes posts on 127.0.0.1, and answers as it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.answers, self.got, self.delay = [], [], 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/purr"

    def events(self) -> list:
        return [(body["event"], body["alarm"]["kind"]) for _, body, _ in self.got]


class Dialogue(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.headers, json.loads(raw), raw))
        time.sleep(self.server.delay)
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Gate:
    """Passes connections on to a port, until it is shut."""

    def __init__(self, target: int):
        self.target, self.is_open, self.pairs = target, True, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if not self.is_open:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            self.pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.copy, args=(one, other), daemon=True).start()

    @staticmethod
    def copy(one, other):
        try:
            while piece := one.recv(65536):
                other.sendall(piece)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def shut(self):
        self.is_open = False
        for pair in self.pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


class AlarmTest(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")
        self.receiver = Receiver()
        self.addCleanup(self.receiver.server_close)
        self.addCleanup(self.receiver.shutdown)
        self.secret = self.write("secret", SECRET + "\n")

    def add_hook(self):
        self.purr("alarm", "add", "chat", "--webhook", self.receiver.url, "--allow-private",
                  "--secret-file", self.secret)

    def history(self) -> list:
        return json.loads(self.purr("alarm", "history", "--json"))

    def deliveries(self) -> list:
        return [(one["event"], one["target"], one["state"])
                for alarm in reversed(self.history()) for one in alarm["deliveries"]]


class Targets(AlarmTest):
    def test_bad_input(self):
        for arguments, codes, says in (
            (("me",), (USAGE,), "one of"),
            (("Me!", "--command", "/bin/true"), (USAGE,), "small letters"),
            (("me", "--mailbox", "nobody@example.org"), (DATA, NO_INPUT), "nobody@example.org"),
            (("me", "--command", "true"), (USAGE,), "whole path"),
            (("me", "--command", "/no/such/program"), (NO_INPUT,), "program"),
            (("me", "--timeout", "0", "--command", "/bin/true"), (USAGE,), "timeout"),
            (("me", "--webhook", "https://x.test/"), (USAGE,), "secret-file"),
            (("me", "--webhook", "ftp://x.test/", "--secret-file", self.secret), (USAGE,), "https://"),
            (("me", "--webhook", "https://a:b@x.test/", "--secret-file", self.secret), (USAGE,), "user name"),
            (("me", "--webhook", self.receiver.url, "--secret-file", self.secret), (USAGE,), "allow-private"),
            (("me", "--webhook", "https://x.test/", "--secret-file", self.write("short", "short\n")), (DATA,), "16 bytes"),
        ):
            with self.subTest(arguments=arguments):
                self.refuses("alarm", "add", *arguments, codes=codes, says=says)
        self.refuses("alarm", "remove", "nobody", codes=(DATA,), says="nobody")
        self.refuses("alarm", "test", "nobody", codes=(DATA,), says="nobody")
        self.refuses("alarm", "set", "--overdue", "99999", codes=(USAGE,), says="overdue")

    def test_a_webhook_is_signed_and_follows_no_redirect(self):
        self.add_hook()
        self.assertIn("told", self.purr("alarm", "test", "chat"))
        fields, body, raw = self.receiver.got.pop()
        self.assertEqual(body["event"], "alarm.test")
        self.assertEqual(fields["Purr-Event"], "alarm.test")
        self.assertEqual(fields["Purr-Delivery"], body["id"])
        stamp, code = (part.split("=")[1] for part in fields["Purr-Signature"].split(","))
        self.assertLess(abs(time.time() - int(stamp)), 60)
        expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
        self.assertEqual(code, expected)
        for status, says in ((500, "500"), (302, "redirects"), (404, "404")):
            self.receiver.answers = [status]
            ended = self.run_purr("alarm", "test", "chat")
            self.assertEqual(ended.code, UNAVAILABLE)
            self.assertRegex(ended.err, says)
        self.assertEqual(len(self.receiver.got), 3, "a redirect was followed, or a test repeated")
        stored = (self.data / "purr.db").read_bytes() + b"".join(
            path.read_bytes() for path in self.data.glob("purr.db-wal"))
        self.assertNotIn(SECRET.encode(), stored)

    def test_a_private_address_is_asked_only_where_that_is_allowed(self):
        for url in (f"https://localhost:{self.receiver.server_address[1]}/", "https://127.0.0.1:9/", "https://[::1]:9/"):
            self.purr("alarm", "add", "near", "--webhook", url, "--secret-file", self.secret)
            ended = self.run_purr("alarm", "test", "near")
            self.assertEqual(ended.code, UNAVAILABLE)
            self.assertIn("private address", ended.err)
            self.purr("alarm", "remove", "near")
        self.assertEqual(self.receiver.got, [])

    def test_a_command_gets_the_message_and_a_limit_on_its_time(self):
        script = self.write("page", '#!/bin/sh\ncat > "$1"\nenv >> "$1"\n')
        script.chmod(0o755)
        taken = self.folder / "taken"
        self.purr("alarm", "add", "pager", "--command", script, taken)
        self.purr("alarm", "test", "pager", PURR_PASSWORD="hush-hush")
        self.assertIn('"event":"alarm.test"', taken.read_text())
        self.assertNotIn("hush-hush", taken.read_text())
        slow = self.write("slow", f"#!/bin/sh\n(sleep 8; touch {self.folder}/late) &\nsleep 30\n")
        slow.chmod(0o755)
        self.purr("alarm", "add", "slow", "--timeout", "1", "--command", slow)
        began = time.monotonic()
        ended = self.run_purr("alarm", "test", "slow")
        self.assertEqual(ended.code, UNAVAILABLE)
        self.assertIn("longer than 1 s", ended.err)
        self.assertLess(time.monotonic() - began, 8)
        failing = self.write("failing", "#!/bin/sh\nexit 3\n")
        failing.chmod(0o755)
        self.purr("alarm", "add", "failing", "--command", failing)
        self.assertIn("ended with 3", self.run_purr("alarm", "test", "failing").err)
        time.sleep(max(0, began + 9 - time.monotonic()))
        self.assertFalse((self.folder / "late").exists(), "a grandchild outlived the limit")


class Raised(AlarmTest):
    seconds = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.host = start_host(cls, users=[SENDER, OTHER, BOSS])

    def test_a_mailbox_that_cannot_be_reached_is_told_of_once_and_taken_back(self):
        gate = Gate(self.host["imaps"])
        self.addCleanup(gate.listener.close)
        self.purr(*self.add_mailbox(self.host, imap=f"localhost:{gate.port}"))
        self.purr("mailbox", "add", OTHER, "--imap", f"localhost:{self.host['imaps']}", "--imap-security", "tls",
                  "--smtp", f"localhost:{self.host['submissions']}", "--smtp-security", "tls", "--no-check",
                  "--password-file", self.password_file(self.host["password"]), "--ca", self.host["ca"])
        self.add_hook()
        self.purr("alarm", "add", "boss", "--mailbox", OTHER, "--to", BOSS)
        self.purr("alarm", "set", "--unreachable", "0")
        self.start_daemon()
        self.until(lambda: "watching" in self.purr("status"), 30, "the daemon to watch")
        # The first attempt is lost on the way, and made again.
        self.receiver.answers = [503]
        gate.shut()
        self.until(lambda: len(self.receiver.got) >= 2, 90, "the alarm, twice")
        self.assertEqual(self.receiver.events(), [("alarm.raised", "mailbox.unreachable")] * 2)
        self.assertEqual(len({body["id"] for _, body, _ in self.receiver.got}), 1)
        status = self.run_purr("status", "--json")
        self.assertEqual([one["kind"] for one in json.loads(status.out)["openAlarms"]], ["mailbox.unreachable"])
        self.assertIn(SENDER, self.run_purr("status").out)
        inbox = Path(self.host["mail"]) / BOSS / "Maildir/new"
        mails = self.until(
            lambda: inbox.exists() and [path.read_text(errors="replace") for path in inbox.iterdir()], 30, "the mail")
        self.assertEqual(len(mails), 1)
        self.assertIn("Subject: Purr needs you: ", mails[0])
        self.assertIn(f"From: Purr <{OTHER}>", mails[0])
        time.sleep(12)
        self.assertEqual(len(self.receiver.got), 2, "said again while it holds")
        gate.is_open = True
        self.until(lambda: len(self.receiver.got) >= 3, 150, "the end of the alarm")
        self.assertEqual(self.receiver.events()[2:], [("alarm.cleared", "mailbox.unreachable")])
        self.until(
            lambda: self.deliveries() == [
                ("raised", "boss", "delivered"), ("raised", "chat", "delivered"),
                ("cleared", "boss", "delivered"), ("cleared", "chat", "delivered")],
            30, "all to be settled")
        self.assertNotIn(SECRET, (self.folder / "daemon.log").read_text())

    def test_a_login_that_is_refused_and_a_disk_that_is_full(self):
        self.add_hook()
        self.purr(*self.add_mailbox(self.host, password_file=self.password_file("wrong")), "--no-check")
        self.purr("alarm", "set", "--login-refused", "0", "--free", "10000000")
        self.start_daemon()
        wanted = {("alarm.raised", "mailbox.loginRefused"), ("alarm.raised", "disk.nearlyFull")}
        self.until(lambda: set(self.receiver.events()) == wanted, 60, "both alarms")
        self.purr("alarm", "set", "--free", "0")
        self.until(lambda: ("alarm.cleared", "disk.nearlyFull") in self.receiver.events(), 30, "room on the disk")
        self.assertEqual(len(self.receiver.got), 3)


if __name__ == "__main__":
    unittest.main()
