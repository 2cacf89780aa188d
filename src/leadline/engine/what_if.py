"""What another definition would change: two funnels over the same touches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from leadline.engine.funnel import Funnel
from leadline.engine.history import History, Of, derive
from leadline.engine.instants import NEVER, Moment
from leadline.engine.reports.conversion import Conversions, conversions
from leadline.engine.touches import Touches
from leadline.engine.wording import counted


@dataclass(frozen=True)
class WhatIf:
    """Two histories of the same touches, at the same instant."""

    old: History
    new: History
    unit: str = "contact"

    def moves(self) -> dict[tuple[str, str], list[Any]]:
        """(stage under the old funnel, stage under the new) → the contacts for whom they differ."""
        before, after = standing_of(self.old), standing_of(self.new)
        moved: dict[tuple[str, str], list[Any]] = {}
        for subject, old, new in zip(self.old.subjects, before, after, strict=True):
            names = (self.old.stages[old], self.new.stages[new])
            if names[0] != names[1]:
                moved.setdefault(names, []).append(subject)
        return dict(sorted(moved.items(), key=lambda item: -len(item[1])))

    def rows(self) -> list[dict[str, Any]]:
        """One row a stage of either funnel: who stands there now and who ever reached it, old and new."""
        now = [_named(standing_of(history), history) for history in (self.old, self.new)]
        ever = [_ever(history) for history in (self.old, self.new)]
        names = dict.fromkeys((*self.old.stages, *self.new.stages))
        return [
            {
                "stage": name,
                "old": now[0].get(name, 0),
                "new": now[1].get(name, 0),
                "reached_old": ever[0].get(name, 0),
                "reached_new": ever[1].get(name, 0),
                "share_old": _share(ever[0].get(name, 0), self.old),
                "share_new": _share(ever[1].get(name, 0), self.new),
            }
            for name in names
        ]

    def steps(self) -> tuple[Conversions, Conversions]:
        """How many go on from stage to stage, under the old funnel and under the new."""
        old, new = (conversions(history.by_stage(), unit=self.unit) for history in (self.old, self.new))
        return old, new

    def sentences(self) -> list[str]:
        """How many would stand elsewhere, and the largest moves."""
        moved = self.moves()
        total = sum(len(contacts) for contacts in moved.values())
        everybody = len(self.old.subjects)
        who = f"{counted(total, self.unit)} of {everybody:,}" if total else f"None of {everybody:,}"
        said = [f"{who} would stand elsewhere." if everybody else "Nobody is known, so nobody would move."]
        for (old, new), contacts in list(moved.items())[:8]:
            shown = ", ".join(str(contact) for contact in contacts[:3])
            more = f" and {len(contacts) - 3:,} more" if len(contacts) > 3 else ""
            said.append(f"{old} → {new}: {len(contacts):,} ({shown}{more}).")
        return said


def what_if(
    touches: Touches, old: Funnel, new: Funnel, as_of: Moment | None = None, *, of: Of = "contact"
) -> WhatIf:
    """Two funnels over the same touches: who stands elsewhere, and how each stage's figures change.

    Touches and histories are read, never changed.
    """
    return WhatIf(derive(touches, old, as_of, of=of), derive(touches, new, as_of, of=of), unit=of)


def standing_of(history: History) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """For each subject the number of the stage in which it stands at `as_of`; 0 for strangers."""
    stage = np.zeros(len(history.subjects), np.uint8)
    there = history.left_at == NEVER
    stage[history.contact[there]] = history.stage[there]
    return stage


def _named(stage: np.ndarray[Any, np.dtype[np.uint8]], history: History) -> dict[str, int]:
    return {history.stages[number]: count for number, count in Counter(stage.tolist()).items()}


def _ever(history: History) -> dict[str, int]:
    """How many subjects ever stood in each stage."""
    pairs = np.unique(history.contact.astype(np.int64) * len(history.stages) + history.stage)
    counts = np.bincount(pairs % len(history.stages), minlength=len(history.stages))
    counts[0] = len(history.subjects)  # everybody starts as a stranger
    return {name: int(count) for name, count in zip(history.stages, counts, strict=True)}


def _share(count: int, history: History) -> float | None:
    return count / len(history.subjects) if len(history.subjects) else None
