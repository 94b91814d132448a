"""Large mailboxes, written straight into the mail host's Maildirs before anybody opens them."""

import os
import pwd
import random
import time
from pathlib import Path

DAYS_BACK = 60  # spread over less than what Purr reads back


def fill(folder: Path, count: int, seed: int = 1, answers_every: int = 0) -> None:
    """Writes `count` messages of an ordinary business mailbox: people in threads, newsletters, notifications.

    - answers_every: One in so many is from or about a prospect of the benchmarks' database; 0 for none.
    """
    numbers = random.Random(seed)
    owner = pwd.getpwnam("mail")
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    start = time.time() - DAYS_BACK * 86400
    step = DAYS_BACK * 86400 / max(count, 1)
    earlier = []
    for index in range(count):
        at = int(start + index * step)
        path = folder / "cur" / f"{at}.M{index}P1.host:2,S"
        with open(path, "wb") as file:
            ours = answers_every and index % answers_every == 0
            file.write(concerning(index, answers_every, at) if ours else message(index, at, numbers, earlier))
        os.utime(path, (at, at))
        os.chown(path, owner.pw_uid, owner.pw_gid)
    for made in (folder, *(folder / name for name in ("cur", "new", "tmp"))):
        os.chown(made, owner.pw_uid, owner.pw_gid)


def is_answer(index: int, every: int) -> bool:
    """Whether the message is a person's answer; of ten that matter two are automatic and one is a report."""
    return index % every == 0 and index // every % 10 < 7


def concerning(index: int, every: int, at: int) -> bytes:
    """A message from or about a prospect, without any of our ids: the sender tells whose it is."""
    number = index // every
    person = f"person{number}@prospects{number % 97}.test"
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at))
    lines = ["To: sender@example.org", f"Date: {date}", f"Message-ID: <concerning{number}@prospects.test>", "MIME-Version: 1.0"]
    if is_answer(index, every):
        lines += [f"From: Ann <{person}>", "Subject: Re: Hello Ann", "Content-Type: text/plain; charset=utf-8"]
        body = "Tuesday at ten suits me well.\r\n\r\n" + "> Hello Ann,\r\n> have you had a moment?\r\n" * 8
    elif number % 10 < 9:
        lines += [f"From: Ann <{person}>", "Subject: Automatic reply: Hello Ann", "Auto-Submitted: auto-replied",
                  "Content-Type: text/plain; charset=utf-8"]
        body = "I am out of office and will read your mail when I am back.\r\n"
    else:
        lines += ["Return-Path: <>", "From: Mail Delivery System <MAILER-DAEMON@mx.test>",
                  "Subject: Undelivered Mail Returned to Sender",
                  'Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"']
        body = ("--=_report\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
                "--=_report\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
                f"Final-Recipient: rfc822; other{number}@elsewhere.test\r\nAction: failed\r\nStatus: 5.1.1\r\n--=_report--\r\n")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def message(index: int, at: int, numbers: random.Random, earlier: list) -> bytes:
    person = numbers.randrange(5000)
    domain = f"company{person % 400}.test"
    identity = f"<{numbers.getrandbits(96):024x}@{domain}>"
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at))
    kind = numbers.random()
    lines = [
        f"Return-Path: <person{person}@{domain}>",
        "Delivered-To: sender@example.org",
        f"Received: from mx.{domain} (mx.{domain} [192.0.2.{index % 250}])",
        f"\tby mail.example.org (Postfix) with ESMTPS id {numbers.getrandbits(40):010X}",
        f"\tfor <sender@example.org>; {date}",
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=mail; h=from:to:subject:date;",
        f"\tbh={numbers.getrandbits(256):064x};", f"\tb={numbers.getrandbits(512):0128x}",
        f"From: \"Person {person} of Company {person % 400}\" <person{person}@{domain}>",
        "To: Kim Sender <sender@example.org>",
        f"Date: {date}",
        f"Message-ID: {identity}",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="=_part"',
    ]
    subject = f"About matter {numbers.randrange(100000)} and what is to be done"
    if kind < 0.5 and earlier:  # within a thread
        thread = numbers.choice(earlier)[-numbers.randrange(1, 6):]
        lines += [f"Subject: Re: {subject}", f"In-Reply-To: {thread[-1]}", "References: " + "\r\n\t".join(thread)]
        mine = [*thread, identity]
    elif kind < 0.75:  # a newsletter or a notification
        lines += [
            f"Subject: =?utf-8?Q?N=C3=A5_{numbers.randrange(1000)}_tilbud?=", f"List-Id: <news.{domain}>",
            f"List-Unsubscribe: <mailto:leave@{domain}>", "Precedence: bulk", "Auto-Submitted: auto-generated"]
        mine = [identity]
    else:
        lines += [f"Subject: {subject}"]
        mine = [identity]
    earlier.append(mine)
    if len(earlier) > 500:
        del earlier[:250]
    body = "--=_part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "Good morning,\r\n" * 12 + "--=_part--\r\n"
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def add_folders(maildir: Path, count: int, each: int) -> None:
    """Adds `count` folders with `each` messages, three levels deep here and there, as users have them."""
    owner = pwd.getpwnam("mail")
    for number in range(count):
        levels = ["Projects", "Customers", "Archive of 2019", "Lists"]
        name = f".{levels[number % 4]}.Folder {number}" if number % 3 else f".Folder {number}"
        folder = maildir / name
        fill(folder, each, seed=number)
        (folder / "maildirfolder").touch()
        os.chown(folder / "maildirfolder", owner.pw_uid, owner.pw_gid)
