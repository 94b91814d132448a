"""`purr slot` answers every line, whatever stands in it."""

import itertools
import json
import random
import unittest

from support import DATA, EndToEnd

MORNINGS = [f"2026-{month:02}-{day:02}T09:{(month * day) % 30:02}:00Z" for month in range(6, 11) for day in (2, 9, 16, 23)]


class Slot(EndToEnd):
    def answers(self, *lines: str, code: int = 0) -> list:
        ended = self.run_purr("slot", typed="".join(line + "\n" for line in lines))
        self.assertEqual(ended.code, code, ended.out[-500:] + ended.err)
        return [json.loads(line) for line in ended.out.splitlines()]

    @staticmethod
    def question(contact=(), **changes) -> str:
        events = [event if isinstance(event, dict) else {"at": event, "kind": "reply"} for event in contact]
        return json.dumps(
            {"id": "q", "zone": "Europe/Oslo", "window": ["08:00", "17:00"], "day": "2026-11-24",
             "previous": "2026-11-23T14:12", "seed": 1, "contact": events, "company": [], "mailbox": []} | changes)

    def test_events_that_cannot_be_are_left_out_and_said(self):
        for at, reason in [("2031-01-01T10:00:00Z", "future"), ("1950-01-01T10:00:00Z", "before 1970")]:
            (answer,) = self.answers(self.question([at]))
            self.assertEqual(answer["at"], "2026-11-24T14:12")
            self.assertEqual(answer["why"]["filtered"], {reason: 1})

    def test_order_and_repetition_change_nothing(self):
        shuffled = MORNINGS * 3
        random.Random(7).shuffle(shuffled)
        plain, again = self.answers(self.question(MORNINGS), self.question(shuffled))
        self.assertEqual((plain["at"], plain["score"]), (again["at"], again["score"]))
        self.assertEqual(again["why"]["filtered"], {"duplicate": 2 * len(MORNINGS)})

    def test_what_is_repeated_half_a_million_times_crowds_nothing_out(self):
        flood = itertools.repeat(MORNINGS[-1], 500_000)
        plain, flooded = self.answers(self.question(MORNINGS), self.question([*MORNINGS, *flood]))
        self.assertEqual((plain["at"], plain["score"]), (flooded["at"], flooded["score"]))

    def test_a_bad_line_is_answered_and_the_next_one_too(self):
        lines = [
            ("garbage", "not a JSON object"), (self.question(zone="Mars/X"), "Mars/X"),
            (self.question([{"at": "soon", "kind": "open"}]), "soon"),
            (self.question([{"at": MORNINGS[0], "kind": "glance"}]), "glance"),
            (self.question(window=["17:00", "09:00"]), "window"), (self.question(day="2026-02-30"), "day"),
        ]
        *refused, last = self.answers(*(line for line, _ in lines), self.question(MORNINGS), code=DATA)
        for (_, says), answer in zip(lines, refused, strict=True):
            self.assertIn(says, answer["error"])
        self.assertNotIn("error", last)

    def test_odd_days_zones_and_windows(self):
        minute, old = self.answers(
            self.question(MORNINGS, window=["09:00", "09:01"]), self.question(MORNINGS, zone="US/Pacific"))
        self.assertIn(minute["at"], {"2026-11-24T09:00", "2026-11-24T09:01"})
        self.assertTrue(old["at"].startswith("2026-11-24T"), old)
        # Samoa went from Thursday to Saturday.
        (skipped,) = self.answers(
            self.question(zone="Pacific/Apia", day="2011-12-30", previous="2011-12-29T10:00"), code=DATA)
        self.assertIn("2011-12-30", skipped["error"])


if __name__ == "__main__":
    unittest.main()
