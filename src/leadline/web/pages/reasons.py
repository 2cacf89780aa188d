"""Where somebody stands, why, and what is missing; and the facts known of them. All of it from the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from leadline.engine.evidence import Judgement
from leadline.engine.explain import Gap, Why, gaps_after, why
from leadline.engine.funnel import Funnel, load_funnel
from leadline.engine.history import Of
from leadline.engine.instants import to_instant
from leadline.engine.kinds import Kind, Kinds
from leadline.engine.phrasing import say_evidence
from leadline.engine.touches import Column, Touches
from leadline.web import warehouse
from leadline.web.actions.facts import Standing, saying, standing
from leadline.web.models import User
from leadline.web.pages.dates import day_said
from leadline.web.templatetags.spoken import retold, said_kind, spoken

JOURNEY = "buyer-journey"
"""The buyer's side, which is shown beside whatever vocabularies are in force."""


@dataclass(frozen=True)
class Place:
    """Where somebody stands in one vocabulary: the reason, and what is missing for what comes next."""

    slug: str
    funnel: Funnel
    reason: Why
    gaps: list[Gap]
    kinds: Kinds
    zone: str

    @property
    def since(self) -> str:
        """Since which day."""
        return day_said(self.reason.since, self.zone)

    @property
    def because(self) -> str:
        """What brought them there, in a few words; empty for a stranger."""
        if self.reason.since is None:
            return ""
        touch = self.reason.cause
        if touch is None:
            return "time passed"
        what = next((f" “{touch[name]}”" for name in ("content", "offer", "campaign") if touch.get(name)), "")
        return f"{spoken(touch['kind'])}{what}{f', by {path}' if (path := touch.get('path')) else ''}"

    @property
    def means(self) -> str:
        """What the stage means."""
        return self.reason.stage.means if self.reason.stage else "Nothing recorded so far makes a stage."

    @property
    def phrases(self) -> list[dict[str, Any]]:
        """What holds of the stage's condition, and what does not."""
        judged = self.reason.judgement
        return _said(judged.said(), self.reason, self.kinds) if judged else []

    @property
    def missing(self) -> list[dict[str, Any]]:
        """For each stage further on: what would do (kinds, each with how often), and what is in the way."""
        return [
            {
                "stage": gap.stage,
                "would_do": [
                    {"kind": kind, "times": (gap.would_do or ()).count(kind)}
                    for kind in dict.fromkeys(gap.would_do or ())
                ],
                "phrases": _said(gap.judgement.lacking(), gap, self.kinds),
            }
            for gap in self.gaps
        ]

    @property
    def ladder(self) -> list[dict[str, Any]]:
        """The stages in order with their steps, and which is this one; ways of leaving only if here."""
        return [
            {
                "stage": stage,
                "here": stage is self.reason.stage,
                "steps": [
                    {"step": step, "here": stage is self.reason.stage and step.name == self.reason.step}
                    for step in stage.steps
                ],
            }
            for stage in self.funnel.stages
            if stage.role != "left" or stage is self.reason.stage
        ]


@dataclass(frozen=True)
class Known:
    """A fact: what it means, whether it holds, who said so when, until when it counts."""

    name: str
    means: str
    holds: bool
    said: dict[str, Any] | None
    day: str
    until: str
    spoken: str
    denied: bool
    true_kinds: list[Kind]
    false_kinds: list[Kind]

    @property
    def expired(self) -> bool:
        """Whether it was said, not contradicted since, and is too long ago to count."""
        return self.said is not None and not self.holds and not self.denied


def places_of(touches: Touches, subject: Any, now: int, user: User, of: Of = "contact") -> list[Place]:
    """Where somebody stands in every vocabulary in force, theirs who look first; the journey last."""
    touches = _with_subject(touches, subject) if of == "contact" else touches
    funnels = warehouse.funnels()
    order = sorted(funnels, key=lambda slug: slug != user.funnel)
    every: Mapping[str, Funnel] = {slug: funnels[slug] for slug in order if slug != JOURNEY} | {
        JOURNEY: funnels.get(JOURNEY) or load_funnel(JOURNEY)
    }
    reasons = ((slug, why(touches, funnel, subject, now, of=of)) for slug, funnel in every.items())
    return [
        Place(slug, reason.funnel, reason, gaps_after(reason), touches.kinds, user.zone)
        for slug, reason in reasons
    ]


def facts_of(touches: Touches, now: int, zone: str) -> list[Known]:
    """Every fact there is, and how it stands with these touches."""
    return [_known(one, touches.kinds, zone) for one in standing(touches, now)]


def _known(one: Standing, kinds: Kinds, zone: str) -> Known:
    return Known(
        name=one.name,
        means=one.means,
        holds=one.holds,
        said=one.said,
        day=day_said(to_instant(one.said["happened_at"]), zone) if one.said else "",
        until=day_said(one.expires_at, zone),
        spoken=said_kind(one.said["kind"]) if one.said else "",
        denied=one.denied,
        true_kinds=saying(kinds, one.name, holds=True),
        false_kinds=saying(kinds, one.name, holds=False),
    )


def _with_subject(touches: Touches, subject: Any) -> Touches:
    """The same touches; of somebody with none, a log that knows them all the same."""
    if subject in touches.contact.labels:
        return touches
    return replace(touches, contact=Column(touches.contact.codes, [*touches.contact.labels, subject]))


def _said(judgements: Sequence[Judgement], answer: Why | Gap, kinds: Kinds) -> list[dict[str, Any]]:
    """Phrases in parts: whether each holds, how it reads, and because of which touches."""
    return [
        {
            "holds": one.holds,
            "phrase": one.condition,
            "reason": retold(say_evidence(one, answer.touches, answer.as_of), kinds),
        }
        for one in judgements
    ]
