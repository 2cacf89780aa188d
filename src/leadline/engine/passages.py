"""Passages from one stage of a funnel to another: who began, how long it took, how it ended.

To *reach* a stage is to stand, for the first time, in it or in a later stage of the list whose role is not
`left`: people skip stages, and who is a client has passed whatever comes before. So each contact reaches a
stage at most once; going back and forth changes nothing.

A passage from A to B begins when A is reached. It ends when B is reached, or when the contact enters a stage
of role `left` before that, whichever comes first; else the contact is still in play at `as_of`. Silence
(becoming a stranger again) and falling back end nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import LeadlineError
from leadline.engine.instants import NEVER
from leadline.engine.survival import HAPPENED, OTHERWISE, WAITING, Integers

if TYPE_CHECKING:
    from leadline.engine.funnel import Funnel
    from leadline.engine.history import History


class BadPassage(LeadlineError):
    """A passage that no funnel has: it leads from a stage to a later one, and neither is a leaving."""

    code, exit_code = "bad-passage", 3


@dataclass(frozen=True, eq=False)
class Passages:
    """One entry for each contact that began, in order of contact.

    `contact` is the number of the contact; `start` the instant at which it began; `duration` how long it
    took, or has taken (microseconds); `outcome` WAITING, HAPPENED or OTHERWISE (left). `skipped`: reached
    both stages at one instant, without having stood in the first. `returned`: left, and reached the second
    stage later.
    """

    contact: Integers
    start: Integers
    duration: Integers
    followed: Integers
    outcome: npt.NDArray[np.uint8]
    skipped: npt.NDArray[np.bool_]
    returned: npt.NDArray[np.bool_]

    def take(self, rows: npt.NDArray[Any]) -> Passages:
        """The passages at these places (numbers or a mask)."""
        parts = (
            self.contact,
            self.start,
            self.duration,
            self.followed,
            self.outcome,
            self.skipped,
            self.returned,
        )
        return Passages(*(part[rows] for part in parts))

    def __len__(self) -> int:
        return len(self.contact)


def passages(history: History, from_stage: str, to_stage: str) -> Passages:
    """The passages from one stage to another; raises UnknownName or BadPassage."""
    begin, end = _check(history.funnel, from_stage, to_stage)
    return passages_since(history, reached(history, begin), end)


def passages_since(history: History, start: Integers, to_stage: int) -> Passages:
    """The passages to a stage (its number) since an instant for each contact, NEVER where it didn't begin."""
    arrived = np.maximum(reached(history, to_stage), start)
    left = _left_after(history, start)
    outcome = np.full(len(start), WAITING, dtype=np.uint8)
    outcome[arrived < left] = HAPPENED
    outcome[left < arrived] = OTHERWISE
    end = np.minimum(np.minimum(arrived, left), history.as_of)
    returned = (outcome == OTHERWISE) & (arrived < NEVER)
    everyone = np.arange(len(start))
    followed = history.as_of - start
    whole = Passages(everyone, start, end - start, followed, outcome, arrived == start, returned)
    return whole.take(np.flatnonzero(start <= history.as_of))


def reached(history: History, number: int) -> Integers:
    """For each contact the instant at which it reached the stage of this number; NEVER where it hasn't."""
    counts = np.array([False, *(stage.role != "left" for stage in history.funnel.stages)])
    counts[:number] = False
    return _first_entry(history, np.flatnonzero(counts[history.stage]))


def path_of(funnel: Funnel) -> list[str]:
    """The names of the stages through which one passes: all but those of role `left`, in order."""
    return [stage.name for stage in funnel.stages if stage.role != "left"]


def _left_after(history: History, start: Integers) -> Integers:
    """For each contact the first instant from `start` on at which it entered a stage of role `left`."""
    leaving = np.array([False, *(stage.role == "left" for stage in history.funnel.stages)])
    rows = np.flatnonzero(leaving[history.stage])
    return _first_entry(history, rows[history.entered_at[rows] >= start[history.contact[rows]]])


def _first_entry(history: History, rows: npt.NDArray[np.intp]) -> Integers:
    """The instant of each contact's first row among these; rows stand in order of contact and time."""
    contact = history.contact[rows]
    first = np.concatenate([[True], contact[1:] != contact[:-1]])[: len(contact)]
    instants = np.full(len(history.subjects), NEVER, dtype=np.int64)
    instants[contact[first]] = history.entered_at[rows[first]]
    return instants


def _check(funnel: Funnel, from_stage: str, to_stage: str) -> tuple[int, int]:
    begin, end = funnel.stage_number(from_stage), funnel.stage_number(to_stage)
    if 0 < begin < end and funnel.stages[end - 1].role != "left":
        return begin, end
    raise BadPassage(
        f"The passage from “{from_stage}” to “{to_stage}” was asked for",
        found=f"not a way forward in the funnel “{funnel.name}”",
        allowed="from a stage to a later one of " + ", ".join(path_of(funnel))
        if path_of(funnel)
        else "none, since all its stages are ways of leaving",
    )
