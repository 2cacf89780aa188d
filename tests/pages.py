"""The documentation as things to do: which pages there are, and what stands in their fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
ELISION = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file that it is to become, its text, its line on the page.

    `after` is the language of the block right before it, with nothing between the two.
    """

    language: str
    file: str | None
    text: str
    line: int
    after: str | None


@dataclass(frozen=True)
class Command:
    """A line after `$ ` and what the page says that it prints."""

    words: str
    shown: str


def pages() -> list[Path]:
    """Everything in Markdown, the generated pages too."""
    return [page for folder in (".", "bench", "docs/**") for page in sorted(ROOT.glob(f"{folder}/*.md"))]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order."""
    found, after = [], None
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "fence":
            language, *rest = token.info.split() or [""]
            file = re.search(r"\bfile=(\S+)", " ".join(rest))
            found.append(Block(language, file[1] if file else None, token.content, token.map[0] + 1, after))
            after = language
        else:
            after = None
    return found


def linked(page: Path) -> list[Path]:
    """The files of the project to which the links and pictures of a page lead."""
    inlines = (
        inline
        for token in MarkdownIt().parse(page.read_text(encoding="utf-8"))
        for inline in token.children or []
    )
    targets = (str(inline.attrGet("href") or inline.attrGet("src") or "#") for inline in inlines)
    inside = (target.partition("#")[0] for target in targets if "://" not in target)
    return [(page.parent / target).resolve() for target in inside if target]


def commands(text: str) -> list[Command]:
    """The commands of a console block, each with the lines that stand below it."""
    _, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    return [Command(*part.partition("\n")[::2]) for part in parts]


def agrees(shown: str, real: str) -> bool:
    """Whether a page shows a real output: `…` stands for any text, and on a line of its own for any lines."""
    lines = [line.rstrip() for line in shown.rstrip().splitlines()]
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ELISION else ".*".join(map(re.escape, line.split(ELISION))) + r" *\n"
        for line in lines
    )
    return re.fullmatch(pattern, real.rstrip() + "\n" if real.strip() else "") is not None
