"""What a message is: `purr classify` beside what others would use, on the same messages."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from measure import HERE, Bench, Unmeasurable, middle, run, tell

MESSAGES = 20_000
ROUNDS = 3
PACKAGES = ["flufl.bounce", "mail-parser-reply"]
PERL = ["libsisimai-perl", "libclass-accessor-lite-perl", "libjson-perl", "libtry-tiny-perl"]
PROJECT = HERE.parent


def classify(bench: Bench) -> list:
    """Messages a second and core; bounces beside flufl.bounce and Sisimai; own text beside mail-parser-reply."""
    labelled = messages()
    everything = copies(bench, "all", [path for path, _ in labelled], bench.size(MESSAGES))
    bounces = copies(bench, "bounces", [path for path, label in labelled if label == "bounce"], bench.size(MESSAGES // 10))
    replies = copies(bench, "replies", [path for path, label in labelled if label == "human"], bench.size(MESSAGES // 10))
    pace = middle([purr(bench, everything)[0] for _ in range(ROUNDS)])
    tell(f"{pace:.0f} messages a second and core")
    rows = [bench.at_least(
        "classify, against 10,000 a second and core",
        f"{len(os.listdir(everything))} messages, {pace:.0f} a second of processor time, start and reading included",
        pace / 10_000, 1)]
    python = environment()
    rows.append(beside(bench, "flufl.bounce", bounces, [python, HERE / "rivals/flufl_bounces.py", bounces]))
    try:
        rows.append(beside(bench, "Sisimai", bounces, ["perl", f"-I{sisimai()}", HERE / "rivals/sisimai.pl", bounces]))
    except Unmeasurable as problem:
        rows.append(bench.not_measured("classify, bounces beside Sisimai", str(problem).splitlines()[0]))
    rows.append(beside(
        bench, "mail-parser-reply", replies, [python, HERE / "rivals/reply_parser.py", replies], what="own text"))
    return rows


def beside(bench: Bench, rival: str, folder: Path, command: list, what: str = "bounces"):
    """The ratio of messages a second of processor time, by turns."""
    ratios, shares = [], ()
    for _ in range(ROUNDS):
        pace, found = purr(bench, folder)
        theirs = run(command).split()
        ratios.append(pace / float(theirs[0]))
        shares = (found, int(theirs[1]), len(os.listdir(folder)))
    tell(f"{rival}: {middle(ratios):.1f} times its pace")
    said = "say something of" if what == "own text" else "find a bounce in"
    how = f"{shares[2]} messages; they {said} {shares[1]}, Purr {shares[0] if what == 'bounces' else shares[2]}"
    return bench.at_least(f"classify, {what} beside {rival}", how, middle(ratios), 2)


def purr(bench: Bench, folder: Path) -> tuple:
    """Messages a second of processor time, and how many are bounces or delays."""
    before = os.times()
    said = run([bench.purr, "classify", "--json", folder])
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    kinds = [json.loads(line)["kind"] for line in said.splitlines()]
    return len(kinds) / max(spent, 0.001), sum(kind in ("bounce", "delay") for kind in kinds)


def messages() -> list:
    """Paths and what they are: messages of others where they are present, else the project's own."""
    corpora = Path(os.environ.get("PURR_CORPORA", PROJECT.parent / "shared/corpora"))
    names = {"bounce-hard": "bounce", "bounce-soft": "bounce", "human-reply": "human"}
    if (corpora / "labels.tsv").exists():
        with open(corpora / "labels.tsv", encoding="utf-8") as table:
            return [(corpora / row["path"], names.get(row["label"], ""))
                    for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
                    if not row["path"].startswith("malformed")]
    own = PROJECT / "Tests/Corpus"
    expected = json.loads((own / "expected.json").read_text())
    return [(own / name, said["kind"]) for name, said in sorted(expected.items())]


def copies(bench: Bench, name: str, paths: list, count: int) -> Path:
    """A folder with that many messages, each of `paths` as often as it takes."""
    folder = bench.folder / name
    folder.mkdir()
    for number in range(count):
        shutil.copyfile(paths[number % len(paths)], folder / f"{number:06}.eml")
    return folder


def environment() -> Path:
    """A Python of the benchmark's own, with the rivals in it."""
    root = PROJECT / ".build/bench-python"
    python = root / "bin/python"
    if not python.exists():
        run([sys.executable, "-m", "venv", root])
    if subprocess.run([python, "-c", "import flufl.bounce, mailparser_reply"], capture_output=True).returncode != 0:
        run([python, "-m", "pip", "install", "--quiet", *PACKAGES])
    return python


def sisimai() -> Path:
    """Debian's package, unpacked beside the build: nothing is installed."""
    root = PROJECT / ".build/bench-perl"
    modules = root / "usr/share/perl5"
    if not (modules / "Sisimai.pm").exists():
        root.mkdir(parents=True, exist_ok=True)
        for package in PERL:
            done = subprocess.run(["apt-get", "download", package], cwd=root, capture_output=True, text=True)
            if done.returncode != 0 and package == PERL[0]:
                raise Unmeasurable(f"apt-get download {package}: {done.stderr.strip()[-200:]}")
        for file in root.glob("*.deb"):
            run(["dpkg-deb", "-x", file, root])
    return modules
