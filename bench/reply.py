"""From an answer's arrival to the end of the sequence."""

import smtplib
import sys
import threading
import time
from email.utils import formatdate

from daemon import Purr
from measure import HERE, USER, Bench, Unmeasurable, middle, tell

REPLIES = 40
PATIENCE = 60.0  # s for one reply
ALLOWANCE = 10  # ms beyond twice what the bare client needs


def reply(bench: Bench) -> list:
    """A new reply, from the LMTP server's 250 to the committed stop, against a bare IDLE client."""
    count = max(bench.size(REPLIES), 5)
    people = [f"person{number}@company.test" for number in range(count)]
    host = bench.start_host(users=[USER, *people])
    purr = Purr(bench, bench.folder / "data")
    purr.do("init")
    purr.connect(host, USER, host["submissions"])
    purr.prepare({USER: people})
    purr.take_off_limits()
    purr.start()
    purr.wait("SELECT count(*) FROM journal WHERE state = 'sent'", count, 120)
    time.sleep(2)
    client = bench.started_rival(
        sys.executable, HERE / "rivals/idle_client.py", host["imaps"], USER, bench.password_file, host["ca"])
    assert client.stdout.readline() == "idle\n"
    seen = []
    threading.Thread(target=lambda: seen.extend(map(float, client.stdout)), daemon=True).start()
    database = purr.database()
    ids = dict(database.execute("SELECT recipient, message_id FROM journal"))
    ours, theirs = [], []
    with smtplib.LMTP("127.0.0.1", host["lmtp"]) as lmtp:
        for number, person in enumerate(people):
            # Dovecot speaks of what comes close together at once; people do not write like that.
            time.sleep(1)
            before = time.monotonic()
            lmtp.sendmail(person, [USER], answer(person, ids[person], number))
            taken = time.monotonic()
            stopped = moment_when(lambda: stops(database) == number + 1, taken)
            exists = moment_when(lambda: seen and seen[-1] > before, taken) and seen[-1]
            ours.append((stopped - taken) * 1000)
            theirs.append((exists - taken) * 1000)
    purr.stop()
    tell(f"Purr {min(ours):.0f} to {max(ours):.0f} ms, the bare client {min(theirs):.0f} to {max(theirs):.0f} ms")
    bar = 2 * middle(theirs) + ALLOWANCE
    how = (f"{count} replies, median; the bare IDLE client sees EXISTS after {middle(theirs):.0f} ms; the bar is twice "
           f"that plus {ALLOWANCE} ms")
    return [bench.at_most("reply to committed stop", how, middle(ours), bar, "ms")]


def answer(person: str, identity: str, number: int) -> bytes:
    return (
        f"From: Ann <{person}>\r\nTo: Kim Sender <{USER}>\r\nSubject: Re: A question\r\n"
        f"Date: {formatdate()}\r\nMessage-ID: <answer{number}@company.test>\r\nIn-Reply-To: <{identity}>\r\n"
        f"References: <{identity}>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Tuesday at ten suits me well. Shall I send an invitation?\r\n").encode()


def stops(database) -> int:
    return database.execute("SELECT count(*) FROM enrollment WHERE state = 'unenrolled'").fetchone()[0]


def moment_when(condition, since: float) -> float:
    """The monotonic second at which a condition was first seen to hold, looked for a thousand times a second."""
    while not condition():
        if time.monotonic() - since > PATIENCE:
            raise Unmeasurable(f"nothing came of a reply within {PATIENCE:.0f} s")
        time.sleep(0.001)
    return time.monotonic()
