"""The `purr` binary as the demo uses it: commands, the daemon, and the daemon's clock."""

import json
import os
import shlex
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

STOP_LIMIT = 10.0  # seconds


class Broken(Exception):
    """A sentence: the demo cannot go on."""


@dataclass(frozen=True)
class Anchor:
    """Two instants that are the same (epoch seconds), and virtual seconds per real second from there on."""

    real: float
    virtual: float
    rate: float


class VirtualClock:
    """Turns real instants into the daemon's, and back, across restarts of the daemon."""

    def __init__(self):
        self.anchors = []

    def learn(self, anchor: Anchor) -> None:
        if anchor not in self.anchors:
            self.anchors.append(anchor)
            self.anchors.sort(key=lambda a: a.real)

    def virtual(self, real: float) -> datetime:
        earlier = [anchor for anchor in self.anchors if anchor.real <= real]
        anchor = earlier[-1] if earlier else self.anchors[0] if self.anchors else Anchor(real, real, 1)
        seconds = anchor.virtual + (real - anchor.real) * anchor.rate
        return datetime.fromtimestamp(seconds, timezone.utc)

    def real(self, virtual: datetime) -> float:
        anchor = self.anchors[-1]
        return anchor.real + (virtual.timestamp() - anchor.virtual) / anchor.rate


class Purr:
    """One data folder and the binary that works on it."""

    def __init__(self, binary: Path, data: Path, log: Path):
        self.binary, self.data, self.log = binary, data, log
        self.clock = VirtualClock()
        self.daemon = None
        self.runs = 0

    def do(self, *arguments, quietly=False) -> str:
        """Runs one command; shows it as a person would type it."""
        command = [str(argument) for argument in arguments]
        if not quietly:
            print(f"$ purr {shlex.join(command)}", flush=True)
        done = subprocess.run(
            [self.binary, *command], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120,
            env={**os.environ, "PURR_DATA": str(self.data)})
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise Broken(f"`purr {shlex.join(command)}` ended with {done.returncode}: {said}")
        if not quietly and done.stdout.strip():
            print("  " + done.stdout.strip().replace("\n", "\n  "), flush=True)
        return done.stdout

    def start(self, rate: int) -> None:
        """Starts the daemon in the background; it is up once `status` tells its clock."""
        self.runs += 1
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen(
                [self.binary, "run", "--time-lapse", str(rate)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, env={**os.environ, "PURR_DATA": str(self.data)})

    def is_running(self) -> bool:
        return self.daemon is not None and self.daemon.poll() is None

    def stop(self) -> None:
        """Asks the daemon to end, then insists."""
        if not self.is_running():
            return
        self.daemon.terminate()
        try:
            self.daemon.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
            raise Broken(f"the daemon did not end within {STOP_LIMIT:.0f} s of SIGTERM")

    def enrollments(self) -> list:
        return json.loads(self.do("enrollment", "list", "--json", quietly=True))

    def learn_clock(self) -> None:
        """Asks `status` for the daemon's clock."""
        clock = json.loads(self.do("status", "--json", quietly=True)).get("clock")
        if clock:
            self.clock.learn(Anchor(clock["anchorReal"], clock["anchorVirtual"], clock["rate"]))

    def tail(self, lines: int = 15) -> str:
        """The end of the daemon's log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def instant(text: str) -> datetime:
    """Reads an ISO 8601 instant as the binary prints it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def is_later(text: str | None, now: datetime, by: timedelta) -> bool:
    return bool(text) and instant(text) > now + by


def wait_for(condition, limit: float, what: str):
    """Waits until the condition gives something true, and returns it."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.1)
    raise Broken(f"waited {limit:.0f} s in vain for {what}")
