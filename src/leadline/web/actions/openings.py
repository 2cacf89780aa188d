"""What is open with everybody: asks with their answers, and next steps; caches of what follows from touches.

*Asks.* Every touch of link `ask` has its record, also where it was logged by hand or came from a file; what
was answered, and when, is what the engine reads from the touches (`list_asks`): answers are to the latest.

*Next steps.* Touches count in order of time, facts left out:

* ask: they talked (group `conversed`), were never asked, have not bought, and have not left since;
* reply: the last word was theirs, in writing or on the phone: a request, or something two-way that was no
  meeting;
* follow up: they responded, came forward or left an address, and nobody turned to them personally since
  (group `contacted`), nor did they leave; where a reply is due, that is said instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from leadline.engine.cycle.asking import ANSWERS, list_asks
from leadline.engine.cycle.firsts import Firsts
from leadline.engine.instants import NEVER
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Touches
from leadline.web import warehouse
from leadline.web.models import Ask, Contact, NextStep, Offer, Touch

BATCH = 500
_SAID = {
    "yes": Ask.Answer.YES,
    "no": Ask.Answer.NO,
    "not now": Ask.Answer.NOT_NOW,
    "waiting": Ask.Answer.WAITING,
}
_OF_ASKS = ["answer", "answered_at", "touch"]

Step = tuple[int, int]
"""Since when, and the code of the kind that opened it."""


def restate(contacts: Iterable[int]) -> None:
    """Write anew what is open with some contacts."""
    numbers = sorted(set(contacts))
    touches = warehouse.touches_of(numbers)
    _restate_asks(numbers, touches)
    _restate_steps(numbers, touches)


def next_steps(life: list[tuple[int, int]], kinds: Kinds) -> dict[str, Step]:
    """What is open with somebody, from the (instant, code of kind) of their touches in order of time."""
    groups = {
        name: kinds.named(name) for name in ("conversed", "purchased", "contacted", "met", "reached_out")
    }
    came = kinds.named("responded") | kinds.named("came_forward") | kinds.named("gave_contact")
    link = [kind.link for kind in kinds.kinds]
    done = [one for one in life if link[one[1]] != "fact"]
    last_exit = max((place for place, one in enumerate(done) if link[one[1]] == "exit"), default=-1)
    here, bought = done[last_exit + 1 :], any(kind in groups["purchased"] for _, kind in done)
    found: dict[str, Step] = {}
    talks = [one for one in here if one[1] in groups["conversed"]]
    if talks and not bought and not any(link[kind] == "ask" for _, kind in done):
        found[NextStep.Sort.ASK] = talks[-1]
    if here and _wants_reply(here[-1][1], kinds, groups):
        found[NextStep.Sort.REPLY] = here[-1]
    first = next((place for place, one in enumerate(here) if one[1] in came), None)
    if first is None or bought or NextStep.Sort.REPLY in found:
        return found
    if not any(kind in groups["contacted"] or link[kind] == "ask" for _, kind in here[first:]):
        found[NextStep.Sort.FOLLOW_UP] = here[first]
    return found


def _wants_reply(kind: int, kinds: Kinds, groups: dict[str, frozenset[int]]) -> bool:
    both = kinds.kinds[kind].direction == "both"
    return kind in groups["reached_out"] or (both and kind in groups["conversed"] - groups["met"])


def _restate_steps(contacts: list[int], touches: Touches) -> None:
    there = {(one.contact_id, one.sort): one for one in NextStep.objects.filter(contact__in=contacts)}
    wanted = {
        (contact, sort): step
        for contact, life in _lives(touches).items()
        for sort, step in next_steps(life, touches.kinds).items()
    }
    names = touches.kinds.names_of_kinds
    gone = [one.pk for key, one in there.items() if wanted.get(key, (None,))[0] != one.since]
    NextStep.objects.filter(pk__in=gone).delete()
    NextStep.objects.bulk_create(
        (
            NextStep(contact_id=contact, sort=sort, since=since, kind=names[kind])
            for (contact, sort), (since, kind) in wanted.items()
            if (contact, sort) not in there or there[contact, sort].since != since
        ),
        batch_size=BATCH,
    )


def _lives(touches: Touches) -> dict[int, list[tuple[int, int]]]:
    rows = np.flatnonzero(touches.counting())
    who, at, kind = touches.contact.codes[rows], touches.happened_at[rows], touches.kind[rows]
    order = np.lexsort((kind, at, who))
    lives: dict[int, list[tuple[int, int]]] = {}
    for contact, *moment in zip(who[order].tolist(), at[order].tolist(), kind[order].tolist(), strict=True):
        lives.setdefault(int(touches.contact.labels[contact]), []).append((moment[0], moment[1]))
    return lives


def _restate_asks(contacts: list[int], touches: Touches) -> None:
    known = list(Ask.objects.filter(contact__in=contacts))
    log = list_asks(Firsts(touches, touches.contact, NEVER))
    if not known and not len(log):
        return
    by_touch = {one.touch_id: one for one in known if one.touch_id}
    by_name = {f"ask:{one.pk}": one for one in known if one.touch_id is None}
    found, missing = {}, []
    for place, row in enumerate(log.row.tolist()):
        touch = touches.row(row)
        state = _state(log, place) | {"touch_id": touch["id"]}
        ask = by_touch.get(touch["id"]) or by_name.pop(touch.get("origin", ""), None)
        if ask is None:
            missing.append((touch, state))
        else:
            found[ask.pk] = state
    changed = [one for one in known if _put(one, found.get(one.pk))]
    Ask.objects.bulk_update(changed, _OF_ASKS, batch_size=BATCH)
    _add_asks(missing)


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


def _add_asks(missing: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Records of asks that were logged as touches alone."""
    people = Contact.objects.in_bulk([touch["contact"] for touch, _ in missing])
    offers = {
        one.name: one for one in Offer.objects.filter(name__in={t.get("offer", "") for t, _ in missing})
    }
    instants = dict(
        Touch.objects.filter(pk__in=[touch["id"] for touch, _ in missing]).values_list("pk", "happened_at")
    )
    Ask.objects.bulk_create(
        (
            Ask(
                contact=people[touch["contact"]],
                owner_id=people[touch["contact"]].owner_id,
                team_id=people[touch["contact"]].team_id,
                offer=offers.get(touch.get("offer", "")),
                amount=touch.get("value"),
                currency=touch.get("currency", ""),
                path=touch.get("path", ""),
                channel=touch.get("channel", ""),
                asked_at=instants[touch["id"]],
                **state,
            )
            for touch, state in missing
        ),
        batch_size=BATCH,
    )
