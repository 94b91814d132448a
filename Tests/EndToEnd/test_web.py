"""The web front of a daemon that runs: its self-test behind TLS, links in real mails, scanners, kills, a browser."""

import email
import email.policy
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

from support import CONFIGURATION, SENDER, UNAVAILABLE, USAGE, EndToEnd, free_port, start_host

PERSON = "kari@example.com"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Proxy(http.server.ThreadingHTTPServer):
    """A reverse proxy with a certificate of its own, as nginx or Caddy would be."""

    def __init__(self, target: int, folder: Path):
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.target = target
        certificate, key = folder / "proxy.pem", folder / "proxy.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.certificate = certificate
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server_address[1]}"


class ProxyHandler(http.server.BaseHTTPRequestHandler):
    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=20)
        fields = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        try:
            connection.request(self.command, self.path, body or None, {**fields, "X-Forwarded-For": "198.51.100.4"})
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            self.send_error(502)
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_HEAD = do_OPTIONS = forward

    def log_message(self, *_):
        pass


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in ("href", "src") and value]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class WebTest(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")
        self.port = free_port()
        self.purr("web", "set", "--port", self.port)

    def rows(self, query: str) -> list:
        with sqlite3.connect(f"file:{self.data / 'purr.db'}?mode=ro", uri=True) as database:
            found = database.execute(query).fetchall()
        database.close()
        return found

    def fetch(self, url: str, method="GET", body: str | None = None, context=None, **fields):
        """Status, fields and body; a redirect is not followed."""
        handlers = [NoRedirect()]
        if context:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        request = urllib.request.Request(
            url, None if body is None else body.encode(), {k.replace("_", "-"): v for k, v in fields.items()},
            method=method)
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def is_up(self) -> bool:
        try:
            return self.fetch(f"http://127.0.0.1:{self.port}/healthz")[0] == 200
        except OSError:
            return False

    def start(self):
        daemon = self.start_daemon()
        self.until(self.is_up, 30, "the web front")
        return daemon


    def picture(self, name: str, url: str, *options: str) -> bytes:
        """A page as Chromium shows it; kept in PURR_PICTURES where that is set."""
        folder = Path(os.environ.get("PURR_PICTURES", self.folder))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        subprocess.run(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             f"--user-data-dir={self.folder / 'chromium'}", f"--screenshot={path}", *options, url],
            check=True, capture_output=True, timeout=120)
        return path.read_bytes()


class SelfTest(WebTest):
    def test_bad_input(self):
        for url in ("go.example.org", "http://go.example.org", "javascript:alert(1)", "https://a@b", "https://x/?y"):
            self.refuses("web", "set", "--public-url", url, codes=(USAGE,), says="https://")
        self.refuses("web", "set", "--port", "0", codes=(USAGE,), says="port")
        self.refuses("web", "set", "--listen", "everywhere", codes=(USAGE,), says="127.0.0.1")
        self.refuses("web", "set", "--site", "example", codes=(USAGE,), says="https://")
        self.refuses("web", "check", codes=(CONFIGURATION,), says="public URL")
        self.refuses("web", "source", "remove", "nobody", codes=(65,), says="nobody")
        self.refuses(
            "web", "source", "add", "Kari!", "--kind", "cal.com", "--secret-file",
            self.write("secret", "0123456789abcdef\n"), codes=(USAGE,), says="small letters")

    def test_passes_through_a_proxy_and_fails_without_one(self):
        self.start()
        proxy = Proxy(self.port, self.folder)
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        self.purr("web", "set", "--public-url", proxy.url)
        self.assertEqual(self.run_purr("web", "check").code, UNAVAILABLE, "an unknown certificate passed")
        self.assertIsNone(json.loads(self.purr("web", "status", "--json"))["passedAt"])
        self.purr("web", "check", "--ca", proxy.certificate)
        self.assertIsNotNone(json.loads(self.purr("web", "status", "--json"))["passedAt"])
        # Another port, where nobody answers, or somebody else does.
        for port, words in ((free_port(), "cannot be reached"), (proxy.server_address[1], "certificate|reached")):
            self.purr("web", "set", "--public-url", f"http://127.0.0.1:{port}")
            ended = self.run_purr("web", "check")
            self.assertEqual(ended.code, UNAVAILABLE)
            self.assertRegex(ended.err, words)

    def test_follows_its_settings(self):
        self.start()
        self.purr("web", "set", "--off")
        self.until(lambda: not self.is_up(), 20, "the web front to close")
        self.port = free_port()
        self.purr("web", "set", "--port", self.port)
        self.until(self.is_up, 20, "the web front at its other port")

    def test_a_broken_page_stops_the_start(self):
        pages = self.data / "web"
        pages.mkdir()
        (pages / "page.html").write_text("<p>{{title}}{{text}}</p>")
        ended = self.run_purr("run", limit=30)
        self.assertEqual(ended.code, CONFIGURATION)
        self.assertIn("{{action}}", ended.err)


class Sending(WebTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.host = start_host(cls, users=[SENDER, PERSON])

    def test_a_tracked_mail_scanned_and_opted_out(self):
        (self.folder / "mail").mkdir()
        self.write("mail/hello.md", "---\nsubject: A question\n---\nHello, see [the offer](https://example.org/offer).\n")
        sequence = self.write(
            "intro.yaml", "name: intro\nsettings: { tracking: both }\nsteps: [{ email: hello }]\n")
        self.refuses("sequence", "apply", sequence, codes=(CONFIGURATION,), says="web check")
        self.start()
        proxy = Proxy(self.port, self.folder)
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        trust = ssl.create_default_context(cafile=str(proxy.certificate))
        self.purr(*self.add_mailbox(self.host))
        self.purr("web", "set", "--public-url", proxy.url)
        self.purr("web", "check", "--ca", proxy.certificate)
        self.purr("sequence", "apply", sequence)
        self.purr("contact", "import", self.write("people.csv", f"email,firstName\n{PERSON},Kari\n"))
        self.purr("enroll", "intro", PERSON, "--from", SENDER)
        self.until(
            lambda: self.rows("SELECT 1 FROM journal WHERE state = 'sent'"), 90, "the mail to be sent")
        message = email.message_from_bytes(
            self.rows("SELECT bytes FROM journal")[0][0], policy=email.policy.default)
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        way_out = re.search(r"<(https://[^>]+)>", message["List-Unsubscribe"]).group(1)
        links = Links()
        links.feed(message.get_body(("html",)).get_content())
        self.assertGreaterEqual(len(links.found), 3, message.get_body(("html",)).get_content())
        self.assertTrue(all(link.startswith(proxy.url) for link in links.found), links.found)

        # A scanner: every link, by HEAD and GET, from one agent within a second.
        for link in [*links.found, way_out]:
            for method in ("HEAD", "GET"):
                self.assertIn(
                    self.fetch(link, method, context=trust, User_Agent="Scanner/1.0")[0], (200, 302), link)
        self.assertEqual(self.rows("SELECT count(*) FROM suppression"), [(0,)])
        self.assertEqual(
            sorted(self.rows("SELECT kind, agent FROM web_visit")),
            [("click", "Scanner/1.0"), ("open", "Scanner/1.0")])

        if CHROMIUM:
            page = f"http://127.0.0.1:{self.port}/u/{way_out.rsplit('/', 1)[1]}"
            pictures = {
                self.picture("light", page, "--window-size=1000,700"),
                self.picture("dark", page, "--window-size=1000,700", "--blink-settings=preferredColorScheme=0"),
                self.picture("phone", page, "--window-size=500,780", "--lang=nb", "--accept-lang=nb")}
            self.assertEqual(len(pictures), 3, "two of the pictures are the same")
            self.assertEqual(self.rows("SELECT count(*) FROM suppression"), [(0,)])

        # RFC 8058, three times.
        for _ in range(3):
            status, _, _ = self.fetch(
                way_out, "POST", "List-Unsubscribe=One-Click", context=trust,
                Content_Type="application/x-www-form-urlencoded")
            self.assertEqual(status, 200)
        self.assertEqual(self.rows("SELECT address_key, reason FROM suppression"), [(PERSON, "unsubscribed")])
        self.assertEqual(
            len(self.rows("SELECT 1 FROM event WHERE kind = 'optedOut'")), 1, "a replay told its story again")
        ended = self.run_purr("enroll", "intro", PERSON, "--from", SENDER)
        self.assertNotEqual(ended.code, 0, "somebody who opted out was enrolled again")


class Hammering(WebTest):
    """Many at once, too large, too slow; and what a killed daemon has kept."""

    seconds = 9

    def setUp(self):
        super().setUp()
        self.daemon = self.start()

    def form(self, number: int, connection: http.client.HTTPConnection) -> int:
        body = f"email=person{number}%40example.com&_key=k{number}"
        connection.request(
            "POST", "/f/demo", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def burst(self, numbers: range) -> list[int]:
        """The numbers whose forms were answered with success."""
        answered = []
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for number in numbers:
            try:
                if self.form(number, connection) == 200:
                    answered.append(number)
            except (OSError, http.client.HTTPException):
                connection.close()
                if self.daemon.poll() is not None:
                    break
        connection.close()
        return answered

    def test_a_burst_of_ten_thousand_loses_none(self):
        began = time.monotonic()
        with ThreadPoolExecutor(50) as pool:
            answered = [n for part in pool.map(self.burst, [range(i, i + 200) for i in range(0, 10_000, 200)])
                        for n in part]
        print(f"10,000 forms over 50 connections: {time.monotonic() - began:.1f} s")
        self.assertEqual(len(answered), 10_000)
        self.assertEqual(self.rows("SELECT count(*) FROM signal"), [(10_000,)])

    def test_killed_in_a_burst_it_has_kept_what_it_answered(self):
        threading.Timer(1.5, lambda: os.kill(self.daemon.pid, signal.SIGKILL)).start()
        with ThreadPoolExecutor(20) as pool:
            answered = [n for part in pool.map(self.burst, [range(i, i + 2_000) for i in range(0, 40_000, 2_000)])
                        for n in part]
        self.assertGreater(len(answered), 20)
        kept = {key.rsplit(":k", 1)[1] for key, in self.rows("SELECT key FROM signal")}
        self.assertEqual([n for n in answered if str(n) not in kept], [], "answered and not kept")

    def test_a_gigabyte_and_snails(self):
        before = self.memory()
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as giant:
            giant.sendall(b"POST /f/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n")
            self.assertIn(b" 413 ", giant.recv(200))
        snails = [socket.create_connection(("127.0.0.1", self.port), timeout=30) for _ in range(200)]
        for snail in snails:
            snail.sendall(b"GET /healthz HTTP/1.1\r\nHos")
        waits = []
        for _ in range(200):
            began = time.monotonic()
            # Health is asked of the database, and so as often as anything else may be.
            self.assertEqual(self.fetch(f"http://127.0.0.1:{self.port}/livez")[0], 200)
            waits.append(time.monotonic() - began)
        print(f"among 200 snails, half of the answers within {sorted(waits)[100] * 1000:.1f} ms")
        for snail in snails:
            snail.settimeout(30)
            self.assertEqual(snail.recv(100), b"", "a snail is still waited for")
            snail.close()
        self.assertLess(self.memory() - before, 200 << 20)

    def memory(self) -> int:
        status = Path(f"/proc/{self.daemon.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024


if __name__ == "__main__":
    unittest.main()
