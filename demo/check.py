"""The promises P1 to P3 (and the story) held against the evidence. Pure: values in, findings out."""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import cast

ENDS = {
    "replied", "meetingBooked", "companyReplied", "companyMeetingBooked", "bounced", "unsubscribed", "markedAsSpam",
    "senderTookOver", "noLongerThere", "manual", "workflow", "sequenceDeleted", "contactDeleted", "mailboxRemoved",
    "sendRejected",
}


@dataclass
class Facts:
    """All that the checks look at.

    - enrollments: what `purr enrollment list --json` said when the daemon had stopped.
    - accepted, received, replies: see `evidence`.
    - logins: the IMAP server's lines about the sender's logins.
    - suppressed, messages: what `purr suppression list` and `purr reply list` said then.
    - absence: (step, when it left on the sender's clock) of the mails to the absent person.
    - killed_in: the Message-ID that was being handed over at the `kill -9`, None if there was none.
    """

    enrollments: list
    accepted: list
    received: list
    replies: list
    logins: list = field(default_factory=list)
    killed_in: str | None = None
    killed_step: tuple | None = None
    suppressed: list = field(default_factory=list)
    messages: list = field(default_factory=list)
    absence: list = field(default_factory=list)


@dataclass
class Finding:
    """One promise, what speaks for it and what breaks it."""

    promise: str
    evidence: list = field(default_factory=list)
    broken: list = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.broken


def all_of(facts: Facts) -> list:
    """Every finding, in order."""
    return [never_twice(facts), nothing_lost(facts), stops_when_answered(facts), reads_rightly(facts), story(facts)]


def never_twice(facts: Facts) -> Finding:
    """P1, by Postfix's log and by the prospects' own mailboxes, which do not ask Purr."""
    finding = Finding("P1  no step leaves twice")
    taken = {}
    for mail in facts.accepted:
        taken.setdefault((mail.recipient, mail.message_id), []).append(mail)
    for (recipient, message_id), mails in taken.items():
        if len(mails) > 1:
            finding.broken.append(f"Postfix took {message_id} for {recipient} {len(mails)} times")
    seen = {}
    for mail in facts.received:
        if not mail.step:
            finding.broken.append(f"{mail.contact} got a mail that is no step: {mail.message_id} “{mail.subject}”")
        seen.setdefault((mail.contact, mail.step), []).append(mail.message_id)
    for (contact, step), ids in seen.items():
        if step and len(ids) > 1:
            finding.broken.append(f"{contact} got step {step} {len(ids)} times: {', '.join(ids)}")
    if not facts.accepted or not facts.received:
        finding.broken.append("nothing was sent at all, so nothing is shown")
    finding.evidence.append(
        f"Postfix's log: {len(facts.accepted)} messages taken, {len(taken)} different; prospects' mailboxes: "
        f"{len(facts.received)} mails, {len(seen)} different steps")
    if facts.killed_step:
        contact, step = facts.killed_step
        count = len(seen.get((contact, step), []))
        finding.evidence.append(f"the step in hand at the kill -9 ({contact}, step {step}) is there {count} time(s)")
        if facts.killed_in is None:
            finding.broken.append("the daemon was never killed during a send, so the hardest case is not shown")
        if count != 1:
            finding.broken.append(f"{contact} has step {step}, killed in mid-send, {count} times")
    return finding


def nothing_lost(facts: Facts) -> Finding:
    """P2: each enrollment is done, scheduled, or held and shown; and both sides count the same mails."""
    finding = Finding("P2  nothing is lost silently")
    by_contact = {}
    for enrollment in facts.enrollments:
        by_contact.setdefault(enrollment["contact"], []).append(enrollment)
    for prospect in cast.PROSPECTS:
        if len(by_contact.get(prospect.address, [])) != 1:
            finding.broken.append(f"{prospect.address} has {len(by_contact.get(prospect.address, []))} enrollments")
    counts = {}
    for enrollment in facts.enrollments:
        state = enrollment.get("state")
        counts[state] = counts.get(state, 0) + 1
        complaint = _unaccounted(enrollment)
        if complaint:
            finding.broken.append(f"{enrollment['contact']} {complaint}")
    claimed = {_bare(i) for e in facts.enrollments for s in e["sent"] for i in (s.get("messageId"), s.get("wireId")) if i}
    taken = {_bare(mail.message_id) for mail in facts.accepted}
    for enrollment in facts.enrollments:
        for sent in enrollment["sent"]:
            if not {_bare(i) for i in (sent.get("messageId"), sent.get("wireId")) if i} & taken:
                finding.broken.append(
                    f"Purr says it sent step {sent['step']} to {enrollment['contact']}; Postfix never took it")
    for mail in facts.accepted:
        if _bare(mail.message_id) not in claimed:
            finding.broken.append(f"Postfix took {mail.message_id} for {mail.recipient}; Purr does not know of it")
    finding.evidence.append("enrollments: " + ", ".join(f"{n} {state}" for state, n in sorted(counts.items())))
    finding.evidence.append(f"{len(taken)} messages in Postfix's log, {sum(len(e['sent']) for e in facts.enrollments)} in Purr's list")
    return finding


def _unaccounted(enrollment: dict) -> str:
    """What is wrong with where an enrollment stands; empty when it is done, scheduled, or held and shown."""
    state, reason = enrollment.get("state"), enrollment.get("reason")
    if state == "finished":
        steps = sorted(cast.steps_sent(enrollment))
        return "" if steps == sorted(cast.STEP_MARKS) else f"is finished with steps {steps} sent"
    if state == "unenrolled":
        return "" if reason in ENDS else f"is unenrolled for “{reason}”, which is no reason"
    if state in ("active", "waiting"):
        return "" if enrollment.get("nextAt") else f"is {state} with no next time"
    if state in ("held", "paused"):
        return "" if reason else f"is {state} with no reason"
    return f"is in no known state: {state}"


def stops_when_answered(facts: Facts) -> Finding:
    """P3: once the LMTP server has logged a person's answer, Postfix takes nothing more for that person."""
    finding = Finding("P3  no follow-up once somebody has answered")
    expected = {prospect.address for prospect in cast.PROSPECTS if prospect.answers_step}
    for contact in sorted(expected - {reply.contact for reply in facts.replies}):
        finding.broken.append(f"{contact} was to answer and did not, so nothing is shown")
    for reply in facts.replies:
        if reply.stored is None:
            finding.broken.append(f"{reply.contact}'s answer {reply.message_id} is not in the LMTP server's log")
            continue
        mails = [mail for mail in facts.accepted if mail.recipient == reply.contact]
        for mail in mails:
            if mail.accepted > reply.stored:
                finding.broken.append(
                    f"{reply.contact} answered at {clock(reply.stored)}, and Postfix took {mail.message_id} "
                    f"for them at {clock(mail.accepted)}, {mail.accepted - reply.stored:.3f} s later")
        last = max((mail.accepted for mail in mails), default=None)
        before = f"last mail to them taken {clock(last)}" if last else "no mail to them taken"
        finding.evidence.append(
            f"{reply.contact:<18} {before}; answer stored {clock(reply.stored)} in {reply.folder}")
    return finding


def reads_rightly(facts: Facts) -> Finding:
    """A return date is waited for, a calendar's answer counts, and a forged bounce harms nobody."""
    finding = Finding("and what comes in is read for what it is")
    days = {step: at.astimezone(ZoneInfo(cast.ZONE)).date() for step, at in facts.absence}
    if 1 in days and 2 in days:
        back = days[1] + timedelta(days=cast.AWAY_DAYS)
        finding.evidence.append(f"{cast.ABSENT.name} is away until {back}; step 2 left on {days[2]}")
        if days[2] <= back:
            finding.broken.append(f"step 2 left for {cast.ABSENT.name} on {days[2]}, who is away until {back}")
    else:
        finding.broken.append(f"{cast.ABSENT.name} got the steps {sorted(days)}, so no waiting is shown")
    kinds = {}
    for message in facts.messages:
        kinds.setdefault(message.get("contact") or message["from"], set()).add(message["kind"])
    for prospect in cast.PROSPECTS:
        expected = {"calendar": "calendar", "absent": "outOfOffice"}.get(prospect.manner)
        if expected and expected not in kinds.get(prospect.address, ()):
            finding.broken.append(f"{prospect.name}'s message was read as {sorted(kinds.get(prospect.address, ()))}")
    gone = {prospect.address for prospect in cast.PROSPECTS if not prospect.exists}
    silenced = {entry["address"] for entry in facts.suppressed}
    for address in sorted(silenced - gone):
        finding.broken.append(f"{address} is on the suppression list without a reason of their own")
    forged = [message for message in facts.messages if message["from"] == "mailer-daemon@mx.evil.test"]
    if not forged:
        finding.broken.append("the forged bounce was not read at all, so nothing is shown")
    for message in forged:
        if message["effects"] or message["concerns"]:
            finding.broken.append(f"the forged bounce did something: {message['effects']}")
    finding.evidence.append(f"the forged bounce did nothing; suppressed: {', '.join(sorted(silenced)) or 'nobody'}")
    return finding


def story(facts: Facts) -> Finding:
    """Each person's enrollment ended as their behaviour asks for, threads hold, logins were encrypted."""
    finding = Finding("and each story ended as it should")
    by_contact = {enrollment["contact"]: enrollment for enrollment in facts.enrollments}
    for prospect in cast.PROSPECTS:
        enrollment = by_contact.get(prospect.address)
        if enrollment and not any(
            enrollment["state"] == state and reason in (None, enrollment.get("reason")) for state, reason in prospect.ends
        ):
            finding.broken.append(
                f"{prospect.name} {prospect.story}, yet is {enrollment['state']} ({enrollment.get('reason')})")
    filed = [reply.folder for reply in facts.replies if reply.contact == cast.FILED.address]
    if filed and set(filed) != {cast.FILED_FOLDER}:
        finding.broken.append(f"{cast.FILED.name}'s answer lies in {filed}, not in {cast.FILED_FOLDER}")
    others = [reply for reply in facts.replies if reply.sender != reply.contact]
    if not others:
        finding.broken.append("nobody answered from another address")
    thread = [mail for mail in facts.received if mail.contact == cast.SILENT.address]
    if thread:
        first = thread[0]
        for mail in thread[1:]:
            if mail.in_reply_to != first.message_id or first.message_id not in mail.references:
                finding.broken.append(f"{mail.contact}'s step {mail.step} does not reply to step {first.step}")
            if mail.subject != f"Re: {first.subject}":
                finding.broken.append(f"{mail.contact}'s step {mail.step} has the subject “{mail.subject}”")
        finding.evidence.append(
            f"{cast.SILENT.name} has steps {', '.join(str(mail.step) for mail in thread)} in one thread")
    open_logins = [line for line in facts.logins if ", TLS" not in line]
    if open_logins:
        finding.broken.append(f"{len(open_logins)} logins were not encrypted: {open_logins[0]}")
    finding.evidence.append(f"all {len(facts.logins)} logins of the sender at the IMAP server were over TLS")
    return finding


def _bare(message_id: str) -> str:
    return message_id.strip().strip("<>")


def clock(instant: float) -> str:
    """An instant of the servers' logs, UTC, to the millisecond."""
    milliseconds = int(round(instant * 1000)) % 86_400_000
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
