"""Reading a large folder for the first time."""

import maildir
from measure import USER, Bench, middle, tell

SLICE = 2000
ROUNDS = 5
MOST_MEMORY = 64.0  # MB


def headers(bench: Bench) -> list:
    """Header sync of a 100,000-message folder over TLS, against imaplib and against libetpan alone."""
    count = bench.size(100_000)
    host = bench.start_host(users=[USER])
    tell(f"writing {count:,} messages")
    maildir.fill(bench.maildir(host), count)
    fields = bench.output("fields").split()
    etpan = bench.compiled("etpan_fetch", "-letpan")
    common = [host["imaps"], USER, bench.password_file]

    def bare() -> tuple:
        return counted(bench.started_rival(etpan, *common, count, SLICE, *fields).communicate()[0].split(), count)

    def script() -> tuple:
        return counted(bench.rival("imaplib_sync", *common, host["ca"], count, SLICE, *fields), count)

    def purr(number: int) -> dict:
        database = bench.folder / f"{number}.db"
        bench.measure("prepare", database=database, user=USER, people=1000)
        figures = bench.measure(
            "headers", database=database, imap=host["imaps"], ca=host["ca"], user=USER,
            password_file=bench.password_file)
        counted((figures["headers"], figures["seconds"]), count)
        return figures

    tell("letting Dovecot index them")
    bare()
    ours, scripts, bares, memory = [], [], [], []
    for number in range(ROUNDS):
        bares.append(bare())
        figures = purr(number)
        scripts.append(script())
        ours.append(figures["seconds"])
        memory.append(figures["peakKB"] / 1024)
        tell(f"Purr {ours[-1]:.2f} s ({figures['secondsReading']:.2f} s of it reading), "
             f"imaplib {scripts[-1]:.2f} s, libetpan {bares[-1]:.2f} s")
    how = f"{count:,} messages, median of {ROUNDS}: Purr {middle(ours):.2f} s"
    return [
        bench.at_least(
            "header sync / imaplib + email", f"{how}, script {middle(scripts):.2f} s",
            middle([b / a for a, b in zip(ours, scripts)]), 2),
        bench.at_least(
            "header sync / bare libetpan", f"{how}, libetpan {middle(bares):.2f} s",
            middle([b / a for a, b in zip(ours, bares)]), 0.6),
        bench.at_most("memory of that sync", "VmHWM of the process", max(memory), MOST_MEMORY, "MB"),
    ]


def counted(said: tuple, count: int) -> float:
    """The seconds, once the contender has proved that it read everything."""
    assert int(said[0]) == count, f"{said[0]} of {count} messages were read"
    return float(said[1])
