"""Tries on a host of its own what the demo and the tests rely on."""

import imaplib
import json
import ssl
import subprocess
import time
from pathlib import Path

from . import lifecycle
from .configuration import SENDER

ANN, BOB = "ann@north.test", "bob@south.test"
VACATION = """\
require ["vacation"];
vacation :days 1 :subject "Out of office" "I am away until Monday.";
"""


def run(folder: Path) -> None:
    """Prints a line for each thing that works; raises `Failure` at the first that does not."""
    host = lifecycle.start(folder / "host", files_sent=[SENDER])
    try:
        _try(folder, host)
    finally:
        lifecycle.stop(folder / "host")
    _expect(not lifecycle._processes(folder / "host"), "no process is left after the stop")
    again = lifecycle.start(folder / "bare", without=["IDLE", "CONDSTORE", "SPECIAL-USE"], rewrite_message_id=True)
    try:
        _try_bare(again)
    finally:
        lifecycle.stop(folder / "bare")


def _try(folder: Path, host: dict) -> None:
    trust = ssl.create_default_context(cafile=host["ca"])
    for kind, port, tls in (("STARTTLS", host["submission"], "--tls"), ("TLS", host["submissions"], "--tls-on-connect")):
        subject = f"over {kind}"
        _swaks(host, port, tls, ANN, subject)
        _expect(_arrives(_inbox(host, trust, ANN), subject), f"submission with {kind} is delivered, IMAPS reads it")
        _expect(_arrives(_inbox(host, trust, ANN, starttls=True), subject), "IMAP with STARTTLS reads it")
    _expect(_arrives(_inbox(host, trust, SENDER, "Sent"), "over TLS"), "sent mail is filed in Sent by the host")

    _swaks(host, host["submissions"], "--tls-on-connect", "nobody@south.test", "lost")
    _expect(_arrives(_inbox(host, trust, SENDER), "Undelivered Mail"), "an unknown address comes back as a DSN")

    lifecycle.install_sieve(host["folder"], BOB, VACATION)
    _swaks(host, host["submissions"], "--tls-on-connect", BOB, "are you there")
    _expect(_arrives(_inbox(host, trust, SENDER), "Out of office"), "a Sieve vacation answers")

    plain = imaplib.IMAP4("127.0.0.1", host["imap"])
    _expect("STARTTLS" in plain.capabilities, "STARTTLS is offered")
    plain.shutdown()
    try:
        imaplib.IMAP4_SSL("127.0.0.1", host["imaps"], ssl_context=ssl.create_default_context())
        raise lifecycle.Failure("selftest: a stranger's certificate was trusted.")
    except ssl.SSLError:
        _expect("no auth attempts" in Path(host["dovecotLog"]).read_text(), "a private CA is needed")
    try:
        lifecycle.start(folder / "host")
        raise lifecycle.Failure("selftest: a second host started in a folder that is in use.")
    except lifecycle.Failure as failure:
        _expect("not empty" in str(failure), "a folder in use is refused")


def _try_bare(host: dict) -> None:
    trust = ssl.create_default_context(cafile=host["ca"])
    inbox = _inbox(host, trust, ANN)
    offered = set(inbox.capability()[1][0].decode().split())
    _expect(not offered & {"IDLE", "CONDSTORE", "QRESYNC", "SPECIAL-USE"}, "capabilities can be left out")
    lines = b" ".join(line for line in inbox.list()[1] if line)
    _expect(b"Sent" in lines and b"\\Sent" not in lines, "folders without SPECIAL-USE")
    _swaks(host, host["submissions"], "--tls-on-connect", ANN, "rewritten")
    _expect(_arrives(inbox, "rewritten"), "mail is delivered there too")
    header = inbox.fetch("1", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1][0][1]
    _expect(b"<rewritten." in header, "the Message-ID is rewritten")


def _swaks(host: dict, port: int, tls: str, to: str, subject: str) -> None:
    done = subprocess.run(
        ["swaks", "--server", "localhost", "--port", str(port), tls, "--tls-verify", "--tls-ca-path", host["ca"],
         "--auth", "PLAIN", "--auth-user", SENDER, "--auth-password", host["password"], "--from", SENDER,
         "--to", to, "--header", f"Subject: {subject}", "--silent", "2"],
        capture_output=True, text=True)
    if done.returncode != 0:
        raise lifecycle.Failure(f"selftest: swaks to {to} failed: {done.stdout}{done.stderr}")


def _inbox(host: dict, trust: ssl.SSLContext, user: str, folder="INBOX", starttls=False) -> imaplib.IMAP4:
    if starttls:
        connection = imaplib.IMAP4("localhost", host["imap"])
        connection.starttls(trust)
    else:
        connection = imaplib.IMAP4_SSL("localhost", host["imaps"], ssl_context=trust)
    connection.login(user, host["password"])
    connection.select(folder)
    return connection


def _arrives(connection: imaplib.IMAP4, subject: str, limit=15.0) -> bool:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        connection.noop()
        if connection.search(None, "SUBJECT", json.dumps(subject))[1][0]:
            return True
        time.sleep(0.05)
    return False


def _expect(condition: bool, sentence: str) -> None:
    if not condition:
        raise lifecycle.Failure(f"selftest: not so: {sentence}.")
    print(f"  ok  {sentence}", flush=True)
