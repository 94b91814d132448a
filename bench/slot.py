"""How much of people's attention the chosen minutes catch."""

import json
import math
import random
import subprocess
import time
from datetime import datetime, timedelta, timezone

from measure import Bench, Row, tell

PEOPLE = 400
EVENTS = (5, 10, 20, 50)
# Shares of the best possible, and how much 30 % of machine opens may cost.
BARS = (0.86, 0.89, 0.925, 0.955)
MACHINES_COST = 0.005
WINDOW = (540, 1020)
SCANNER, BROWSER = "Barracuda Sentinel (EE)", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/132.0"


def slot(bench: Bench) -> list:
    """Simulated people of known habits: attention caught in the four hours after the slot, of the best possible."""
    rows = []
    clean = {}
    for machines in (False, True):
        for events, bar in zip(EVENTS, BARS):
            people = [Person(random.Random(f"{events} {number}")) for number in range(bench.size(PEOPLE))]
            histories = [person.history(events, machines) for person in people]
            chosen = answers(bench, people, histories)
            ours = mean(person.share(minute) for person, minute in zip(people, chosen))
            kernel = mean(person.share(by_kernel(history)) for person, history in zip(people, histories))
            hour = mean(person.share(by_hour(history)) for person, history in zip(people, histories))
            tell(f"{events} events{', 30 % machines' if machines else ''}: {ours:.3f}, plain kernel {kernel:.3f}, "
                 f"most frequent hour {hour:.3f}, even choice {mean(person.even() for person in people):.3f}")
            if machines:
                bar = clean[events] - MACHINES_COST
            clean.setdefault(events, ours)
            rows.append(Row(
                f"best minute, {events} events{' and machines' if machines else ''}",
                f"share of the best possible, {len(people)} people; plain kernel {kernel:.3f}, most frequent hour {hour:.3f}",
                f"{ours:.3f}", f"≥ {bar:.3f}", ours >= bar))
    return rows + [rate(bench)]


def rate(bench: Bench) -> Row:
    """Answers a second through JSON on one core, histories of 50 events."""
    people = [Person(random.Random(f"rate {number}")) for number in range(50)]
    lines = [line for person in people for line in [question(person, person.history(50, True))]] * bench.size(400)
    began = time.monotonic()
    subprocess.run([bench.purr, "slot"], input="\n".join(lines).encode(), stdout=subprocess.DEVNULL, check=True)
    value = len(lines) / (time.monotonic() - began)
    return Row("best minute, answers a second", f"{len(lines):,} lines of 50 events through JSON", f"{value:,.0f}",
               "≥ 2,000", value >= 2_000)


def mean(values) -> float:
    values = list(values)
    return sum(values) / len(values)


class Person:
    """Attention by the minute of the day, as bells around hours; some change their habits half-way."""

    def __init__(self, draw: random.Random):
        self.draw = draw
        self.curves = [self.curve(draw.choice(("early", "lunch", "evening", "two", "any", "afternoon")))]
        self.curves *= 2
        if draw.random() < 0.125:
            self.curves[1] = self.curve(draw.choice(("early", "lunch", "afternoon", "two")))

    def curve(self, kind: str) -> list:
        hours = {"early": [(7.5, 1)], "lunch": [(12.5, 1)], "evening": [(22, 1)], "two": [(9, 1), (16, 0.7)],
                 "any": [(24 * self.draw.random(), 1)], "afternoon": [(15.5, 1)]}[kind]
        width = 1.5 * (0.7 + 0.6 * self.draw.random())
        bells = [(hour + self.draw.gauss(0, 0.5), weight) for hour, weight in hours]
        return [0.03 + sum(weight * math.exp(-(min(abs(m / 60 - hour), 24 - abs(m / 60 - hour)) / width) ** 2 / 2)
                           for hour, weight in bells) for m in range(1440)]

    def history(self, count: int, machines: bool) -> list:
        draw, events, day = random.Random(self.draw.random()), [], datetime(2024, 1, 1, tzinfo=timezone.utc)
        while len(events) < count:
            day += timedelta(days=draw.randint(1, 4))
            if day.weekday() >= 5:
                continue
            curve = self.curves[0 if 2 * len(events) < count else 1]
            sent = day + timedelta(minutes=draw.randint(*WINDOW))
            at = sent + timedelta(minutes=2)
            while at < sent + timedelta(days=3):
                if draw.random() < 4 * curve[at.hour * 60 + at.minute] / 120:
                    events.append({"at": at + timedelta(seconds=draw.randint(0, 59)), "kind": "open", "agent": BROWSER,
                                   **({"sentAt": sent} if draw.random() < 0.7 else {})})
                    break
                at += timedelta(minutes=4)
        self.day = day + timedelta(days=1)
        while self.day.weekday() >= 5:
            self.day += timedelta(days=1)
        if machines:
            style = draw.choice(("prefetch", "links", "apple"))
            for event in draw.choices(events, k=round(count * 0.3 / 0.7)):
                sent = event.get("sentAt", event["at"].replace(hour=9, minute=draw.randint(0, 59)))
                at = sent + timedelta(seconds=draw.randint(1, 20 if style == "prefetch" else 50))
                agent = {"prefetch": BROWSER, "links": SCANNER, "apple": "Mozilla/5.0"}[style]
                events += [{"at": at + timedelta(seconds=n), "sentAt": sent, "agent": agent,
                            "kind": "click" if style == "links" else "open"} for n in range(3 if style == "links" else 1)]
        return events

    def caught(self, minute: int) -> float:
        curve = self.curves[1]
        return sum(curve[(minute + m) % 1440] for m in range(240))

    def share(self, minute: int) -> float:
        return self.caught(minute) / self.best()

    def best(self) -> float:
        if not hasattr(self, "most"):
            self.all = [self.caught(minute) for minute in range(WINDOW[0], WINDOW[1] + 1, 5)]
            self.most = max(self.all)
        return self.most

    def even(self) -> float:
        return mean(self.all) / self.best()


def question(person: Person, history: list) -> str:
    def text(value):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
    return json.dumps({
        "id": 1, "zone": "UTC", "window": ["09:00", "17:00"], "day": person.day.strftime("%Y-%m-%d"), "seed": 7,
        "previous": text(person.day - timedelta(days=3)), "company": [], "mailbox": [],
        "contact": [{name: text(value) for name, value in event.items()} for event in history]})


def answers(bench: Bench, people: list, histories: list) -> list:
    lines = "\n".join(question(person, history) for person, history in zip(people, histories))
    done = subprocess.run([bench.purr, "slot"], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    at = [json.loads(line)["at"] for line in done.stdout.splitlines()]
    return [int(text[11:13]) * 60 + int(text[14:16]) for text in at]


def by_kernel(history: list) -> int:
    """The minute before the densest four hours of a plain kernel estimate (a bell of one hour)."""
    density = [0.0] * 1440
    for event in history:
        centre = event["at"].hour * 60 + event["at"].minute
        for m in range(centre - 180, centre + 181, 5):
            density[m % 1440] += math.exp(-((m - centre) / 60) ** 2 / 2)
    sums = {minute: sum(density[(minute + m) % 1440] for m in range(240)) for minute in range(WINDOW[0], WINDOW[1] + 1, 15)}
    return max(sums, key=sums.get)


def by_hour(history: list) -> int:
    """The hour of the window in which most was opened."""
    hours = [event["at"].hour for event in history]
    inside = [hour for hour in hours if WINDOW[0] <= hour * 60 <= WINDOW[1]] or [WINDOW[0] // 60]
    return max(set(inside), key=inside.count) * 60
