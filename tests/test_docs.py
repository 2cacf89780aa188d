"""Everything that the documentation says to type is typed, and does what is said of it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.pages import ROOT, Block, agrees, blocks, commands, linked, pages

PLAIN = {
    "COLUMNS": "100",
    "LINES": "40",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "LC_ALL": "C.UTF-8",
    "PYTHONUTF8": "1",
}
SETS_UP = re.compile(
    r"(git clone|cd|pip install|python3? -m (venv|pip)|make|\.ci/run|sudo apt-get install) ?.*"
)
each_page = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))


class Reader:
    """Someone who follows one page from top to bottom in an empty folder."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.names: dict[str, object] = {"__name__": "__main__"}
        self.printed = ""

    def follow(self) -> None:
        before = None
        for block in blocks(self.page):
            if block.file:
                self.write(block)
            elif block.language == "console":
                self.type(block)
            elif block.language == "python":
                self.run(block)
            elif block.language == "text" and before == "python":
                self.compare(block, block.text, self.printed)
            before = block.language

    def write(self, block: Block) -> None:
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def type(self, block: Block) -> None:
        status, output = 0, ""
        for command in commands(block.text):
            if command.words == "echo $?":
                self.compare(block, command.shown, f"{status}\n")
                status = 0
                continue
            self.expect_success(block, status, output)
            status, output = self.shell(command.words)
            if command.shown.strip():
                self.compare(block, command.shown, output)
        self.expect_success(block, status, output)

    def shell(self, words: str) -> tuple[int, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", words],
            cwd=self.folder,
            env=os.environ | PLAIN | {"PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout

    def run(self, block: Block) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(block.text, self.place(block), "exec"), self.names)
        self.printed = out.getvalue()

    def compare(self, block: Block, shown: str, real: str) -> None:
        assert agrees(shown, real), f"{self.place(block)} shows\n{shown}\nand it is\n{real}"

    def expect_success(self, block: Block, status: int, output: str) -> None:
        assert status == 0, f"{self.place(block)}: exit {status}, and the page doesn't say so:\n{output}"

    def place(self, block: Block) -> str:
        return f"{self.page.relative_to(ROOT)}:{block.line}"


@each_page
def test_what_a_page_says_to_type_does_what_it_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)
    Reader(page, tmp_path).follow()


@each_page
def test_the_links_of_a_page_lead_somewhere(page):
    lost = [str(target) for target in linked(page) if not target.exists()]
    assert not lost, f"{page.relative_to(ROOT)} links to {lost}"


def test_every_page_can_be_reached_from_the_first_one():
    reached, waiting = set(), [ROOT / "docs" / "README.md"]
    while waiting:
        reached.add(page := waiting.pop())
        waiting += [target for target in linked(page) if target.suffix == ".md" and target not in reached]
    lost = [str(page) for page in (ROOT / "docs").rglob("*.md") if page not in reached]
    assert not lost, f"no link leads to {lost}"


@each_page
def test_what_a_page_shows_of_a_file_can_be_read(page):
    for block in blocks(page):
        if block.language == "toml":
            tomllib.loads(block.text)


@each_page
def test_commands_that_are_not_run_only_set_things_up(page):
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    for block in (block for block in blocks(page) if block.language in {"sh", "bash", "shell"}):
        for line in block.text.splitlines():
            words = line.split("#")[0].strip()
            assert not words or SETS_UP.fullmatch(words), (
                f"{page.name}:{block.line}: put “{words}” in a console block"
            )
            if words.startswith("make "):
                assert set(words.split()[1:]) <= targets, f"{page.name}:{block.line}: no such target: {words}"


GENERATOR = ROOT / "docs" / "reference" / "generate.py"
GENERATED = runpy.run_path(str(GENERATOR))["PAGES"]


@pytest.mark.parametrize("name", GENERATED)
def test_a_page_of_reference_says_what_the_package_says(name):
    written = (GENERATOR.parent / name).read_text(encoding="utf-8")
    assert written == GENERATED[name](), f"docs/reference/{name} is out of date: run `make docs`"


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        ("a\nb\n", "a   \nb\n", True),
        ("a\nb\n", "a\n", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nd\n", True),
        ("a\n…\nd\n", "a\nb\n", False),
        ("took … s\n", "took 0.12 s\n", True),
        ("took … s\n", "took 0.12 m\n", False),
        ("…\n", "", True),
        ("a.c\n", "abc\n", False),
    ],
)
def test_an_ellipsis_on_a_page_stands_for_anything_and_nothing_else_does(shown, real, same):
    assert agrees(shown, real) is same
