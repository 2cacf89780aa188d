"""What a column holds, judged by its cells alone: dates, amounts, e-mail addresses, words that repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadline.engine.importers.cells.dates import looks_like_date
from leadline.engine.importers.cells.values import is_placeholder, looks_like_number, parse_truth, spread
from leadline.engine.importers.words import (
    find_booking,
    find_entry,
    find_kind,
    find_outcome,
    goes_on,
    has_ended,
    is_coming,
    is_given_back,
    is_over,
    is_paid,
    opted_out,
    tells_guests,
)
from leadline.engine.touches import Column

_EMAIL = re.compile(r"[^@\s<>;,]+@[^@\s<>;,]+\.[^@\s<>;,]+(?:\s*[;,]\s*[^@\s<>;,]+@[^@\s<>;,]+)*")
_PROFILE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)?(?:linkedin\.com/(?:in|pub|company)|xing\.com/profile|facebook\.com|instagram\.com"
    r"|(?:twitter|x)\.com|tiktok\.com/@|bsky\.app/profile)/?\S+",
    re.IGNORECASE,
)
_PHONE = re.compile(r"'?(?:[a-z]{1,8}:)?(?:\+|00)\d[\d ()./-]{6,20}\d", re.IGNORECASE)
_NUMBERED = re.compile(r"#\w*\d\w*|[A-Za-z]{2,8}_[A-Za-z\d]*\d[A-Za-z\d]*")
_LETTER = re.compile(r"[^\W\d_]")
_WHOLE = re.compile(r"\d+(?:\.0+)?")
FEW = 12
"""So many different values, or fewer, are always taken for words that repeat."""
ENTRIES = 0.8
"""From this share of words for sorts of money on, a column says what sort each row of an account is."""
PROFILES = 0.8
"""From this share of addresses of profiles in networks on, a column says what people are called there."""
PHONES = 0.8
"""From this share of numbers with a country on, a column of which no header says more holds telephones."""
LETTERS = 0.5
"""From this share of texts with a letter on, they can be what people are called."""
SAMPLE = 400
"""How many distinct texts are looked at to judge a column."""


@dataclass(frozen=True)
class Contents:
    """Shares (0 to 1) are of a column's distinct texts, placeholders left out.

    `ends` holds "won" and "lost" where a text says that; `missed`: one says that nobody came, `over`: one
    says of a client that they are one no more, `members`: one says so, and another that they still are.
    `out`: most are words for who may be written to, and one says that somebody may not, which is no word for
    how a deal ended.
    """

    filled: int
    distinct: int
    dates: float = 0.0
    numbers: float = 0.0
    whole: float = 0.0
    emails: float = 0.0
    profiles: float = 0.0
    phones: float = 0.0
    outcomes: float = 0.0
    ends: frozenset[str] = frozenset()
    kinds: float = 0.0
    paid: float = 0.0
    over: bool = False
    members: bool = False
    entries: float = 0.0
    bookings: float = 0.0
    missed: bool = False
    guests: float = 0.0
    opting_out: float = 0.0
    out: bool = False
    letters: float = 1.0
    length: float = 0.0
    truths: bool = False
    come_again: bool = False

    @property
    def are_dates(self) -> bool:
        """Whether most of the texts are dates."""
        return self.dates >= 0.6

    @property
    def are_numbers(self) -> bool:
        """Whether most of the texts are numbers, and not dates."""
        return self.numbers >= 0.7 and not self.are_dates

    @property
    def are_few(self) -> bool:
        """Whether the same values come again: something to compare by."""
        return self.distinct <= 200 and (self.distinct <= FEW or self.distinct * 2 <= self.filled)

    @property
    def are_many(self) -> bool:
        """Whether there are enough different values for them to be people or deals."""
        enough = self.distinct >= FEW or self.distinct * 2 >= self.filled or self.come_again
        return enough and self.kinds < 0.5

    @property
    def says(self) -> str:
        """In a word or two, for the reason of a proposal."""
        if not self.filled:
            return "empty"
        if self.are_dates:
            return "dates"
        if self.emails >= 0.5:
            return "e-mail addresses"
        if self.truths:
            return "yes and no"
        if self.are_numbers:
            return "numbers"
        return f"{self.distinct:,} different text{'s' * (self.distinct != 1)}"

    def can_be(self, holds: str) -> bool:
        """Whether these are cells of the sort that a block of `synonyms.toml` names in `holds`."""
        words = not self.are_dates and not self.are_numbers
        flags = self.truths or (self.outcomes >= 0.5 and self.distinct <= FEW)
        codes = not self.are_dates and not (self.truths and (self.filled > 3 or not self.are_numbers))
        keys = codes and (words or self.whole >= 0.9)
        return {
            "any": True,
            "codes": codes,
            "keys": keys,
            "many": keys and self.are_many,
            "names": words and self.are_many and not self.truths,
            "people": words and self.are_many and not self.truths and self.letters >= LETTERS,
            "texts": words and not self.truths,
            "few": words and self.are_few and not self.truths,
            "numbers": self.are_numbers,
            "truths": self.truths,
            "flags": flags,
            "statuses": flags or ((self.paid > 0 or self.over) and self.distinct <= FEW),
            "entries": self.entries >= ENTRIES and self.distinct > 1,
            "opt-outs": self.truths or (self.opting_out >= ENTRIES and self.distinct <= FEW),
            "consents": self.out and not self.truths,
            "e-mails": self.emails >= 0.5,
            "profiles": self.profiles >= PROFILES,
        }[holds]


def judge(column: Column, header: str) -> Contents:
    """What a column holds."""
    labels: Sequence[str] = column.labels
    sample = [text for text in spread(labels, SAMPLE) if not is_placeholder(text)]
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(labels))
    filled = int(counts.sum())
    if len(labels) <= SAMPLE:
        filled -= int(sum(counts[code] for code, text in enumerate(labels) if is_placeholder(text)))
    if not sample or not filled:
        return Contents(0, 0)
    truths = {parse_truth(text) for text in sample[:3]} if len(sample) <= 2 else {None}
    return Contents(
        filled=filled,
        distinct=len(sample) if len(labels) <= SAMPLE else len(labels),
        dates=looks_like_date(sample, header),
        numbers=looks_like_number(sample),
        whole=_share(_WHOLE.fullmatch(text) is not None for text in sample),
        emails=_share(_EMAIL.fullmatch(text) is not None for text in sample),
        profiles=_share(_PROFILE.match(text) is not None for text in sample),
        phones=_share(map(looks_like_phone, sample)),
        outcomes=_share(find_outcome(text) is not None for text in sample),
        ends=frozenset(said for text in sample if (said := find_outcome(text)) in ("won", "lost")),
        kinds=_share(find_kind(text) is not None for text in sample),
        entries=_share_of_entries(sample),
        bookings=_share(find_booking(text) is not None for text in sample),
        missed=any(find_booking(text) == "missed" for text in sample),
        guests=_share_of_guests(sample),
        opting_out=_share(opted_out(text) is not None for text in sample),
        out=_says_out(sample),
        letters=_share(_is_worded(text) for text in sample),
        paid=_share(is_paid(text) or is_given_back(text) for text in sample),
        over=any(is_over(text) for text in sample),
        members=any(has_ended(text) for text in sample) and any(goes_on(text) for text in sample),
        length=float(np.mean([len(text) for text in sample])),
        truths=None not in truths,
    )


def looks_like_phone(text: str) -> bool:
    """Whether a text is a telephone number with its country."""
    return _PHONE.fullmatch(text) is not None


def _share(found: object) -> float:
    return float(np.mean(list(found)))  # type: ignore[call-overload]


def _is_worded(text: str) -> bool:
    """Whether a text has letters, and is no number or code with its sign: `#1001`, `#A17`, `cus_9s6X`."""
    return _LETTER.search(text) is not None and _NUMBERED.fullmatch(text) is None


def _says_out(sample: Sequence[str]) -> bool:
    """Whether these are words for who may be written to, of which one says that somebody may not."""
    if len(sample) > FEW or _share(opted_out(text, beside=True) is not None for text in sample) < ENTRIES:
        return False
    return any(opted_out(text) and find_outcome(text) is None for text in sample)


def _share_of_guests(sample: Sequence[str]) -> float:
    """The share of words for whether somebody comes to an event, where one can hardly be of anything else."""
    if len(sample) > FEW or not any(map(tells_guests, sample)):
        return 0.0
    return _share(is_coming(text) is not None for text in sample)


def _share_of_entries(sample: Sequence[str]) -> float:
    """The share of words for sorts of money, where some of it was earned, and some given back or nobody's."""
    sorts = [find_entry(text) for text in sample]
    told = "sold" in sorts and {"given_back", "others"} & set(sorts)
    return _share(sort is not None for sort in sorts) if told else 0.0
