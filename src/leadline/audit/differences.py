"""Where the stage that somebody typed and the stage that the evidence gives differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from leadline.engine.funnel import Funnel
from leadline.engine.importers.words import find_outcome
from leadline.engine.touches import Column
from leadline.engine.wording import counted, plural

_WON = {"won", "closed won", "customer", "client", "paid", "converted", "closedwon", "active customer"}
_LOST = {
    "lost", "closed lost", "disqualified", "unqualified", "dead", "churned", "closedlost", "rejected",
    "expired", "lapsed",
}  # fmt: skip
_OPEN = {
    "open", "in progress", "ongoing", "offen", "in bearbeitung", "laufend", "en cours", "ouvert", "abierto",
    "en curso", "aperto", "in corso", "in behandeling", "lopend", "em andamento", "aberto",
}  # fmt: skip
"""Words that say no more than that somebody is in play."""


@dataclass(frozen=True)
class Difference:
    """So many whose typed stage is `typed` stand, by the evidence, in `stage`.

    `agrees` tells whether the typed word means that stage; None where the funnel has no such word.
    """

    typed: str
    stage: str
    count: int
    agrees: bool | None


@dataclass(frozen=True)
class Differences:
    """What an export's stage column says, against what follows from the evidence."""

    unit: str
    pairs: tuple[Difference, ...]

    @property
    def compared(self) -> int:
        """How many have a typed stage that the funnel knows a word for."""
        return sum(pair.count for pair in self.pairs if pair.agrees is not None)

    @property
    def differing(self) -> int:
        """How many of those stand elsewhere."""
        return sum(pair.count for pair in self.pairs if pair.agrees is False)

    def rows(self) -> list[dict[str, Any]]:
        """One row a pair of typed word and stage, those that differ first."""
        ordered = sorted(self.pairs, key=lambda pair: (pair.agrees is not False, -pair.count))
        return [
            {"typed": p.typed, "evidence": p.stage, "count": p.count, "agrees": p.agrees} for p in ordered
        ]

    def sentences(self) -> list[str]:
        """How many differ, the largest differences, and the words that the funnel doesn't have."""
        said = []
        if self.compared:
            differ = f"differ for {self.differing:,} of {counted(self.compared, self.unit)}"
            agree = f"agree for all {counted(self.compared, self.unit)} where both say something"
            said.append(
                f"What somebody typed and what the evidence says {differ if self.differing else agree}."
            )
        said += [
            f"“{pair.typed}” was typed, the evidence says “{pair.stage}”: {counted(pair.count, self.unit)}."
            for pair in sorted(self.pairs, key=lambda pair: -pair.count)
            if pair.agrees is False
        ][:6]
        unknown = {pair.typed: 0 for pair in self.pairs if pair.agrees is None}
        for typed in list(unknown)[:8]:
            places = sorted(
                (pair for pair in self.pairs if pair.typed == typed), key=lambda pair: -pair.count
            )
            where = ", ".join(f"{pair.count:,} in “{pair.stage}”" for pair in places[:3])
            said.append(
                f"“{typed}” is no word of this funnel; by the evidence those {plural(self.unit)} stand: "
                f"{where}."
            )
        return said


def find_differences(typed: Column, stage: list[int], funnel: Funnel, unit: str) -> Differences:
    """Compare each subject's typed stage with the number of the stage that follows from the evidence."""
    counts: Counter[tuple[int, int]] = Counter(zip(typed.codes.tolist(), stage, strict=True))
    meant = [_meant(str(label), funnel) for label in typed.labels]
    pairs = [
        Difference(
            str(typed.labels[code]),
            funnel.stage_names[number],
            count,
            number in meant[code] if meant[code] else None,
        )
        for (code, number), count in counts.most_common()
        if code >= 0
    ]
    return Differences(unit, tuple(pairs))


def _meant(typed: str, funnel: Funnel) -> frozenset[int]:
    """The numbers of the stages that a typed word means in a funnel; none when it has no such word."""
    word = _plain(typed)
    same = [number for number, name in enumerate(funnel.stage_names) if _plain(name) == word]
    if same:
        return frozenset(same)
    said = find_outcome(typed)
    role = "client" if word in _WON or said == "won" else "left" if word in _LOST or said == "lost" else None
    if role is None and said == "open" and word in _OPEN:
        ended = ("client", "left")
        return frozenset(n for n, stage in enumerate(funnel.stages, start=1) if stage.role not in ended)
    return frozenset(number for number, stage in enumerate(funnel.stages, start=1) if stage.role == role)


def _plain(word: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in word.casefold()).split())
