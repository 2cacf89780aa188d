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

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from leadline.engine.cycle.asking import ANSWERS, list_asks
from leadline.engine.cycle.firsts import Firsts
from leadline.engine.instants import NEVER
from leadline.engine.kinds import Kinds
from leadline.engine.touches import MISSING, Touches
from leadline.web.actions import interest
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

Step = tuple[int, int]
"""Since when, and the code of the kind that opened it."""


def write(people: People, touches: Touches) -> None:
    """Write anew what is open with people, by their touches with the columns of COLUMNS."""
    _write_asks(people, touches)
    _write_steps(people, touches)


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


def next_steps(life: list[tuple[int, int]], meaning: Meaning) -> dict[str, Step]:
    """What is open with somebody, from the (instant, code of kind) of their touches in order of time."""
    link = meaning.link
    done = [one for one in life if link[one[1]] != "fact"]
    last_exit = max((place for place, one in enumerate(done) if link[one[1]] == "exit"), default=-1)
    here, bought = done[last_exit + 1 :], any(kind in meaning.purchased for _, kind in done)
    found: dict[str, Step] = {}
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


def _write_steps(people: People, touches: Touches) -> None:
    names, meaning = touches.kinds.names_of_kinds, Meaning.of(touches.kinds)
    lives = lives_of(touches)
    wanted = {
        (contact, sort): step
        for contact, life in lives.items()
        for sort, step in next_steps(life, meaning).items()
    }
    ranks = {contact: interest.rank(lives[contact], touches.kinds) for contact, _ in wanted}
    there = NextStep.objects.filter(one_of(people.everybody, "contact"))
    gone, moved = [], []
    for contact, sort, since, rank, number in there.values_list("contact_id", "sort", "since", "rank", "id"):
        if wanted.get((contact, sort), (None,))[0] != since:
            gone.append(number)
            continue
        del wanted[contact, sort]
        if rank != ranks[contact]:
            moved.append((ranks[contact], number))
    if gone:
        NextStep.objects.filter(one_of(gone)).delete()
    update(NextStep, ("rank",), moved)
    insert(
        NextStep,
        ("contact_id", "sort", "since", "kind", "rank", "owner_id", "team_id"),
        (
            (contact, sort, since, names[kind], ranks[contact], *people.told[contact][:2])
            for (contact, sort), (since, kind) in wanted.items()
        ),
    )


def lives_of(touches: Touches) -> dict[int, list[tuple[int, int]]]:
    """What happened with each contact in order of time: instants and codes of kinds."""
    rows = np.flatnonzero(touches.counting())
    who, at, kind = touches.contact.codes[rows], touches.happened_at[rows], touches.kind[rows]
    order = np.lexsort((kind, at, who))
    lives: dict[int, list[tuple[int, int]]] = {}
    for contact, *moment in zip(who[order].tolist(), at[order].tolist(), kind[order].tolist(), strict=True):
        lives.setdefault(int(touches.contact.labels[contact]), []).append((moment[0], moment[1]))
    return lives


def _write_asks(people: People, touches: Touches) -> None:
    known = list(Ask.objects.filter(one_of(people.everybody, "contact")))
    log = list_asks(Firsts(touches, touches.contact, NEVER))
    if not known and not len(log):
        return
    by_touch = {one.touch_id: one for one in known if one.touch_id}
    by_name = {f"ask:{one.pk}": one for one in known if one.touch_id is None}
    numbers = touches.id.labels if touches.id else ()
    found, missing = {}, []
    for place, row in enumerate(log.row.tolist()):
        state = {**_state(log, place), "touch_id": numbers[row]}
        ask = by_touch.get(numbers[row])
        if ask is None and by_name:
            ask = by_name.pop(_text(touches, "origin", row), None)
        if ask is None:
            missing.append((row, state))
        else:
            found[ask.pk] = state
    changed = [one for one in known if _put(one, found.get(one.pk))]
    update(Ask, _OF_ASKS, ((one.answer, one.answered_at, one.touch_id, one.pk) for one in changed))
    _add_asks(people, touches, missing)


def _state(log: Any, place: int) -> dict[str, Any]:
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


def _add_asks(people: People, touches: Touches, missing: list[tuple[int, dict[str, Any]]]) -> None:
    """Records of asks that were logged as touches alone, by the rows of these."""
    if not missing:
        return
    offers = dict(Offer.objects.values_list("name", "pk"))
    told = [
        {
            "contact_id": (contact := touches.contact[row]),
            "owner_id": people.told[contact][0],
            "team_id": people.told[contact][1],
            "key": _text(touches, "deal", row) or None,
            "offer_id": offers.get(_text(touches, "offer", row)),
            "amount": _amount(touches, row),
            **{name: _text(touches, name, row) for name in ("currency", "path", "channel")},
            "asked_at": int(touches.happened_at[row]),
            "title": "",
            "reason": "",
            **state,
        }
        for row, state in missing
    ]
    insert(Ask, tuple(told[0]), (tuple(one.values()) for one in told))


def _text(touches: Touches, name: str, row: int) -> str:
    return (touches.columns[name][row] or "") if name in touches.columns else ""


def _amount(touches: Touches, row: int) -> int | None:
    value = MISSING if touches.value is None else int(touches.value[row])
    return None if value == MISSING else value
