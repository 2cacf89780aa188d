"""A browser, and installations to look at: real servers with their workers, each with a file of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.places import PHRASE
from tests.installations import Installation, Templates

ROOT = Path(__file__).parents[2]
OWNER = "ada@example.org"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there is taken; what can't show a window takes half the processor."""
PEOPLE = f"""
from leadline.web.actions import asks, setup
from leadline.web.actions.acting import Actor
from leadline.web.models import Address, Contact, User
from leadline.engine.instants import to_instant
owner = setup.begin(Actor(None, "the test", to_instant("2026-03-02")), name="Ada Lindqvist",
    email="{OWNER}", password="{PHRASE}", zone="Europe/Berlin", funnel="voltage")
for name in ("Eero Cooper", "Erika Obi", "Bettina Krug"):
    contact = Contact.objects.create(name=name, owner=owner)
    Address.objects.create(contact=contact, sort="email", value=name.split()[1].lower() + "@example.org")
for name in ("eve", "kim", "lena", "mallory"):
    User.objects.create_user(name + "@example.org", "{PHRASE}", name=name.title())
lena = User.objects.get(email="lena@example.org")
kunde = Contact.objects.create(name="Lenas Kunde", owner=lena)
then = to_instant("2026-03-02T23:30:00Z")
asks.make(Actor.of(lena, then), kunde, asks.Terms(amount=120050, currency="EUR", title="Beratung"))
"""
BUSINESS = f"""
import json
from leadline.web.models import User
from tests.browser.places import places
User.objects.create_user("kit@example.org", "{PHRASE}", name="Kit Berg")
print(json.dumps(places()))
"""


class Served(NamedTuple):
    """A server, what stands behind it, and where its pages are."""

    url: str
    installation: Installation
    places: dict[str, str]


@contextmanager
def serving(made: Installation, code: str = "", **more: str) -> Iterator[Served]:
    """`leadline serve`, worker and all, of an installation in which `code` has written what is to be seen."""
    made.env |= {"PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", str(ROOT)), str(ROOT)])} | more
    told = made.python(code) if code else ""
    made.start("serve", "--port", made.port)
    try:
        made.until_it_answers()
        yield Served(f"http://127.0.0.1:{made.port}", made, json.loads(told or "{}"))
    finally:
        made.end()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, templates: Templates) -> Iterator[Served]:
    """An installation with an owner and three contacts, which answers until the tests are over."""
    made = templates.tables(tmp_path_factory.mktemp("few") / "home")
    with serving(made, PEOPLE, LEADLINE_ALLOW_PRIVATE_WEBHOOKS="1") as found:
        yield found


@pytest.fixture(scope="session")
def business(tmp_path_factory: pytest.TempPathFactory, templates: Templates) -> Iterator[Served]:
    """The made-up business, with something to show on every page."""
    with serving(templates.business(tmp_path_factory.mktemp("business") / "home"), BUSINESS) as found:
        yield found


@pytest.fixture
def fresh(tmp_path: Path, templates: Templates) -> Iterator[Served]:
    """An installation that nobody has set up."""
    with serving(templates.tables(tmp_path / "home")) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window; one for each file, since its driver holds the thread's event loop,
    and while that runs, tests of other files in the same process can't use the database.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(
            "needs Chromium, which is not installed here (on Debian: apt-get install chromium-headless-shell)"
        )
    expect.set_options(timeout=30_000)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


Opens = Callable[..., Page]
ASKED_FOR = ("status of 4", "net::ERR_", "htmx:sendError", "htmx:afterRequest")
"""What a console says of a page that is refused, and of a network that breaks: what the test asked for."""


@pytest.fixture
def opens(chromium: Browser) -> Iterator[Opens]:
    """Opens a browser as `new_context` is told; whatever its console complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(text: str) -> None:
        if not any(one in text for one in ASKED_FOR):
            complaints.append(text)

    def opened(url: str, **more: object) -> Page:
        context = chromium.new_context(base_url=url, **more)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complain(line.text) if line.type in ("error", "warning") else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, email: str = OWNER, phrase: str = PHRASE, home: str = "") -> None:
    """Through the door, as everybody comes in."""
    page.goto(f"{home}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(phrase)
    page.get_by_role("button", name="Sign in", exact=True).click()


class Cookies(dict[str, dict[str, object]]):
    """What a browser keeps of having signed in, by address: once for all files, since some give the owner
    a second factor, and then a password alone leads no further.
    """

    def of(self, chromium: Browser, url: str, email: str) -> dict[str, object]:
        """Those of whoever signs in with `email`; at each address one and the same."""
        if url not in self:
            context = chromium.new_context(base_url=url)
            page = context.new_page()
            sign_in(page, email)
            page.wait_for_url(f"{url}/", timeout=120_000)
            self[url] = dict(context.storage_state())
            context.close()
        return self[url]


@pytest.fixture(scope="session")
def cookies() -> Cookies:
    """Those of everybody who signed in so far."""
    return Cookies()


@pytest.fixture
def signed_in(chromium: Browser, served: Served, cookies: Cookies) -> dict[str, object]:
    """The cookies of the owner of few contacts, who signed in."""
    return cookies.of(chromium, served.url, OWNER)


@pytest.fixture
def at_work(chromium: Browser, business: Served, cookies: Cookies) -> dict[str, object]:
    """The cookies of the owner of the made-up business, who signed in."""
    return cookies.of(chromium, business.url, "owner@example.org")


@pytest.fixture
def tab(opens: Opens, served: Served, signed_in: dict[str, object]) -> Page:
    """A tab of the owner of few contacts."""
    return opens(served.url, storage_state=signed_in)


@pytest.fixture
def desk(opens: Opens, business: Served, at_work: dict[str, object]) -> Page:
    """A tab of the owner of the made-up business."""
    return opens(business.url, storage_state=at_work)
