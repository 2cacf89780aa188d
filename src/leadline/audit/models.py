"""Some of the models of attribution, where not all seven are to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.engine.credit.credits import MODELS
from leadline.engine.errors import UnknownName, nearest

if TYPE_CHECKING:
    import altair as alt

    from leadline.engine.reports.attribution import Attribution

MODEL_WORDS = {"position": "by position", "decay": "time decay", "markov": "Markov", "shapley": "Shapley"}
"""What a column of a model is called, where that isn't the model's name."""


@dataclass(frozen=True)
class Chosen:
    """An attribution of which only some models are listed; its sentences and its chart are those of all."""

    report: Attribution
    models: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """The rows of these models."""
        return [row for row in self.report.rows() if row["model"] in self.models]

    def sentences(self) -> list[str]:
        """All that the report says."""
        return self.report.sentences()

    def chart(self) -> alt.Chart:
        """The chart of the report."""
        return self.report.chart()


def choose_models(names: str | None) -> tuple[str, ...] | None:
    """The models named in a text with commas; None for all of them. Raises UnknownName."""
    if names is None:
        return None
    chosen = tuple(name.strip().casefold() for name in names.split(",") if name.strip())
    for name in chosen or ("",):
        if name not in MODELS:
            raise UnknownName(
                "A model of attribution was asked for",
                found=f"“{name}”",
                allowed=", ".join(MODELS),
                suggestion=nearest(name, MODELS),
            )
    return chosen
