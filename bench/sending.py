"""Durable, gated sends."""

import json
import shutil
import statistics
import time

from daemon import Purr
from measure import Bench, middle, run, tell
from submission import relayed, start_front, start_sink

MAILBOXES = 8
EACH = 150
ROUNDS = 3
PLAIN = 8000  # mails of smtp-source
MOST_UNSEEN = 10_000  # ms: how old the proof may be at the hand-over


def sending(bench: Bench) -> list:
    """Journalled, gated sends from 8 mailboxes, against smtp-source and against a Python script."""
    mailboxes = [f"sender{number}@example.org" for number in range(MAILBOXES)]
    each, plain = max(bench.size(EACH), 20), bench.size(PLAIN)
    total = each * MAILBOXES
    host = bench.start_host(users=mailboxes)
    sink = start_sink(bench)
    front = start_front(bench, host, sink)
    tell(f"enrolling {total:,} people")
    template = Purr(bench, bench.folder / "template")
    template.do("init")
    for mailbox in mailboxes:
        template.connect(host, mailbox, front)
    template.prepare({
        mailbox: [f"person{number}.{index}@company{number % 97}.test" for number in range(each)]
        for index, mailbox in enumerate(mailboxes)})
    template.take_off_limits()

    def purr(number: int) -> float:
        # Each round begins with the same database: what an earlier one left in the mailboxes would stop it, as it
        # stops every copy of a database that has gone on elsewhere.
        for mailbox in mailboxes:
            shutil.rmtree(bench.maildir(host, mailbox), ignore_errors=True)
        shutil.copytree(template.data, bench.folder / f"data{number}")
        daemon = Purr(bench, bench.folder / f"data{number}")
        before = relayed(bench)
        daemon.start()
        daemon.wait("SELECT count(*) FROM journal WHERE state = 'sent'", total, 300)
        daemon.stop()
        first, last = daemon.database().execute("SELECT min(sent_at), max(sent_at) FROM journal").fetchone()
        assert relayed(bench) - before == total, "the submission server took another number of mails"
        return (total - 1) * 1000 / (last - first)

    def script(number: int) -> float:
        said = bench.rival("sender", host["ca"], host["imaps"], front, bench.password_file,
                           bench.folder / f"script{number}.db", each, *mailboxes)
        assert int(said[0]) == total, said
        return total / float(said[1])

    def source() -> float:
        start = time.monotonic()
        run(["/usr/sbin/smtp-source", "-s", MAILBOXES, "-m", plain, "-l", 1000, "-f", mailboxes[0],
             "-t", "person@company.test", f"127.0.0.1:{sink}"])
        return plain / (time.monotonic() - start)

    def windows(number: int) -> list:
        """Milliseconds in which an answer could have come unseen, a mail each: from the beginning of the last pass
        over the folders to the server's 250, which is later than the last byte of the body."""
        daemon = Purr(bench, bench.folder / f"data{number}")
        found = daemon.database().execute("SELECT evidence FROM event WHERE kind = 'accepted'").fetchall()
        return [int(json.loads(evidence)["window"].split()[0]) for (evidence,) in found]

    ours, scripts, sources, unseen = [], [], [], []
    for number in range(ROUNDS):
        sources.append(source())
        ours.append(purr(number))
        unseen += windows(number)
        scripts.append(script(number))
        tell(f"Purr {ours[-1]:.0f}/s, the script {scripts[-1]:.0f}/s, smtp-source {sources[-1]:.0f}/s")
    how = f"{total:,} mails, {MAILBOXES} mailboxes, median of {ROUNDS}: Purr {middle(ours):.0f}/s"
    return [
        bench.at_least(
            "sends / smtp-source", f"{how}, `smtp-source -s {MAILBOXES}` {middle(sources):.0f}/s, which has no TLS",
            middle([a / b for a, b in zip(ours, sources)]), 0.05),
        bench.at_least(
            "sends / a Python script", f"{how}, script {middle(scripts):.0f}/s, both through the same TLS",
            middle([a / b for a, b in zip(ours, scripts)]), 2),
        bench.at_most(
            "the window after the last look, p95",
            f"{len(unseen):,} of these mails, 8 mailboxes at once, median {middle(unseen):.0f} ms, the longest "
            f"{max(unseen)} ms", statistics.quantiles(unseen, n=20)[-1], MOST_UNSEEN, "ms"),
    ]
