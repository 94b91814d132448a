"""Who takes part in the demo, and how each of them behaves and should end."""

from dataclasses import dataclass

SENDER = "sender@example.org"
SENDER_NAME = "Sam Sender"
SEQUENCE = "intro"
ZONE = "Europe/Oslo"
FILED_FOLDER = "Customers"

# A sentence of each step's template that no other step has, to know a step from the mail alone.
STEP_MARKS = {1: "the first mail of three", 2: "the second mail of three", 3: "the last mail of three"}

# What the steps are called in world/intro.yaml.
STEP_NAMES = {"hello": 1, "nudge": 2, "goodbye": 3}


def steps_sent(enrollment: dict) -> list:
    """The numbers of the steps that Purr says it sent in an enrollment; it may name or number them."""
    return [STEP_NAMES[s["step"]] if s["step"] in STEP_NAMES else int(s["step"]) for s in enrollment["sent"]]


@dataclass(frozen=True)
class Prospect:
    """One person who is written to.

    - answers_step: The step that makes them answer, 0 for never.
    - after: Seconds (real) that they take to answer.
    - manner: `thread`, `other-address`, `new-subject`, `last-second`, `calendar` or `absent`.
    - ends: The (state, reason) pairs that Purr may end in; a reason of None stands for any.
    """

    name: str
    address: str
    story: str
    ends: tuple
    answers_step: int = 0
    after: float = 3.0
    manner: str = "thread"
    second_address: str = ""
    exists: bool = True


REPLIED = (("unenrolled", "replied"),)
RUN_THROUGH = (("finished", None),)

PROSPECTS = (
    Prospect("Anna", "anna@north.test", "answers in the thread", REPLIED, answers_step=1, after=4.0),
    Prospect("Ben", "ben@south.test", "answers from another address", REPLIED, answers_step=1, after=7.0,
             manner="other-address", second_address="ben.at.home@home.test"),
    Prospect("Clara", "clara@east.test", "answers with a new subject and no thread headers", REPLIED,
             answers_step=2, after=3.0, manner="new-subject"),
    Prospect("David", "david@west.test", "is out of office (Sieve vacation)",
             (*RUN_THROUGH, ("waiting", None), ("held", None))),
    Prospect("Emil", "emil@gone.test", "does not exist (Postfix's DSN)", (("unenrolled", "bounced"),),
             exists=False),
    Prospect("Frida", "frida@lake.test", "never answers", RUN_THROUGH),
    Prospect("Greta", "greta@hill.test", "answers into a folder that a Sieve rule files away", REPLIED,
             answers_step=2, after=5.0),
    Prospect("Henrik", "henrik@coast.test", "answers a second before the next step is due", REPLIED,
             answers_step=2, manner="last-second"),
    Prospect("Ines", "ines@bay.test", "invites to a meeting (calendar)",
             (("unenrolled", "meetingBooked"), ("unenrolled", "replied")), answers_step=1, after=6.0, manner="calendar"),
    Prospect("Jonas", "jonas@fjord.test", "is away until a date (Exchange)", RUN_THROUGH, manner="absent"),
)

OUT_OF_OFFICE, SILENT, FILED, LAST_SECOND = PROSPECTS[3], PROSPECTS[5], PROSPECTS[6], PROSPECTS[7]
ABSENT = PROSPECTS[9]

# How many days after the first mail the absent person says they are away.
AWAY_DAYS = 1

# Whose addresses the forged bounce names.
FORGED_ABOUT = (SILENT, FILED)
FORGED_SUBJECT = "Undelivered Mail Returned to Sender"
FORGED_ID = "forged@mx.evil.test"

# The daemon is killed while it hands over this step to this person.
KILLED_AT = (SILENT, 2)


def who(address: str) -> Prospect | None:
    """The prospect who writes from this address."""
    address = address.lower()
    return next((p for p in PROSPECTS if address in (p.address, p.second_address)), None)
