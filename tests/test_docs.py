"""Everything that the documentation says to type is typed, and does what is said of it."""

from __future__ import annotations

import re
import runpy
import tomllib

import pytest
from typer.main import get_command

from leadline.cli import app
from tests.pages import ROOT, agrees, blocks, linked, pages
from tests.reader import PLAIN, Reader, shortened

SETS_UP = re.compile(
    r"(git clone|cd|pip install|python3? -m (venv|pip)|\.ci/run|sudo apt-get install"
    r"|createuser|createdb|export)\b.*"
)
FUNNELS = ROOT / "src" / "leadline" / "engine" / "funnels"
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
OPTIONS = {name: {o for p in c.params for o in p.opts} for name, c in get_command(app).commands.items()}
each_page = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))


@each_page
def test_what_a_page_says_to_type_does_what_it_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)
    wrong = "\n".join(map(str, Reader(page).follow()))
    assert not wrong, f"{page.relative_to(ROOT)} shows what isn't so; `make docs` pastes what is:\n{wrong}"


@each_page
def test_the_links_of_a_page_lead_somewhere(page):
    lost = [str(target) for target in linked(page) if not target.exists()]
    assert not lost, f"{page.relative_to(ROOT)} links to {lost}"


def test_every_page_can_be_reached_from_the_first_one():
    reached, waiting = set(), [ROOT / "docs" / "README.md"]
    while waiting:
        reached.add(page := waiting.pop())
        waiting += [to for to in linked(page) if to.suffix == ".md" and to.exists() and to not in reached]
    lost = [str(page) for page in (ROOT / "docs").rglob("*.md") if page not in reached]
    assert not lost, f"no link leads to {lost}"


@each_page
def test_what_a_page_shows_of_a_file_can_be_read(page):
    for block in blocks(page):
        if block.language == "toml":
            tomllib.loads(block.text)


@each_page
def test_commands_that_are_not_run_set_things_up_or_are_spelled_right(page):
    lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    for words in filter(None, (line.split("#")[0].strip() for line in lines)):
        if words.startswith("leadline "):
            name, options = words.split()[1], set(re.findall(r"--[a-z-]+", words))
            assert options <= OPTIONS[name], f"{page.name}: no such option: {words}"
        elif words.startswith("make "):
            assert set(words.split()[1:]) <= TARGETS, f"{page.name}: no such target: {words}"
        else:
            assert SETS_UP.fullmatch(words), f"{page.name}: put “{words}” in a console block, to have it run"


def test_the_files_that_contributing_names_are_there():
    named = re.findall(
        r"`((?:src|tests|docs)/[\w./-]+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    )
    lost = [name for name in named if "NAME" not in name and not (ROOT / name).exists()]
    assert not lost, f"CONTRIBUTING.md names {lost}"


GUIDES = ["tutorial.md", "how-to/work-day-by-day.md", "how-to/work-as-a-team.md"]


@pytest.mark.parametrize("name", GUIDES)
def test_what_a_guide_names_in_bold_stands_on_a_page_of_the_application(name):
    web = ROOT / "src" / "leadline" / "web"
    files = [*web.glob("templates/**/*.html"), *web.glob("pages/*.py"), *web.glob("models/*.py")]
    words = "\n".join(file.read_text(encoding="utf-8") for file in [*files, *FUNNELS.glob("*.toml")])
    named = set(re.findall(r"\*\*(.+?)\*\*", (ROOT / "docs" / name).read_text(encoding="utf-8")))
    lost = [one for one in named if not re.search(rf'[>"]\s*{re.escape(one)}\s*[<"{{]', words)]
    assert named, f"{name} names nothing that one could press"
    assert not lost, f"{name} names {lost}"


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


def test_pasted_output_is_cut_where_the_page_cuts_it():
    assert shortened("a\nb\nc\n", "x\n…\n") == "a\n…\n"
    assert shortened("a \nb\n\n", "x\n") == "a\nb\n"
