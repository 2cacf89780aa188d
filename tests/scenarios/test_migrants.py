"""What people bring along from the CRM that they leave, and how it stands in every shipped vocabulary."""

from __future__ import annotations

import pytest

from leadline.engine.funnel import load_funnel, shipped_funnels
from leadline.engine.kinds import Kinds
from leadline.engine.lookup import lookup
from tests.scenarios.lives import STRANGER, role, stage, stages, step, steps

TYPED = ["subscriber", "lead", "mql", "sql", "opportunity", "customer"]
WON = ["deal_opened 0", "engaged 5", "bought 60"]
LOST = ["deal_opened 0", "engaged 5", "lost 60"]
every_funnel = pytest.mark.parametrize("funnel", shipped_funnels())


def test_typed_lifecycle_stages_are_walked_through_in_hubspot() -> None:
    life = ["recorded 0", *(f"marked_{name} {10 * number}" for number, name in enumerate(TYPED, start=1))]
    assert stages("hubspot", life, until=90) == [
        (0, "on record"),
        (10, "subscriber"),
        (20, "lead"),
        (30, "marketing-qualified"),
        (40, "sales-qualified"),
        (50, "opportunity"),
        (60, "customer"),
    ]


def test_the_same_lifecycle_without_anything_typed_follows_from_what_happened() -> None:
    life = ["recorded 0", "subscribed 5", "downloaded 10", "attended 15", "called 20", "told_budget 20"]
    life += ["deal_opened 30", "bought 60", "shared 90"]
    assert stages("hubspot", life, until=100) == [
        (0, "on record"),
        (5, "subscriber"),
        (10, "lead"),
        (15, "marketing-qualified"),
        (20, "sales-qualified"),
        (30, "opportunity"),
        (60, "customer"),
    ]
    assert step("hubspot", life, until=100) == "evangelist"


def test_a_typed_customer_who_ended_it_is_none_any_more() -> None:
    life = ["marked_customer 0", "churned 50"]
    assert stages("hubspot", life, until=60) == [(0, "customer"), (50, "former customer")]
    assert stages("salesforce", life, until=60) == [(0, "customer"), (50, "former customer")]


def test_a_lead_is_open_then_worked_on_then_converted_in_salesforce() -> None:
    life = [
        "recorded 0",
        "messaged 3",
        "called 9",
        "deal_opened 10",
        "engaged 12",
        "told_need 20",
        "proposed 30",
    ]
    assert stages("salesforce", life, until=40) == [
        (0, "open lead"),
        (3, "working lead"),
        (10, "opportunity"),
    ]
    assert [name for _, name in steps("salesforce", life, until=40)][2:] == [
        "qualification",
        "needs analysis",
        "proposal",
    ]


def test_a_deal_that_nobody_talks_about_is_only_prospected_in_salesforce() -> None:
    assert step("salesforce", ["deal_opened 0"], until=5) == "prospecting"


@every_funnel
def test_a_won_deal_makes_a_client_everywhere(funnel: str) -> None:
    assert role(funnel, WON, until=70) == "client"


@every_funnel
def test_a_purchase_with_nothing_before_it_makes_a_client_everywhere(funnel: str) -> None:
    assert stages(funnel, ["bought 0"], until=1) == [(0, stage(funnel, WON, until=70))]


@every_funnel
def test_a_deal_under_way_is_open_everywhere_and_no_stranger(funnel: str) -> None:
    assert role(funnel, WON[:1], until=1) == "open"
    assert role(funnel, WON[:2], until=6) == "open"


IN_TALKS = {
    "top-social": "prospect",
    "voltage": "opportunity",
    "elevate": "prospect",
    "agency": "prospect",
    "sales-cycle": "nurtured",
    "buyer-journey": "execution",
    "hubspot": "opportunity",
    "salesforce": "opportunity",
}


@every_funnel
def test_a_deal_in_which_the_talks_began_stands_just_before_the_sale(funnel: str) -> None:
    assert stage(funnel, ["engaged 0"], until=5) == IN_TALKS[funnel]


AFTER_A_LOSS = {
    "top-social": "lead",
    "voltage": "lost",
    "elevate": "lost",
    "agency": "lost",
    "sales-cycle": "nurtured",
    "buyer-journey": "chose otherwise",
    "hubspot": "closed lost",
    "salesforce": "closed lost",
}


@every_funnel
def test_a_lost_deal_is_left_behind_or_goes_back_to_nurturing(funnel: str) -> None:
    assert stage(funnel, LOST, until=70) == AFTER_A_LOSS[funnel]


@every_funnel
def test_a_lost_deal_that_is_taken_up_again_is_as_open_as_before(funnel: str) -> None:
    assert stage(funnel, [*LOST, "engaged 200"], until=210) == IN_TALKS[funnel]


LEAVING = [
    "unsubscribed",
    "opted_out",
    "disqualified",
    "went_elsewhere",
    "churned",
    "lapsed",
    "said_no",
    "lost",
]


@every_funnel
@pytest.mark.parametrize("exit_kind", LEAVING)
def test_whoever_left_and_buys_is_a_client_and_not_stuck(funnel: str, exit_kind: str) -> None:
    life = ["subscribed 0", f"{exit_kind} 30", "bought 90"]
    assert role(funnel, life, until=100) == "client"


@every_funnel
@pytest.mark.parametrize("exit_kind", LEAVING)
def test_whoever_left_and_talks_with_sales_again_is_open_and_not_stuck(funnel: str, exit_kind: str) -> None:
    assert role(funnel, ["bought 0", "churned 20", f"{exit_kind} 30", "engaged 90"], until=100) == "open"


@every_funnel
def test_a_client_who_leaves_the_newsletter_or_refuses_an_offer_stays_a_client(funnel: str) -> None:
    assert role(funnel, ["bought 0", "unsubscribed 30", "asked 40", "said_no 41"], until=50) == "client"


@every_funnel
def test_a_newsletter_left_in_the_middle_of_a_deal_does_not_end_the_deal(funnel: str) -> None:
    assert stage(funnel, ["engaged 0", "unsubscribed 10"], until=20) == IN_TALKS[funnel]


@every_funnel
def test_a_client_who_ended_it_has_left_until_something_happens(funnel: str) -> None:
    assert role(funnel, ["bought 0", "churned 30"], until=40) == "left"


CONTACTS = {
    "top-social": ("suspect", "lead"),
    "voltage": ("prospect", "lead"),
    "elevate": (STRANGER, "lead"),
    "agency": (STRANGER, "lead"),
    "sales-cycle": (STRANGER, "knows of you"),
    "buyer-journey": (STRANGER, "research"),
    "hubspot": ("on record", "lead"),
    "salesforce": ("open lead", "open lead"),
}


@every_funnel
def test_a_record_says_nothing_about_interest_and_a_form_does(funnel: str) -> None:
    found = (stage(funnel, ["recorded 0"], until=5), stage(funnel, ["recorded 0", "filled_form 0"], until=5))
    assert found == CONTACTS[funnel]


@every_funnel
def test_what_somebody_typed_counts_only_for_those_who_come_from_there(funnel: str) -> None:
    kinds = Kinds.shipped()
    used = lookup(load_funnel(funnel), kinds).kinds_used() & kinds.named("typed")
    assert bool(used) == (funnel in {"hubspot", "salesforce"})


@every_funnel
def test_machines_move_nobody(funnel: str) -> None:
    machines = [kind.name for kind in Kinds.shipped().kinds if kind.machine]
    assert stage(funnel, [f"{name} {number}" for number, name in enumerate(machines)], until=9) == STRANGER


@every_funnel
def test_every_shipped_stage_says_what_it_means_and_whose_it_is(funnel: str) -> None:
    shipped = load_funnel(funnel)
    assert shipped.name == funnel
    assert [one.name for one in shipped.stages if one.role == "client"]
    said = [one.means for place in shipped.stages for one in (place, *place.steps)]
    assert [means for means in said if not means[0].isupper() or not means.endswith(".")] == []
    assert all(one.owner for one in shipped.stages if one.role != "left")


@every_funnel
def test_ways_of_leaving_come_last(funnel: str) -> None:
    roles = [one.role for one in load_funnel(funnel).stages]
    assert roles == sorted(roles, key=["open", "client", "left"].index)
