"""Why somebody is where they are, and what is missing for each stage further on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from leadline.engine.evidence import Judgement, Moment, judge
from leadline.engine.funnel import Funnel, Stage
from leadline.engine.history import Of, derive, find_subject, last_instant, subjects_of
from leadline.engine.instants import Moment as Instant
from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.lookup import Lookup, lookup
from leadline.engine.phrasing import say_judgement, say_remedy, say_stage, say_touch
from leadline.engine.remedies import find_remedy
from leadline.engine.touches import Touches
from leadline.engine.wording import day_words


@dataclass(frozen=True)
class Why:
    """Where somebody stands under a funnel at an instant, since when, and the evidence.

    `judgement` is that of the stage's condition (None for a stranger), `cause` the touch that brought
    them there (None where time passed), `moments` their touches in the order in which they are applied,
    `history` every stage so far, as `History.of_contact` gives it.
    """

    contact: Any
    funnel: Funnel
    as_of: int
    stage: Stage | None
    step: str | None
    since: int | None
    cause: dict[str, Any] | None
    judgement: Judgement | None
    touches: Touches
    moments: list[Moment] = field(repr=False)
    history: tuple[dict[str, Any], ...]

    @property
    def stage_name(self) -> str:
        """The stage's name; `stranger` for somebody in none."""
        return self.stage.name if self.stage else self.funnel.stage_names[0]

    def sentences(self) -> list[str]:
        """The stage with its reason, then each phrase of the condition with the touches behind it."""
        first = say_stage(self.contact, self.stage_name, self.step, self.funnel.name)
        if self.since is not None:
            because = f"because of: {say_touch(self.cause)}" if self.cause else "because time passed"
            first += f" since {day_words(self.since)}, {because}"
        said = [first + "."]
        if self.stage:
            said.append(f"{self.stage.name}: {self.stage.means}")
        phrases = self.judgement.said() if self.judgement else ()
        return said + [say_judgement(phrase, self.touches, self.as_of) for phrase in phrases]

    def timeline(self) -> list[str]:
        """Every stage so far, in order: when it was entered, and because of what."""
        if not self.history:
            return ["No stage yet."]
        return [
            f"{day_words(to_instant(row['entered_at']))}: {row['stage']}"
            + (f" ({row['step']})" if row["step"] else "")
            + f", {say_touch(row['cause']) if row['cause'] else 'since time passed'}"
            for row in self.history
        ]

    def rows(self) -> list[dict[str, Any]]:
        """One row a phrase of the stage's condition: phrase, holds, touches (as dicts), expires_at."""
        return _rows(self.judgement, self.touches)

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain data: funnel, stage, step, since, phrases, and the history behind them."""
        return {
            "funnel": self.funnel.name,
            "stage": self.stage_name,
            "step": self.step,
            "since": None if self.since is None else to_datetime(self.since),
            "phrases": self.rows(),
            "history": list(self.history),
        }


@dataclass(frozen=True)
class Gap:
    """A stage in which somebody isn't, with how its condition stands and what would do.

    `would_do` names kinds of touches that, recorded now, would bring them there; None where none would.
    """

    stage: Stage
    judgement: Judgement
    would_do: tuple[str, ...] | None
    touches: Touches
    as_of: int

    def sentences(self) -> list[str]:
        """What would do, then each phrase that is in the way."""
        lacking = self.judgement.lacking()
        said = [say_remedy(self.stage.name, self.would_do)]
        return said + [say_judgement(phrase, self.touches, self.as_of) for phrase in lacking]

    def rows(self) -> list[dict[str, Any]]:
        """One row a phrase of the stage's condition: phrase, holds, touches (as dicts), expires_at."""
        return _rows(self.judgement, self.touches)

    def as_dict(self) -> dict[str, Any]:
        """The gap as plain data: stage, the kinds that would do, phrases."""
        return {"stage": self.stage.name, "would_do": self.would_do, "phrases": self.rows()}


def why(
    touches: Touches,
    funnel: Funnel,
    contact: Any,
    as_of: Instant | None = None,
    *,
    of: Of = "contact",
    merged: Mapping[Any, Any] | None = None,
) -> Why:
    """Why somebody is where they are: the stage, since when, and each phrase with the touches behind it.

    Raises UnknownContact for somebody without touches.
    """
    theirs, until, whose = _life(touches, contact, as_of, of, merged)
    rows = derive(theirs, funnel, until, of=of, merged=merged).of_contact(whose)
    table, moments = lookup(funnel, touches.kinds), _moments(theirs)
    last = rows[-1] if rows else None
    place = funnel.stage_number(last["stage"]) if last else 0
    stage = funnel.stages[place - 1] if place else None
    cause = theirs.row(last["cause"]) if last and last["cause"] is not None else None
    return Why(
        contact=whose,
        funnel=funnel,
        as_of=until,
        stage=stage,
        step=last["step"] if last else None,
        since=to_instant(last["entered_at"]) if last else None,
        cause=cause,
        judgement=judge(stage.when, table, moments, until) if stage else None,
        touches=theirs,
        moments=moments,
        history=tuple(
            row | {"cause": theirs.row(row["cause"]) if row["cause"] is not None else None} for row in rows
        ),
    )


def why_not(
    touches: Touches,
    funnel: Funnel,
    contact: Any,
    as_of: Instant | None = None,
    *,
    of: Of = "contact",
    merged: Mapping[Any, Any] | None = None,
) -> list[Gap]:
    """What is missing for each stage further on that isn't a way of leaving.

    For somebody who has left, every stage that isn't a way of leaving counts as further on.
    Raises UnknownContact for somebody without touches.
    """
    return gaps_after(why(touches, funnel, contact, as_of, of=of, merged=merged))


def gaps_after(reason: Why) -> list[Gap]:
    """The same for somebody of whom it is known why they are where they are."""
    funnel = reason.funnel
    table = lookup(funnel, reason.touches.kinds)
    here = funnel.stages.index(reason.stage) if reason.stage else -1
    here = -1 if reason.stage and reason.stage.role == "left" else here
    further = [place for place, stage in enumerate(funnel.stages) if place > here and stage.role != "left"]
    return [_gap(place, table, reason) for place in further]


def _gap(place: int, table: Lookup, reason: Why) -> Gap:
    stage, moments, at = reason.funnel.stages[place], reason.moments, reason.as_of
    remedy = find_remedy(table, reason.touches.kinds, moments, at, place + 1)
    return Gap(stage, judge(stage.when, table, moments, at), remedy, reason.touches, at)


def _life(
    touches: Touches, contact: Any, as_of: Instant | None, of: Of, merged: Mapping[Any, Any] | None
) -> tuple[Touches, int, Any]:
    """Somebody's touches that count, the instant asked about, and who it is (as in the log)."""
    whose = subjects_of(touches, of, merged)
    while of == "contact" and merged and contact in merged:
        contact = merged[contact]
    number = find_subject(whose.labels, contact)
    rows = np.flatnonzero((whose.codes == number) & touches.counting())
    return touches.take(rows), last_instant(touches, as_of), whose.labels[number]


def _moments(theirs: Touches) -> list[Moment]:
    """Somebody's touches in the order in which they are applied."""
    facts = zip(theirs.happened_at.tolist(), theirs.kind.tolist(), range(len(theirs)), strict=True)
    return sorted(Moment(*fact) for fact in facts)


def _rows(judgement: Judgement | None, touches: Touches) -> list[dict[str, Any]]:
    rows = []
    for phrase in judgement.phrases() if judgement else ():
        evidence = phrase.evidence
        assert evidence is not None
        rows.append(
            {
                "phrase": str(phrase.condition),
                "holds": phrase.holds,
                "touches": [touches.row(moment.row) for moment in evidence.touches],
                "expires_at": to_datetime(evidence.expires_at) if evidence.expires_at else None,
            }
        )
    return rows
