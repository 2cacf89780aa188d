"""Advice: what is wrong with a link of a path, and what to do about it, in one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.engine.estimates import Estimate
from leadline.engine.wording import counted, number_words, percent, relative, share_words, within_words

if TYPE_CHECKING:
    from leadline.engine.cycle.links import LinkFigures
    from leadline.engine.cycle.rates import Floats

_LACKS = {
    "generate": "nobody comes forward",
    "nurture": "nobody is nurtured",
    "ask": "nobody is asked",
    "answer": "nobody says yes",
    "renew": "nobody is asked to renew",
}
_OFFER = "and put an offer before each, with a price and a day."
_NOTHING = "Neither talks nor asks are recorded there, so it can't be told whether nobody talked with them, "
_SPANS = {
    ("ask", "answer"): (
        "nobody who talked with you became a client",
        "Asks aren't recorded there, so it can't be told whether they weren't asked or said no.",
        f"Write down whom you ask and what they answer, {_OFFER}",
    ),
    ("nurture", "ask"): (
        "nobody who responded was asked",
        "Talks aren't recorded there, so it can't be told whether nobody talked with them or nobody asked.",
        f"Write down with whom you talk, {_OFFER}",
    ),
    ("nurture", "answer"): (
        "nobody who responded became a client",
        f"{_NOTHING}nobody asked, or they said no.",
        f"Write down with whom you talk and whom you ask, {_OFFER}",
    ),
}
"""Of links judged together: what is lacking, what can't be told, what to do."""
_NOT_READY = " and weren't ready at once"
_STOOD = {
    "generate": ("was reached", "were reached"),
    "nurture": ("responded and wasn't ready at once", "responded" + _NOT_READY),
    "ask": ("talked with you", "talked with you"),
    "answer": ("was asked", "were asked"),
    "renew": ("came to its end", "came to their end"),
}
_PASSED = {
    "generate": ("responded", "responded"),
    "nurture": ("got as far as a talk", "got as far as a talk"),
    "ask": ("was asked", "were asked"),
    "answer": ("became a client", "became clients"),
    "renew": ("was renewed", "were renewed"),
}
_EXPECTED = {
    "nurture": "to get as far as a talk",
    "ask": "to be asked",
    "answer": "to become clients",
    "renew": "to be renewed",
}
_DO = {
    "generate": "Offer those whom you reach there something for which they would leave an address.",
    "nurture": "Send them, week by week, something that helps them, and invite an answer.",
    "ask": "Put an offer before them, with a price and a day.",
    "answer": "Look at whom you ask there, for what and at which price, before you ask more of them.",
    "renew": "Ask each client for the next term a few weeks before this one ends.",
}


@dataclass(frozen=True, eq=False)
class Past:
    """What a link did before and does lately: of those who stood there the share through within a time.

    `within` is in microseconds; `mended` the rate that it would have if it were as before, in draws.
    """

    within: int
    lately: Estimate
    before: Estimate
    mended: Floats


def name_leak(one: LinkFigures, status: str, past: Past | None = None) -> str:
    """The leak by its name: “networking: nobody is asked”, “email: too few of those who were asked …”."""
    if status == "missing":
        return _there(one, _LACKS[one.link] if one.until is None else _span(one)[0])
    those = "the terms that" if one.link == "renew" else "those who"
    stood, passed = _before(one), say_passed(one)
    if past is not None:
        return _there(one, f"of {those} {stood}, fewer {passed} lately than before")
    return _there(one, f"too few of {those} {stood} {passed}")


def say_lag(one: LinkFigures, share: Estimate, usual: Estimate) -> str:
    """How far a link is behind: “web: of those who talked with you, 39 % were asked; by your other …”."""
    those = "the terms that" if one.link == "renew" else "those who"
    stood, passed = _before(one), say_passed(one)
    by_others = f"by your other paths, one would expect {percent(usual.value)}"
    return _there(one, f"of {those} {stood}, {share_words(share)} {passed}; {by_others}")


def say_passed(one: LinkFigures) -> str:
    """What those who got through had come to: “became clients”."""
    return _PASSED[one.last][1]


def _before(one: LinkFigures) -> str:
    """What those who stood before a link had done, whether they were ready for more or not."""
    return _STOOD[one.link][1].removesuffix(_NOT_READY)


def _there(one: LinkFigures, said: str) -> str:
    """What is said of a path, with its name; just what is said where no path is known at all."""
    return said if one.alone else f"{one.path}: {said}"


def say_figures(one: LinkFigures, status: str, unit: str) -> str:
    """What was counted: “Of 96 contacts who talked with you, none were asked there, 11 elsewhere.”."""
    assert one.rate is not None
    stood = one.rate.began
    who, about = _counted(one, unit), "" if one.open_cycle or stood == len(one.some) else "about "
    did = _STOOD[one.link][stood != 1] if one.until is None else _before(one)
    return f"Of {about}{who} {did}, {_passed(one, status)}."


def _counted(one: LinkFigures, unit: str) -> str:
    """Those who stood before a link, counted: contacts, unknown people, or terms of clients."""
    assert one.rate is not None
    noun = "term" if one.link == "renew" else "person" if one.open_cycle else unit
    return f"{counted(one.rate.began, noun)} {relative(noun)}"


def _passed(one: LinkFigures, status: str) -> str:
    """How many had it done to them and got through, on this path and elsewhere."""
    assert one.rate is not None
    through = one.rate.through
    plain = f"{number_words(through)} {_PASSED[one.last][through != 1]}"
    if one.until is not None:
        return plain
    if one.link == "ask":
        return _asked(one)
    if status == "missing" and one.link == "nurture":
        return f"none were nurtured{_all_the_same(plain, through)}"
    if status == "missing" and one.link == "renew":
        return f"none were asked for before{_all_the_same(plain, through)}"
    return plain


def _all_the_same(plain: str, through: int) -> str:
    return f"; {plain} all the same" if through else ""


def _asked(one: LinkFigures) -> str:
    assert one.rate is not None
    unasked = one.rate.through - one.done - one.elsewhere
    said = f"{number_words(one.done)} {_PASSED['ask'][one.done != 1]}"
    if one.elsewhere or not one.done:
        said += " there" if not one.alone else ""
    if one.elsewhere:
        said += f", {one.elsewhere:,} elsewhere"
    return said + (f"; {unasked:,} bought without an ask on record" if unasked > 0 else "")


def say_usual(one: LinkFigures, status: str, usual: Estimate | None, past: Past | None) -> str:
    """What one would expect: “By your other paths, one would expect 55 % to be asked.”."""
    if past is not None:
        when = within_words(past.within)
        return (
            f"Of the latest, {share_words(past.lately)} {_PASSED[one.last][1]} {when}; "
            f"before, it was {share_words(past.before)}."
        )
    if usual is not None:
        plain = status != "missing" or one.link in {"generate", "answer"}
        what = "" if plain else f" {_EXPECTED[one.last]}"
        return f"By your other paths, one would expect {percent(usual.value)}{what}."
    return ""


def say_untold(one: LinkFigures) -> str:
    """What can't be told of links that are judged together; nothing of one that is judged by itself."""
    return "" if one.until is None else _span(one)[1]


def _span(one: LinkFigures) -> tuple[str, str, str]:
    return _SPANS[one.link, one.last]


def say_remedy(one: LinkFigures) -> str:
    """What to do."""
    assert one.rate is not None
    if one.until is not None:
        return _span(one)[2]
    if one.link in {"nurture", "ask"} and one.idle:
        who = "All" if one.idle == one.rate.began > 1 else f"{one.idle:,}"
        return f"{who} of them {_IDLE[one.link][who != '1']}: {_lower(_DO[one.link])}"
    return _DO[one.link]


_IDLE = {
    "nurture": ("has heard nothing yet", "have heard nothing yet"),
    "ask": ("still waits", "still wait"),
}


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
