"""Forgotten paths: people came by them to whom nobody ever turned; that is said, whatever can be judged."""

from __future__ import annotations

import pytest

from leadline.engine.cycle.forgotten import Forgotten, forgotten
from leadline.engine.estimates import USUAL
from leadline.engine.reports.leaks import leaks
from tests.makers import touch
from tests.traced import traced

SAID = (
    "Of 12 contacts who came by referral over a month ago, none was ever written to, talked with or asked, "
    "as far as is on record: turn to each of them."
)


def asked_at_once(path: str, many: int) -> list[dict[str, object]]:
    """Requests, of which each second one is called two days later and asked after four more."""
    rows = [touch(f"{path}{k}", "requested_info", k, path=path) for k in range(many)]
    for k in range(0, many, 2):
        rows += [
            touch(f"{path}{k}", "called", k + 2, path=path),
            touch(f"{path}{k}", "asked", k + 6, path=path),
        ]
    return rows


def referred(many: int, since: float = 0) -> list[dict[str, object]]:
    return [touch(f"ref{k}", "referred", since + k, path="referral") for k in range(many)]


BUSINESS = [*asked_at_once("web", 40), *asked_at_once("fair", 40)]


def found(rows: list[dict[str, object]]) -> tuple[Forgotten, ...]:
    return forgotten(traced(rows, 100)[1], USUAL)


def test_people_to_whom_nobody_turned_are_named_first_where_nothing_else_leaks():
    report = leaks(traced([*BUSINESS, *referred(12)], 100)[1])
    assert report.forgotten == (Forgotten("referral", 12),)
    said = report.sentences()
    assert said[0] == SAID
    assert said[1].startswith("Besides, ")


@pytest.mark.parametrize(
    "rows",
    [
        [*BUSINESS, *referred(9)],  # too few
        [*BUSINESS, *referred(12, since=80)],  # of the last 30 days
        [*BUSINESS, *referred(12), touch("ref3", "mailed", 50)],  # one did hear
        [*BUSINESS, *referred(12), *(touch(f"ref{k}", "opted_out", 40) for k in range(3))],  # 9 are left
        [
            *(row for row in BUSINESS if row["kind"] == "requested_info"),
            *referred(12),
        ],  # nothing is written down
        referred(12),  # the only path
    ],
)
def test_no_path_is_called_forgotten_of_which_that_can_not_be_said(rows):
    assert found(rows) == ()


def test_a_path_that_is_a_leak_is_not_told_twice():
    rows = [row for path in ("web", "fair") for row in asked_at_once(path, 40)]
    rows += [
        touch(f"{path}{k}", "called", k + 15, path=path) for path in ("web", "fair") for k in range(1, 40, 2)
    ]
    report = leaks(traced([*rows, *referred(40)], 200)[1])
    assert [(one.path, one.link) for one in report.leaks] == [("referral", "nurture")]
    assert not any(one.startswith("Of 40 contacts who came by referral") for one in report.sentences())
