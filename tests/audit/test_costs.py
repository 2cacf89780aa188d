"""What each campaign cost, from a table of one's own or from the report of a program for advertising."""

from __future__ import annotations

import pytest

from leadline.audit.costs import read_costs
from leadline.engine.errors import BadFile
from tests.exported import write

NAMES = ["Brand search", "Competitors"]


def test_a_report_of_campaigns_with_titles_and_a_total(tmp_path):
    path = write(
        tmp_path,
        "report.csv",
        """
        Campaign report
        "January 1, 2026 - January 31, 2026"
        Campaign status,Campaign,Currency code,Cost,Impr.,Clicks,Cost / conv.
        Enabled,Brand search,EUR,"1,234.50","45,210",812,102.88
        Paused,Competitors,EUR,310.00,"12,000",120,155.00
        Total: Account,--,EUR,"1,544.50","57,210",932,
        """,
    )
    assert read_costs(path, "EUR", NAMES) == {"Brand search": 123450, "Competitors": 31000}


def test_what_was_spent_on_several_sets_of_a_campaign_is_added_up(tmp_path):
    text = (
        "Campaign name,Ad set name,Amount spent (EUR),Reach\nbrand search,a,10.5,100\nBrand search,b,5.5,90\n"
    )
    assert read_costs(write(tmp_path, "ads.csv", text), "EUR", NAMES) == {"Brand search": 1600}


def test_a_wide_table_without_a_cost_says_which_columns_it_needs(tmp_path):
    with pytest.raises(BadFile, match="name and cost"):
        read_costs(write(tmp_path, "ads.csv", "Campaign,Clicks,Reach\nBrand search,1,2\n"), "EUR", NAMES)
