"""How much of real people's activity the chosen minutes catch: learnt on their earlier half, judged on the later."""

import gzip
import hashlib
import json
import math
import re
import subprocess
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path

from measure import Bench, Row, Unmeasurable, tell

FOLDER = Path("/usr/share/doc")
# Of all dates of a person. With 60 the best possible comes out as the 1.65: the later halves are as long as
# those it was measured on. Those with 20 are told.
FEWEST = 60
FEWEST_TOLD = 20
FEWEST_PEOPLE = 50
# How many of the last events are told, and how many times the plain kernel's lift ours must be: the bars over
# what the kernel reached on its people. These here are others.
EVENTS = {"the last 5": (5, 1.14 / 1.13), "the last 20": (20, 1.18 / 1.15), "all": (10**9, 1.28 / 1.25)}
WINDOW = (540, 1020)
# To look at: with these the best possible is beyond 1.9.
OTHER_WINDOWS = ((420, 1320), (0, 1439))
STEP = 15
HOURS = 4

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# A Debian changelog's line under an entry, and the head of a commit in what `git log` wrote.
ENTRY = re.compile(r"^ -- (.+?) <[^>\n]*>  \w{3}, +(\d+) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) [+-]\d{4} *$", re.MULTILINE)
COMMIT = re.compile(
    r"^Author: (.+?) <[^>\n]*>\nDate: +\w{3} (\w{3}) +(\d+) (\d\d):(\d\d):(\d\d) (\d{4}) [+-]\d{4}$", re.MULTILINE)


def people(bench: Bench) -> list:
    """Times at which real people finished changes, by their own clocks: attention caught against an even choice."""
    found = read()
    persons = [Person(name, times) for name, times in sorted(found.items()) if len(times) >= FEWEST_TOLD]
    rows = []
    for window, fewest in ((WINDOW, FEWEST), (WINDOW, FEWEST_TOLD), *((window, FEWEST) for window in OTHER_WINDOWS)):
        judged = [person for person in persons if person.dates >= fewest and person.even(window) > 0]
        if len(judged) < FEWEST_PEOPLE:
            raise Unmeasurable(f"the changelogs below {FOLDER} have only {len(judged)} people with {fewest} dates or more.")
        best = mean(person.lift(person.best(window), window) for person in judged)
        tell(f"{clock(window[0])} to {clock(window[1])}, {len(judged)} people with {fewest} dates or more of {len(found):,}, "
             f"best possible {best:.3f}")
        for name, (count, bar) in EVENTS.items():
            told = lifts(bench, judged, window, name, count, bar, best)
            if (window, fewest) == (WINDOW, FEWEST):
                rows.append(told)
    return rows


def lifts(bench: Bench, judged: list, window: tuple, name: str, count: int, bar: float, best: float) -> Row:
    """How ours do beside the rivals, with so many events told."""
    chosen = {kind: answers(bench, judged, window, count, kind) for kind in ("open", "wrote")}
    ours = {kind: [person.lift_of_days(days, window) for person, days in zip(judged, answer)]
            for kind, answer in chosen.items()}
    kernel = [person.lift(by_kernel(person.earlier[-count:], window), window) for person in judged]
    hour = [person.lift(by_hour(person.earlier[-count:], window), window) for person in judged]
    halves = ", ".join(
        f"{half} {mean(part(ours['open'], judged, index)):.3f} ({mean(part(kernel, judged, index)):.3f})"
        for index, half in enumerate(("half A", "half B")))
    tell(f"  {name}: as opens {mean(ours['open']):.3f}, as own mail {mean(ours['wrote']):.3f}, plain kernel "
         f"{mean(kernel):.3f}, most frequent hour {mean(hour):.3f}; by halves of the people, kernel in brackets: {halves}")
    gain, least = mean(ours["open"]), mean(kernel) * bar
    return Row(
        f"real people, {name} events" if count > 20 else f"real people, {name}",
        f"lift over an even choice, {len(judged)} people; plain kernel {mean(kernel):.3f}, most frequent hour "
        f"{mean(hour):.3f}, best possible {best:.3f}; the bar is the kernel's times {bar:.3f}",
        f"{gain:.3f}", f"≥ {least:.3f}", gain >= least)


def read() -> dict:
    """The times by their own clocks at which each person finished something, each once and in order."""
    found = defaultdict(set)
    for path in sorted(FOLDER.glob("*/[cC]hange[lL]og*")):
        try:
            raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except (OSError, EOFError, gzip.BadGzipFile):
            continue
        text = raw.decode(errors="replace")
        for name, day, month, year, *clock_time in ENTRY.findall(text):
            note(found[name.strip()], year, month, day, clock_time)
        for name, month, day, hour, minute, second, year in COMMIT.findall(text):
            note(found[name.strip()], year, month, day, (hour, minute, second))
    return {name: sorted(times) for name, times in found.items()}


def note(times: set, year: str, month: str, day: str, clock_time) -> None:
    if month not in MONTHS or not 1995 <= int(year) <= date.today().year:
        return
    try:
        times.add(datetime(int(year), MONTHS.index(month) + 1, int(day), *map(int, clock_time)))
    except ValueError:
        pass  # A date that no calendar has.


class Person:
    """What was told of a person, and what became of it."""

    def __init__(self, name: str, times: list):
        self.dates = len(times)
        self.earlier, self.later = times[:len(times) // 2], times[len(times) // 2:]
        # Drawn by the name, so that what is tried on one half of the people can be judged on the other.
        self.half = hashlib.sha256(name.encode()).digest()[0] % 2
        counts = [0] * 1440
        for at in self.later:
            counts[minute_of(at)] += 1
        running = [0]
        for minute in range(1440 + HOURS * 60):
            running.append(running[-1] + counts[minute % 1440])
        self.caught = [running[minute + HOURS * 60] - running[minute] for minute in range(1440)]

    def even(self, window: tuple) -> float:
        return mean(self.caught[minute] for minute in slots(window))

    def best(self, window: tuple) -> int:
        return max(slots(window), key=lambda minute: self.caught[minute])

    def lift(self, minute: int, window: tuple) -> float:
        return self.caught[minute] / self.even(window)

    def lift_of_days(self, minutes: list, window: tuple) -> float:
        return mean(self.lift(minute, window) for minute in minutes)

    def days(self) -> list:
        """Five days in a row from the first Monday after what was learnt."""
        last = self.earlier[-1].date()
        monday = last + timedelta(days=7 - last.weekday())
        return [monday + timedelta(days=number) for number in range(5)]


def answers(bench: Bench, judged: list, window: tuple, count: int, kind: str) -> list:
    """The minutes that `purr slot` chose for each person's days."""
    lines = []
    for person in judged:
        events = [{"at": at.isoformat(), "kind": kind} for at in person.earlier[-count:]]
        for number, day in enumerate(person.days()):
            lines.append(json.dumps({
                "id": number, "zone": "UTC", "window": [clock(window[0]), clock(window[1])], "day": day.isoformat(),
                "previous": datetime.combine(day - timedelta(days=3), time(10)).isoformat(), "seed": number,
                "contact": events, "company": [], "mailbox": []}))
    done = subprocess.run([bench.purr, "slot"], input="\n".join(lines).encode(), stdout=subprocess.PIPE, check=True)
    minutes = [minute_of(datetime.fromisoformat(json.loads(line)["at"])) for line in done.stdout.splitlines()]
    return [minutes[index:index + 5] for index in range(0, len(minutes), 5)]


def by_kernel(times: list, window: tuple) -> int:
    """The minute before the densest four hours of a plain kernel estimate (a bell of one hour)."""
    density = [0.0] * 288
    for at in times:
        centre = minute_of(at) // 5
        for step in range(-36, 37):
            density[(centre + step) % 288] += math.exp(-((step / 12) ** 2) / 2)
    running = [0.0]
    for step in range(288 + HOURS * 12):
        running.append(running[-1] + density[step % 288])
    # Sums of the same terms in another order are not the same: what is equal is the earliest.
    return max(slots(window), key=lambda m: (round(running[m // 5 + HOURS * 12] - running[m // 5], 9), -m))


def by_hour(times: list, window: tuple) -> int:
    """The hour of the window in which most happened."""
    inside = sorted(at.hour for at in times if window[0] <= minute_of(at) <= window[1])
    hours = inside or [window[0] // 60]
    return max(window[0], max(sorted(set(hours)), key=hours.count) * 60)


def slots(window: tuple) -> range:
    return range(window[0], window[1] + 1, STEP)


def part(values: list, judged: list, half: int) -> list:
    return [value for value, person in zip(values, judged) if person.half == half]


def minute_of(at: datetime) -> int:
    return at.hour * 60 + at.minute


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def mean(values) -> float:
    values = list(values)
    return sum(values) / len(values)
