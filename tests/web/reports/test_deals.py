"""Several deals of one contact are several asks, on the board and in every report."""

from __future__ import annotations

import pytest

from leadline.engine.instants import to_datetime
from leadline.engine.reports.asks import asks
from leadline.web.actions import asks as acts
from leadline.web.actions import mirrors, purchases, reports, touches
from leadline.web.models import Ask, Contact, Touch
from leadline.web.pages.board_columns import by_answer
from leadline.web.pages.whose import Whose
from leadline.web.warehouse import days
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in

pytestmark = pytest.mark.django_db
DEALS = """Deal ID,Deal Name,Deal Stage,Amount,Currency,Close Date,Create Date,Contact Name,Contact Email
1,Coaching,Proposal,2400,EUR,2026-05-01,2026-01-05,Ann Alder,ann@alder.example
2,Workshop,Proposal,2600,EUR,2026-06-01,2026-01-12,Ann Alder,ann@alder.example
3,Site,Closed Won,9000,EUR,2026-02-10,2026-01-06,Bob Birch,bob@birch.example
4,Shop,Proposal,7000,EUR,2026-05-10,2026-01-20,Bob Birch,bob@birch.example
5,Audit,Closed Lost,3000,EUR,2026-02-11,2026-01-07,Cem Cedar,cem@cedar.example
6,Review,Proposal,1500,EUR,2026-05-11,2026-01-21,Cem Cedar,cem@cedar.example
"""


@pytest.fixture
def _pipeline(funnels, owner, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    take_in(owner, {"deals.csv": DEALS})
    mirrors.refresh(NOW)


def case():
    return reports.case_for(None, "sales-cycle", NOW)[0]


def counts(owner):
    """How many cards each column of the board has: waiting, yes, not now, no."""
    return [one.count for one in by_answer(Whose(owner), to_datetime(NOW).date(), "", "")]


@pytest.mark.usefixtures("_pipeline")
def test_reports_count_the_deals_that_the_board_counts(owner):
    report = asks(case().cycles)
    total = report.total
    assert (total.asks, total.yes, total.no, total.waiting, total.superseded) == (6, 1, 1, 4, 0)
    assert len(report.waiting) == 4  # Bob's second deal is open, though he bought by the first
    assert report.again.asked == 0  # Cem's second deal was asked before the no
    assert counts(owner) == [4, 1, 0, 1]


@pytest.mark.usefixtures("_pipeline")
def test_whoever_left_waits_on_the_board_and_is_told_apart_in_the_report(owner, actor):
    ann = Contact.objects.get(name="Ann Alder")
    touches.record(actor, ann, "opted_out", NOW)
    mirrors.refresh(NOW)
    report = asks(case().cycles)
    assert (len(report.waiting), report.settled) == (2, 2)
    assert "With 2 more of people who left or bought since, 4 asks have no answer on record." in (
        report.sentences()
    )
    assert counts(owner)[0] == Ask.objects.filter(answer=Ask.Answer.WAITING).count() == 4


@pytest.mark.usefixtures("_pipeline")
def test_the_answer_to_one_deal_leaves_the_other_open(owner, actor):
    """Of two open deals of one contact one is won: of 6 asks then 2 are yes, 1 no, and 3 wait."""
    first = Ask.objects.get(key="1")
    acts.answer(actor, first, "yes", NOW - 1, sale=purchases.Sale(value=240_000, currency="EUR"))
    assert Ask.objects.get(key="2").answer == ""
    assert set(Touch.objects.filter(kind__in=["said_yes", "bought"]).values_list("deal", flat=True)) == {
        "1",
        "3",
    }
    mirrors.refresh(NOW)
    total = asks(case().cycles).total
    assert (total.yes, total.no, total.waiting) == (2, 1, 3)
    assert counts(owner) == [3, 2, 0, 1]


@pytest.mark.usefixtures("_pipeline")
def test_what_is_asked_for_on_a_day_is_the_sum_of_all_open_deals():
    held = case()
    stage = days.stage_of(held.staged, NOW)
    asked, overdue, _ = days.money_on(held, NOW, stage, None)
    assert asked.value.sum() + overdue.value.sum() == 240_000 + 260_000 + 700_000 + 150_000


@pytest.mark.usefixtures("_pipeline")
def test_asked_again_is_only_who_was_asked_for_the_same_deal(owner, actor):
    second = Ask.objects.get(key="2")
    acts.again(actor, second, asked_at=NOW - 5)
    mirrors.refresh(NOW)
    total = asks(case().cycles).total
    assert (total.asks, total.waiting, total.superseded) == (7, 4, 1)
    assert counts(owner) == [4, 1, 0, 1]
    ann = Contact.objects.get(name="Ann Alder")
    assert sorted(ann.asks.values_list("key", "answer")) == [("1", ""), ("2", ""), ("2", "again")]
