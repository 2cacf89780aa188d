"""Two people at once, each in a browser of their own: nobody's work is lost without a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

TITLE = "[name=job_title]"


@pytest.fixture
def both(opens, business, at_work) -> tuple[Page, Page]:
    """Two tabs in browsers that know nothing of each other."""
    return opens(business.url, storage_state=at_work), opens(business.url, storage_state=at_work)


def save(page: Page, title: str) -> None:
    page.fill(TITLE, title)
    page.get_by_role("button", name="Save").click()


def test_one_edits_a_contact_while_another_records_what_happened_and_edits_it_too(both, business):
    one, other = both
    there = business.places["contact"].partition("?")[0]
    one.goto(f"{there}edit/")
    other.goto(there)
    latest = other.locator(".timeline > li").first  # a page of the timeline is full one day
    before = latest.get_attribute("id") or ""
    other.keyboard.press("t")
    other.keyboard.type("messaged")
    other.keyboard.press("Enter")
    expect(latest).not_to_have_id(before)
    save(one, "Head of Shipping")
    expect(one.locator(".timeline > li").first).to_have_id(latest.get_attribute("id") or "")

    one.goto(f"{there}edit/")
    other.goto(f"{there}edit/")
    save(other, "Harbour master")
    other.wait_for_url(f"**{there}")
    save(one, "Pilot")
    expect(one.get_by_role("alert").first).to_contain_text(
        "somebody else wrote “Harbour master” here meanwhile"
    )
    expect(one.locator(TITLE)).to_have_value("Pilot")
    other.goto(f"{there}edit/")
    expect(other.locator(TITLE)).to_have_value("Harbour master")
    save(one, "Pilot")
    one.wait_for_url(f"**{there}")
    other.goto(f"{there}edit/")
    expect(other.locator(TITLE)).to_have_value("Pilot")


def test_one_publishes_a_version_while_another_is_about_to(both):
    one, other = both
    there = "/settings/funnels/sales-cycle/"
    for page, word in ((one, "One’s words"), (other, "The other’s words")):
        page.goto(there)
        page.fill("#means-0", word)
    one.get_by_role("button", name="Keep as a draft").first.click()
    expect(one.get_by_text("Kept as version").first).to_be_visible()
    other.get_by_role("button", name="Keep as a draft").first.click()
    expect(other.get_by_role("alert").first).to_contain_text("somebody else has saved it meanwhile")

    for page in both:
        page.goto(there)
        page.get_by_role("link", name="What it would change").click()
    one.get_by_role("button", name="Put in force").click()
    one.wait_for_url("**/settings/funnels/")
    other.get_by_role("button", name="Put in force").click()
    expect(other.get_by_role("alert").first).to_contain_text("meanwhile")


def test_one_answers_an_ask_while_another_has_it_before_them(both):
    one, other = both
    for page in both:
        page.goto("/board/?by=answer")
    waiting = one.locator("[data-move^='/asks/']").last
    there = waiting.get_attribute("data-move")
    name = waiting.locator("strong a").inner_text()
    opens = f"a[data-dialog][href='{there}']"
    one.locator(opens).click()
    one.get_by_role("radio", name="Not now").check()
    one.get_by_role("button", name="Note it").click()
    expect(one.locator("#toasts")).to_contain_text(name)
    other.locator(opens).click()
    expect(other.locator("#toasts")).to_contain_text("the ask is: not now")
    expect(other.locator("#ask-dialog")).not_to_be_visible()
