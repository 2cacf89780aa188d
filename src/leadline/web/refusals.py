"""A refusal as a shop owner would be told it: the same three facts, in a sentence or two without labels.

`asked` is either what should be so (“An offer needs a name”), or what somebody wanted (“A purchase was to be
taken back”, “A day was asked for”); `found` is a state (“that it ended in May”), what was given, or is there.
"""

from __future__ import annotations

import re

from leadline.engine.errors import BadFunnel, LeadlineError
from leadline.web.errors import Busy, Conflict, Forbidden, Invalid, NotFound

_WANTED = re.compile(r"(?P<what>.+?) (?:was|were) to (?P<do>.+)")
_TO_DO = re.compile(r"To (?P<do>.+) was asked for")
_SOUGHT = re.compile(r"(?P<what>.+?) (?:was|were) (?:asked for|looked up)")
_GIVEN = re.compile(r"(?P<what>.+?) (?:was|were) (?:given|sent|filled in|used|read|pressed)")
_NOTHING = frozenset({"none", "nothing"})
_LACKING = ("no ", "none ", "nothing ", "nobody ", "neither ")
_ENDS = (".", "?", "!")
_TYPED = (Invalid, BadFunnel)
"""Errors about what somebody typed."""


def plainly(error: LeadlineError) -> str:
    """What can't be done, why, and what can, as one paragraph."""
    first = _misfit(error) or ": ".join(part for part in (_what(error), _why(error)) if part)
    first = f"{error.where}: {first}" if error.where else first
    parts = [first, _way_out(error)]
    parts += [f"Did you mean “{error.suggestion}”?"] if error.suggestion else []
    return " ".join(part if part.endswith(_ENDS) else f"{part}." for part in parts if part)


def _misfit(error: LeadlineError) -> str:
    """What was typed and won't do, where no more than that is so; nothing for anything else."""
    asked = _GIVEN.fullmatch(error.asked) or _SOUGHT.fullmatch(error.asked)
    if asked is None or not isinstance(error, _TYPED) or not error.found.startswith("“"):
        return ""
    what = asked["what"]
    where = f"in {what}" if what.startswith("“") else f"as {what[0].lower()}{what[1:]}"
    return f"{error.found} won’t do {where}"


def _what(error: LeadlineError) -> str:
    """What can't be done, or what should be so."""
    asked = error.asked.rstrip(".")
    if found := _TO_DO.fullmatch(asked):
        return f"You can’t {found['do']}"
    if found := _WANTED.fullmatch(asked):
        return f"{found['what']} can’t {found['do']}"
    if found := _SOUGHT.fullmatch(asked):
        return f"{found['what']} {'is needed' if isinstance(error, _TYPED) else 'can’t be shown'}"
    if found := _GIVEN.fullmatch(asked):
        return found["what"]
    return asked


def _why(error: LeadlineError) -> str:
    """What is so, or what won't do, as a clause."""
    found, there = error.found, isinstance(error, (Conflict, NotFound))
    if found.startswith("that "):
        return found.removeprefix("that ")
    if not found or found.endswith(_ENDS):
        return found
    if found in _NOTHING:
        return "there is none" if there else f"{found} was given"
    if isinstance(error, Forbidden):
        return f"{found} doesn’t allow it"
    if there or found.startswith(_LACKING):
        return f"there is {found}"
    return f"{found}{',' * (', ' in found)} won’t do" if isinstance(error, Invalid) else found


def _way_out(error: LeadlineError) -> str:
    """What is possible instead; nothing where nothing is."""
    allowed = error.allowed
    if not allowed:
        return ""
    if allowed.endswith(_ENDS) and allowed[:1].isupper():
        return allowed
    if allowed.startswith("as ") and isinstance(error, Invalid):
        return f"Write it {allowed}"
    if allowed.startswith("this, once "):
        return f"It can be done once {allowed.removeprefix('this, once ')}"
    if isinstance(error, Forbidden):
        return f"It takes {allowed}"
    return f"What {'helps' if isinstance(error, (Conflict, NotFound, Busy)) else 'works'}: {allowed}"
