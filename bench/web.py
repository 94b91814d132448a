"""How fast the web front answers, what it answers being durable."""

import email
import email.policy
import http.client
import json
import re
import sys
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

from daemon import Purr
from measure import HERE, USER, Bench, Row, Unmeasurable, middle, tell
from submission import free_port, start_front, start_sink

PEOPLE = 400
EACH = 2_000
A_SECOND = 200
MOST = 5  # ms
SITE = "https://www.example.org"
TEMPLATE = f"---\nsubject: A question\n---\nHello {{{{contact.firstName}}}}, see [the offer]({SITE}/offer).\n"
SEQUENCE = """\
name: tracked
settings: { tracking: both, followUpDays: everyday, sendWindow: "00:00-23:59" }
steps:
  - email: tracked
  - { email: tracked, after: 3, replyTo: 1 }
"""
RIVAL = "the bare script"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def web(bench: Bench) -> list:
    """Opens, clicks, pages, one-click posts and events, each durable before its answer, beside a mailbox in IDLE."""
    count = max(bench.size(PEOPLE), 40)
    purr, port = sent(bench, count)
    links = links_of(purr, port)
    client = Client(port)
    token = client.page_token(links[0]["click"])
    each = max(bench.size(EACH), count)
    kinds = {
        "opens": lambda n: client.took("GET", links[n % count]["open"], 200),
        "clicks": lambda n: client.took("GET", links[n % count]["click"], 302),
        "unsubscribe pages": lambda n: client.took("GET", links[n % count]["way out"], 200),
        "page views": lambda n: client.took(
            "POST", "/v", 204, json.dumps({"token": token, "url": f"{SITE}/{n}", "key": f"{n}"}),
            {"Content-Type": "application/json"}),
        "forms": lambda n: client.took("POST", "/f/demo", 200, f"email=visitor{n}%40example.org&_key=k{n}", FORM),
    }
    program = bench.started_rival(sys.executable, HERE / "rivals/web_front.py", bench.folder / "rival.db")
    rival = Client(int(program.stdout.readline()))
    kinds[RIVAL] = lambda n: rival.took("GET", f"/{n}", 200)
    # The first clicks and views of a daemon are not the rule.
    for warm in range(20):
        kinds["unsubscribe pages"](warm)
    times = paced({name: [lambda n=n, ask=ask: ask(n) for n in range(each)] for name, ask in kinds.items()})
    # Last, because whoever has opted out is gone.
    times |= paced({"one-click posts": [
        lambda n=n: client.took("POST", links[n]["way out"], 200, "List-Unsubscribe=One-Click", FORM) for n in range(count)]})
    purr.process.kill()
    purr.process.wait()
    check(purr, each, count)
    bare = late(times[RIVAL])
    tell(f"the bare script: median {middle(times[RIVAL]):.2f} ms, p95 {bare:.2f}")
    return [row(name, waits, bare) for name, waits in times.items() if name != RIVAL]


def sent(bench: Bench, count: int) -> tuple:
    """A daemon that has sent that many tracked mails, and the port of its web front."""
    host = bench.start_host(users=[USER])
    purr, port = Purr(bench, bench.folder / "data"), free_port()
    folder = bench.folder
    purr.do("init")
    purr.connect(host, USER, start_front(bench, host, start_sink(bench)))
    purr.take_off_limits()
    purr.do("web", "set", "--port", port, "--public-url", f"http://127.0.0.1:{port}", "--site", SITE)
    purr.start()
    until = time.monotonic() + 30
    while not is_up(port):
        if time.monotonic() > until:
            raise Unmeasurable("the web front does not answer within 30 s")
        time.sleep(0.1)
    purr.do("web", "check")
    (folder / "tracked.md").write_text(TEMPLATE)
    (folder / "tracked.yaml").write_text(SEQUENCE)
    people = [f"person{number}@company{number % 97}.test" for number in range(count)]
    (folder / "people.csv").write_text("\n".join(["email,firstName", *(f"{person},Ann" for person in people)]) + "\n")
    purr.do("contact", "import", folder / "people.csv")
    purr.do("template", "add", folder / "tracked.md")
    purr.do("sequence", "apply", folder / "tracked.yaml")
    purr.do("enroll", "tracked", *people, "--from", USER, "--zone", "UTC")
    purr.wait("SELECT count(*) FROM journal WHERE state = 'sent'", count, 180)
    return purr, port


def is_up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def links_of(purr: Purr, port: int) -> list:
    """The paths of each sent mail's picture, link and way out."""
    found = []
    for (content,) in purr.database().execute("SELECT bytes FROM journal ORDER BY id"):
        message = email.message_from_bytes(content, policy=email.policy.default)
        text = message.get_body(("html",)).get_content()
        paths = {letter: re.search(rf"http://127\.0\.0\.1:{port}(/{letter}/[\w.-]+)", text) for letter in "ocu"}
        if not all(paths.values()):
            raise Unmeasurable("a tracked mail has not all of its links")
        found.append({"open": paths["o"][1], "click": paths["c"][1], "way out": paths["u"][1]})
    return found


class Client:
    """One connection that is kept, as a reverse proxy keeps it."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.connect()

    def took(self, method: str, path: str, wanted: int, body=None, fields=None) -> float:
        """Milliseconds until the whole answer was there."""
        began = time.perf_counter()
        self.connection.request(method, path, body, {"User-Agent": "Mozilla/5.0 (X11) Firefox/140.0", **(fields or {})})
        answer = self.connection.getresponse()
        answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != wanted:
            raise Unmeasurable(f"{method} {path[:3]}… was answered with {answer.status}")
        return took

    def page_token(self, click: str) -> str:
        """What the user's own site learns of whoever came through a link."""
        self.connection.request("GET", click)
        answer = self.connection.getresponse()
        answer.read()
        return parse_qs(urlsplit(answer.getheader("Location") or "").query)["purr"][0]


def paced(asked: dict) -> dict:
    """The kinds by turns, so many requests a second."""
    times = {name: [] for name in asked}
    turns = [(name, ask) for asks in zip(*asked.values()) for name, ask in zip(asked, asks)]
    due = time.monotonic()
    for name, ask in turns:
        due = max(due + 1 / A_SECOND, time.monotonic())
        time.sleep(max(0, due - time.monotonic()))
        times[name].append(ask())
    return times


def check(purr: Purr, each: int, count: int) -> None:
    """After a kill everything that was answered is there."""
    database = purr.database()
    found = {
        "opens": database.execute("SELECT count(*) FROM web_visit WHERE kind = 'open'").fetchone()[0] >= each,
        "clicks": database.execute("SELECT count(*) FROM web_visit WHERE kind = 'click'").fetchone()[0] >= each,
        "reports": database.execute("SELECT count(*) FROM signal WHERE kind IN ('form', 'page')").fetchone()[0] == 2 * each,
        "ways out": database.execute("SELECT count(*) FROM suppression").fetchone()[0] == count}
    if lost := [name for name, is_kept in found.items() if not is_kept]:
        raise Unmeasurable(f"answered and not kept after a kill: {', '.join(lost)}")


def late(waits: list) -> float:
    return sorted(waits)[len(waits) * 95 // 100]


def row(name: str, waits: list, bare: float) -> Row:
    ordered, value = sorted(waits), late(waits)
    tell(f"{name}: median {middle(waits):.2f} ms, p95 {value:.2f}, p99 {ordered[len(ordered) * 99 // 100]:.2f}, "
         f"longest {ordered[-1]:.1f}")
    how = (f"{len(waits):,} requests over one kept connection, {A_SECOND} a second; median {middle(waits):.2f} ms; a bare "
           f"script that commits as often, by turns, p95 {bare:.2f} ms")
    return Row(f"web front, {name}, p95", how, f"{value:.2f} ms", f"< {MOST} ms", value < MOST)
