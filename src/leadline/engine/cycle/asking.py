"""Asks and what was answered to them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from leadline.engine.cycle.firsts import Codes, Firsts, Integers, Mask
from leadline.engine.instants import NEVER

YES, NO, NOT_NOW, WAITING = range(4)
ANSWERS = ("yes", "no", "not now", "waiting")
"""What was answered to an ask, by its code; waiting: nothing yet."""


@dataclass(frozen=True, eq=False)
class AskLog:
    """Every ask on record up to `as_of`, in order of time: of whom, on which path, by whom, what came of it.

    `row` is the row of the touches; `number` counts a contact's asks from 1; `renewal` says that they were a
    client before. `deal` is of which deal of the log each is, -1 where none is told: asks of different deals
    of one contact wait beside each other. An answer that is told of a deal belongs to the latest ask of that
    before it (where there is none, to the latest of no deal), any other to the contact's latest ask; a yes
    that follows another answer, with no ask between, is what counts. `answered_at` is NEVER while an ask
    waits. `superseded`: nothing came before the next ask of the same deal (of no deal: the next of none).
    """

    row: Integers
    contact: Codes
    deal: Codes
    path: Codes
    actor: Codes
    number: Integers
    asked_at: Integers
    answer: npt.NDArray[np.uint8]
    answered_at: Integers
    renewal: Mask
    superseded: Mask

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> AskLog:
        """Some of the asks."""
        return AskLog(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def list_asks(log: Firsts) -> AskLog:
    """The asks of a log with their answers; nobody is taken for a client yet (`mark_renewals`)."""
    asks, answers = log.link_is("ask"), log.in_group("answered")
    rows = log.rows(asks | answers)
    touches, subject = log.touches, log.subject
    order = np.lexsort((touches.kind[rows], touches.happened_at[rows], subject[rows]))
    rows = rows[order]
    is_ask, contact, at = asks[touches.kind[rows]], subject[rows], touches.happened_at[rows]
    asked = np.flatnonzero(is_ask)
    latest = np.cumsum(is_ask) - 1  # the ask before each row, -1 for none; perhaps of somebody else
    deal = _deals(log, rows)
    told = bool((deal >= 0).any())
    if told:
        latest = _latest_of_deals(is_ask, contact, deal, latest)
    answering = np.flatnonzero(~is_ask & (latest >= 0))
    answering = answering[contact[asked[latest[answering]]] == contact[answering]]
    answer, answered_at = _answers(log, rows[answering], latest[answering], at[answering], len(asked))
    who = contact[asked]
    follows = np.zeros(len(asked), dtype=bool)
    follows[1:] = who[1:] == who[:-1]
    first = np.maximum.accumulate(np.where(follows, 0, np.arange(len(asked))))
    last = _last_of_deals(who, deal[asked]) if told else np.append(~follows[1:], True)[: len(asked)]
    found = AskLog(
        row=rows[asked],
        contact=who,
        deal=deal[asked],
        path=log.path[rows[asked]],
        actor=log.actor[rows[asked]],
        number=np.arange(len(asked)) - first + 1,
        asked_at=at[asked],
        answer=answer,
        answered_at=answered_at,
        renewal=np.zeros(len(asked), dtype=bool),
        superseded=(answer == WAITING) & ~last,
    )
    return found.take(np.argsort(found.asked_at, kind="stable"))


def _deals(log: Firsts, rows: npt.NDArray[np.intp]) -> Codes:
    """Of which deal each of some rows is told, -1 for none."""
    column = log.touches.columns.get("deal")
    return np.full(len(rows), -1, dtype=np.int32) if column is None else column.codes[rows]


def _latest_of_deals(is_ask: Mask, contact: Codes, deal: Codes, latest: Integers) -> Integers:
    """The ask before each row (in order of time): for what is told of a deal, the last of that deal.

    Where that has none, it is the last ask of no deal, perhaps of somebody else.
    """
    order = np.lexsort((deal, contact))  # stable: within a deal of a contact in order of time
    asks = np.where(is_ask, latest, -1)[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (contact[order][1:] != contact[order][:-1]) | (deal[order][1:] != deal[order][:-1])
    group = np.cumsum(begins) - 1
    before = np.maximum.accumulate(asks + group * (len(asks) + 1)) - group * (len(asks) + 1)
    found = np.empty_like(latest)
    found[order] = before
    of_none = np.maximum.accumulate(np.where(is_ask & (deal < 0), latest, -1))
    return np.where(deal < 0, latest, np.where(found < 0, of_none, found))


def _last_of_deals(contact: Codes, deal: Codes) -> Mask:
    """Of asks in order of time, whether one is the last of its contact and deal."""
    order = np.lexsort((deal, contact))
    last = np.ones(len(contact), dtype=bool)
    same = (contact[order][1:] == contact[order][:-1]) & (deal[order][1:] == deal[order][:-1])
    last[order[:-1][same]] = False
    return last


def mark_renewals(asks: AskLog, client_at: Integers) -> AskLog:
    """The same asks, those of people who were a client before marked as such."""
    return replace(asks, renewal=asks.asked_at > client_at[asks.contact])


def _answers(
    log: Firsts, rows: npt.NDArray[np.intp], ask: Integers, at: Integers, n: int
) -> tuple[npt.NDArray[np.uint8], Integers]:
    """For each of n asks what was answered and when, from answers (rows in order of time) and their asks."""
    refuses, agrees = log.in_group("refused"), log.in_group("responded")
    kind = log.touches.kind[rows]
    said = np.select([refuses[kind], agrees[kind]], [NO, YES], NOT_NOW).astype(np.uint8)
    answer, answered_at = np.full(n, WAITING, dtype=np.uint8), np.full(n, NEVER)
    for rows_of in (np.flatnonzero(said != YES), np.flatnonzero(said == YES)):
        backwards = rows_of[::-1]  # so that the first answer is what stays
        answer[ask[backwards]], answered_at[ask[backwards]] = said[backwards], at[backwards]
    return answer, answered_at
