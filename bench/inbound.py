"""Reading a large folder of new messages of which a few matter."""

import maildir
from measure import USER, Bench, middle, tell

SLICE = 2000
ROUNDS = 3
EVERY = 100  # one message in so many is an answer, an automatic one, or a report
LEAST = 0.4  # of the bare fetch's speed


def inbound(bench: Bench) -> list:
    """100,000 new messages, one in a hundred matters: sync, match, judge, apply; against libetpan's bare fetch."""
    count = bench.size(100_000)
    host = bench.start_host(users=[USER])
    tell(f"writing {count:,} messages")
    maildir.fill(bench.maildir(host), count, answers_every=EVERY)
    answers = sum(maildir.is_answer(index, EVERY) for index in range(count))
    fields = bench.output("fields").split()
    etpan = bench.compiled("etpan_fetch", "-letpan")

    def bare() -> float:
        command = [etpan, host["imaps"], USER, bench.password_file, count, SLICE, *fields]
        read, seconds = bench.started_rival(*command).communicate()[0].split()
        assert int(read) == count, f"{read} of {count} messages were read"
        return float(seconds)

    def purr(number: int) -> dict:
        database = bench.folder / f"{number}.db"
        bench.measure("prepare", database=database, user=USER, people=count // EVERY, days_ago=61)
        figures = bench.measure(
            "headers", database=database, imap=host["imaps"], ca=host["ca"], user=USER,
            password_file=bench.password_file)
        assert int(figures["headers"]) == count, f"{figures['headers']} of {count} messages were read"
        assert int(figures["ended"]) == answers, f"{figures['ended']} of {answers} answers ended something"
        return figures

    tell("letting Dovecot index them")
    bare()
    ours, bares, applied = [], [], 0
    for number in range(ROUNDS):
        bares.append(bare())
        figures = purr(number)
        ours.append(figures["seconds"])
        applied = int(figures["bodies"])
        tell(f"Purr {ours[-1]:.2f} s, {applied} bodies, libetpan {bares[-1]:.2f} s")
    how = (f"{count:,} messages, {applied} of them fetched whole and applied, median of {ROUNDS}: Purr "
           f"{middle(ours):.2f} s, libetpan's headers alone {middle(bares):.2f} s")
    return [
        bench.at_least(
            "new mail, read and applied / bare header fetch", how,
            middle([b / a for a, b in zip(ours, bares)]), LEAST)]
