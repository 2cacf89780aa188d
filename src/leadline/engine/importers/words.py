"""The words that other programs' exports use, and what they stand for; declared in `synonyms.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MAIL = re.compile(r"\be[-‑ ]?mail", re.IGNORECASE)
_NUMBER = re.compile(r"0*(\d+?)(?:\.0+)?")
_APART = re.compile(r"[\W_]+")
_PARTS = re.compile(r"\s[-–—:]\s|:\s")
_GIST = re.compile(
    r"(?<=\w)\s*(?:[(\[,;:]|\s[-–—]\s"
    r"|\b(?:by|on|at|in \d+|due|since|until|par|le|por|el|da|il|von|vom|am|bis|seit|durch|door|op)\b).*"
)
_LETTERS = str.maketrans(
    {"ß": "ss", "ı": "i", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "&": " and "}
)


@cache
def synonyms() -> Mapping[str, Any]:
    """The whole of `synonyms.toml`."""
    return tomllib.loads(
        files("leadline.engine.importers").joinpath("synonyms.toml").read_text(encoding="utf-8")
    )


@lru_cache(maxsize=1 << 16)
def tokens(text: str) -> tuple[str, ...]:
    """The plain words of a text: `Won time`, `won_time`, `WonTime` are ("won", "time"); accents go."""
    parted = _HUMPS.sub(" ", _MAIL.sub("email", text)).lower().translate(_LETTERS)
    plain = parted if parted.isascii() else _without_accents(parted)
    return tuple(word for word in _APART.split(plain) if word)


def _without_accents(text: str) -> str:
    parted = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in parted if not unicodedata.combining(sign))


@lru_cache(maxsize=1 << 16)
def squeezed(text: str) -> str:
    """A text without case, accents, spaces and punctuation: `GTX Pro` and `GTXPro` are both `gtxpro`.

    All its `tokens` as one; of plain letters, of which there are many, found without parting them first.
    """
    if not text.isascii():
        return "".join(tokens(text))
    return _APART.sub("", _MAIL.sub("email", text).lower().replace("&", "and"))


def gist(text: str) -> str:
    """A status without by whom, when and why: `Cancelled by us`, `Overdue on 2/19`, `No-show (late)`."""
    return _GIST.sub("", text.strip().lower())


def _look_up(words: Mapping[str, str], text: str) -> str | None:
    """What a status stands for, as a whole or by its gist."""
    found = words.get(squeezed(text))
    return found if found is not None else words.get(squeezed(gist(text)))


def plain_number(text: str) -> str | None:
    """A number that is an id, without what spreadsheets add or take away: `00123` and `123.0` are 123."""
    found = _NUMBER.fullmatch(text)
    return found[1] if found else None


def stem(word: str) -> str:
    """A word without its ending, so that `clicked`, `clicks` and `click` are one; `submitted` is `submit`."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    word = word[:-1] + "i" if word.endswith("y") else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def bag(text: str, dropped: Iterable[str] = ()) -> frozenset[str]:
    """The stems of a text's words, in no order."""
    return frozenset(stem(word) for word in tokens(text) if word not in frozenset(dropped))


class Phrasebook:
    """Phrases that stand for something, found by what they say whatever their order, case and endings."""

    def __init__(self, phrases: Iterable[tuple[str, str]], dropped: Iterable[str] = ()) -> None:
        self._dropped = frozenset(dropped)
        self._whole: dict[str, str] = {}
        self._bags: dict[frozenset[str], str] = {}
        for phrase, stands_for in phrases:
            self._whole.setdefault(squeezed(phrase), stands_for)
            self._bags.setdefault(bag(phrase, self._dropped) or bag(phrase), stands_for)

    def find(self, text: str) -> str | None:
        """What the text stands for, or None where no phrase says it."""
        found = self._whole.get(squeezed(text))
        return found if found is not None else self._bags.get(bag(text, self._dropped) or bag(text))


@cache
def _kind_phrases() -> Phrasebook:
    words = synonyms()
    phrases = ((phrase, kind) for kind, phrases in words["kinds"].items() for phrase in phrases)
    return Phrasebook(phrases, words["kind_words"]["dropped"])


@cache
def _date_kind_phrases() -> Phrasebook:
    words = synonyms()
    phrases = ((phrase, kind) for kind, phrases in words["date_kinds"].items() for phrase in phrases)
    return Phrasebook(phrases, words["date_kind_words"]["dropped"])


def find_kind(text: str) -> str | None:
    """The kind of touch that a word of a log says (`Email Opened` is `opened`), or None."""
    return _kind_phrases().find(text)


def find_date_kind(header_words: str) -> str | None:
    """The kind of touch that dates stand for, from their header without the words for date and time."""
    return _date_kind_phrases().find(header_words)


@cache
def _outcome_words() -> tuple[dict[str, str], dict[str, str]]:
    outcomes = synonyms()["outcomes"]
    whole = {squeezed(word): outcome for outcome, words in outcomes.items() for word in words["whole"]}
    return whole, {word: outcome for outcome, words in outcomes.items() for word in words["anywhere"]}


def find_outcome(text: str) -> str | None:
    """Whether a text says "won", "lost" or "open"; None where it says none of them.

    Of a text in parts one that says it was lost is enough: `Closed - Disqualified`.
    """
    whole, anywhere = _outcome_words()
    spoken = set(tokens(text))
    if (said := squeezed(text)) in whole:
        return whole[said]
    if "lost" in (whole.get(squeezed(part)) for part in _PARTS.split(text)):
        return "lost"
    found = {anywhere[word] for word in spoken if word in anywhere}
    negated = spoken & set(synonyms()["outcome_words"]["negations"])
    return found.pop() if len(found) == 1 and not negated else None


@cache
def _unsaid() -> frozenset[str]:
    return frozenset(squeezed(word) for word in synonyms()["outcomes_unsaid"]["whole"])


def leaves_open_how(text: str) -> bool:
    """Whether a text says that something is over, and not how it ended: closed, done."""
    return squeezed(text) in _unsaid()


@cache
def _payment_words() -> dict[str, str]:
    sorts = {sort: words for sort, words in synonyms()["payments"].items() if sort != "invoices"}
    return {squeezed(word): sort for sort, words in sorts.items() for word in words}


def is_unpaid(text: str, *, invoiced: bool = False) -> bool:
    """Whether the status of an order says that it brought no money: cancelled, pending.

    One that was sent is on its way, but an invoice that was sent isn't paid.
    """
    sort = _look_up(_payment_words(), text)
    return sort == "unpaid" or (invoiced and sort == "billed")


def is_paid(text: str) -> bool:
    """Whether the status of an order says that it was paid."""
    return _look_up(_payment_words(), text) in ("paid", "partly_paid", "partly_given_back")


def is_bought(text: str) -> bool:
    """Whether the status of an order is a usual one of what was bought, paid or on its way."""
    return is_paid(text) or _look_up(_payment_words(), text) in ("done", "billed", "given_back")


def is_partly_paid(text: str) -> bool:
    """Whether the status of an order says that a part of it was paid."""
    return _look_up(_payment_words(), text) == "partly_paid"


def is_given_back(text: str) -> bool:
    """Whether the status of an order says that it was paid, and all of it given back."""
    return _look_up(_payment_words(), text) == "given_back"


def is_partly_given_back(text: str) -> bool:
    """Whether the status of an order says that it was paid, and a part of it given back."""
    return _look_up(_payment_words(), text) == "partly_given_back"


def speak_of(headers: Iterable[str], words: Iterable[str]) -> bool:
    """Whether a header has one of these words."""
    said = frozenset(words)
    return any(not said.isdisjoint(tokens(header)) for header in headers)


def speak_of_invoices(headers: Iterable[str]) -> bool:
    """Whether a header has a word for invoices."""
    return speak_of(headers, synonyms()["payments"]["invoices"])


def speak_of_statements(headers: Iterable[str]) -> bool:
    """Whether a header has a word of statements of bank accounts, in which money goes out too."""
    return speak_of(headers, synonyms()["statements"]["headers"])


@cache
def _membership_words(sort: str) -> frozenset[str]:
    return frozenset(squeezed(word) for word in synonyms()["memberships"][sort])


def names_members(words: Iterable[str]) -> bool:
    """Whether there are words, all of them for those who pay: `patron`, `subscription`."""
    spoken = set(words)
    return bool(spoken) and spoken <= set(synonyms()["memberships"]["who"])


def _says(text: str, sort: str) -> bool:
    """Whether the status of a member is one of a sort, with or without a word for who has it."""
    words = _membership_words(sort)
    who = synonyms()["memberships"]["who"]
    return squeezed(text) in words or "".join(word for word in tokens(text) if word not in who) in words


def is_trial(text: str) -> bool:
    """Whether the status of a member says that they try it out, and have paid nothing yet."""
    return _says(text, "trial")


def has_ended(text: str) -> bool:
    """Whether the status of a member says that the membership is over: `cancelled`, `former member`."""
    return _says(text, "ended")


def goes_on(text: str) -> bool:
    """Whether the status of a member says that the membership goes on."""
    return _says(text, "going_on")


@cache
def _free_words() -> frozenset[str]:
    return frozenset(synonyms()["clients"]["free"])


def is_free(text: str) -> bool:
    """Whether what somebody has costs nothing by its name: `Free`, `Free plan`."""
    return not _free_words().isdisjoint(tokens(text)) and not is_trial(text)


@cache
def _over_words() -> frozenset[str]:
    return frozenset(squeezed(word) for word in synonyms()["clients"]["over"])


def is_over(text: str) -> bool:
    """Whether the status of a client says that they are one no more."""
    return has_ended(text) or squeezed(text) in _over_words()


@cache
def _entry_words() -> dict[str, str]:
    return {squeezed(word): sort for sort, words in synonyms()["entries"].items() for word in words}


def find_entry(text: str) -> str | None:
    """What sort of money an entry of an account is: "sold", "given_back", "others"; None for another word."""
    return _entry_words().get(squeezed(text))


def is_invoice(text: str) -> bool:
    """Whether an entry of an account is an invoice, which payments beside it only settle."""
    return speak_of_invoices([text])


@cache
def _booking_words() -> dict[str, str]:
    sorts = {sort: words for sort, words in synonyms()["bookings"].items() if sort != "headers"}
    return {squeezed(word): sort for sort, words in sorts.items() for word in words}


def find_booking(text: str) -> str | None:
    """What became of an appointment: "held", "missed", "standing" or "others"; None for another word."""
    return _look_up(_booking_words(), text)


@cache
def _guest_words(sort: str) -> frozenset[str]:
    return frozenset(squeezed(word) for word in synonyms()["guests"][sort])


def is_coming(text: str) -> bool | None:
    """Whether the status of a guest says that they come to an event; None for another word."""
    said = squeezed(text)
    if said in _guest_words("coming"):
        return True
    return False if said in _guest_words("others") else None


def tells_guests(text: str) -> bool:
    """Whether a word leaves little doubt that its column is about guests: waitlist, not going."""
    return squeezed(text) in _guest_words("telling")


@cache
def _opt_out_words(sort: str) -> frozenset[str]:
    return frozenset(squeezed(word) for word in synonyms()["opting_out"][sort])


def opted_out(text: str, *, beside: bool = False) -> bool | None:
    """Whether a word says that somebody opted out, or that they did not; None for another word.

    Some words (`cancelled`) say it only `beside` one that leaves no doubt.
    """
    said = {squeezed(text), squeezed(gist(text))}
    if said & _opt_out_words("yes") or (beside and said & _opt_out_words("beside")):
        return True
    return False if said & _opt_out_words("no") else None
