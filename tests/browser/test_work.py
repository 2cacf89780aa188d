"""A day's work at the desk: imports, funnels, the board, views, exports."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.test_people import add

TWO = "contact id,name,email,kind,happened at\nzz1,Zoe Zander,zoe@example.net,met,2026-01-03\n"


def test_an_import_is_undone(tab):
    tab.goto("/imports/")
    tab.get_by_label("Files").set_input_files(
        {"name": "met.csv", "mimeType": "text/csv", "buffer": TWO.encode()}
    )
    tab.get_by_role("button", name="Look at these files").click()
    tab.get_by_role("button", name="Import", exact=True).click()
    undo = tab.get_by_role("button", name="Undo this import")
    expect(undo).to_be_visible(timeout=60_000)
    here = tab.url
    tab.goto("/contacts/?all=1&q=Zoe")
    expect(tab.get_by_role("link", name="Zoe Zander")).to_be_visible()
    tab.goto(here)
    undo.click()
    expect(tab.get_by_text("This import is undone: 1 contact")).to_be_visible(timeout=60_000)
    tab.goto("/contacts/?all=1&q=Zoe")
    expect(tab.get_by_text("Nobody matches these filters.")).to_be_visible()


def test_a_funnel_is_changed_what_if_is_seen_and_it_is_put_in_force(desk):
    desk.goto("/settings/funnels/buyer-journey/")
    text = desk.get_by_label("The funnel in TOML")
    said = text.input_value()
    changed = re.sub(r"within \d+ days", "within 3 days", said)
    assert changed != said
    text.fill("name = ")
    expect(desk.locator("#checked .bad")).to_be_visible()
    text.fill(changed)
    expect(desk.get_by_text("It can be used:")).to_be_visible()
    desk.locator("form", has=text).get_by_role("button", name="Keep as a draft").click()
    desk.get_by_role("link", name="What it would change").click()
    moves = desk.get_by_text(re.compile(r"^[1-9]\d* contacts of .* would stand elsewhere"))
    expect(moves).to_be_visible(timeout=60_000)
    assert "within 3 days" in desk.locator(".diff .come").first.inner_text()
    version = desk.url.partition("what-if")[0]
    desk.get_by_role("button", name="Put in force").click()
    desk.wait_for_url("**/settings/funnels/")
    for _ in range(60):
        desk.goto(version)
        if desk.get_by_text("Everybody stands where this version says.").count():
            break
        desk.wait_for_timeout(500)
    expect(desk.get_by_text("Everybody stands where this version says.")).to_be_visible()


def test_another_vocabulary_is_one_click_away(desk):
    desk.goto("/funnel/")
    shown = desk.get_by_role("main")
    expect(shown).to_contain_text("knows of you")
    desk.get_by_role("link", name="voltage", exact=True).click()
    expect(shown).to_contain_text("opportunity")
    expect(shown).not_to_contain_text("knows of you")
    expect(desk.get_by_role("link", name="voltage", exact=True)).to_have_attribute("aria-current", "page")


def test_a_card_that_is_dropped_asks_what_happened_and_records_it(desk):
    desk.goto("/board/?funnel=sales-cycle")
    nurtured = desk.locator(".board-column", has=desk.get_by_role("heading", name="nurtured"))
    card = nurtured.locator(".board-card").first
    name = card.get_by_role("link").first.inner_text()
    card.drag_to(desk.locator(".board-column", has=desk.get_by_role("heading", name="asked")))
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text(f"What happened with {name}?")
    dialog.get_by_role("checkbox").first.check()
    dialog.get_by_role("button", name=re.compile("record it")).click()
    expect(dialog).to_be_hidden()
    desk.goto(f"/contacts/?all=1&funnel=sales-cycle&stage=asked&q={name}")
    expect(desk.get_by_role("link", name=name).first).to_be_visible()


def test_the_palette_does_things(tab):
    tab.goto("/funnel/")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("add a contact")
    expect(tab.get_by_role("option", name="Add a contact")).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/contacts/new/")


def test_a_list_is_walked_by_keys(desk):
    desk.goto("/contacts/?all=1")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    first = desk.locator("tbody tr").first
    expect(first).to_have_class(re.compile(r"\bhere\b"))
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/contacts/\d+/$"))
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.goto("/contacts/?all=1")
    desk.keyboard.press("/")
    expect(desk.get_by_label("Search", exact=True)).to_be_focused()


@pytest.mark.parametrize("shared", [True, False])
def test_a_view_is_kept_comes_first_and_is_seen_by_others_where_it_is_shared(desk, business, opens, shared):
    name = "Clients of all" if shared else "Clients of mine"
    desk.goto("/contacts/?all=1&funnel=sales-cycle&stage=client")
    desk.get_by_text("Keep this view").click()
    desk.get_by_label("Name", exact=True).fill(name)
    desk.get_by_label("Show it first").check()
    if shared:
        desk.get_by_label("Share it with everybody").check()
    desk.get_by_role("button", name="Keep", exact=True).click()
    desk.goto("/contacts/")
    tab = desk.get_by_role("navigation", name="Views").get_by_role("link", name=name)
    expect(tab).to_have_attribute("aria-current", "page")
    expect(desk.locator("tbody .chip", has_text="client").first).to_be_visible()

    other = opens(business.url)
    sign_in(other, "kit@example.org")
    other.wait_for_url(f"{business.url}/")
    other.goto("/contacts/")
    expect(other.get_by_role("link", name=name)).to_have_count(int(shared))
    desk.get_by_role("button", name="Remove this view").click()
    expect(tab).to_have_count(0)


def test_several_are_changed_at_once_and_back_again(tab):
    for name in ("Bulk One", "Bulk Two"):
        add(tab, name)
    tab.goto("/contacts/?all=1&q=Bulk")
    rows = tab.locator("tbody tr")
    tab.get_by_label("Tick all on this page").check()
    tab.get_by_text("Change several at once").click()
    tab.get_by_label("Add tags").fill("spring fair")
    tab.get_by_role("button", name="Change tags").click()
    expect(rows.filter(has_text="spring fair")).to_have_count(2)
    tab.get_by_label("Tick Bulk One").check()
    tab.get_by_text("Change several at once").click()
    tab.get_by_label("Remove tags").fill("spring fair")
    tab.get_by_role("button", name="Change tags").click()
    expect(rows.filter(has_text="spring fair")).to_have_count(1)


def test_everything_is_taken_out_as_files(desk, business):
    desk.goto("/exports/")
    with desk.expect_download() as coming:
        desk.get_by_role("main").get_by_role("button", name="Export").click()
    with zipfile.ZipFile(coming.value.path()) as found:
        names = {name.rsplit("/", 1)[-1] for name in found.namelist()}
        assert {"contacts.csv", "touches.csv", "asks.csv"} <= names
        inside = next(name for name in found.namelist() if name.endswith("contacts.csv"))
        rows = list(csv.reader(io.StringIO(found.read(inside).decode("utf-8-sig"))))
    ((there,),) = business.installation.sql("SELECT count(*) FROM web_contact")
    assert len(rows) == there + 1


def test_somebody_is_erased_for_good(tab, served):
    here = add(tab, "Gone Soon")
    tab.locator("summary", has_text="More").click()
    tab.get_by_role("link", name="Erase").click()
    tab.get_by_label("Type the name to make sure").fill("Gone So")
    tab.get_by_role("button", name="Erase for good").click()
    tab.goto(here)
    expect(tab.get_by_role("heading", name="Gone Soon")).to_be_visible()
    tab.locator("summary", has_text="More").click()
    tab.get_by_role("link", name="Erase").click()
    tab.get_by_label("Type the name to make sure").fill("Gone Soon")
    tab.get_by_role("button", name="Erase for good").click()
    tab.goto("/contacts/?all=1&q=Gone")
    expect(tab.get_by_text("Nobody matches these filters.")).to_be_visible()
    assert served.installation.sql("SELECT count(*) FROM web_contact WHERE name LIKE 'Gone%'") == [(0,)]


def test_dates_and_money_are_written_as_one_reads_them(served, opens):
    page = opens(served.url)
    sign_in(page, "lena@example.org")
    page.wait_for_url(f"{served.url}/")
    page.goto("/me/")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_label("Dates and amounts").select_option("de")
    page.get_by_role("button", name="Keep").click()
    page.goto("/asks/")
    expect(page.get_by_role("main")).to_contain_text("1.200,50 EUR")
    asked = page.get_by_role("main").locator("time").first
    expect(asked).to_have_attribute("title", re.compile(r"^3\. Mär[.z]? 2026, 00:30$"))
    page.goto("/contacts/?all=1&q=Lenas")
    page.get_by_role("link", name="Lenas Kunde").click()
    expect(page.locator(".timeline")).to_contain_text(re.compile(r"3\.? M(är|ar)[.z]? 2026, 00:30"))


def test_on_a_phone_filters_are_folded_behind_one_button_with_their_number(desk):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/contacts/?all=1&open=ask")
    fold = desk.locator(".filters-fold summary")
    expect(fold).to_have_text("Filters 1")
    expect(desk.locator("#stage")).to_be_hidden()
    expect(desk.get_by_text("More filters and columns")).to_be_hidden()
    first = desk.locator("tbody tr").first.bounding_box()
    assert first["y"] + first["height"] < 844 * 0.75
    fold.click()
    desk.locator("#stage").select_option("nurtured")
    desk.get_by_role("button", name="Show", exact=True).click()
    expect(fold).to_have_text("Filters 2")
    expect(desk.locator("#stage")).to_be_hidden()
    desk.set_viewport_size({"width": 1280, "height": 800})
    expect(fold).to_be_hidden()
    stage, show = (desk.locator("#stage"), desk.get_by_role("button", name="Show", exact=True))
    assert abs(stage.bounding_box()["y"] - show.bounding_box()["y"]) < 4
    over = "document.querySelector('.scroll-x').scrollWidth - document.querySelector('.scroll-x').clientWidth"
    assert desk.evaluate(over) <= 0


def test_on_a_phone_each_link_of_each_path_is_seen_with_its_name(desk):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/leaks/")
    missing = desk.locator("td.tone-missing").first
    expect(missing).to_be_visible(timeout=60_000)
    there = missing.bounding_box()
    assert there["x"] + there["width"] <= 390
    label = "one => getComputedStyle(one, '::before').content"
    assert missing.evaluate(label).strip('"') == "Ask"


def test_on_a_phone_what_is_done_with_a_contact_stands_in_one_row(desk, business):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(business.places["contact"])
    row = desk.locator(".contact-head > .row > *").all()
    assert len(row) == 4
    tops = [one.bounding_box()["y"] for one in row]
    assert max(tops) - min(tops) < 4


def test_labels_of_charts_are_not_cut(desk, business):
    desk.goto(business.places["report compare"])
    label = desk.locator(".chart .desk svg text", has_text=re.compile("^networking$")).first
    expect(label).to_be_visible(timeout=60_000)
    cut = """one => {
      const svg = one.ownerSVGElement;
      return getComputedStyle(svg).overflow === "hidden"
        && one.getBoundingClientRect().left < svg.getBoundingClientRect().left;
    }"""
    assert label.evaluate(cut) is False


def test_a_word_that_is_nothing_is_said_to_be_so_where_a_touch_is_logged(tab):
    tab.goto("/contacts/?all=1&q=Bettina")
    tab.get_by_role("link", name="Bettina Krug").click()
    tab.get_by_role("button", name="Log a touch").click()
    word, nothing = (
        tab.get_by_label("Begin to type what happened"),
        tab.get_by_text("Nothing that can happen is called so."),
    )
    expect(nothing).to_be_hidden()
    word.fill("blafasel")
    expect(nothing).to_be_visible()
    word.press("ArrowDown")
    tab.get_by_role("button", name=re.compile("^Record")).click()
    expect(word).to_be_focused()
    expect(tab.get_by_role("dialog", name="What happened?")).to_be_visible()
    word.fill("met")
    expect(nothing).to_be_hidden()
    tab.get_by_role("button", name=re.compile("^Record")).click()
    expect(tab.locator(".timeline")).to_contain_text("Met")


def test_two_keys_log_a_touch_and_one_takes_it_back(tab):
    tab.goto("/contacts/?all=1&q=Bettina")
    tab.get_by_role("link", name="Bettina Krug").click()
    expect(tab.get_by_role("button", name="Log a touch")).to_be_visible()
    tab.keyboard.press("t")
    usual = tab.locator("[data-numbered] button").first
    kind = usual.get_attribute("value").replace("_", " ").capitalize()
    tab.keyboard.press("1")
    expect(tab.locator(".toast")).to_contain_text(f"Recorded: {kind}.")
    expect(tab.locator(".timeline li").first).to_contain_text(kind)
    tab.keyboard.press("u")
    expect(tab.locator(".toast", has_text="Undo")).to_have_count(0)
    expect(tab.locator(".timeline li").first).to_contain_text("taken back")
