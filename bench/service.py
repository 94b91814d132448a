"""The daemon as a service: how fast it begins, what it costs at rest, how fast it ends."""

import socket
import threading
import time

from daemon import Purr
from idle import figures_of
from measure import USER, Bench, Unmeasurable, end, middle, tell
from submission import start_front, start_sink

STARTS = 11
MOST_START = 0.5  # s
MOST_MEMORY = 40  # MB
REST = 60  # s
STOPS = 5
MAILBOXES = 8
EACH = 400
MOST_STOP = 10  # s


class Watched:
    """Passes connections on to Dovecot and notes when the first of them falls silent after the last login.

    What is said is under TLS: a client in IDLE is one that has sent its last bytes and got an answer to them.
    """

    def __init__(self, bench: Bench, port: int):
        self.target, self.last = port, 0.0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        bench.cleanup.callback(self.listener.close)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.copy, args=(one, other), daemon=True).start()

    def copy(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while piece := one.recv(65536):
                other.sendall(piece)
                self.last = time.monotonic()
        except OSError:
            pass
        for side in (one, other):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def connected(bench: Bench) -> tuple:
    """A data folder with one mailbox behind a watched door, whose folders were read once."""
    host = bench.start_host(users=[USER])
    door = Watched(bench, host["imaps"])
    purr = Purr(bench, bench.folder / "data")
    purr.do("init")
    purr.connect({**host, "imaps": door.port}, USER, host["submissions"])
    purr.start()
    purr.wait("SELECT count(*) FROM mailbox WHERE proven_at > 0", 1, 60)
    return purr, door


def start(bench: Bench) -> list:
    """From the start of the process to IDLE, with one mailbox whose folders are known."""
    purr, door = connected(bench)
    times = []
    for _ in range(max(bench.size(STARTS), 3)):
        time.sleep(1)
        purr.stop()
        door.last = 0.0
        began = time.monotonic()
        purr.start()
        # Silence of two seconds: IDLE. It began with the last bytes before.
        until = began + 30
        while not door.last or time.monotonic() - door.last < 2:
            if time.monotonic() > until:
                raise Unmeasurable("the daemon did not come to rest")
            time.sleep(0.02)
        times.append(door.last - began)
    purr.stop()
    tell(f"{min(times) * 1000:.0f} to {max(times) * 1000:.0f} ms")
    how = f"`purr run`, Dovecot, TLS, folders known, median of {len(times)}; the longest {max(times):.2f} s"
    return [bench.at_most("start to IDLE", how, middle(times), MOST_START, "s")]


def idle_one(bench: Bench) -> list:
    """The resident memory of a daemon with one idle mailbox."""
    purr, _ = connected(bench)
    time.sleep(bench.size(REST))
    found = figures_of(purr.process.pid)
    purr.stop()
    how = f"`purr run`, one mailbox in IDLE, VmRSS {bench.size(REST)} s after its first pass, {found['Threads']} threads"
    return [bench.at_most("memory of the daemon with one idle mailbox", how, found["VmRSS"] / 1024, MOST_MEMORY, "MB")]


def stop(bench: Bench) -> list:
    """SIGTERM while eight mailboxes send."""
    mailboxes = [f"sender{number}@example.org" for number in range(MAILBOXES)]
    host = bench.start_host(users=mailboxes)
    front = start_front(bench, host, start_sink(bench))
    purr = Purr(bench, bench.folder / "data")
    purr.do("init")
    for mailbox in mailboxes:
        purr.connect(host, mailbox, front)
    each = max(bench.size(EACH), 100)
    purr.prepare({
        mailbox: [f"person{number}.{index}@company{number % 97}.test" for number in range(each)]
        for index, mailbox in enumerate(mailboxes)})
    purr.take_off_limits()
    database, times = purr.database(), []
    count = "SELECT count(*) FROM journal WHERE state = 'sent'"
    for _ in range(STOPS):
        before = database.execute(count).fetchone()[0]
        purr.start()
        until = time.monotonic() + 60
        while database.execute(count).fetchone()[0] < before + MAILBOXES * 2:
            if time.monotonic() > until:
                raise Unmeasurable("nothing was sent")
            time.sleep(0.01)
        began = time.monotonic()
        end(purr.process)
        times.append(time.monotonic() - began)
        if database.execute(count).fetchone()[0] == each * MAILBOXES:
            raise Unmeasurable("all was sent before the stop")
    unknown = database.execute("SELECT count(*) FROM journal WHERE state IN ('sending', 'unknown', 'held')").fetchone()[0]
    how = f"SIGTERM in the middle of sends from {MAILBOXES} mailboxes, {STOPS} times"
    return [
        bench.at_most("graceful stop", f"{how}; the longest", max(times), MOST_STOP, "s"),
        bench.at_most("outcomes left unknown by it", how, unknown, 0, "mails"),
    ]
