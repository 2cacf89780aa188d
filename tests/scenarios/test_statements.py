"""The page about the sources says of every statement whether it holds, and the tests agree."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "explanation" / "sources.md"
IDS = dict(zip("TVEIS", (8, 13, 8, 11, 11), strict=True))


def told() -> dict[str, str]:
    """Of each statement on the page, where it shows."""
    rows = re.findall(
        r"^\| ([TVEIS]\d+) \| .+ \| (.+) \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return dict(rows)


def held_to() -> set[str]:
    """The statements whose id a scenario test carries."""
    texts = (path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    found = (re.findall(r"^def test_([tveis]\d+)_", text, re.MULTILINE) for text in texts)
    return {name.upper() for names in found for name in names}


def test_the_page_has_every_statement_once_and_in_order() -> None:
    assert list(told()) == [
        f"{letter}{number}" for letter, count in IDS.items() for number in range(1, count + 1)
    ]


def test_every_statement_that_shows_somewhere_is_held_to_by_a_test_and_no_other_is() -> None:
    assert {name for name, where in told().items() if not where.startswith("later")} == held_to()
