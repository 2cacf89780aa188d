"""A slow network, and one that breaks: what is sent is done once, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

TWICE = """() => {
  const button = document.querySelector("main form .btn-primary");
  button.click();
  button.click();
  return document.querySelectorAll("form[aria-busy=true]").length;
}"""
NOTE = "#touch-note"
MADE = re.compile(r"/contacts/\d+/$")


@pytest.fixture
def talk(tab: Page) -> Page:
    """The page of Bettina Krug, with a talk typed that isn't recorded yet."""
    tab.goto("/contacts/?q=bettina")
    tab.get_by_role("link", name="Bettina Krug").click()
    tab.wait_for_url("**/contacts/*/")
    tab.get_by_role("button", name="Log a touch").click()
    tab.fill("#touch-find", "met")
    tab.get_by_text("Day, path, note, amount").click()
    tab.fill(NOTE, "Said to call in May")
    return tab


def record(page: Page) -> None:
    page.locator("#touch-dialog button[type=submit]").click()


def test_a_form_that_is_pressed_twice_shows_that_it_is_on_its_way_and_is_sent_once(tab):
    sent = []
    tab.on("request", lambda request: sent.append(request.method))
    tab.goto("/contacts/new/")
    tab.fill("[name=name]", "Dora Double")
    assert tab.evaluate(TWICE) == 1
    tab.wait_for_url(MADE)
    assert sent.count("POST") == 1
    tab.go_back()
    expect(tab.locator("[name=name]")).to_be_visible()
    expect(tab.locator("form[aria-busy]")).to_have_count(0)


def test_where_no_answer_comes_back_it_is_said_that_it_may_be_recorded(talk):
    def lose(route: Route) -> None:
        assert route.fetch().ok
        route.abort("connectionreset")

    talk.route("**/touch/", lose)
    record(talk)
    said = talk.locator("#touch-dialog .toast")
    expect(said).to_contain_text("may be recorded or not")
    expect(talk.locator(NOTE)).to_have_value("Said to call in May")
    expect(talk.locator("form[aria-busy]")).to_have_count(0)
    talk.reload()
    expect(talk.locator(".timeline")).to_contain_text("Said to call in May")


def test_offline_what_was_typed_stays_and_is_recorded_once_the_network_is_back(talk):
    talk.context.set_offline(True)
    record(talk)
    said = talk.locator("#touch-dialog .toast")
    expect(said).to_contain_text("You are offline. Nothing was changed")
    expect(said).to_be_in_viewport()
    expect(talk.locator(NOTE)).to_have_value("Said to call in May")
    talk.context.set_offline(False)
    record(talk)
    expect(talk.locator("#touch-dialog")).to_be_hidden()
    expect(talk.locator("#toasts")).to_contain_text("Recorded: Met.")
    expect(talk.get_by_text("You are offline")).to_have_count(0)
