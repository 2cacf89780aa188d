"""Advice: what is wrong with a link of a path, and what to do about it, in one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.engine.estimates import Estimate
from leadline.engine.wording import counted, number_words, percent, share_words

if TYPE_CHECKING:
    from leadline.engine.cycle.links import LinkFigures

_LACKS = {
    "generate": "nobody comes forward",
    "nurture": "nobody is nurtured",
    "ask": "nobody is asked",
    "answer": "nobody says yes",
    "renew": "nobody is asked to renew",
}
_STOOD = {
    "generate": ("was reached", "were reached"),
    "nurture": ("responded", "responded"),
    "ask": ("talked with you", "talked with you"),
    "answer": ("was asked", "were asked"),
    "renew": ("came to the end of what they had bought", "came to the end of what they had bought"),
}
_PASSED = {
    "generate": ("responded", "responded"),
    "nurture": ("got as far as a talk", "got as far as a talk"),
    "ask": ("was asked", "were asked"),
    "answer": ("became a client", "became clients"),
    "renew": ("bought again", "bought again"),
}
_DO = {
    "generate": "Offer those whom you reach there something for which they would leave an address.",
    "nurture": "Send them, week by week, something that helps them, and invite an answer.",
    "ask": "Put an offer before them, with a price and a day.",
    "answer": "Look at whom you ask there, for what and at which price, before you ask more of them.",
    "renew": "Ask each client for the next term a few weeks before this one ends.",
}


def name_leak(one: LinkFigures, status: str) -> str:
    """The leak by its name: “networking: nobody is asked”, “email: few of those who were asked say yes”."""
    if status == "missing":
        return f"{one.path}: {_LACKS[one.link]}"
    return f"{one.path}: too few of those who {_STOOD[one.link][1]} {_PASSED[one.link][1]}"


def say_figures(one: LinkFigures, status: str, unit: str) -> str:
    """What was counted: “Of 96 people who talked with you, 3 were asked.”."""
    assert one.rate is not None
    stood = one.rate.began
    passed = one.done if status == "missing" and one.link in {"nurture", "ask", "renew"} else one.rate.through
    verb = _PASSED[one.link] if status != "missing" else _DONE.get(one.link, _PASSED[one.link])
    who = counted(stood, unit)
    return f"Of {who} who {_STOOD[one.link][stood != 1]}, {number_words(passed)} {verb[passed != 1]}."


_DONE = {
    "nurture": ("was nurtured", "were nurtured"),
    "ask": ("was asked there", "were asked there"),
    "renew": ("was asked to renew", "were asked to renew"),
}


def say_usual(usual: Estimate | None, before: Estimate | None) -> str:
    """What one would expect: “On your other paths it is 55 % (between 40 and 70).”."""
    if before is not None:
        return f"Before it was {share_words(before)}."
    if usual is not None:
        return f"By your other paths, one would expect {percent(usual.value)}."
    return ""


def say_remedy(one: LinkFigures, unit: str) -> str:
    """What to do."""
    if one.link == "ask" and one.idle:
        who = counted(one.idle, unit)
        verb = "is" if one.idle == 1 else "are"
        return f"{who[0].upper()}{who[1:]} {verb} waiting there: {_lower(_DO['ask'])}"
    return _DO[one.link]


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
