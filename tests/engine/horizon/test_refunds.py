"""Refunds: who got everything back is said where they are many, and such a base isn't called balanced."""

from __future__ import annotations

import pytest

from leadline.engine.horizon.refunds import Refunds
from leadline.engine.reports.balance import balance
from leadline.engine.reports.leaks import leaks
from tests.leads import path
from tests.makers import touch
from tests.traced import sales, steady_way, traced

LOOK = " Look at what you sell and to whom, before you look for more of them."
BALANCED = "The base is balanced: no stage is empty, and none holds too few."


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Refunds(85, 84), [f"84 of 85 clients got everything back.{LOOK}"]),
        (Refunds(1, 1, 12), ["The one new client of the last year got everything back."]),
        (Refunds(7, 7, 4), [f"All 7 new clients of the last 4 months got everything back.{LOOK}"]),
        (Refunds(100, 5, 12), ["5 of 100 new clients of the last year got everything back."]),
        (Refunds(100, 4, 12), []),
        (Refunds(0, 0), []),
    ],
)
def test_how_many_got_everything_back_is_said_from_one_in_twenty_on(found, said):
    assert found.sentences() == said


def test_who_kept_a_part_or_bought_again_did_not_get_everything_back():
    rows = sales({"ann": [(1, 100)], "bob": [(1, 100), (5, 50)], "cid": [(1, 100)], "dora": [(1, 100)]})
    rows += [touch("ann", "refunded", 9, value=100, currency="EUR")]
    rows += [touch("bob", "partly_refunded", 3, value=100, currency="EUR")]
    rows += [touch("cid", "partly_refunded", 9, value=99, currency="EUR")]
    report = leaks(traced(rows, 60)[1])
    assert (report.refunds.clients, report.refunds.repaid) == (4, 1)
    assert report.sentences()[-1] == "1 of 4 clients got everything back."


def test_a_base_of_which_a_third_got_everything_back_is_not_called_balanced():
    """Of all who bought, for 1 EUR each, every second one, then every fourth, has it back at once."""
    money = {"value": 100, "currency": "EUR"}
    rows = [row | (money if row["kind"] == "bought" else {}) for row in steady_way(2)]
    bought = [row for row in rows if row["kind"] == "bought"]
    for every, grave in ((2, True), (4, False)):
        back = [row | {"kind": "partly_refunded"} for row in bought[::every]]
        said = balance(*traced([*rows, *back], 1000)).sentences()
        found = [one for one in said if "got everything back" in one]
        assert len(found) == 1
        assert (BALANCED not in said, said[0] == found[0]) == (grave, grave)


def test_leaks_say_first_that_most_got_everything_back():
    rows = [row for name in ("web", "phone", "fair") for row in path(name)]
    bought = [row for row in rows if row["kind"] == "bought"]
    back = [touch(row["contact"], "refunded", 400) for row in bought[1:]]
    said = leaks(traced([*rows, *back], 450)[1]).sentences()
    assert said[0] == f"{len(bought) - 1} of {len(bought)} clients got everything back.{LOOK}"
    assert said[1].startswith("No leak is to be seen.")
