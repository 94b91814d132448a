#!/usr/bin/python3
"""The script that a user would write to send follow-ups: look into INBOX, note the intent, send, note the end.

  sender.py CA IMAPS_PORT SMTPS_PORT PASSWORD_FILE DATABASE MAILS MAILBOX…

Each mailbox sends MAILS mails over connections that stay open. Prints how many were sent and the seconds from
the first to the last, connecting left out.
"""

import imaplib
import smtplib
import sqlite3
import ssl
import sys
import time
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path


def main() -> None:
    ca, imaps, smtps, password_file, database, mails, *mailboxes = sys.argv[1:]
    password = Path(password_file).read_text().rstrip("\n")
    context = ssl.create_default_context(cafile=ca)
    journal = sqlite3.connect(database)
    journal.execute("PRAGMA journal_mode = WAL")
    journal.execute("PRAGMA synchronous = FULL")
    journal.execute("CREATE TABLE mail (id INTEGER PRIMARY KEY, recipient TEXT, message BLOB, state TEXT, at REAL)")
    accounts = []
    for mailbox in mailboxes:
        inbox = imaplib.IMAP4_SSL("localhost", int(imaps), ssl_context=context)
        inbox.login(mailbox, password)
        submission = smtplib.SMTP_SSL("localhost", int(smtps), context=context)
        submission.login(mailbox, password)
        accounts.append((mailbox, inbox, submission))
    sent = 0
    start = time.monotonic()
    for number in range(int(mails)):
        for mailbox, inbox, submission in accounts:
            recipient = f"person{number}@company{number % 97}.test"
            inbox.select("INBOX", readonly=True)
            status, found = inbox.search(None, "FROM", recipient)
            if found[0].split():
                continue
            message = compose(mailbox, recipient, number)
            with journal:
                row = journal.execute(
                    "INSERT INTO mail (recipient, message, state, at) VALUES (?, ?, 'sending', ?)",
                    (recipient, message.as_bytes(), time.time())).lastrowid
            submission.send_message(message)
            with journal:
                journal.execute("UPDATE mail SET state = 'sent', at = ? WHERE id = ?", (time.time(), row))
            sent += 1
    print(sent, f"{time.monotonic() - start:.6f}")


def compose(mailbox: str, recipient: str, number: int) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = f"Kim Sender <{mailbox}>", f"Ann <{recipient}>"
    message["Subject"] = f"A question for company {number % 97}"
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="example.org")
    text = "Hello Ann,\n\nthis is the first mail of three. Would a short call next week suit you?\n\nSam\n"
    message.set_content(text)
    message.add_alternative("".join(f"<p>{line}</p>\n" for line in text.split("\n\n")), subtype="html")
    return message


main()
