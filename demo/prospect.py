#!/usr/bin/python3
"""One prospect: reads their own mailbox and, when it is time, answers with a mail program (s-nail).

Run by the demo, one process for each person. Writes what happens to stdout, one JSON object a line.
"""

import json
import os
import socket
import stat
import subprocess
import sys
import time
from datetime import timedelta, timezone
from pathlib import Path

import cast
import evidence
import letters

LOOK_EVERY = 0.1  # seconds between two looks at the mailbox
AHEAD = 1.0  # seconds before the next step is due at which the last-second answer is in


class MailProgram:
    """s-nail with an account of its own on the mail host. The password is in a file, not in the arguments."""

    def __init__(self, host: dict, folder: Path, maildir: Path, address: str, name: str):
        self.maildir, self.settings = maildir, folder / f"{address}.mailrc"
        self.draft = folder / f"{address}.draft"
        user, domain = address.split("@")
        common = (
            f'set v15-compat from="{name} <{address}>" hostname={domain} nosave noheader sendwait quiet\n'
            "unset record\n")
        server = (
            f"set mta=submissions://{user}%40{domain}:{host['password']}@localhost:{host['submissions']}\n"
            f"set tls-ca-file={host['ca']} tls-ca-no-defaults tls-verify=strict smtp-auth=plain\n")
        self._write(self.settings, common + server)
        # Another program in place of the server: the finished message is kept for us to hand over.
        keeper = folder / f"{address}.keep"
        keeper.write_text(f"#!/bin/sh\nexec cat >'{self.draft}'\n")
        keeper.chmod(stat.S_IRWXU)
        self.keeping = folder / f"{address}.keeping.mailrc"
        self._write(self.keeping, common + f"set mta={keeper}\n")

    def reply(self, text: str, keep: bool = False) -> None:
        """Answers the newest mail of the mailbox."""
        # In a Maildir opened by s-nail `$` is the last message; `x` leaves without changing anything.
        self._run(["-f", str(self.maildir)], f"reply $\n{text}\n~.\nx\n", keep)

    def write(self, subject: str, text: str, to: str) -> None:
        """Writes a mail that belongs to no thread."""
        self._run(["-s", subject, to], text + "\n", keep=False)

    def _run(self, arguments: list, typed: str, keep: bool) -> None:
        settings = self.keeping if keep else self.settings
        done = subprocess.run(
            ["s-nail", "-:u", "-#", *arguments], input=typed, capture_output=True, text=True,
            env={"MAILRC": str(settings), "PATH": "/usr/bin:/bin", "HOME": str(settings.parent), "LC_ALL": "C.UTF-8"})
        if done.returncode != 0:
            raise RuntimeError(f"s-nail failed: {done.stderr.strip()}")

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.touch(mode=0o600)
        path.write_text(text)


class HeldDelivery:
    """A dialogue with the LMTP server that has gone up to the final dot of the message.

    Source: RFC 2033; the server has the message only after the dot.
    """

    def __init__(self, port: int, sender: str, recipient: str, message: bytes):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.answers = self.connection.makefile("rb")
        self._expect(b"220")
        for command in (b"LHLO localhost", b"MAIL FROM:<%s>" % sender.encode(), b"RCPT TO:<%s>" % recipient.encode()):
            self._say(command, b"250")
        self._say(b"DATA", b"354")
        for line in message.splitlines():
            self.connection.sendall((b"." if line.startswith(b".") else b"") + line + b"\r\n")

    def finish(self) -> None:
        """Sends the dot and reads the server's answer."""
        self._say(b".", b"250")
        self._say(b"QUIT", b"221")
        self.connection.close()

    def _say(self, command: bytes, expected: bytes) -> None:
        self.connection.sendall(command + b"\r\n")
        self._expect(expected)

    def _expect(self, code: bytes) -> None:
        while True:
            line = self.answers.readline()
            if not line.startswith(code):
                raise RuntimeError(f"the LMTP server said {line!r}")
            if line[3:4] == b" ":
                return


def tell(prospect, text: str, kind: str) -> None:
    print(json.dumps({"at": time.time(), "who": prospect.name, "kind": kind, "text": text}), flush=True)


def sent_at(mail):
    """The instant in a mail's Date field: the sender's time, which runs fast."""
    return mail["date"].datetime.astimezone(timezone.utc)


def write_away(prospect, host: dict, maildir: Path) -> None:
    """What this person's server answers by itself to the first mail."""
    mail = evidence.messages(maildir)[-1]
    until = (sent_at(mail) + timedelta(days=cast.AWAY_DAYS)).date()
    text = letters.automatic_reply(
        mail, prospect.address, prospect.name, until, sent_at(mail), f"away@{prospect.address.split('@')[1]}")
    HeldDelivery(host["lmtp"], "", cast.SENDER, text).finish()
    tell(prospect, f"is out of office: the server says until {until}", "person")


def answer(prospect, host: dict, folder: Path, maildir: Path) -> None:
    """Does what this person does once the step has come that makes them answer."""
    time.sleep(prospect.after)
    if prospect.manner == "calendar":
        at = sent_at(evidence.messages(maildir)[-1])
        text = letters.invitation(
            prospect.address, prospect.name, cast.SENDER, "Talk about your question", at,
            f"invitation@{prospect.address.split('@')[1]}")
        HeldDelivery(host["lmtp"], prospect.address, cast.SENDER, text).finish()
        tell(prospect, "sends an invitation from the calendar", "person")
        return
    own = MailProgram(host, folder, maildir, prospect.address, prospect.name)
    if prospect.manner == "thread":
        own.reply("Yes, let us talk.")
        tell(prospect, "answers in the thread", "person")
    elif prospect.manner == "other-address":
        home = MailProgram(host, folder, maildir, prospect.second_address, prospect.name)
        home.reply("I read this at home. Gladly.")
        tell(prospect, f"answers in the thread, but from {prospect.second_address}", "person")
    elif prospect.manner == "new-subject":
        own.write("Calling you tomorrow", "I would rather call. Tomorrow?", cast.SENDER)
        tell(prospect, "writes a new mail with another subject", "person")
    else:
        own.reply("Wait, I am just answering.", keep=True)
        delivery = HeldDelivery(host["lmtp"], prospect.address, cast.SENDER, own.draft.read_bytes())
        tell(prospect, "has written an answer and waits", "person")
        due = wait_until_nearly_due(folder / f"{prospect.address}.due")
        delivery.finish()
        left = due - time.time()
        tell(prospect, f"answers {left:.2f} s before the next step is due", "person")


def wait_until_nearly_due(path: Path) -> float:
    """Waits for the instant that the demo keeps in this file, less `AHEAD`; returns the instant."""
    while True:
        try:
            due = float(path.read_text())
            if time.time() >= due - AHEAD:
                return due
        except (FileNotFoundError, ValueError):
            pass
        time.sleep(0.005)


def main() -> None:
    folder, address, expected_parent = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    host = json.loads((folder / "host/host.json").read_text())
    prospect = cast.who(address)
    maildir = Path(host["mail"]) / address / "Maildir"
    seen, files = 0, []
    while os.getppid() == expected_parent:
        time.sleep(LOOK_EVERY)
        before, files = files, evidence.files(maildir)
        if files == before:
            continue
        for mail in evidence.received_mail(maildir, address)[seen:]:
            seen += 1
            tell(prospect, f"gets step {mail.step}: “{mail.subject}”", "mail")
            if prospect.manner == "absent" and mail.step == 1:
                write_away(prospect, host, maildir)
            if mail.step == prospect.answers_step:
                answer(prospect, host, folder, maildir)


if __name__ == "__main__":
    main()
