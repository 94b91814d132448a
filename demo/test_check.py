"""The checks of the demo: they hold for a good world, and each kind of forged evidence breaks the right one."""

import unittest
from datetime import datetime, timezone

import cast
import check
from evidence import Accepted, Received, Reply

NAMES = ("never_twice", "nothing_lost", "stops_when_answered", "reads_rightly", "story")


def good_world() -> check.Facts:
    """Everybody as in the cast; steps at 100, 200, 300, answers ten seconds after the step that made them."""
    enrollments, accepted, received, replies = [], [], [], []
    for person in cast.PROSPECTS:
        last = 1 if not person.exists else person.answers_step or 3
        sent = []
        for step in range(1, last + 1):
            message_id = f"<{person.name}.{step}@example.org>"
            first = f"<{person.name}.1@example.org>"
            sent.append({"step": step, "messageId": message_id, "wireId": None})
            accepted.append(Accepted(f"Q{person.name}{step}", message_id, person.address, step * 100, step * 100.1, "sent"))
            if person.exists:
                received.append(Received(
                    person.address, message_id, step, "Hi" if step == 1 else "Re: Hi",
                    "" if step == 1 else first, () if step == 1 else (first,)))
        state, reason = person.ends[0]
        enrollments.append(
            {"contact": person.address, "state": state, "reason": reason, "nextAt": None, "sent": sent})
        if person.answers_step:
            folder = cast.FILED_FOLDER if person == cast.FILED else "INBOX"
            replies.append(Reply(
                person.address, person.second_address or person.address, f"<{person.name}@x>",
                last * 100 + 10.0, folder))
    person, step = cast.KILLED_AT
    return check.Facts(
        enrollments, accepted, received, replies, ["Login: user=<s>, mpid=1, TLS, session=<x>"],
        f"<{person.name}.{step}@example.org>", (person.address, step),
        suppressed=[{"address": "emil@gone.test", "reason": "bounced"}],
        messages=[
            message("ines@bay.test", "calendar"), message("jonas@fjord.test", "outOfOffice"),
            {**message(None, "automatic"), "from": "mailer-daemon@mx.evil.test", "concerns": []}],
        absence=[(1, day(23)), (2, day(25)), (3, day(27))])


def message(contact: str | None, kind: str) -> dict:
    return {"contact": contact, "from": contact, "kind": kind, "effects": [], "concerns": [{"contact": contact}]}


def day(number: int) -> datetime:
    return datetime(2026, 11, number, 9, tzinfo=timezone.utc)


class Checks(unittest.TestCase):
    def setUp(self):
        self.facts = good_world()

    def broken(self) -> list:
        return [name for name in NAMES if not getattr(check, name)(self.facts).holds]

    def enrollment(self, address: str) -> dict:
        return next(e for e in self.facts.enrollments if e["contact"] == address)

    def take(self, address: str, message_id: str, at: float) -> None:
        self.facts.accepted.append(Accepted("Qx", message_id, address, at, at + 0.01, "sent"))

    def test_hold_for_a_good_world(self):
        self.assertEqual(self.broken(), [])

    def test_the_same_message_taken_twice_breaks_p1(self):
        self.take("frida@lake.test", "<Frida.2@example.org>", 205)
        self.assertEqual(self.broken(), ["never_twice"])

    def test_a_step_under_a_second_message_id_breaks_p1(self):
        self.take("frida@lake.test", "<other@example.org>", 205)
        self.facts.received.append(
            Received("frida@lake.test", "<other@example.org>", 2, "Re: Hi", "<Frida.1@example.org>", ("<Frida.1@example.org>",)))
        self.assertEqual(self.broken(), ["never_twice", "nothing_lost"])

    def test_mail_that_is_no_step_breaks_p1(self):
        self.facts.received.append(Received("anna@north.test", "<Anna.1@example.org>", 0, "Hi", "", ()))
        self.assertEqual(self.broken(), ["never_twice"])

    def test_a_silent_world_proves_nothing(self):
        self.facts.accepted, self.facts.received = [], []
        self.assertIn("never_twice", self.broken())

    def test_a_kill_that_hit_no_send_proves_nothing(self):
        self.facts.killed_in = None
        self.assertEqual(self.broken(), ["never_twice"])

    def test_a_lost_step_breaks_p1_and_p2(self):
        self.facts.received = [m for m in self.facts.received if m.message_id != "<Frida.2@example.org>"]
        self.facts.accepted = [m for m in self.facts.accepted if m.message_id != "<Frida.2@example.org>"]
        self.assertEqual(self.broken(), ["never_twice", "nothing_lost"])

    def test_mail_that_purr_does_not_know_of_breaks_p2(self):
        self.take("frida@lake.test", "<unknown@example.org>", 400)
        self.assertEqual(self.broken(), ["nothing_lost"])

    def test_a_missing_enrollment_breaks_p2(self):
        self.facts.enrollments.remove(self.enrollment("david@west.test"))
        self.assertIn("nothing_lost", self.broken())

    def test_waiting_without_a_time_or_held_without_a_reason_breaks_p2(self):
        for change in ({"state": "waiting", "nextAt": None}, {"state": "held", "reason": None},
                       {"state": "active", "nextAt": None}, {"state": "unenrolled", "reason": "whim"}, {"state": "lost"}):
            with self.subTest(**change):
                self.facts = good_world()
                self.enrollment("david@west.test").update(change)
                self.assertIn("nothing_lost", self.broken())

    def test_finished_with_a_step_missing_breaks_p2(self):
        self.enrollment("david@west.test")["sent"].pop()
        self.assertIn("nothing_lost", self.broken())

    def test_a_follow_up_after_the_answer_breaks_p3(self):
        self.take("greta@hill.test", "<Greta.2@example.org>", 211)
        self.assertIn("stops_when_answered", self.broken())

    def test_a_follow_up_before_the_answer_does_not(self):
        reply = next(r for r in self.facts.replies if r.contact == "greta@hill.test")
        self.assertTrue(all(m.accepted < reply.stored for m in self.facts.accepted if m.recipient == reply.contact))
        self.assertEqual(self.broken(), [])

    def test_an_answer_that_never_came_proves_nothing(self):
        self.facts.replies = [r for r in self.facts.replies if r.contact != "henrik@coast.test"]
        self.assertEqual(self.broken(), ["stops_when_answered"])

    def test_an_answer_missing_in_the_servers_log_breaks_p3(self):
        reply = self.facts.replies.pop()
        self.facts.replies.append(Reply(reply.contact, reply.sender, reply.message_id, None, ""))
        self.assertEqual(self.broken(), ["stops_when_answered"])

    def test_an_end_that_does_not_fit_the_person_breaks_the_story(self):
        self.enrollment("emil@gone.test").update(reason="replied")
        self.assertEqual(self.broken(), ["story"])

    def test_a_torn_thread_breaks_the_story(self):
        self.facts.received = [
            Received(m.contact, m.message_id, m.step, m.subject, "", m.references)
            if m.message_id == "<Frida.3@example.org>" else m for m in self.facts.received]
        self.assertEqual(self.broken(), ["story"])

    def test_a_login_without_tls_breaks_the_story(self):
        self.facts.logins.append("Login: user=<s>, mpid=1, secured, session=<x>")
        self.assertEqual(self.broken(), ["story"])

    def test_mail_to_somebody_who_is_away_breaks_the_reading(self):
        self.facts.absence = [(1, day(23)), (2, day(24)), (3, day(27))]
        self.assertEqual(self.broken(), ["reads_rightly"])

    def test_a_forged_bounce_that_silences_somebody_breaks_the_reading(self):
        self.facts.suppressed.append({"address": "frida@lake.test", "reason": "bounced"})
        self.assertEqual(self.broken(), ["reads_rightly"])

    def test_a_forged_bounce_that_holds_somebody_breaks_the_reading(self):
        self.facts.messages[2]["effects"] = ["frida@lake.test is held in intro: doubtfulBounce"]
        self.assertEqual(self.broken(), ["reads_rightly"])

    def test_a_forged_bounce_that_nobody_read_proves_nothing(self):
        self.facts.messages.pop()
        self.assertEqual(self.broken(), ["reads_rightly"])

    def test_a_calendar_read_as_something_else_breaks_the_reading(self):
        self.facts.messages[0]["kind"] = "automatic"
        self.assertEqual(self.broken(), ["reads_rightly"])

    def test_steps_may_be_named_or_numbered(self):
        for sent, name in zip(self.enrollment("frida@lake.test")["sent"], cast.STEP_NAMES):
            sent["step"] = name
        self.assertEqual(self.broken(), [])


if __name__ == "__main__":
    unittest.main()
