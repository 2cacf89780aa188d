"""From an empty folder to the first client, as somebody goes who has never seen it: at a desk, on a phone."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.axes import axe_finds
from tests.browser.places import PHRASE

MET, ASKED = 40, 40
"""As many were met at events, and never asked; as many came by recommendation, and were all asked."""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """What happened with eighty people, as a program would export it, up to this month."""
    today, rows = date.today(), []  # noqa: DTZ011 - a day as a spreadsheet has it

    def happened(who, kind, days_ago, path):
        mail = f"{who.lower()}@example.org"
        rows.append((who, f"{who} Weber", mail, kind, today - timedelta(days=days_ago), path))

    for number in range(MET):
        happened(f"Met{number:02}", "met", 90 + number, "networking")
        happened(f"Met{number:02}", "had_meeting", 60 + number, "networking")
    for number in range(ASKED):
        happened(f"Ref{number:02}", "met", 90 + number, "referral")
        happened(f"Ref{number:02}", "had_meeting", 80 + number, "referral")
        happened(f"Ref{number:02}", "asked", 60 + number, "referral")
        happened(f"Ref{number:02}", "said_yes" if number % 2 else "said_no", 50 + number, "referral")
    place = tmp_path_factory.mktemp("export") / "touches.csv"
    with place.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["contact id", "name", "email", "kind", "happened at", "path"])
        table.writerows(rows)
    return place


def set_up(page):
    page.goto("/")
    page.wait_for_url("**/setup/")
    assert axe_finds(page) == []
    page.get_by_label("Your name").fill("Ada Lindqvist")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_label("A password").fill(PHRASE)
    page.get_by_role("radio", name="sales-cycle").check()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/imports/")


def bring_in(page, files):
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Look at these files").click()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible(timeout=60_000)
    expect(page.locator(".stat", has_text="contacts made")).to_contain_text(str(MET + ASKED))


def ask_and_hear_yes(page):
    """From the page of somebody: ask, and be told yes."""
    page.get_by_role("main").get_by_role("link", name="Ask", exact=True).click()
    page.get_by_label("What for, in your words").fill("Half a year of coaching")
    page.get_by_label("Amount").fill("1200")
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_role("button", name="I asked").click()
    expect(page.get_by_role("main")).to_contain_text("Waiting")
    page.get_by_role("link", name="Half a year of coaching").first.click()
    page.wait_for_url("**/asks/*/")
    page.get_by_role("main").get_by_role("link", name=re.compile("said yes$")).click()
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_role("main")).to_contain_text("said yes")
    expect(page.get_by_role("heading", name="Bought")).to_be_visible()


def go_to_the_leak(page):
    said = page.locator(".lede")
    expect(said).to_contain_text("Your biggest leak is networking: nobody is asked.", timeout=60_000)
    page.get_by_role("link", name="See the people at the biggest leak").click()
    page.get_by_role("link", name="Met").first.click()
    page.wait_for_url("**/contacts/*/")


def test_from_nothing_to_the_first_client_by_keys(fresh, opens, files):
    page = opens(fresh.url, locale="en-GB", timezone_id="Europe/Berlin")
    set_up(page)
    bring_in(page, files)
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/leaks/*")
    go_to_the_leak(page)

    happened = page.locator(".timeline > li")
    before = happened.count()
    page.keyboard.press("t")
    page.keyboard.type("messaged")
    page.keyboard.press("Enter")
    expect(happened).to_have_count(before + 1)
    expect(happened.first).to_contain_text("Messaged")

    stage = page.locator("[data-stage=sales-cycle]")
    expect(page.get_by_text("Why", exact=True).first).to_be_visible()
    expect(page.locator("#places .phrases .holds").first).to_be_visible()
    expect(stage).not_to_have_text("client")
    ask_and_hear_yes(page)
    page.get_by_role("main").get_by_role("link", name="Met").first.click()
    expect(stage).to_have_text("client")


def test_the_same_on_a_phone(fresh, opens, files):
    page = opens(fresh.url, viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    set_up(page)
    bring_in(page, files)
    page.get_by_role("button", name="More").tap()
    page.locator("#more").get_by_role("link", name="Leaks").tap()
    go_to_the_leak(page)
    happened = page.locator(".timeline > li")
    before = happened.count()
    page.get_by_role("button", name="Log a touch").tap()
    page.get_by_label("Begin to type what happened").fill("messaged")
    page.get_by_role("button", name="Record").tap()
    expect(happened).to_have_count(before + 1)
    ask_and_hear_yes(page)
    page.get_by_role("main").get_by_role("link", name="Met").first.tap()
    expect(page.locator("[data-stage=sales-cycle]")).to_have_text("client")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_a_touch_is_logged_somebody_asked_and_the_answer_noted(served, opens, signed_in):
    page = opens(served.url, storage_state=signed_in, java_script_enabled=False)
    page.goto("/contacts/?all=1&q=Bettina")
    page.get_by_role("link", name="Bettina Krug").click()
    page.locator("input[name=kind][value=met]").check()
    page.get_by_role("button", name="Record").click()
    expect(page.locator(".timeline")).to_contain_text("Met")
    ask_and_hear_yes(page)
