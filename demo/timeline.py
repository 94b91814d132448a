"""What happens, in the order in which it happened, in the demo's own time and in plain words."""

import sys
import time
from zoneinfo import ZoneInfo

import cast

_COLOURS = {"mail": "36", "person": "32", "stop": "35", "trouble": "31", "note": "2"}
_SETTLE = 0.8  # seconds an event waits for an earlier one that is reported later


class Timeline:
    def __init__(self, clock):
        self.clock = clock
        self._waiting = []
        self._coloured = sys.stdout.isatty()
        self._day = None

    def add(self, at: float, who: str, text: str, kind: str) -> None:
        """- at: real instant, epoch seconds."""
        self._waiting.append((at, who, text, kind))

    def show(self, everything: bool = False) -> None:
        """Prints what is old enough to be in order."""
        ripe = sorted(e for e in self._waiting if everything or e[0] < time.time() - _SETTLE)
        for event in ripe:
            self._waiting.remove(event)
            self._print(*event)

    def _print(self, at: float, who: str, text: str, kind: str) -> None:
        moment = self.clock.virtual(at).astimezone(ZoneInfo(cast.ZONE))
        day = moment.strftime("%A %d %B")
        if day != self._day:
            print(f"\n{day}", flush=True)
            self._day = day
        line = f"  {moment:%H:%M}  {who:<8} {text}"
        print(f"\033[{_COLOURS[kind]}m{line}\033[0m" if self._coloured else line, flush=True)


def table(rows: list) -> str:
    """Columns as wide as their widest cell; the first row is the heading."""
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(f"{cell!s:<{width}}" for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])
