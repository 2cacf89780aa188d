"""Cycles: what became of each contact, link by link, and on which path each link took place.

A cycle is generated, nurtured, asked, answered and renewed. Which link a touch is, its kind says; who is a
client, the history says, by the stages of role `client`. Nothing here reads the name of a stage.

* *reached*: the first touch that counts.
* *responded*: the first touch by which they reacted (group `responded`) or came forward by name (group
  `came_forward`: met, or on somebody's word). Who was only introduced, or is on a list, has not responded.
* *warm*: the first two-way touch of nurturing, or a meeting (a conversation of link `generate`) later than
  the response. A first meeting is a response and no more, as long as any talk on record lies between one and
  an ask: where none ever does, the meeting is the talk. Who was asked, or bought, was warm by then.
* *asked*: the first touch of link `ask` before they were a client.
* *client*: the first time in a stage of role `client` (in a funnel that has none, the first purchase).

Who is further has passed whatever comes before, so the instants of one contact never fall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from leadline.engine.cycle.asking import AskLog, list_asks, mark_renewals
from leadline.engine.cycle.firsts import Codes, Firsts, Integers, Mask
from leadline.engine.errors import BadTouches
from leadline.engine.history import Of, subjects_of
from leadline.engine.instants import DAY, NEVER
from leadline.engine.payments import payments_of
from leadline.engine.touches import MISSING

if TYPE_CHECKING:
    from leadline.engine.history import History
    from leadline.engine.payments import Payments
    from leadline.engine.touches import Touches

Link = Literal["generate", "nurture", "ask", "answer", "renew"]
LINKS: tuple[Link, ...] = ("generate", "nurture", "ask", "answer", "renew")
"""The links of a cycle, in order."""
HARDLY = 10
"""Of what is on record of fewer than one in so many of whom it must have been, it is not recorded."""


@dataclass(frozen=True, eq=False)
class Purchases:
    """Every purchase on record up to `as_of`, in order of time: whose, on which path, for how much.

    `value` is minor units of `Cycles.currency` less what was given back, MISSING where there is none or in
    another currency; `first` marks a contact's first one. What was given back whole is no purchase, but for
    the first of those who kept nothing, whose value is 0 and which is marked as `undone` (`payments`).
    """

    row: Integers
    contact: Codes
    path: Codes
    bought_at: Integers
    value: Integers
    first: Mask
    undone: Mask

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class Renewals:
    """Every term of a client that came to its end, in order of time: renewed (bought again), or ended.

    `asked`: an ask was made of them after the purchase before. Purchases after the first count as renewals.
    """

    contact: Codes
    path: Codes
    settled_at: Integers
    since: Integers
    renewed: Mask
    asked: Mask

    def __len__(self) -> int:
        return len(self.contact)

    def take(self, rows: npt.NDArray[np.intp]) -> Renewals:
        """Some of the terms."""
        return Renewals(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


@dataclass(frozen=True, eq=False)
class Audience:
    """Open cycles: how many unknown people each row reached, on which path, when; only of link `generate`."""

    path: Codes
    happened_at: Integers
    n: Integers


@dataclass(frozen=True, eq=False)
class Cycles:
    """One entry a subject (as `history.subjects`); instants in microseconds UTC, NEVER for what has not come.

    `path` is where a contact came from (the first path on record before they were a client: one that only the
    sale tells would make that path one of buyers alone), `nurture_path` where nurturing began (or
    `path`), `warm_path` where they became warm, `ask_path` where the first ask was made (each or the one
    before); -1 where no path is known. Names stand in `paths`. `left_at`: they took their leave, or were let
    go, and came no further. `nurtured_at`: the first touch of nurturing since the response, other than a
    talk (in a log that hardly has any but talks, a talk is one, too). `refused_at`: the first refusal, of an
    ask on record or not. `talked`: a talk made them warm, which may have been on the day of the ask. `asked`:
    an ask of before they were a client is on record.
    `touched[path, link]` counts the touches of each path, by the place of the link in LINKS; asks of clients
    are counted with `renew`. `on_record` has the links of which there are touches at all. `currency`: that
    of most purchases (“” where none is named), None where there is no money on record.
    """

    subjects: Sequence[Any]
    paths: tuple[str, ...]
    actors: tuple[str, ...]
    path: Codes
    nurture_path: Codes
    warm_path: Codes
    ask_path: Codes
    reached_at: Integers
    responded_at: Integers
    nurtured_at: Integers
    warm_at: Integers
    asked_at: Integers
    client_at: Integers
    left_at: Integers
    refused_at: Integers
    talked: Mask
    asked: Mask
    asks: AskLog
    purchases: Purchases
    renewals: Renewals
    audience: Audience
    touched: npt.NDArray[np.int64] = field(repr=False)
    on_record: frozenset[str]
    currency: str | None
    unit: str
    since: int
    as_of: int

    @property
    def young(self) -> bool:
        """Whether less than a week is on record, which tells nothing of the weeks to come."""
        return self.as_of - self.since < 7 * DAY

    @property
    def repaid(self) -> Mask:
        """Of each subject, whether they became a client and got everything back that they had paid."""
        found = np.zeros(len(self), dtype=bool)
        found[self.purchases.contact[self.purchases.undone]] = True
        return found & (self.client_at < NEVER)

    def __len__(self) -> int:
        return len(self.reached_at)


def trace_cycles(
    touches: Touches,
    history: History,
    *,
    of: Of = "contact",
    merged: Mapping[Any, Any] | None = None,
    unit: str = "contact",
) -> Cycles:
    """The cycles of everybody in a history, from the touches it was derived from (`of`, `merged` too).

    Takes O(n) and a sort of the asks and answers. Raises BadTouches where touches and history differ.
    """
    whose = subjects_of(touches, of, merged)
    if len(whose.labels) != len(history.subjects):
        raise BadTouches(
            "Cycles need the touches that the history was derived from",
            found=f"touches of {len(whose.labels):,} subjects, and a history of {len(history.subjects):,}",
        )
    log = Firsts(touches, whose, history.as_of)
    payments = payments_of(touches, whose, history.as_of)
    purchases = _purchases(log, payments)
    client_at = _clients(history, purchases)
    asks = mark_renewals(list_asks(log), client_at)
    lives = _lives(log, asks, client_at)
    return Cycles(
        subjects=history.subjects,
        paths=log.paths,
        actors=log.actors,
        client_at=client_at,
        **lives,
        asks=asks,
        purchases=purchases,
        renewals=_renewals(log, asks, purchases, lives["ask_path"]),
        audience=_audience(touches, log),
        touched=_touched(log, asks),
        on_record=frozenset(name for name in LINKS[:4] if len(log.rows(log.link_is(name)))),
        currency=payments.usual_name,
        unit=unit,
        since=log.since(),
        as_of=history.as_of,
    )


def _lives(log: Firsts, asks: AskLog, client_at: Integers) -> dict[str, Any]:
    """The instants and paths of everybody."""
    nurtures = log.link_is("nurture")
    talks = nurtures & (log.in_group("conversed") | (log.direction == "both"))
    reacted_at = log.first(log.in_group("responded") | log.in_group("came_forward"))
    asked_at = np.minimum(log.first(log.link_is("ask")), client_at)
    talked_at, warm_path = _talks(log, talks, reacted_at, asked_at)
    warm_at = np.minimum(talked_at, asked_at)
    responded_at = np.minimum(reacted_at, warm_at)
    heard_at, path = log.first_with_path(log.any_kind, until=client_at)
    nurture_at, nurture_path = log.first_with_path(nurtures, since=responded_at)
    nurture_path = np.where((nurture_path >= 0) & (nurture_at <= client_at), nurture_path, path)
    warm_path = np.where(warm_path >= 0, warm_path, nurture_path)
    return {
        "path": path,
        "nurture_path": nurture_path,
        "warm_path": warm_path,
        "ask_path": _first_path(asks, warm_path),
        "reached_at": np.minimum(heard_at, responded_at),
        "responded_at": responded_at,
        "nurtured_at": _nurtured(log, nurtures, talks, responded_at),
        "warm_at": warm_at,
        "asked_at": asked_at,
        "left_at": _leaves(log),
        "refused_at": log.first(log.in_group("refused")),
        "talked": (talked_at < NEVER) & (talked_at == warm_at),
        "asked": _asked(asks, len(path)),
    }


def _nurtured(log: Firsts, nurtures: Mask, talks: Mask, responded_at: Integers) -> Integers:
    """The first touch of nurturing of each, other than a talk; where hardly any is on record, talks too."""
    talked = log.first(talks, since=responded_at) < NEVER
    nurtured_at = log.first(nurtures & ~talks, since=responded_at)
    if np.count_nonzero(talked & (nurtured_at < NEVER)) * HARDLY < np.count_nonzero(talked):
        return log.first(nurtures, since=responded_at)
    return nurtured_at


def _talks(log: Firsts, talks: Mask, reacted_at: Integers, asked_at: Integers) -> tuple[Integers, Codes]:
    """The first talk of each, and its path: one of nurturing, or a meeting that counts as a talk."""
    meetings = log.link_is("generate") & log.in_group("conversed")
    talked_at, path = log.first_with_path(talks)
    follow = ((log.first(meetings) <= talked_at) & (talked_at <= asked_at) & (talked_at < NEVER)).any()
    later = np.minimum(reacted_at, NEVER - 1) + 1
    met_at, met_path = log.first_with_path(meetings, since=later if follow else None)
    return np.minimum(talked_at, met_at), np.where(met_at < talked_at, met_path, path)


def _clients(history: History, purchases: Purchases) -> Integers:
    """When each became a client: first in a stage of that role; in a funnel without one, at a purchase."""
    is_client = np.array([False, *(stage.role == "client" for stage in history.funnel.stages)])
    client_at = np.full(len(history.subjects), NEVER)
    if not is_client.any():
        client_at[purchases.contact[purchases.first]] = purchases.bought_at[purchases.first]
        return client_at
    rows = np.flatnonzero(is_client[history.stage])
    np.minimum.at(client_at, history.contact[rows], history.entered_at[rows])
    return client_at


def _first_path(asks: AskLog, otherwise: Codes) -> Codes:
    """The path of each one's first ask that has one."""
    path, rows = otherwise.copy(), np.flatnonzero(~asks.renewal & (asks.path >= 0))[::-1]
    path[asks.contact[rows]] = asks.path[rows]
    return path


def _asked(asks: AskLog, subjects: int) -> Mask:
    asked = np.zeros(subjects, dtype=bool)
    asked[asks.contact[~asks.renewal]] = True
    return asked


def _leaves(log: Firsts) -> Integers:
    """When each took their leave, or was let go, with nothing from them after it."""
    exits = log.link_is("exit") & ~log.in_group("ended")
    back = log.link_is("exit") | log.link_is("fact") | log.in_group("repaid")
    came = log.last((log.direction != "out") & ~back)
    rows = log.rows(exits)
    rows = rows[log.touches.happened_at[rows] >= came[log.subject[rows]]]
    left_at = np.full(log.subjects, NEVER)
    np.minimum.at(left_at, log.subject[rows], log.touches.happened_at[rows])
    return left_at


def _purchases(log: Firsts, payments: Payments) -> Purchases:
    """Every purchase that counts; of the purchases of one contact and instant, each is one."""
    order = np.argsort(log.touches.happened_at[payments.row], kind="stable")
    rows = payments.row[order]
    contact = log.subject[rows]
    first = np.zeros(len(rows), dtype=bool)
    first[np.unique(contact, return_index=True)[1]] = True
    at = log.touches.happened_at[rows]
    return Purchases(rows, contact, log.path[rows], at, payments.value[order], first, payments.undone[order])


def _renewals(log: Firsts, asks: AskLog, purchases: Purchases, ask_path: Codes) -> Renewals:
    """Purchases after the first, and ends of custom, each with the purchase before it.

    Who got everything back has no term that could be renewed.
    """
    touches, ends = log.touches, log.rows(log.in_group("ended") & ~log.in_group("repaid"))
    row = np.concatenate([purchases.row, ends])
    renewed = np.arange(len(row)) < len(purchases)
    contact, at = log.subject[row], touches.happened_at[row]
    order = np.lexsort((~renewed, at, contact))
    row, renewed, contact, at = row[order], renewed[order], contact[order], at[order]
    follows = np.zeros(len(row), dtype=bool)  # a purchase before, by the same contact, at an earlier instant
    follows[1:] = (contact[1:] == contact[:-1]) & renewed[:-1] & (at[1:] > at[:-1])
    place = np.flatnonzero(follows)
    path, who = log.path[row[place]], contact[place]
    since, settled_at = at[place - 1], at[place]
    found = Renewals(
        contact=who,
        path=np.where(path >= 0, path, ask_path[who]),
        settled_at=settled_at,
        since=since,
        renewed=renewed[place],
        asked=_asked_between(asks, who, since, settled_at),
    )
    return found.take(np.argsort(settled_at, kind="stable"))


def _asked_between(asks: AskLog, who: Codes, since: Integers, until: Integers) -> Mask:
    """Whether each was asked after `since`, up to and with `until`: asks are counted up to each of both."""
    order = np.lexsort((asks.asked_at, asks.contact))
    instants = np.unique(np.concatenate([asks.asked_at, since, until]))

    def packed(contact: Codes, at: Integers) -> Integers:
        return contact.astype(np.int64) * len(instants) + np.searchsorted(instants, at)

    asked = packed(asks.contact[order], asks.asked_at[order])
    found: Mask = np.diff(
        [np.searchsorted(asked, packed(who, at), side="right") for at in (since, until)], axis=0
    )[0].astype(bool)
    return found


def _audience(touches: Touches, log: Firsts) -> Audience:
    generates = log.link_is("generate") & ~np.array([kind.machine for kind in touches.kinds.kinds])
    seen = generates[touches.kind] & (touches.contact.codes < 0) & (touches.happened_at <= log.as_of)
    if touches.machine is not None:
        seen &= ~touches.machine
    n = np.full(len(touches), MISSING) if touches.n is None else touches.n
    rows = np.flatnonzero(seen & (n != MISSING))
    return Audience(log.path[rows], touches.happened_at[rows], n[rows])


def _touched(log: Firsts, asks: AskLog) -> Integers:
    counted = np.zeros((len(log.paths), len(LINKS)), dtype=np.int64)
    for place, link in enumerate(LINKS[:4]):
        counted[:, place] = log.count_by_path(log.link_is(link))
    again = np.bincount(asks.path[asks.renewal & (asks.path >= 0)], minlength=len(log.paths))
    counted[:, LINKS.index("ask")] -= again
    counted[:, LINKS.index("renew")] += again
    return counted
