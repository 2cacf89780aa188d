"""What the header of a column says it means, given what the column holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from leadline.engine.clocks import is_zone
from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.words import find_date_kind, speak_of, squeezed, synonyms, tokens

Words = frozenset[str]
DATE_OF = "date of "
"""How the meaning of a column of dates begins that stands for one kind of touch: `date of demoed`."""
ENOUGH = 0.6
"""From this share of a header's words on, the words that are known in it are taken for its meaning."""

LEFT_OUT = 0.001
"""So much less sure is a meaning for each word that is left out: of two, the one that says more wins."""

_TOGETHER = re.compile(r"(?<!^up)(datetime|timestamp|date|time|datum|zeitpunkt)$")
_ZONE = re.compile(r"[(\[]([A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_-]+)+)[)\]]")
_BEFORE_NUMBER = re.compile(r"(?<=\D)(?=\d)")


@dataclass(frozen=True)
class Saying:
    """What a header may mean: `sure` is 0 to 1, `place` ranks sayings of the same sureness."""

    means: str
    phrase: str
    sure: float
    place: int = 0


def read_header(header: str, contents: Contents) -> Saying | None:
    """The best meaning of a column that holds no dates, from its header, or None where that says nothing."""
    spoken, as_one = _plain(header), squeezed(header)
    read = dict(reversed([*_readings(spoken)]))  # of two that are the same, the first holds
    found = [
        Saying(means, phrase, sure, -place)
        for place in sorted(_find_near("columns", spoken, as_one))
        for phrase, means, holds, words in [_phrases("columns")[place]]
        if (sure := 1.0 if as_one == squeezed(phrase) else _sureness(spoken, read, words))
        and contents.can_be(holds)
    ]
    return max(found, key=lambda saying: (saying.sure, saying.place), default=None)


def read_date_header(header: str, context: dict[Words, str]) -> Saying | None:
    """What a column of dates stands for, from its header; None where that can't be told.

    A header with nothing but words for date and time is a `happened at` of little sureness.
    """
    spoken = date_words(header)
    if not spoken:
        return Saying("happened at", header, 0.5) if tokens(header) else None
    if spoken in context:
        return Saying(context[spoken], header, 1.0)
    for rest, sure in _date_readings(spoken):
        for place, (phrase, means, _, words) in enumerate(_phrases("dates")):
            if rest in (words - _words("dates"), {squeezed(phrase)}):
                return Saying(means, phrase, sure, -place)
        if kind := find_date_kind(" ".join(sorted(rest))):
            said = " ".join(word for word in tokens(header) if word in rest)
            return Saying(DATE_OF + kind, said, sure * 0.95)
    return _read_part(spoken)


def find_context(headers: Sequence[str]) -> dict[Words, str]:
    """The meanings that some dates have only beside certain other columns (a list of booked meetings)."""
    return {
        _plain(phrase) - _words("dates"): means
        for context in synonyms()["contexts"]
        if all(speak_of(headers, context[side]) for side in ("with", "and") if side in context)
        for phrase, means in context["dates"].items()
    }


def says(header: str, sort: str) -> bool:
    """Whether a header has a word of a sort that `headers` declares.

    Such are "ours" (its column names somebody of us: the owner, who sent it), "contact" (somebody whom we
    deal with: `Primary Contact`), "minor" (amounts in the smallest unit of their currency: `Total
    (cents)`), and "blocking" (its column is about something else than its other words say).
    """
    return speak_of([header], _words(sort))


def find_zone(header: str) -> str:
    """The zone of whose clocks a header says that its times are: `First seen (Europe/Berlin)`; "" if none."""
    if (found := _ZONE.search(header)) and is_zone(found[1]):
        return found[1]
    return "UTC" if {"utc", "gmt"} & set(tokens(header)) else ""


def is_further(header: str, means: str, first: str = "") -> bool:
    """Whether a header names a further address or number of the same person: `E-mail 2`, `Other phone`.

    Where it and the `first` one say whose they are, and not the same, it is somebody else's: of
    `User Email` beside `Invitee Email` one is that of us.
    """
    whose, firsts = _words("contact") & set(tokens(header)), _words("contact") & set(tokens(first))
    if whose and firsts and not whose & firsts:
        return False
    spoken, more = set(tokens(_BEFORE_NUMBER.sub(" ", header))), frozenset(synonyms()["further"]["words"])
    more |= {word for word in spoken if word.isdigit()}
    blocks = (block for block in synonyms()["columns"] if block["means"] == means)
    phrases = [_plain(phrase) for block in blocks for phrase in block["words"]]
    owner = _words("contact") | _words("filler") | _words("dropped")
    return any(words and words <= spoken and spoken - words - owner <= more for words in phrases)


@cache
def _words(name: str) -> Words:
    return frozenset(synonyms()["headers"][name])


def _plain(text: str) -> Words:
    return frozenset(tokens(text)) - _words("dropped")


@cache
def _phrases(table: str) -> tuple[tuple[str, str, str, Words], ...]:
    """Of each phrase of `columns` or `dates`: its text, its meaning, what it holds, its words."""
    return tuple(
        (phrase, block["means"], block.get("holds", "any"), _plain(phrase))
        for block in synonyms()[table]
        for phrase in block["words"]
    )


def _find_near(table: str, spoken: Words, as_one: str) -> set[int]:
    """The places of all phrases that can say something of a header: each has one of its words, or is it."""
    near = _places(table)
    return {place for key in (*spoken, as_one, "") for place in near.get(key, ())}


@cache
def _places(table: str) -> dict[str, list[int]]:
    """The places of phrases by what they are as one word, and by one of their words: all must be spoken."""
    found: dict[str, list[int]] = {}
    for place, (phrase, _, _, words) in enumerate(_phrases(table)):
        for key in {squeezed(phrase), min(words, default="")}:
            found.setdefault(key, []).append(place)
    return found


def _sureness(spoken: Words, read: Mapping[Words, float], words: Words) -> float:
    """How sure it is that words are meant where others are spoken, which can be read in some ways."""
    if words in read:
        return read[words] * 0.98 - LEFT_OUT * (len(spoken) - len(words))
    if words and words < spoken and not (spoken - words) & _words("blocking"):
        share = len(words) / len(spoken)
        return 0.8 * share if share >= ENOUGH else 0.0
    return 0.0


def _readings(spoken: Words) -> Iterator[tuple[Words, float]]:
    """The header's words, whole and without those that only say whose property it is."""
    nothing = frozenset[str]()
    if (asked := spoken - _words("asking")) and asked != spoken:
        yield asked, 0.9
    for owner in (nothing, _words("contact"), _words("deal")):
        for filler in (nothing, _words("filler"), _words("minor") | {"in", "units"}):
            rest = spoken - filler - owner
            if rest == spoken and not (owner or filler):
                yield spoken, 1.0
            elif rest and rest != spoken:
                yield rest, 0.9


def date_words(header: str) -> Words:
    """The words of a header without those for date and time, also where these are no words of their own."""
    words = _plain(_ZONE.sub("", header)) - _words("dates")
    return frozenset(_TOGETHER.sub("", word) or word for word in words)


def _date_readings(spoken: Words) -> Iterator[tuple[Words, float]]:
    yield from _readings(spoken)
    moves = frozenset(synonyms()["date_kind_words"]["dropped"])
    for rest, sure in _readings(spoken):
        if (bare := rest - moves) and bare != rest:
            yield bare, sure * 0.9


def _read_part(spoken: Words) -> Saying | None:
    for place, (phrase, means, _, words) in enumerate(_phrases("dates")):
        rest = words - _words("dates")
        if (
            rest
            and rest < spoken
            and not (spoken - rest) & _words("blocking")
            and len(rest) >= ENOUGH * len(spoken)
        ):
            return Saying(means, phrase, 0.6, -place)
    return None
