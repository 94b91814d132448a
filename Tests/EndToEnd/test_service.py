"""The daemon as a service: a stop in the middle of sends, a reload, figures and health."""

import json
import os
import re
import signal
import socketserver
import sqlite3
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from support import CONFIGURATION, PATIENCE, SENDER, UNAVAILABLE, USAGE, EndToEnd, free_port, start_host

PEOPLE = [f"person{number}@north.test" for number in range(40)]


class SlowSink:
    """A Postfix policy service that lets the final dot of each mail wait for its answer."""

    def __init__(self, seconds: float):
        self.begun = threading.Event()
        sink = self

        class Dialogue(socketserver.StreamRequestHandler):
            def handle(self):
                while asked := sink.read(self.rfile):
                    if asked.get("protocol_state") == "END-OF-MESSAGE":
                        sink.begun.set()
                        time.sleep(seconds)
                    self.wfile.write(b"action=DUNNO\n\n")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dialogue)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def read(stream) -> dict:
        asked = {}
        while line := stream.readline().decode("utf-8", "replace").strip():
            name, _, value = line.partition("=")
            asked[name] = value
        return asked

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class ServiceTest(EndToEnd):
    def rows(self, query: str) -> list:
        with sqlite3.connect(f"file:{self.data / 'purr.db'}?mode=ro", uri=True, timeout=30) as database:
            found = database.execute(query).fetchall()
        database.close()
        return found

    def enroll(self, host: dict, people: list):
        self.purr(*self.add_mailbox(host), "--no-check")
        # The pace of real providers is not what is tried here.
        with sqlite3.connect(self.data / "purr.db", timeout=30) as database:
            for number, settings in database.execute("SELECT id, settings FROM mailbox").fetchall():
                limits = {"perDay": 10**6, "perMinute": 10**6, "bulkPerMinute": 10**6, "minimumGap": 0,
                          "maximumGap": 0, "holdAfterDays": 3}
                database.execute(
                    "UPDATE mailbox SET settings = ? WHERE id = ?",
                    (json.dumps({**json.loads(settings), "limits": limits}), number))
        database.close()
        self.purr("contact", "import", self.write("c.csv", "email\n" + "\n".join(people) + "\n"))
        self.purr("template", "add", self.write("hello.md", "---\nsubject: Hello\n---\nHello, a mail.\n"))
        self.purr("sequence", "apply", self.write(
            "one.yaml", 'name: one\nsettings: { sendWindow: "00:00-23:59", followUpDays: everyday }\n'
            "steps:\n  - email: hello\n"))
        self.purr("enroll", "one", *people, "--from", SENDER)

    def fetch(self, url: str):
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""


class Stopping(ServiceTest):
    seconds = 15

    def test_a_stop_in_the_middle_of_sends_leaves_no_outcome_unknown(self):
        sink = SlowSink(1.5)
        self.addCleanup(sink.close)
        host = start_host(self, users=[SENDER, *PEOPLE], policy=sink.port)
        self.purr("init")
        self.enroll(host, PEOPLE)
        for attempt in range(4):
            sink.begun.clear()
            daemon = self.start_daemon()
            self.assertTrue(sink.begun.wait(60), "nothing is sent")
            # In the wait after the dot, and at other points of the next transactions.
            time.sleep(0.4 * attempt)
            began = time.monotonic()
            daemon.send_signal(signal.SIGTERM)
            self.assertEqual(daemon.wait(15 * PATIENCE), 0)
            took = time.monotonic() - began
            print(f"stopped within {took:.1f} s")
            self.assertLess(took, 10)
            states = dict(self.rows("SELECT state, count(*) FROM journal GROUP BY state"))
            self.assertEqual({"sending", "unknown", "held"} & set(states), set(), states)
        sent = self.rows("SELECT count(*) FROM journal WHERE state = 'sent'")[0][0]
        self.assertGreaterEqual(sent, 4, "the stops were in no middle of sends")
        log = Path(host["postfixLog"]).read_text()
        taken = len(set(re.findall(r"postfix/smtpd\S*: (\w+): client=", log))) or None

        def delivered():
            return sum(len(list((Path(host["mail"]) / one / "Maildir/new").glob("*"))) for one in PEOPLE)

        self.until(lambda: delivered() >= sent, 30, "what was taken to arrive")
        self.assertEqual(delivered(), sent, f"the journal and the inboxes differ; Postfix took {taken}")


    def test_a_stop_at_any_moment_of_many_sends_leaves_no_outcome_unknown(self):
        # More than leave until the last stop, however long it takes to see that one has.
        people = [f"person+{number}@north.test" for number in range(3_000)]
        host = start_host(self, users=[SENDER, "person@north.test"])
        self.purr("init")
        self.enroll(host, people)
        count = "SELECT count(*) FROM journal WHERE state = 'sent'"
        for attempt in range(12):
            before = self.rows(count)[0][0]
            daemon = self.start_daemon()
            self.until(lambda: self.rows(count)[0][0] > before + attempt % 3, 30, "mails to be sent")
            daemon.send_signal(signal.SIGTERM)
            self.assertEqual(daemon.wait(15 * PATIENCE), 0)
            states = dict(self.rows("SELECT state, count(*) FROM journal GROUP BY state"))
            self.assertEqual({"sending", "unknown", "held"} & set(states), set(), states)
        self.assertLess(self.rows(count)[0][0], len(people), "all was sent before the last stop")


class Reloading(ServiceTest):
    def test_the_log_level_and_the_pages_follow(self):
        self.purr("init")
        port = free_port()
        self.purr("web", "set", "--port", port)
        self.assertEqual(self.run_purr("reload").code, UNAVAILABLE)
        self.refuses("reload", "--log-level", "loud", codes=(USAGE,), says="debug")
        daemon = self.start_daemon()
        url = f"http://127.0.0.1:{port}/u/nothing"
        self.until(lambda: self.fetch(url)[0], 30, "the web front")
        log = self.folder / "daemon.log"
        self.assertNotIn(" debug ", log.read_text())
        self.purr("reload", "--log-level", "debug")
        self.assertIn("log.level=debug", log.read_text())
        pages = self.data / "web"
        pages.mkdir()
        page = pages / "page.html"
        page.write_text("<p>{{title}}{{text}}</p>")
        ended = self.run_purr("reload")
        self.assertEqual(ended.code, CONFIGURATION)
        self.assertIn("{{action}}", ended.err)
        page.write_text('<html lang="{{language}}"><h1>Ours: {{title}}</h1>{{text}}{{action}}</html>')
        self.assertIn("pages", self.purr("reload"))
        request = lambda: self.fetch(url)[1]
        self.until(lambda: "Ours: " in request(), 20, "the page of one's own")
        # By signal, as systemd does it; the daemon lives on.
        before = json.loads(self.purr("reload", "--json"))["at"]
        daemon.send_signal(signal.SIGHUP)
        note = "SELECT value FROM meta WHERE key = 'reload.note'"
        self.until(lambda: self.rows(note)[0][0] and json.loads(self.rows(note)[0][0])["at"] != before, 10, "it")
        self.assertIsNone(daemon.poll())
        self.assertEqual(oct((self.data / "daemon.lock").stat().st_mode & 0o777), "0o600")

    def test_a_login_that_was_given_up_is_tried_again(self):
        host = start_host(self, users=[SENDER])
        self.purr("init")
        self.purr(*self.add_mailbox(host, password_file=self.password_file("wrong")), "--no-check")
        self.start_daemon()

        def tries():
            return (self.folder / "daemon.log").read_text().count("The mailbox cannot be read")

        self.until(tries, 30, "the login to be refused")
        before = tries()
        self.purr("reload")
        self.until(lambda: tries() > before, 10, "another try")


class Watching(ServiceTest):
    def test_figures_and_health(self):
        host = start_host(self, users=[SENDER, *PEOPLE[:3]])
        self.purr("init")
        self.enroll(host, PEOPLE[:3])
        port = free_port()
        self.refuses("run", "--metrics", "somewhere", codes=(USAGE,), says="127.0.0.1")
        self.start_daemon("--metrics", f"127.0.0.1:{port}")

        def figures() -> dict:
            status, text = self.fetch(f"http://127.0.0.1:{port}/metrics")
            lines = [line for line in text.splitlines() if line and not line.startswith("#")]
            return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

        label = f'{{mailbox="{SENDER}"}}'
        self.until(lambda: figures().get(f"purr_sent_total{label}") == 3, 60, "three mails in the figures")
        now = figures()
        self.assertEqual(now[f"purr_mailbox_up{label}"], 1)
        self.assertEqual(now[f"purr_due{label}"], 0)
        self.assertEqual(now[f"purr_open_outcomes{label}"], 0)
        self.assertLess(now[f"purr_last_pass_seconds{label}"], 120)
        self.assertEqual(now['purr_alarms{kind="mailbox.unreachable"}'], 0)
        self.assertGreater(now["purr_disk_free_bytes"], 0)
        self.assertEqual(self.fetch(f"http://127.0.0.1:{port}/healthz"), (200, "ok\n"))
        # Nothing of anybody who is written to.
        text = self.fetch(f"http://127.0.0.1:{port}/metrics")[1]
        self.assertNotIn("north.test", text)
        self.purr("alarm", "set", "--free", "10000000")
        self.until(lambda: self.fetch(f"http://127.0.0.1:{port}/healthz")[0] == 503, 30, "the disk to be too full")
        self.assertIn("disk", self.fetch(f"http://127.0.0.1:{port}/healthz")[1])
        self.assertEqual(self.fetch(f"http://127.0.0.1:{port}/livez")[0], 200)
        self.assertEqual(figures()['purr_alarms{kind="disk.nearlyFull"}'], 1)
        self.assertEqual(self.run_purr("run", PURR_METRICS="nonsense").code, USAGE)


if __name__ == "__main__":
    unittest.main()
