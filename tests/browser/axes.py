"""What axe finds wrong with a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def axe_finds(page: Page, only: list[str] | None = None) -> list[str]:
    """Each rule that is broken, and by what; `only` some rules are asked about."""
    found = Axe().run(page, options={"runOnly": only} if only else None).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]
