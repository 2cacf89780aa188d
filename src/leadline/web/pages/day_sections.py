"""The sections of a day: who waits, who is to be asked, what is due; each row with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from leadline.engine.wording import counted, listed
from leadline.web import warehouse
from leadline.web.actions import agenda, interest
from leadline.web.actions.lives import lives_of
from leadline.web.models import NextStep, User
from leadline.web.pages.sales_forms import today_of
from leadline.web.templatetags import words

FEW, MANY, COUNTED = 6, 50, 1000
"""Rows of a section; of one that is looked at alone; and how far is counted."""
NAMES = {
    "reply": ("Replies to answer", ("reply to answer", "replies to answer")),
    "ask": ("Ready, and never asked", ("person to ask", "people to ask")),
    "waiting": ("Answers outstanding", ("answer outstanding", "answers outstanding")),
    "again": ("To be asked again", ("second ask due", "second asks due")),
    "renew": ("Renewals", ("renewal due", "renewals due")),
    "follow": ("Leads without a follow-up", ("lead to follow up", "leads to follow up")),
    "task": ("Tasks", ("task due", "tasks due")),
}
"""The sections in the order of the day: who waits for us first, then asks, then what is due."""
ORDERS = {
    "reply": "the latest word first",
    "ask": "also at a first meeting; who showed most interest first",
    "waiting": "expected by today, or on no day; the latest ask first",
    "again": "what fell due last first",
    "renew": "what runs out first",
    "follow": "who showed most interest first",
    "task": "what is due longest first",
}


@dataclass
class Section:
    """One part of the day: rows, how many there are in all, and what they are called."""

    name: str
    rows: list[Any]
    count: int

    @property
    def title(self) -> str:
        """What it is called."""
        return NAMES[self.name][0]

    @property
    def order(self) -> str:
        """Who stands first in it."""
        return ORDERS[self.name]

    @property
    def more(self) -> bool:
        """Whether not all are shown."""
        return self.count > len(self.rows)

    @property
    def listed(self) -> str:
        """The address of the list in which all of them stand; empty where there is none."""
        if self.name in NextStep.Sort.values:
            return f"{reverse('contacts')}?all=1&open={self.name}"
        return reverse("asks") if self.name == "waiting" else ""

    @property
    def number(self) -> str:
        """How many, as far as was counted."""
        return words.number(self.count) if self.count <= COUNTED else f"more than {words.number(COUNTED)}"

    @property
    def said(self) -> str:
        """How many of what: “3 people to ask”."""
        return f"{self.number} {NAMES[self.name][1][self.count != 1]}"


def sections(user: User, who: str, only: str, now: int) -> list[Section]:
    """The sections of somebody's day, or the one that is looked at alone."""
    most = MANY if only else FEW
    every = agenda.sections(user, who, today_of(user, now), now)
    asked = {name: one for name, one in every.items() if only in ("", name)}
    shown = agenda.first_of(asked, most + 1)
    longer = {name: one for name, one in asked.items() if len(shown[name]) > most}
    counts = {name: len(rows) for name, rows in shown.items()} | agenda.count_of(longer, COUNTED + 1)
    found = [Section(name, rows[:most], counts[name]) for name, rows in shown.items()]
    _give_reasons([row for one in found if one.name in ("ask", "follow") for row in one.rows], now)
    return found


def _give_reasons(steps: list[NextStep], now: int) -> None:
    """Say beside each step what speaks for somebody: what they did of late, and what is known of them."""
    log = warehouse.touches_of({one.contact_id for one in steps})
    lives = lives_of(log)
    for step in steps:
        life = lives.get(step.contact_id, [])
        step.speaks = _speaks(  # type: ignore[attr-defined]
            interest.signs(life, log.kinds, now), interest.known(life, log.kinds, now)
        )


def _speaks(signs: int, known: list[str]) -> str:
    said = [f"{counted(signs, 'sign')} of interest in the last 90 days"] if signs > 1 else []
    said += [f"known: {listed(known)}"] if known else []
    return "; ".join(said)
