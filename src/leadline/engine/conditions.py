"""Conditions: phrases, and nests of phrases, that say what evidence a stage needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from leadline.engine.errors import BadFunnel, nearest
from leadline.engine.kinds import NAME

GRAMMAR = (
    "a name; “2 times”, “within 90 days”, “since” and a name may follow in this order, and “no” come first"
)
_PHRASE = re.compile(
    r"(?P<no>no\s+)?(?P<name>\S+)(?:\s+(?P<times>\d+)\s+times?)?(?:\s+within\s+(?P<days>\d+)\s+days?)?"
    r"(?:\s+since\s+(?P<since>\S+))?"
)
_NAME = re.compile(NAME)
MOST_TIMES = 1000
MOST_DAYS = 36_500
MOST_NESTED = 50
DEEP = "conditions too deep inside one another"
DEEPEST = f"at most {MOST_NESTED} one inside the other"


@dataclass(frozen=True)
class Phrase:
    """`times` touches of `name` within `days` since the last touch of `since`; with `no`, the opposite."""

    name: str
    times: int = 1
    days: int | None = None
    since: str | None = None
    no: bool = False

    def __str__(self) -> str:
        return " ".join(words for words, _ in self.parts())

    def parts(self) -> list[tuple[str, bool]]:
        """What it is written with, in order: words, and whether they are a name."""
        parts = [
            ("no" if self.no else "", False),
            (self.name, True),
            (f"{self.times} times" if self.times > 1 else "", False),
            (f"within {self.days} {'day' if self.days == 1 else 'days'}" if self.days else "", False),
            ("since" if self.since else "", False),
            (self.since or "", True),
        ]
        return [part for part in parts if part[0]]

    @property
    def asserted(self) -> Phrase:
        """The phrase without its `no`."""
        return replace(self, no=False)


@dataclass(frozen=True)
class Nest:
    """At least `least` and at most `most` of the parts hold; `word` is how it was written."""

    word: str
    least: int
    most: int
    parts: tuple[Condition, ...]


Condition = Phrase | Nest


def parse_condition(value: Any, inside: int = 0) -> Condition:
    """The condition that a TOML value says; raises BadFunnel, with the phrase and what would be allowed.

    `inside` is the number of nests in which it stands.
    """
    if isinstance(value, str):
        return parse_phrase(value)
    if inside >= MOST_NESTED:
        raise BadFunnel("A condition was asked for", found=DEEP, allowed=DEEPEST)
    if isinstance(value, list):
        return _nest("all", value, len(value), len(value), inside)
    if isinstance(value, dict):
        return _parse_table(value, inside)
    raise BadFunnel(
        "A condition was asked for",
        found=repr(value),
        allowed="a phrase, a list, or a table with all, any, none or at_least",
    )


def parse_phrase(text: str) -> Phrase:
    """The phrase that a text says; raises BadFunnel."""
    match = _PHRASE.fullmatch(text.strip())
    if not match or not _NAME.match(match["name"]) or (match["since"] and not _NAME.match(match["since"])):
        raise BadFunnel(f"The phrase “{text}” can't be read", found=_stumble(text), allowed=GRAMMAR)
    phrase = Phrase(
        name=match["name"],
        times=int(match["times"] or 1),
        days=int(match["days"]) if match["days"] else None,
        since=match["since"],
        no=bool(match["no"]),
    )
    _check_bounds(text, "times", phrase.times, MOST_TIMES)
    _check_bounds(text, "days", phrase.days, MOST_DAYS)
    return phrase


def dump_condition(condition: Condition) -> Any:
    """The TOML value that says a condition; parsing it gives the condition again."""
    if isinstance(condition, Phrase):
        return str(condition)
    parts = [dump_condition(part) for part in condition.parts]
    if condition.word == "at_least":
        return {"at_least": condition.least, "of": parts}
    return {condition.word: parts}


def phrases(condition: Condition) -> Iterator[Phrase]:
    """Every phrase of a condition, from left to right, as it was written."""
    if isinstance(condition, Phrase):
        yield condition
    else:
        for part in condition.parts:
            yield from phrases(part)


def evaluate(condition: Condition, holds: Callable[[Phrase], Any]) -> Any:
    """Whether a condition holds, given whether each phrase (without its `no`) does.

    `holds` gives a bool, or a boolean array (one element a case): the result has the same shape.
    """
    if isinstance(condition, Phrase):
        true = holds(condition.asserted)
        return true ^ condition.no
    count = sum(evaluate(part, holds) * 1 for part in condition.parts)
    return (count >= condition.least) & (count <= condition.most)


def _parse_table(table: dict[str, Any], inside: int) -> Nest:
    keys = set(table)
    if keys == {"at_least", "of"}:
        return _at_least(table["at_least"], table["of"], inside)
    if len(keys) != 1 or not keys <= {"all", "any", "none"}:
        word = next(iter(sorted(keys - {"all", "any", "none", "at_least", "of"})), "")
        raise BadFunnel(
            "A nest of conditions was asked for",
            found="{" + ", ".join(table) + "}",
            allowed="{all=[…]}, {any=[…]}, {none=[…]} or {at_least=N, of=[…]}",
            suggestion=nearest(word, ("all", "any", "none", "at_least", "of")) if word else None,
        )
    word = next(iter(keys))
    parts = table[word]
    size = len(parts) if isinstance(parts, list) else 0
    least, most = {"all": (size, size), "any": (1, size), "none": (0, 0)}[word]
    return _nest(word, parts, least, most, inside)


def _at_least(least: Any, parts: Any, inside: int) -> Nest:
    size = len(parts) if isinstance(parts, list) else 0
    if not isinstance(least, int) or isinstance(least, bool) or not 1 <= least <= max(size, 1):
        raise BadFunnel(
            "at_least needs a number", found=repr(least), allowed=f"1 to {size}, the length of the list"
        )
    return _nest("at_least", parts, least, size, inside)


def _nest(word: str, parts: Any, least: int, most: int, inside: int) -> Nest:
    if not isinstance(parts, list) or not parts:
        raise BadFunnel(
            f"“{word}” needs a list of conditions", found=repr(parts), allowed="a list with at least one"
        )
    return Nest(word, least, most, tuple(parse_condition(part, inside + 1) for part in parts))


def _check_bounds(text: str, unit: str, number: int | None, most: int) -> None:
    if number is not None and not 1 <= number <= most:
        raise BadFunnel(
            f"The phrase “{text}” can't be read", found=f"{number} {unit}", allowed=f"1 to {most} {unit}"
        )


def _stumble(text: str) -> str:
    """Where a phrase stops being readable, in words."""
    for word in ("times", "within", "days", "since"):
        slip = [part for part in text.split() if part != word and nearest(part, [word]) == word]
        if slip and word not in text.split():
            return f"“{slip[0]}” where “{word}” may stand"
    words = text.split()
    for count in range(len(words) - 1, 0, -1):
        if _PHRASE.fullmatch(" ".join(words[:count])):
            return f"“{' '.join(words[count:])}” after “{' '.join(words[:count])}”"
    return "a name that isn't one" if words else "nothing"
