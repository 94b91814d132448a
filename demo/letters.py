"""Letters that no mail program of a person writes: from calendars, from a server's own answers, and forged ones."""

from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime


def invitation(sender: str, name: str, to: str, subject: str, at: datetime, message_id: str) -> bytes:
    """A calendar's invitation to a talk two days later (RFC 5546 REQUEST), in no mail's thread."""
    start = (at + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    calendar = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Calendar//EN", "METHOD:REQUEST", "BEGIN:VEVENT",
        f"UID:{message_id}", f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}", f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{start + timedelta(minutes=30):%Y%m%dT%H%M%SZ}", f"SUMMARY:{subject}",
        f"ORGANIZER;CN={name}:mailto:{sender}", f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{to}",
        "SEQUENCE:0", "STATUS:CONFIRMED", "END:VEVENT", "END:VCALENDAR"]
    return _message([
        f"From: {name} <{sender}>", f"To: <{to}>", f"Subject: Invitation: {subject}", f"Date: {format_datetime(at)}",
        f"Message-ID: <{message_id}>", "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="=_invitation"',
    ], [
        "--=_invitation", "Content-Type: text/plain; charset=utf-8", "", f"{name} has invited you to {subject}.", "",
        "--=_invitation", "Content-Type: text/calendar; charset=utf-8; method=REQUEST", "", *calendar, "",
        "--=_invitation--"])


def automatic_reply(mail, sender: str, name: str, until: date, at: datetime, message_id: str) -> bytes:
    """What Exchange answers for somebody who is away: its own words for the subject and its own fields."""
    identity = str(mail["message-id"]).strip()
    references = " ".join([*str(mail["references"] or "").split(), identity])
    return _message([
        f"From: {name} <{sender}>", f"To: {mail['from']}", f"Subject: Automatic reply: {mail['subject']}",
        "Thread-Topic: A question", "Thread-Index: AQHbP3vUjkq1c0m6Qk2bq1vYxgq8Zw==",
        "X-MS-Exchange-Inbox-Rules-Loop: " + sender, "X-Auto-Response-Suppress: All", "auto-submitted: auto-generated",
        f"Date: {format_datetime(at)}", f"Message-ID: <{message_id}>", f"In-Reply-To: {identity}",
        f"References: {references}", "Content-Language: en-US", "X-MS-Has-Attach:", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ], [
        "Hello,", "", f"I am out of the office until {until:%A}, {until.day} {until:%B %Y}, and read my mail when I am back.",
        "", name])


def forged_bounce(victims: list, to: str, at: datetime, message_id: str) -> bytes:
    """What phishing looks like that pretends to be a bounce: all of the words, and no mail of ours in it."""
    return _message([
        "From: Mail Delivery System <MAILER-DAEMON@mx.evil.test>", f"To: <{to}>",
        "Subject: Undelivered Mail Returned to Sender", f"Date: {format_datetime(at)}", f"Message-ID: <{message_id}>",
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
    ], [
        "This is the mail system at host mx.evil.test.", "",
        "Your message could not be delivered to one or more recipients:", "",
        *(f"<{victim}>: host mx.evil.test said: 550 5.1.1 User unknown" for victim in victims), "",
        "To release your messages, sign in: http://mx.evil.test/release"])


def _message(header: list, body: list) -> bytes:
    return ("\r\n".join(header) + "\r\n\r\n" + "\r\n".join(body) + "\r\n").encode()


def utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
