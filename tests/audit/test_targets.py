"""Goals as somebody types them: in the words of the funnel, or as an income."""

from __future__ import annotations

import pytest

from leadline.audit.targets import read_goal
from leadline.engine.errors import LeadlineError
from leadline.engine.plan.goals import BadGoal, Goal

CHARITY = ("monthly donor", "contact")


@pytest.mark.parametrize(
    "text",
    [
        "3 monthly donors",
        "3 new Monthly Donors",
        "3 monthly donor",
        "3 clients",
        "3 new customers",
        "3 sales",
        "3 contacts",
    ],
)
def test_clients_go_by_the_word_of_the_funnel_and_by_the_usual_ones(text: str) -> None:
    assert read_goal(f"{text} by 2026-12-31", None, "EUR", CHARITY) == Goal.of(clients=3, by="2026-12-31")


@pytest.mark.parametrize(
    "text", ["12,000 EUR", "12,000 EUR income", "12,000 EUR of income", "an income of 12,000 EUR", "12,000"]
)
def test_an_income_may_be_called_one(text: str) -> None:
    found = read_goal(f"{text} by 2026-12-31", None, "EUR", CHARITY)
    assert found == Goal.of(income=1_200_000, by="2026-12-31")


def test_another_word_is_refused_with_those_that_are_understood() -> None:
    with pytest.raises(BadGoal) as caught:
        read_goal("3 members by 2026-12-31", None, "EUR", CHARITY)
    assert str(caught.value) == (
        "The goal “3 members” was given. Found: no words that say what is to be reached. Allowed: a number "
        "of clients (“3 monthly donors”, “3 contacts”, “3 clients”, “3 customers” or “3 sales”), or an "
        "income (“12,000 EUR”)."
    )


def test_what_is_allowed_names_no_currency_where_the_files_name_none() -> None:
    with pytest.raises(LeadlineError, match="“12,000”"):
        read_goal("many by 2026-12-31", None, "")
    with pytest.raises(LeadlineError, match="“3 donors”, or an income: “3,000”"):
        read_goal("3 by 2026-12-31", None, "", ("donor",))
