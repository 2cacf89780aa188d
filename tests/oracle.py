"""What follows from touches and a funnel, worked out in the dumbest way that can be right.

Nothing here is shared with the package. Kinds and funnels are the plain documents that TOML gives; a log is a
list of `Touch`. At every instant at which anything could change, every phrase is counted again from the
first touch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

DAY = 24 * 60 * 60 * 1_000_000
LINKS = ["generate", "nurture", "ask", "answer", "fact", "exit"]
PHRASE = re.compile(r"(no )?([\w-]+)(?: (\d+) times?)?(?: within (\d+) days?)?(?: since ([\w-]+))?")

Document = Mapping[str, object]


@dataclass(frozen=True)
class Touch:
    """One thing that happened: when (µs), of which kind, and the id that settles the order of twins."""

    at: int
    kind: str
    id: str
    machine: bool = False


@dataclass(frozen=True)
class Row:
    """The subject was in this stage (and step) from `entered` up to `left`, because of the touch `cause`."""

    stage: str | None
    step: str | None
    entered: int
    left: int | None
    cause: str | None


class Words:
    """What the names mean, read from one or more kinds documents (the first one is the shipped one)."""

    def __init__(self, *documents: Document) -> None:
        kinds = [kind for document in documents for kind in document.get("kinds", [])]
        facts = [fact for document in documents for fact in document.get("facts", [])]
        self.kinds = [k for k in kinds if not k.get("machine")]
        self.kinds.sort(key=lambda kind: LINKS.index(kind["link"]))  # stable: a user's kinds come after ours
        self.order = {kind["name"]: place for place, kind in enumerate(self.kinds)}
        self.lasts = {fact["name"]: fact.get("lasts_days") for fact in facts}
        self.counted, self.clearing = cache(self.counted), cache(self.clearing)  # asked at every instant

    def counted(self, name: str) -> set[str]:
        """The kinds whose touches are meant by a name."""
        if name in self.lasts:
            return {k["name"] for k in self.kinds if name in k.get("sets", [])}
        return {k["name"] for k in self.kinds if name == k["name"] or name in k.get("groups", [])}

    def clearing(self, name: str) -> set[str]:
        """The kinds that make a fact untrue."""
        return {k["name"] for k in self.kinds if name in k.get("clears", [])} if name in self.lasts else set()


def in_order(log: Iterable[Touch], words: Words) -> list[Touch]:
    """The touches that count, as they are applied: by instant, then the order of the kinds, then id."""
    by_people = [touch for touch in log if touch.kind in words.order and not touch.machine]
    return sorted(by_people, key=lambda touch: (touch.at, words.order[touch.kind], touch.id))


@cache
def read_phrase(phrase: str) -> tuple[str | None, ...]:
    """The parts of a phrase: “no”, a name, how many times, within how many days, since what."""
    return PHRASE.fullmatch(phrase).groups()


def window_of(phrase: str, words: Words) -> int | None:
    """How long one touch counts for a phrase: what the phrase says, or else how long the fact lasts."""
    _, name, _, days, _ = read_phrase(phrase)
    days = days or words.lasts.get(name)
    return int(days) * DAY if days else None


def counting(phrase: str, applied: list[Touch], t: int, words: Words) -> list[Touch]:
    """The touches that count for a phrase at t, when these, in this order, have been applied."""
    _, name, _, _, since = read_phrase(phrase)
    resets = words.clearing(name) | (words.counted(since) if since else set())
    window = window_of(phrase, words)
    counted = []
    for touch in applied:
        if touch.kind in resets:
            counted = []
        elif touch.kind in words.counted(name):
            counted.append(touch)
    return [touch for touch in counted if window is None or t < touch.at + window]


def phrase_holds(phrase: str, applied: list[Touch], t: int, words: Words) -> bool:
    """Whether a phrase holds at t, when these touches, in this order, have been applied."""
    no, _, times, _, _ = read_phrase(phrase)
    return (len(counting(phrase, applied, t, words)) >= int(times or 1)) != bool(no)


def condition_holds(condition: object, applied: list[Touch], t: int, words: Words) -> bool:
    """Whether a condition, as it stands in the TOML, holds at t."""
    if isinstance(condition, str):
        return phrase_holds(condition, applied, t, words)
    if isinstance(condition, list):
        condition = {"all": condition}
    parts = condition.get("all") or condition.get("any") or condition.get("none") or condition.get("of")
    held = [condition_holds(part, applied, t, words) for part in parts]
    if "all" in condition:
        return all(held)
    if "any" in condition:
        return any(held)
    if "none" in condition:
        return not any(held)
    return sum(held) >= condition["at_least"]


def phrases_in(condition: object) -> list[str]:
    """Every phrase of a condition, or of a list of stages or steps."""
    if isinstance(condition, str):
        return [condition]
    if isinstance(condition, list):
        return [phrase for part in condition for phrase in phrases_in(part)]
    inner = [condition.get(key, []) for key in ("when", "steps", "all", "any", "none", "of")]
    return [phrase for part in inner for phrase in phrases_in(part)]


def stage_at(funnel: Document, applied: list[Touch], t: int, words: Words) -> tuple[str | None, str | None]:
    """The last stage whose condition holds at t, and the last of its steps."""
    stage = last_that_holds(funnel["stages"], applied, t, words)
    step = last_that_holds(stage.get("steps", []), applied, t, words) if stage else None
    return (stage["name"] if stage else None), (step["name"] if step else None)


def last_that_holds(places: list[Document], applied: list[Touch], t: int, words: Words) -> Document | None:
    holding = [place for place in places if condition_holds(place["when"], applied, t, words)]
    return holding[-1] if holding else None


def cause_at(funnel: Document, log: list[Touch], t: int, words: Words) -> str | None:
    """The last touch of instant t that changed whether any phrase holds; None where only time passed."""
    phrases = phrases_in(funnel["stages"])
    applied = [touch for touch in log if touch.at < t]
    truth = [phrase_holds(phrase, applied, t, words) for phrase in phrases]
    cause = None
    for touch in log:
        if touch.at == t:
            applied = [*applied, touch]
            before, truth = truth, [phrase_holds(phrase, applied, t, words) for phrase in phrases]
            cause = touch.id if truth != before else cause
    return cause


def history(funnel: Document, touches: Iterable[Touch], as_of: int, words: Words) -> list[Row]:
    """Everything that follows for one subject, from its first stage to as_of (inclusive)."""
    log = [touch for touch in in_order(touches, words) if touch.at <= as_of]
    windows = {window_of(phrase, words) for phrase in phrases_in(funnel["stages"])} - {None}
    instants = {touch.at for touch in log} | {touch.at + window for touch in log for window in windows}
    rows: list[Row] = []
    now: tuple[str | None, str | None] = (None, None)
    for t in sorted(instant for instant in instants if instant <= as_of):
        before, now = now, stage_at(funnel, [touch for touch in log if touch.at <= t], t, words)
        if now == before:
            continue
        if rows:
            last = rows.pop()
            rows.append(Row(last.stage, last.step, last.entered, t, last.cause))
        rows.append(Row(*now, t, None, cause_at(funnel, log, t, words)))
    return rows
