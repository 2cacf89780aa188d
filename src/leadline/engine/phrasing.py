"""How reasons are said: short sentences about stages, phrases and touches."""

from __future__ import annotations

from typing import Any

from leadline.engine.conditions import Phrase
from leadline.engine.evidence import Evidence, Judgement
from leadline.engine.instants import DAY, to_instant
from leadline.engine.touches import Touches
from leadline.engine.wording import counted, day_words, listed


def say_stage(contact: Any, stage: str, step: str | None, funnel: str) -> str:
    """Where somebody stands."""
    return f"{contact} is: {stage}{f' ({step})' if step else ''} in “{funnel}”"


def say_touch(touch: dict[str, Any] | None) -> str:
    """A touch in a few words: what, what of, when, by which path."""
    if touch is None:
        return "time passed"
    what = next((f" “{touch[name]}”" for name in ("content", "offer", "campaign") if touch.get(name)), "")
    path = f", by {touch['path']}" if touch.get("path") else ""
    return f"{touch['kind'].replace('_', ' ')}{what} on {day_words(to_instant(touch['happened_at']))}{path}"


def say_judgement(judgement: Judgement, touches: Touches, as_of: int) -> str:
    """A phrase, whether it holds, and because of which touches."""
    assert isinstance(judgement.condition, Phrase)
    sign = "✓" if judgement.holds else "✗"
    return f"{sign} {judgement.condition}: {say_evidence(judgement, touches, as_of)}."


def say_remedy(stage: str, would_do: tuple[str, ...] | None) -> str:
    """What would bring somebody to a stage."""
    if would_do is None:
        return f"{stage}: no few touches recorded today would lead there."
    times_of = {kind: would_do.count(kind) for kind in would_do}
    said = [
        kind.replace("_", " ") + (f" ({times} times)" if times > 1 else "")
        for kind, times in times_of.items()
    ]
    return f"{stage}: would follow from {listed(said)}."


def say_evidence(judgement: Judgement, touches: Touches, as_of: int) -> str:
    """The touches because of which a phrase holds, or that it has so far; the latest three are told."""
    evidence = judgement.evidence
    assert evidence is not None
    said = [say_touch(touches.row(moment.row)) for moment in evidence.touches[-3:]]
    if evidence.holds:
        more = len(evidence.touches) - len(said)
        until = f", counts until {day_words(evidence.expires_at)}" if evidence.expires_at is not None else ""
        return "; ".join([*said, *([f"and {more} before"] if more else [])]) + until
    if said:
        return f"{len(evidence.touches)} of {evidence.atom.times}: {'; '.join(said)}"
    return _never(evidence, touches, as_of)


def _never(evidence: Evidence, touches: Touches, as_of: int) -> str:
    if evidence.earlier is None:
        return "nothing recorded"
    days = (as_of - evidence.earlier.happened_at) // DAY
    ago = f", {counted(days, 'day')} ago" if days else ""
    return f"last {say_touch(touches.row(evidence.earlier.row))}{ago}, counts no more"
