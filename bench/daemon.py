"""The whole Purr: a data folder made through the command line, and the daemon on it."""

import json
import os
import sqlite3
import subprocess
import time
from pathlib import Path

from measure import Bench, Unmeasurable, end, run

UNLIMITED = {"perDay": 10**9, "perMinute": 10**9, "bulkPerMinute": 10**9, "minimumGap": 0, "maximumGap": 0,
             "holdAfterDays": 3}
TEMPLATE = """\
---
subject: A question for company {{contact.company}}
---
Hello {{contact.firstName}},

this is *the first mail of three*. Would a short call next week suit you?

Sam
"""
SEQUENCE = """\
name: bench
settings: { followUpDays: everyday, sendWindow: "00:00-23:59" }
steps:
  - email: hello
  - { email: hello, after: 3, replyTo: 1 }
"""


class Purr:
    """One data folder."""

    def __init__(self, bench: Bench, data: Path):
        self.bench, self.data = bench, data
        self.log = data.with_suffix(".log")
        self.process = None

    def do(self, *arguments) -> str:
        return run([self.bench.purr, *arguments, "--data", self.data])

    def connect(self, host: dict, mailbox: str, smtp: int) -> None:
        """Connects a mailbox of a host, without the check: that is not what is measured."""
        self.do("mailbox", "add", mailbox, "--name", "Kim Sender", "--ca", host["ca"], "--no-check",
                "--password-file", self.bench.password_file, "--imap", f"localhost:{host['imaps']}",
                "--imap-security", "tls", "--smtp", f"localhost:{smtp}", "--smtp-security", "tls")

    def prepare(self, people: dict) -> None:
        """Enrolls people, by the mailbox that writes to them, each with a first step that is due at once."""
        folder = self.data.parent
        (folder / "hello.md").write_text(TEMPLATE)
        (folder / "bench.yaml").write_text(SEQUENCE)
        rows = [f"{person},Ann,Company {number % 97}"
                for number, person in enumerate(p for some in people.values() for p in some)]
        (folder / "people.csv").write_text("\n".join(["email,firstName,company", *rows]) + "\n")
        self.do("contact", "import", folder / "people.csv")
        self.do("template", "add", folder / "hello.md")
        self.do("sequence", "apply", folder / "bench.yaml")
        for mailbox, some in people.items():
            self.do("enroll", "bench", *some, "--from", mailbox, "--zone", "UTC")

    def take_off_limits(self) -> None:
        """Takes the sending limits off, as no command does: they protect the mailboxes of real providers.

        And says that the servers file sent mail, so that no copies are filed: the rivals file none either.
        """
        with self.database() as database:
            for number, settings in database.execute("SELECT id, settings FROM mailbox").fetchall():
                settings = json.dumps({**json.loads(settings), "limits": UNLIMITED})
                database.execute("UPDATE mailbox SET settings = ?, files_sent = 'yes' WHERE id = ?", (settings, number))

    def database(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.data / "purr.db", timeout=30)
        self.bench.cleanup.callback(connection.close)
        return connection

    def start(self) -> None:
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.bench.purr, "run", "--data", self.data], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "PURR_LOG": "notice"})
        self.bench.cleanup.callback(end, self.process)

    def stop(self) -> None:
        end(self.process)

    def wait(self, query: str, value, limit: float) -> None:
        """Waits until a query gives a value."""
        database, until = self.database(), time.monotonic() + limit
        while (found := database.execute(query).fetchone()[0]) != value:
            if self.process.poll() is not None or time.monotonic() > until:
                said = self.log.read_text(errors="replace")[-500:]
                raise Unmeasurable(f"{query} gave {found}, not {value}, within {limit:.0f} s; the daemon said: {said}")
            time.sleep(0.1)
