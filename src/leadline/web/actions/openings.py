"""What is open with everybody: asks with their answers, and next steps; caches of what follows from touches.

*Asks.* Every touch of link `ask` has its record, also where it was logged by hand or came from a file; what
was answered, and when, is what the engine reads from the touches (`list_asks`): answers are to the latest, or
to the latest of the deal that they are told of. An ask keeps what its touch calls the deal.

*Next steps.* Touches count in order of time, facts left out:

* ask: they talked (group `conversed`), were never asked, have not bought, and have not left since;
* reply: the last word was theirs, in writing or on the phone: a request, or something two-way that was no
  meeting; who booked an appointment waits for that, and for no reply;
* follow up: they responded, came forward or left an address, and nobody turned to them personally since
  (group `contacted`) or has an appointment with them (`arranged`), nor did they leave; where a reply is due,
  that is said instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from leadline.engine.cycle.asking import ANSWERS, list_asks
from leadline.engine.cycle.firsts import Firsts
from leadline.engine.instants import NEVER
from leadline.engine.kinds import Kinds
from leadline.engine.touches import MISSING, Touches
from leadline.web.actions import interest
from leadline.web.actions.lives import Moment, lives_of
from leadline.web.actions.rows import insert, update
from leadline.web.actions.standings import People
from leadline.web.among import one_of
from leadline.web.models import Ask, NextStep, Offer

COLUMNS = ("path", "channel", "offer", "deal", "currency", "origin")
"""What of a touch an ask is made of."""
_SAID = {
    "yes": Ask.Answer.YES,
    "no": Ask.Answer.NO,
    "not now": Ask.Answer.NOT_NOW,
    "waiting": Ask.Answer.WAITING,
}
_OF_ASKS = ("answer", "answered_at", "touch_id")
_COPIED = ("contact_id", "key", "amount", "currency", "path", "channel", "asked_at")
"""What the record of an ask has from its touch."""


class Asked(NamedTuple):
    """An ask as its touch tells of it, and what was answered to it."""

    contact_id: int
    touch_id: int
    origin: str
    answer: str
    answered_at: int | None
    key: str | None
    offer: str
    amount: int | None
    currency: str
    path: str
    channel: str
    asked_at: int


class Step(NamedTuple):
    """A next step: with whom, of which sort, since when, by a touch of which kind, and the contact's rank."""

    contact_id: int
    sort: str
    since: int
    kind: str
    rank: float


def write(people: People, asks: Sequence[Asked], steps: Iterable[Step]) -> None:
    """Write anew what is open with people."""
    _write_asks(people, asks)
    _write_steps(people, steps)


@dataclass(frozen=True)
class Meaning:
    """What kinds, by their codes, mean for next steps."""

    conversed: frozenset[int]
    purchased: frozenset[int]
    seen_to: frozenset[int]
    came: frozenset[int]
    replies: frozenset[int]
    link: tuple[str, ...]

    @staticmethod
    @lru_cache(maxsize=8)
    def of(kinds: Kinds) -> Meaning:
        """The meaning of kinds: a request wants a reply, and so does what is two-way and no meeting."""
        arranged = kinds.named("arranged")
        conversed, came = kinds.named("conversed"), ("responded", "came_forward", "gave_contact")
        both = frozenset(code for code, kind in enumerate(kinds.kinds) if kind.direction == "both")
        return Meaning(
            conversed=conversed,
            purchased=kinds.named("purchased"),
            seen_to=kinds.named("contacted") | arranged,
            came=frozenset().union(*(kinds.named(name) for name in came)),
            replies=(kinds.named("reached_out") | (both & conversed - kinds.named("met"))) - arranged,
            link=tuple(kind.link for kind in kinds.kinds),
        )


def next_steps(life: list[Moment], meaning: Meaning) -> dict[str, Moment]:
    """What is open with somebody, each with what opened it, from their touches in order of time."""
    link = meaning.link
    done = [one for one in life if link[one[1]] != "fact"]
    last_exit = max((place for place, one in enumerate(done) if link[one[1]] == "exit"), default=-1)
    here, bought = done[last_exit + 1 :], any(kind in meaning.purchased for _, kind in done)
    found: dict[str, Moment] = {}
    talks = [one for one in here if one[1] in meaning.conversed]
    if talks and not bought and not any(link[kind] == "ask" for _, kind in done):
        found["ask"] = talks[-1]
    if here and here[-1][1] in meaning.replies:
        found["reply"] = here[-1]
    first = next((place for place, one in enumerate(here) if one[1] in meaning.came), None)
    if first is None or bought or "reply" in found:
        return found
    if not any(kind in meaning.seen_to or link[kind] == "ask" for _, kind in here[first:]):
        found["follow"] = here[first]
    return found


def follow_steps(touches: Touches) -> list[Step]:
    """The next steps with everybody in the touches."""
    names, meaning, found = touches.kinds.names_of_kinds, Meaning.of(touches.kinds), list[Step]()
    for contact, life in lives_of(touches).items():
        if steps := next_steps(life, meaning):
            rank = interest.rank(life, touches.kinds)
            found += [Step(contact, sort, at, names[kind], rank) for sort, (at, kind) in steps.items()]
    return found


def _write_steps(people: People, steps: Iterable[Step]) -> None:
    wanted = {(one.contact_id, one.sort): one for one in steps}
    there = NextStep.objects.filter(one_of(people.everybody, "contact"))
    gone, moved = [], []
    for contact, sort, since, rank, number in there.values_list("contact_id", "sort", "since", "rank", "id"):
        one = wanted.get((contact, sort))
        if one is None or one.since != since:
            gone.append(number)
            continue
        del wanted[contact, sort]
        if rank != one.rank:
            moved.append((one.rank, number))
    if gone:
        NextStep.objects.filter(one_of(gone)).delete()
    update(NextStep, ("rank",), moved)
    insert(
        NextStep,
        (*Step._fields, "owner_id", "team_id"),
        ((*one, *people.told[one.contact_id][:2]) for one in wanted.values()),
    )


def follow_asks(touches: Touches) -> list[Asked]:
    """The asks of everybody in the touches, with what was answered."""
    log = list_asks(Firsts(touches, touches.contact, NEVER))
    numbers = touches.id.labels if touches.id else ()
    return [
        Asked(
            contact_id=touches.contact[row],
            touch_id=numbers[row],
            origin=_text(touches, "origin", row),
            **_answer(log, place),
            key=_text(touches, "deal", row) or None,
            offer=_text(touches, "offer", row),
            amount=_amount(touches, row),
            currency=_text(touches, "currency", row),
            path=_text(touches, "path", row),
            channel=_text(touches, "channel", row),
            asked_at=int(touches.happened_at[row]),
        )
        for place, row in enumerate(log.row.tolist())
    ]


def _write_asks(people: People, asks: Sequence[Asked]) -> None:
    known = list(Ask.objects.filter(one_of(people.everybody, "contact")))
    by_touch = {one.touch_id: one for one in known if one.touch_id}
    by_name = {f"ask:{one.pk}": one for one in known if one.touch_id is None}
    found, missing = {}, []
    for one in asks:
        ask = by_touch.get(one.touch_id)
        if ask is None and by_name:
            ask = by_name.pop(one.origin, None)
        if ask is None:
            missing.append(one)
        else:
            found[ask.pk] = {name: getattr(one, name) for name in _OF_ASKS}
    changed = [one for one in known if _put(one, found.get(one.pk))]
    update(Ask, _OF_ASKS, ((one.answer, one.answered_at, one.touch_id, one.pk) for one in changed))
    _add_asks(people, missing)


def _answer(log: Any, place: int) -> dict[str, Any]:
    answered = int(log.answered_at[place])
    said = _SAID[ANSWERS[int(log.answer[place])]]
    return {
        "answer": Ask.Answer.AGAIN if log.superseded[place] else said,
        "answered_at": None if answered == NEVER else answered,
    }


def _put(ask: Ask, state: dict[str, Any] | None) -> bool:
    """Whether an ask became another one by its state; without one its touch has been taken back."""
    if state is None:
        if ask.touch_id is None:
            return False
        state = {"answer": Ask.Answer.WITHDRAWN, "answered_at": None}
    before = {name: getattr(ask, name) for name in state}
    for name, value in state.items():
        setattr(ask, name, value)
    return before != state


def _add_asks(people: People, missing: Sequence[Asked]) -> None:
    """Records of asks that were logged as touches alone."""
    if not missing:
        return
    offers = dict(Offer.objects.values_list("name", "pk"))
    insert(
        Ask,
        (*_COPIED, *_OF_ASKS, "owner_id", "team_id", "offer_id", "title", "reason"),
        (
            (
                *(getattr(one, name) for name in (*_COPIED, *_OF_ASKS)),
                *people.told[one.contact_id][:2],
                offers.get(one.offer),
                "",
                "",
            )
            for one in missing
        ),
    )


def _text(touches: Touches, name: str, row: int) -> str:
    return (touches.columns[name][row] or "") if name in touches.columns else ""


def _amount(touches: Touches, row: int) -> int | None:
    value = MISSING if touches.value is None else int(touches.value[row])
    return None if value == MISSING else value
