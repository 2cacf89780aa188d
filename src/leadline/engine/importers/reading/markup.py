"""Tables of web pages: what many programs write when they promise a file for Excel."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser
from pathlib import Path

PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|table|head|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)
_CELLS = ("td", "th")
_UNSEEN = ("script", "style")
MOST_SPAN = 1000
"""No cell is as wide as more columns than this."""


def is_page(start: bytes) -> bool:
    """Whether a file that begins with `start` is a web page, or what Excel takes for one."""
    start = start[:4096]
    return bool(PAGE.match(start.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"").lstrip(b"\xff\xfe")))


def read_page(path: Path) -> list[list[list[str]]]:
    """The tables of a page that hold no other table, each as rows of cells."""
    parser = _Tables()
    parser.feed(_decode(path.read_bytes()))
    parser.close()
    parser.end_table()
    return parser.tables


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = _CHARSET.search(content[:4096])
        codec = named[1].decode() if named else "cp1252"
        try:
            return content.decode(codec if codec.lower() not in ("utf-8", "utf8") else "cp1252", "replace")
        except LookupError:
            return content.decode("cp1252", "replace")


class _Tables(HTMLParser):
    """Gathers the cells of tables, whose rows and cells need not be closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._span = 1
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._cell, self._rows = None, []
        elif tag == "tr":
            self._end_cell()
            self._rows.append([])
        elif tag in _CELLS:
            self._end_cell()
            self._rows = self._rows or [[]]
            span = dict(attrs).get("colspan") or "1"
            self._cell, self._span = [], min(int(span), MOST_SPAN) if span.isdecimal() else 1
        elif tag in _UNSEEN:
            self._unseen += 1
        elif tag in ("br", "p", "div") and self._cell:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _CELLS or tag == "tr":
            self._end_cell()
        elif tag == "table":
            self.end_table()
        elif tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._unseen:
            self._cell.append(data)

    def end_table(self) -> None:
        """Take the rows so far for a table."""
        self._end_cell()
        rows, self._rows = [row for row in self._rows if row], []
        if rows:
            self.tables.append(rows)

    def _end_cell(self) -> None:
        if self._cell is not None:
            said = " ".join("".join(self._cell).split())
            self._rows[-1] += [said, *[""] * (self._span - 1)]
        self._cell = None
