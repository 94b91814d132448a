"""Many idle mailboxes in one process."""

import json

import mail_host
from measure import Bench, tell

MAILBOXES = 500
MOST_MEMORY = 150  # KB each
SECONDS = 20
WOKEN = 20


def idle(bench: Bench) -> list:
    """500 idle TLS mailboxes in one process: memory, threads, processor time."""
    count = bench.size(MAILBOXES)
    users = [f"user{number}@example.org" for number in range(count)]
    # Dovecot's processes need an inotify instance each, of which Linux allows 128.
    host = bench.start_host(users=users, clients_per_process=50)
    list_of_users = bench.folder / "users"
    list_of_users.write_text("\n".join(users) + "\n")
    process = bench.start(
        "idle", imap=host["imaps"], ca=host["ca"], password_file=bench.password_file, users=list_of_users,
        seconds=SECONDS, woken=WOKEN)
    if process.stdout.readline() != "idle\n":
        raise RuntimeError("the mailboxes did not get to idle")
    for user in users[:WOKEN]:
        mail_host.deliver(host["folder"], user, b"From: ann@north.test\r\nSubject: Hello\r\n\r\nHello.\r\n")
    figures = json.loads(process.communicate()[0].splitlines()[-1])
    tell(f"{figures['kilobytesAll'] / 1024:.0f} MB in all, {figures['heard']:.0f} of {WOKEN} heard of their new mail")
    assert figures["heard"] == WOKEN, "not every mailbox heard of its new mail"
    share = figures["processorSeconds"] / figures["watchedSeconds"] * 100
    how = f"{count} mailboxes, real Dovecot, TLS, IDLE"
    threads = figures["threadsAfter"] - figures["threadsBefore"]
    return [
        bench.at_most("memory of an idle mailbox", f"{how}; growth of VmRSS", figures["kilobytesEach"], MOST_MEMORY, "KB"),
        bench.at_most("threads for them", f"{how}; beyond those of 8", threads, 4, "threads"),
        bench.at_most("processor time for them", f"{how}; {SECONDS} s watched", share, 0.1, "%"),
    ]
