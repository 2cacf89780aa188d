"""The palette and the keys, as fingers use them."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.axes import axe_finds

HERE = "/accounts/2fa/"
ODD = """<button data-do="Add &lt;b&gt;">x</button>"""
MEANT = (
    """<dfn class="means" tabindex="0">lead<span class="means-tip" role="tooltip">Responded.</span></dfn>"""
)
APPEND = "part => document.querySelector('main').insertAdjacentHTML('beforeend', part)"
LIST = """
const list = document.createElement("ul");
list.className = "list";
list.dataset.list = "";
for (const name of ["one", "two", "three"]) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = "/accounts/password/change/?" + name;
  link.textContent = name;
  item.append(link);
  list.append(item);
}
document.querySelector("main").append(list);
"""


def test_the_palette_opens_by_key_finds_somebody_and_goes_there(tab):
    tab.goto(HERE)
    tab.keyboard.press("Control+k")
    words = tab.get_by_role("combobox", name="Go to a room")
    expect(words).to_be_focused()
    words.press_sequentially("eri")
    expect(tab.get_by_role("option", name="Erika Obi")).to_be_visible()
    expect(tab.get_by_role("option", name="Erika Obi")).to_have_attribute("aria-selected", "true")
    assert axe_finds(tab) == []
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/contacts/*/")


def test_arrows_choose_among_what_the_palette_shows(tab):
    tab.goto(HERE)
    tab.keyboard.press("Control+k")
    tab.keyboard.type("er")
    expect(tab.get_by_role("option")).not_to_have_count(0)
    expect(tab.locator("#palette-said")).to_contain_text("found")
    count = tab.get_by_role("option").count()
    tab.keyboard.press("ArrowUp")
    chosen = tab.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(chosen).to_have_attribute("id", f"palette-{count - 1}")
    tab.keyboard.press("ArrowDown")
    expect(chosen).to_have_attribute("id", "palette-0")


def test_the_palette_goes_to_rooms_and_says_when_nothing_is_of_that_name(tab):
    tab.goto(HERE)
    tab.keyboard.press("Meta+k")
    tab.keyboard.type("toda")
    expect(tab.get_by_role("option", name="Today")).to_be_visible()
    tab.keyboard.press("Control+a")
    tab.keyboard.type("zzzz")
    expect(tab.locator("#palette-said")).to_have_text("Nothing of that name.")
    tab.keyboard.press("Escape")
    expect(tab.locator("#palette")).to_be_hidden()


def test_names_are_shown_as_they_are_written(tab):
    tab.goto(HERE)
    tab.evaluate(APPEND, ODD)
    tab.keyboard.press("Control+k")
    tab.keyboard.type("add")
    expect(tab.get_by_role("option", name="Add <b>")).to_be_visible()


def test_j_and_k_walk_a_list_and_enter_opens(tab):
    tab.goto(HERE)
    tab.evaluate(LIST)
    for _ in range(3):
        tab.keyboard.press("j")
    tab.keyboard.press("k")
    expect(tab.locator(".here")).to_have_text("two")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/accounts/**two**")


def test_letters_typed_into_a_field_are_letters(tab):
    tab.goto(HERE)
    tab.evaluate(LIST)
    tab.evaluate(APPEND, '<input type="search" aria-label="Here">')
    tab.keyboard.press("/")
    tab.keyboard.type("jk?g t")
    expect(tab.locator("main input[type=search]")).to_have_value("jk?g t")
    expect(tab.locator(".here")).to_have_count(0)


def test_a_slash_where_there_is_nothing_to_search_opens_the_palette(tab):
    tab.goto(HERE)
    tab.keyboard.press("/")
    expect(tab.locator("#palette")).to_be_visible()


def test_g_and_a_letter_goes_to_a_room(tab, served):
    tab.goto(HERE)
    for letter, room in (("t", "/"), ("e", "/clients/")):
        tab.keyboard.press("g")
        tab.keyboard.press(letter)
        tab.wait_for_url(f"{served.url}{room}")


def test_a_question_mark_shows_the_keys_of_the_page_and_of_all_rooms(tab):
    tab.goto("/offers/")
    tab.keyboard.press("?")
    keys = tab.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    expect(tab.locator("#keys-here dd")).to_have_text(["Add an offer"])
    rooms = tab.get_by_role("navigation", name="Rooms", exact=True).get_by_role("link").all_inner_texts()
    expect(tab.locator("#keys-rooms dd")).to_have_text(rooms)
    letters = tab.locator("#keys-rooms dt").all_inner_texts()
    assert len(set(letters)) == len(rooms)
    assert axe_finds(tab) == []
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_the_look_changes_at_once_and_stays(tab):
    tab.goto(HERE)
    tab.locator(".who button").click()
    tab.get_by_role("button", name="Dark").click()
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 27)"
    tab.reload()
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    assert axe_finds(tab) == []


def test_on_a_phone_the_rooms_are_at_the_bottom_and_the_rest_is_one_tap_away(tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(HERE)
    bar = tab.get_by_role("navigation", name="Rooms, most used")
    expect(bar.get_by_role("link", name="Today")).to_be_visible()
    assert axe_finds(tab) == []
    bar.get_by_role("button", name="More").click()
    expect(tab.locator("#more").get_by_role("button", name="Sign out")).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_word_says_what_it_means_to_whoever_reaches_it_by_key(tab):
    tab.goto(HERE)
    tab.evaluate(APPEND, MEANT)
    tab.locator(".means").focus()
    expect(tab.get_by_role("tooltip")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("tooltip")).to_be_hidden()


def test_the_palette_knows_what_is_meant_in_spite_of_accents_and_a_wrong_letter(tab):
    tab.goto("/")
    for typed, meant in (
        ("impört", "Import"),
        ("add a contcat", "Add a contact"),
        ("bord", "Board"),
        ("ivnite", "Invite somebody"),
        ("kinds", "Declare a kind of touch"),
        ("sing out", "Sign out"),
        ("webhook", "Add a webhook"),
    ):
        tab.keyboard.press("Control+k")
        tab.fill("#palette-words", typed)
        expect(tab.locator("#palette-found")).to_contain_text(meant)
        tab.keyboard.press("Escape")
    tab.keyboard.press("Control+k")
    for typed in ("xqzkfjwlpqowieurytalskdjfhgzmx", "Иван", "bxyd"):
        tab.fill("#palette-words", typed)
        expect(tab.locator("#palette-said")).to_have_text("Nothing of that name.")
    tab.fill("#palette-words", "look dark")
    tab.keyboard.press("Enter")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
