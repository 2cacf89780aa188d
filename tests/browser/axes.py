"""What axe finds wrong with a page."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

FINDS = """() => axe.run({
  resultTypes: ["violations"], rules: {"label-content-name-mismatch": {enabled: true}}
}).then(
  (found) => found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target)}`)
)"""
FREE = "^(id|for|href|action|name|value|title|alt|placeholder|aria-(label(ledby)?|describedby)|(data|hx)-.*)$"
"""What may differ among elements that are alike, if none of them leaves it empty."""
SHORTEN = """(free) => {
  const shapes = new Map();
  const told = ({name, value}) => name + "=" + (name.match(free) ? value.trim() !== "" : value);
  const shape = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() && "text";
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    const inside = [...node.childNodes].map(shape);
    shapes.set(node, [node.tagName, ...[...node.attributes].map(told).sort(), "(", ...inside, ")"].join(" "));
    return shapes.get(node);
  };
  const look = (node) => {
    const seen = new Map();
    for (const one of [...node.children]) {
      const before = seen.get(shapes.get(one)) || 0;
      seen.set(shapes.get(one), before + 1);
      if (before < 3) look(one);
      else one.remove();
    }
  };
  shape(document.body);
  look(document.body);
}"""


def axe_finds(page: Page) -> list[str]:
    """Each rule that is broken, and by what."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(FINDS)
    return found


def shorten(page: Page) -> None:
    """Of elements side by side that differ in texts and in whom they lead to alone, leave the first three.

    Axe finds in the others what it finds in these, and takes as long for each.
    """
    page.evaluate(SHORTEN, FREE)


def settle(page: Page) -> None:
    """Wait until what a page fetches after it is shown, as a report or a chart, is there."""
    expect(page.locator("[aria-busy=true], .drawing")).to_have_count(0, timeout=60_000)
