"""What axe finds wrong with a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect


def axe_finds(page: Page) -> list[str]:
    """Each rule that is broken, and by what."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]


def settle(page: Page) -> None:
    """Wait until what a page fetches after it is shown, as a report or a chart, is there."""
    expect(page.locator("[aria-busy=true], .drawing")).to_have_count(0, timeout=60_000)
