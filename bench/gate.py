"""The gate on a large account far away."""

import sys

import maildir
from measure import HERE, USER, Bench, tell

FOLDERS = 150
ROUND_TRIP = 80  # ms
MOST = 5.0  # s
OWN = 6  # INBOX and the folders that the host makes itself


def gate(bench: Bench) -> list:
    """One whole survey of 150 folders over an 80 ms round trip, without LIST-STATUS."""
    host = bench.start_host(users=[USER], without=["LIST-STATUS"])
    maildir.fill(bench.maildir(host), 200)
    maildir.add_folders(bench.maildir(host), FOLDERS - OWN, each=20)
    proxy = bench.started_rival(sys.executable, HERE / "delay_proxy.py", host["imaps"], ROUND_TRIP / 2)
    port = int(proxy.stdout.readline())
    figures = bench.measure(
        "gate", imap=port, ca=host["ca"], user=USER, password_file=bench.password_file, passes=bench.size(60))
    tell(f"median {figures['median']:.2f} s, connecting {figures['connecting']:.2f} s")
    assert figures["hasListStatus"] == 0 and figures["folders"] >= FOLDERS, figures
    how = (f"{FOLDERS} folders, {ROUND_TRIP} ms round trip, no LIST-STATUS, {figures['passes']:.0f} passes out of "
           f"IDLE, median {figures['median']:.2f} s")
    return [bench.at_most("the gate, p95", how, figures["p95"], MOST, "s")]
