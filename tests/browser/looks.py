"""A picture of every page, wide and narrow, light and dark: `python -m tests.browser.looks FOLDER [NAME]`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page

from docs.pictures import DAY, browser, made_up_business
from tests.browser.axes import settle
from tests.browser.places import OPENED, OUTSIDE, PHRASE, places

WANTED = set(sys.argv[2:])
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 844}}


def shoot(opened: Browser, home: str, found: dict[str, str], folder: Path, size: str, theme: str) -> None:
    """All pages of one width and look."""
    context = opened.new_context(
        base_url=home, viewport=SIZES[size], color_scheme=theme, locale="en-GB", timezone_id="Europe/Berlin"
    )
    page = context.new_page()
    page.clock.set_fixed_time(DAY)
    for name, path in OUTSIDE.items():
        keep(page, path, folder, name)
    keep(page, found["invitation"], folder, "invitation")
    page.goto("/accounts/login/")
    page.fill("[name=login]", "owner@example.org")
    page.fill("[name=password]", PHRASE)
    page.click("main button[type=submit]:not([form])")
    page.wait_for_url(f"{home}/")
    for name, path in sorted(found.items(), key=lambda one: "account" not in one[1]):
        if name != "invitation":
            keep(page, path, folder, name)
    keep(page, "/nowhere", folder, "missing")
    for name, (place, keys) in OPENED.items():
        if WANTED and name not in WANTED:
            continue
        page.goto(found[place])
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_timeout(400)
        page.screenshot(path=folder / f"open {name}.png")
    context.close()


def keep(page: Page, path: str, folder: Path, name: str) -> None:
    """One picture of a whole page; one that can be scrolled sideways, or is refused, is told of."""
    if WANTED and name not in WANTED:
        return
    answer = page.goto(path, wait_until="load")
    settle(page)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0 or (answer and answer.status >= 400):
        print(f"{folder.name} {name} {path}: {answer and answer.status}, {over} px too wide")


def main() -> None:
    """Take them all."""
    with made_up_business() as link, browser() as opened:
        from leadline.web.jobs.worker import Worker

        home, found = "/".join(link.split("/")[:3]), places()
        Worker().run_dry()
        for size in SIZES:
            for theme in ("light", "dark"):
                folder = Path(sys.argv[1]) / f"{size}-{theme}"
                folder.mkdir(parents=True, exist_ok=True)
                shoot(opened, home, found, folder, size, theme)


if __name__ == "__main__":
    main()
