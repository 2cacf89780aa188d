"""What is wrong and what comes next: the reports on the sales cycle, where the data carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.engine.reports.balance import Balance, balance
from leadline.engine.reports.leaks import Leaks, leaks

if TYPE_CHECKING:
    from leadline.audit.case import Case


@dataclass(frozen=True)
class Diagnosis:
    """The reports on the cycle, over one case."""

    leaks: Leaks
    balance: Balance

    def headlines(self) -> list[str]:
        """What to read first: the biggest leak, who is ready and was never asked, what will come in."""
        return self.leaks.sentences()[:1] if self.leaks.leaks else []

    def as_dict(self) -> dict[str, Any]:
        """Each report by its name, as sentences and rows."""
        named = {"leaks": self.leaks, "balance": self.balance}
        return {name: {"sentences": one.sentences(), "rows": one.rows()} for name, one in named.items()}


def diagnose(case: Case, capacity: float | None = None) -> Diagnosis:
    """The diagnosis of a case; `capacity` is how many new clients a month can be taken on, if that is limited."""
    return Diagnosis(
        leaks=leaks(case.cycles, capacity=capacity),
        balance=balance(
            case.history, case.cycles, case.process, monthly_capacity=capacity, unit=case.unit, draws=100
        ),
    )
