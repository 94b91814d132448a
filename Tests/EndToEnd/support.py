"""What the end-to-end tests share: the built binary in data folders of its own, and real mail hosts."""

import os
import random
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

project = Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(project / "scripts"), str(project / "demo")]

import mail_host  # noqa: E402

BINARY = Path(os.environ.get("PURR_BINARY", project / ".build/release/purr")).resolve()
SENDER = "sender@example.org"
PATIENCE = 3
"""How many times longer than on a machine of their own the tests may wait where others use it too."""

# sysexits.h
USAGE, DATA, NO_INPUT, UNAVAILABLE, CANNOT_CREATE, IO_ERROR, TRY_LATER, NO_PERMISSION, CONFIGURATION = (
    64, 65, 66, 69, 73, 74, 75, 77, 78)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class EndToEnd(unittest.TestCase):
    """One temporary folder for each test, with Purr's data in `data`."""

    seconds = 3
    """About how long one test of the class takes: `scripts/test-end-to-end` begins with the longest."""
    are_apart = False
    """Whether each test may have a room of its own there, as none shares a host with the others of its class."""

    def setUp(self):
        self.assertTrue(BINARY.exists(), f"there is no {BINARY}: run `make build`")
        self.folder = Path(tempfile.mkdtemp(prefix="purr-test-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.folder / "data"
        self.daemons = []

    def run_purr(self, *arguments, typed: str | None = None, limit: float = 120, **environment) -> Ended:
        done = subprocess.run(
            [BINARY, *map(str, arguments)], capture_output=True, timeout=limit,
            input=None if typed is None else typed.encode(),
            stdin=subprocess.DEVNULL if typed is None else None,
            env={**os.environ, "PURR_DATA": str(self.data), **environment})
        return Ended(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def purr(self, *arguments, **options) -> str:
        """Runs a command that is to succeed."""
        ended = self.run_purr(*arguments, **options)
        self.assertEqual(ended.code, 0, f"purr {' '.join(map(str, arguments))}: {ended.err or ended.out}")
        return ended.out

    def refuses(self, *arguments, codes, says: str = "", **options) -> Ended:
        """Runs a command that is to be refused: one sentence on stderr, a code of sysexits.h, no change.

        A running daemon writes for itself: what changes beside it tells nothing of the command.
        """
        before = None if self.is_daemon_alive() else self.contents()
        ended = self.run_purr(*arguments, **options)
        self.assertIn(ended.code, codes, f"{ended.err}{ended.out}")
        lines = ended.err.strip().splitlines()
        self.assertTrue(lines, "nothing was said")
        # After a usage error the argument parser adds its usage and where to read more.
        sentences = [line for line in lines if not re.match(r"\s*(Usage:|See ')", line)]
        self.assertEqual(len(sentences), 1, ended.err)
        self.assertRegex(ended.err, re.compile(says, re.IGNORECASE))
        for ugly in ("Fatal error", "Swift.", "NSCocoa", "Optional("):
            self.assertNotIn(ugly, ended.err)
        if before is not None:
            self.assertEqual(self.contents(), before, "a refused command changed the data")
        return ended

    def is_daemon_alive(self) -> bool:
        return any(daemon.poll() is None for daemon in self.daemons)

    def contents(self) -> dict:
        """Every row of every database in the data folder."""
        found = {}
        for path in sorted(self.data.rglob("*")) if self.data.exists() else []:
            if path.is_file() and path.open("rb").read(16) == b"SQLite format 3\0":
                with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                    tables = [name for name, in database.execute(
                        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
                    found[path.name] = {
                        name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"'))) for name in tables}
                database.close()
        return found

    def write(self, name: str, content) -> Path:
        """A file in the test's folder; text or bytes."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def password_file(self, password: str) -> Path:
        path = self.write("password", password + "\n")
        path.chmod(0o600)
        return path

    def add_mailbox(self, host: dict, **changes):
        """The arguments of `mailbox add` for the sender on a host."""
        return ("mailbox", "add", SENDER, "--name", "Sam Sender",
                "--imap", changes.get("imap", f"localhost:{host['imaps']}"),
                "--imap-security", changes.get("imap_security", "tls"),
                "--smtp", changes.get("smtp", f"localhost:{host['submissions']}"),
                "--smtp-security", changes.get("smtp_security", "tls"),
                "--password-file", changes.get("password_file") or self.password_file(host["password"]),
                "--ca", changes.get("ca", host["ca"]))

    def start_daemon(self, *arguments) -> subprocess.Popen:
        log = open(self.folder / "daemon.log", "ab")
        self.addCleanup(log.close)
        daemon = subprocess.Popen(
            [BINARY, "run", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, env={**os.environ, "PURR_DATA": str(self.data)})
        self.addCleanup(end, daemon)
        self.daemons.append(daemon)
        return daemon

    def until(self, condition, limit: float, what: str):
        """Waits until the condition gives something true, and returns it.

        - limit: Seconds that are plenty on a machine of one's own.
        """
        limit *= PATIENCE
        stop = time.monotonic() + limit
        while time.monotonic() < stop:
            if value := condition():
                return value
            time.sleep(0.1)
        log = self.folder / "daemon.log"
        self.fail(f"waited {limit:.0f} s for {what}; daemon: {log.read_text()[-2000:] if log.exists() else '-'}")


def free_port() -> int:
    """Below the range that the kernel gives to outgoing connections, which could take it before it is used."""
    while True:
        port = random.randint(10000, 14999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10 * PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start_host(case, **options) -> dict:
    """A mail host that lives as long as a test, a test class or (given a module's cleanup) a module.

    - case: Whatever has `addCleanup`: a test; or a class or a module's `unittest` function for that.
    """
    folder = Path(tempfile.mkdtemp(prefix="purr-host-"))
    folder.chmod(0o755)
    add = getattr(case, "addClassCleanup", None) if isinstance(case, type) else getattr(case, "addCleanup", case)
    add(shutil.rmtree, folder, ignore_errors=True)
    add(mail_host.stop, folder / "host")
    return mail_host.start(folder / "host", **options)
