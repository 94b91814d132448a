"""Many idle mailboxes in one process."""

import json
import os
import time
from pathlib import Path

import mail_host
from daemon import Purr
from measure import Bench, Unmeasurable, tell

MAILBOXES = 500
FIRST = 8  # whose cost is not counted: libraries, certificates, threads
MOST_MEMORY = 150  # KB each
SECONDS = 20
DAEMON_SECONDS = 60  # as often does the daemon look at every folder
WOKEN = 20


def idle(bench: Bench) -> list:
    """500 idle TLS mailboxes in one process: memory, threads, processor time."""
    count = bench.size(MAILBOXES)
    users = [f"user{number}@example.org" for number in range(count)]
    # Dovecot's processes need an inotify instance each, of which Linux allows 128.
    host = bench.start_host(users=users, clients_per_process=50)
    return connections(bench, host, users) + daemon(bench, host, users)


def connections(bench: Bench, host: dict, users: list) -> list:
    """The connections alone, as the daemon holds them: for what an idle one costs between two looks."""
    list_of_users = bench.folder / "users"
    list_of_users.write_text("\n".join(users) + "\n")
    process = bench.start(
        "idle", imap=host["imaps"], ca=host["ca"], password_file=bench.password_file, users=list_of_users,
        seconds=SECONDS, woken=WOKEN)
    if process.stdout.readline() != "idle\n":
        raise Unmeasurable("the mailboxes did not get to idle")
    for user in users[:WOKEN]:
        mail_host.deliver(host["folder"], user, b"From: ann@north.test\r\nSubject: Hello\r\n\r\nHello.\r\n")
    figures = json.loads(process.communicate()[0].splitlines()[-1])
    tell(f"{figures['kilobytesEach']:.0f} KB a connection, {figures['heard']:.0f} of {WOKEN} heard of their new mail")
    assert figures["heard"] == WOKEN, "not every mailbox heard of its new mail"
    how = f"{len(users)} in IDLE at Dovecot, over TLS"
    share = figures["processorSeconds"] / figures["watchedSeconds"] * 100
    return [
        bench.at_most("memory of an idle connection", f"{how}; growth of VmRSS", figures["kilobytesEach"], MOST_MEMORY, "KB"),
        bench.at_most("processor time of them all", f"{how}; {SECONDS} s watched", share, 0.1, "%"),
    ]


def daemon(bench: Bench, host: dict, users: list) -> list:
    """The whole daemon, which also looks at all folders of each mailbox once a minute."""
    purr = Purr(bench, bench.folder / "data")
    purr.do("init")

    def connect(some: list) -> None:
        for user in some:
            purr.connect(host, user, host["submissions"])

    def settled(number: int) -> dict:
        purr.wait("SELECT count(*) FROM mailbox WHERE proven_at > 0", number, 300)
        time.sleep(5)
        return figures_of(purr.process.pid)

    connect(users[:FIRST])
    purr.start()
    before = settled(FIRST)
    tell(f"connecting {len(users) - FIRST} mailboxes more while the daemon runs")
    connect(users[FIRST:])
    after = settled(len(users))
    time.sleep(DAEMON_SECONDS)
    later = figures_of(purr.process.pid)
    purr.stop()
    added = len(users) - FIRST
    memory = (later["VmRSS"] - before["VmRSS"]) / added
    share = (later["seconds"] - after["seconds"]) / DAEMON_SECONDS * 100
    tell(f"daemon: {later['VmRSS'] / 1024:.0f} MB in all, {share:.1f} % of a core")
    how = f"`purr run`, {len(users)} mailboxes, Dovecot, TLS"
    return [
        bench.at_most("memory of an idle mailbox", f"{how}; growth of VmRSS since {FIRST}", memory, MOST_MEMORY, "KB"),
        bench.at_most("threads for them", f"{how}; more than for {FIRST}", later["Threads"] - before["Threads"], 4, "threads"),
        bench.at_most(
            "processor time with the passes", f"{how}; {DAEMON_SECONDS} s, a pass over each account among them", share, 5, "%"),
    ]


def figures_of(pid: int) -> dict:
    """What the kernel says of a process: KB resident, threads, seconds of processor time."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return {"VmRSS": int(status["VmRSS"].split()[0]), "Threads": int(status["Threads"]),
            "seconds": sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")}
