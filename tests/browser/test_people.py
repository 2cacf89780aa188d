"""Others: those who come in by invitation, those who guess, and programs."""

from __future__ import annotations

import json
import re
import threading

import pytest
from playwright.sync_api import expect
from standardwebhooks.webhooks import Webhook as Verifier

from tests.browser.conftest import sign_in
from tests.browser.places import PHRASE
from tests.web.people.test_webhooks import Listener


@pytest.fixture
def listener():
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def add(page, name):
    """Somebody new; the address of their page."""
    page.goto("/contacts/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Record").click()
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    return page.url


def test_who_comes_in_by_invitation_sees_only_their_own(tab, served, opens):
    hers = add(tab, "Only Adas")
    tab.goto("/people/")
    tab.get_by_label("E-mail").fill("max@example.org")
    tab.get_by_role("button", name="Invite").click()
    link = re.search(r"/invitation/[^\"<\s]+", tab.content())
    assert link is not None

    page = opens(served.url)
    page.goto(link.group())
    page.get_by_label("Your name").fill("Max Weber")
    page.get_by_label("A password").fill(PHRASE)
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url(f"{served.url}/")
    page.goto("/contacts/?all=1")
    expect(page.get_by_role("main")).not_to_contain_text("Only Adas")
    assert page.goto(hers).status == 404
    expect(page.get_by_role("main")).not_to_contain_text("Only Adas")
    add(page, "Only Maxs")
    page.goto("/contacts/?all=1")
    expect(page.get_by_role("link", name="Only Maxs")).to_be_visible()
    assert page.goto("/people/").status in {200, 403}
    expect(page.get_by_role("button", name="Invite")).to_have_count(0)

    tab.goto("/contacts/?all=1&q=Only")
    expect(tab.get_by_role("link", name="Only Maxs")).to_be_visible()


def test_whoever_guesses_is_locked_out_even_with_the_right_password(served, opens):
    page = opens(served.url)
    for number in range(5):
        sign_in(page, "mallory@example.org", f"a wrong guess {number}")
        expect(page.get_by_role("main")).to_contain_text("do not belong together")
    sign_in(page, "mallory@example.org")
    expect(page.get_by_role("main")).to_contain_text(re.compile("too many wrong", re.IGNORECASE))
    page.goto("/contacts/")
    assert "/accounts/login/" in page.url


def test_a_token_does_what_its_scopes_say_and_no_more(tab, opens, served):
    tab.goto("/tokens/")
    tab.get_by_label("What it is for").fill("The web site")
    tab.get_by_label(re.compile("contacts:read")).check()
    tab.get_by_role("button", name="Make it").click()
    secret = tab.get_by_label("The token").input_value()
    program = opens(served.url).request
    shown = {"Authorization": f"Bearer {secret}"}
    answer = program.get("/api/v1/contacts", headers=shown)
    assert answer.status == 200
    assert "Eero Cooper" in answer.text()
    assert program.post("/api/v1/contacts", headers=shown, data={"name": "No"}).status == 403
    assert program.get("/api/v1/contacts").status == 401
    tab.goto("/tokens/")
    tab.get_by_label("Revoke… the token The web site").click()
    tab.get_by_role("button", name="Revoke it for good: The web site").click()
    expect(tab.get_by_text("is of no use from now on")).to_be_visible()
    assert program.get("/api/v1/contacts", headers=shown).status == 401


def test_a_webhook_hears_of_a_touch_and_its_page_says_so(tab, listener):
    tab.goto("/settings/webhooks/")
    tab.get_by_label("Address").fill(listener.url)
    tab.get_by_label(re.compile("touch.recorded")).check()
    tab.get_by_role("button", name="Add it").click()
    secret = re.search(r"whsec_[\w+/=]+", tab.content())
    assert secret is not None
    add(tab, "Heard Of")
    with tab.expect_response("**/touch/"):
        tab.keyboard.press("t")
        tab.keyboard.type("met")
        tab.keyboard.press("Enter")
    tab.goto("/settings/webhooks/")
    tab.get_by_role("link", name=listener.url).click()
    for _ in range(60):
        if tab.get_by_text("taken", exact=True).count():
            break
        tab.wait_for_timeout(500)
        tab.reload()
    expect(tab.get_by_text("taken", exact=True)).to_be_visible()
    ((_, headers, body),) = listener.heard
    Verifier(secret.group()).verify(body, headers)
    assert json.loads(body)["type"] == "touch.recorded"
