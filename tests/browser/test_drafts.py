"""What was typed when one is no longer signed in: it is there again after signing in, and for nobody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER
from tests.browser.places import PHRASE

DRAFT = "() => sessionStorage.getItem('draft')"
NOTE = "#note-text"


@pytest.fixture
def contact(tab: Page) -> Page:
    """The page of Eero Cooper."""
    tab.goto("/contacts/?q=eero")
    tab.get_by_role("link", name="Eero Cooper").click()
    tab.wait_for_url("**/contacts/*/")
    return tab


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def come_back(page: Page, email: str = OWNER) -> None:
    """Sign in on the page that asked for it."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()


def send_note(page: Page, text: str) -> None:
    page.fill(NOTE, text)
    page.locator("form.note-form button").click()


def test_a_note_is_there_again_after_signing_in_and_is_recorded_once(contact):
    end_session(contact)
    send_note(contact, "She likes <b>long</b> walks.")
    contact.wait_for_url("**/accounts/login/**")
    come_back(contact)
    contact.wait_for_url("**/contacts/*/")
    expect(contact.locator(NOTE)).to_have_value("She likes <b>long</b> walks.")
    expect(contact.locator("#toasts")).to_contain_text("not recorded yet")
    assert contact.evaluate(DRAFT) is None
    contact.locator("form.note-form button").click()
    expect(contact.locator(".timeline")).to_contain_text("She likes <b>long</b> walks.")
    assert contact.evaluate(DRAFT) is None
    contact.reload()
    expect(contact.locator(NOTE)).to_have_value("")


def test_what_was_sent_while_nobody_answered_is_there_when_its_page_is_opened_again(tab):
    tab.goto("/companies/new/")
    tab.fill("[name=name]", "Never Answered")
    tab.context.set_offline(True)
    tab.get_by_role("button", name="Save").click()
    tab.wait_for_url("chrome-error://**")
    tab.context.set_offline(False)
    tab.goto("/")
    tab.goto("/companies/new/")
    expect(tab.locator("[name=name]")).to_have_value("Never Answered")
    expect(tab.locator("#toasts")).to_contain_text("look first whether it is recorded")
    tab.get_by_role("button", name="Save").click()
    tab.wait_for_url("**/companies/*/")
    assert tab.evaluate(DRAFT) is None
    tab.goto("/companies/new/")
    expect(tab.locator("[name=name]")).to_have_value("")


def test_a_note_in_a_tab_open_since_before_one_signed_in_again_is_there_when_it_is_loaded_anew(contact):
    there = contact.url
    other = contact.context.new_page()
    other.goto(there)
    end_session(contact)
    contact.reload()
    come_back(contact)
    contact.wait_for_url("**/contacts/*/")
    send_note(other, "Wants the price list.")
    expect(other.locator("main")).to_contain_text("Load the page anew")
    other.reload()
    expect(other.locator(NOTE)).to_have_value("Wants the price list.")
    other.locator("form.note-form button").click()
    expect(other.locator(".timeline")).to_contain_text("Wants the price list.")
    other.reload()
    expect(other.locator(NOTE)).to_have_value("")


def test_a_touch_with_its_kind_and_note_is_there_again_in_its_dialog(contact):
    contact.keyboard.press("t")
    contact.keyboard.type("messaged")
    contact.locator("#touch-dialog summary").click()
    contact.fill("#touch-note", "Asked for the price list")
    end_session(contact)
    contact.locator("#touch-dialog button[type=submit]").click()
    contact.wait_for_url("**/accounts/login/**")
    come_back(contact)
    contact.wait_for_url("**/contacts/*/")
    expect(contact.locator("#touch-note")).to_be_visible()
    expect(contact.locator("#touch-note")).to_have_value("Asked for the price list")
    assert contact.locator("#touch-dialog [name=kind]:checked").get_attribute("value") == "messaged"


def test_it_goes_on_signing_out_and_is_never_somebody_elses(contact):
    end_session(contact)
    send_note(contact, "Between us.")
    contact.wait_for_url("**/accounts/login/**")
    assert "Between us." in contact.evaluate(DRAFT)
    come_back(contact, "lena@example.org")
    contact.wait_for_url(lambda url: "/accounts/" not in url)
    contact.goto("/")
    assert contact.evaluate(DRAFT) is None
    send = "() => sessionStorage.setItem('draft', JSON.stringify({at: Date.now(), lost: true, values: []}))"
    contact.evaluate(send)
    contact.evaluate("() => document.querySelector('form[action$=\"logout/\"]').requestSubmit()")
    contact.wait_for_url("**/accounts/**")
    assert contact.evaluate(DRAFT) is None


def test_passwords_and_tokens_are_never_kept(tab):
    tab.goto("/tokens/")
    tab.fill("[name=name]", "A script")
    end_session(tab)
    tab.get_by_role("button", name="Make it").click()
    tab.wait_for_url("**/accounts/login/**")
    assert tab.evaluate(DRAFT) is None
    tab.fill("[name=login]", "ada@example.org")
    tab.fill("[name=password]", "not the phrase")
    tab.get_by_role("button", name="Sign in", exact=True).click()
    expect(tab.get_by_role("alert").first).to_contain_text("do not belong together")
    assert tab.evaluate(DRAFT) is None
