"""What the servers' own logs and mailboxes say, read into values."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import cast


@dataclass(frozen=True)
class Accepted:
    """A message that Postfix took from the sender for one recipient.

    - started: When Postfix opened the message's queue file, at the recipient's `RCPT` (epoch seconds).
    - accepted: When the whole message was in the queue.
    """

    queue_id: str
    message_id: str
    recipient: str
    started: float
    accepted: float
    status: str


@dataclass(frozen=True)
class Received:
    """A message in a prospect's own mailbox. `step` is 0 where no step is recognised in its words."""

    contact: str
    message_id: str
    step: int
    subject: str
    in_reply_to: str
    references: tuple


@dataclass(frozen=True)
class Reply:
    """A person's answer in the sender's mailbox, and when the LMTP server logged that it had it."""

    contact: str
    sender: str
    message_id: str
    stored: float
    folder: str


_QUEUE_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"


def queue_time(queue_id: str) -> float:
    """The instant in one of Postfix's long queue ids, to the microsecond (postconf, enable_long_queue_ids).

    Seconds and then four digits of microseconds, in base 52 without vowels, up to a `z` and the inode.
    """
    digits = queue_id[: queue_id.rindex("z")]
    seconds, micros = (_base52(part) for part in (digits[:-4], digits[-4:]))
    return seconds + micros / 1e6


def _base52(text: str) -> int:
    value = 0
    for digit in text:
        value = value * 52 + _QUEUE_DIGITS.index(digit)
    return value


def accepted_mail(log: str, sender: str = cast.SENDER) -> list:
    """What Postfix's log says it took from a sender's login, one entry for each outside recipient."""
    ours, message_ids, found = set(), {}, {}
    for line in log.splitlines():
        match = re.search(r" postfix/[\w-]+\[\d+\]: (\w+): (.*)", line)
        if not match:
            continue
        queue_id, rest = match.groups()
        if rest.startswith("client=") and rest.endswith(f"sasl_username={sender}"):
            ours.add(queue_id)
        elif rest.startswith("message-id=") and queue_id in ours:
            message_ids[queue_id] = rest.removeprefix("message-id=")
        elif queue_id in ours:
            delivery = re.match(r"to=<([^>]*)>.*? delays=([\d.]+)/.*? status=(\w+)", rest)
            if delivery and not _is_own(delivery[1], sender):
                # A later attempt at the same delivery takes the place of the earlier one.
                started = queue_time(queue_id)
                found[queue_id, delivery[1]] = Accepted(
                    queue_id, message_ids.get(queue_id, ""), delivery[1], started,
                    started + float(delivery[2]), delivery[3])
    return list(found.values())


def _is_own(recipient: str, sender: str) -> bool:
    local, _, domain = recipient.partition("@")
    return f"{local.split('+')[0]}@{domain}" == sender


def stored_mail(log: str, user: str = cast.SENDER) -> dict:
    """When, and into which folder, Dovecot's LMTP server logged storing each Message-ID for a user."""
    stored = {}
    for line in log.splitlines():
        match = re.match(
            r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) lmtp\(([^)]*)\).*? msgid=(<[^>]*>): "
            r".*stored mail into mailbox '([^']*)'", line)
        if match and match[2] == user:
            instant = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=timezone.utc)
            stored.setdefault(match[3], (instant.timestamp(), match[4]))
    return stored


def logins(log: str, user: str = cast.SENDER) -> list:
    """Dovecot's lines about this user's logins."""
    return [line for line in log.splitlines() if f"-login: Info: Login: user=<{user}>" in line]


def files(maildir: Path) -> list:
    """The message files of a Maildir and its folders, the oldest first."""
    folders = [maildir, *maildir.glob(".*")]
    found = [path for folder in folders for place in ("new", "cur") for path in folder.glob(f"{place}/*")]
    return sorted(found, key=lambda path: path.name)


def messages(maildir: Path) -> list:
    """All messages of a Maildir and its folders, parsed, the oldest first."""
    parsed = []
    for path in files(maildir):
        try:
            parsed.append(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
        except FileNotFoundError:  # renamed by the server meanwhile
            continue
    return parsed


def received_mail(maildir: Path, contact: str, sender: str = cast.SENDER) -> list:
    """The sender's mail in a prospect's own mailbox."""
    return [
        Received(
            contact, str(message["message-id"] or "").strip(), step_of(message), str(message["subject"] or ""),
            str(message["in-reply-to"] or "").strip(), tuple(str(message["references"] or "").split()))
        for message in messages(maildir) if sender in str(message["from"] or "")]


def step_of(message) -> int:
    """The step whose mark stands in the message's own words (quoted lines do not count)."""
    body = message.get_body(preferencelist=("plain", "html"))
    lines = body.get_content().splitlines() if body else []
    own = " ".join(" ".join(line for line in lines if not line.startswith(">")).split())
    return next((step for step, mark in cast.STEP_MARKS.items() if mark in own.replace("*", "")), 0)


def replies(maildir: Path, stored: dict) -> list:
    """What people (not machines) wrote to the sender."""
    found = []
    for message in messages(maildir):
        address = message["from"].addresses[0].addr_spec if message["from"] else ""
        person = cast.who(address)
        if person and "auto-submitted" not in message:
            message_id = str(message["message-id"] or "").strip()
            instant, folder = stored.get(message_id, (None, ""))
            found.append(Reply(person.address, address, message_id, instant, folder))
    return found


def absence(maildir: Path) -> list:
    """When each step left for the absent person, on the sender's clock (the mail's own date), by step."""
    return sorted(
        (step_of(message), message["date"].datetime.astimezone(timezone.utc))
        for message in messages(maildir) if cast.SENDER in str(message["from"] or ""))
