"""The rules of size, name and place that keep the code easy to find one's way in."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "leadline"
MADE = re.compile(r"\.git|\.venv|\.hypothesis|\.?build|dist|__pycache__|.*_cache|.*\.egg-info")
SAY_NOTHING = {"utils", "util", "helpers", "common", "core", "base", "services", "managers", "misc"}
CLOCKS = {"now", "utcnow", "today", "time_ns", "monotonic", "perf_counter"}
INDEX_ADDRESSES = (
    "pypi" + ".org",
    "python" + "hosted",
    "--" + "index-url",
    "--extra" + "-index-url",
    "--find" + "-links",
)
MACHINE_PLACES = re.compile(r"(?<![\w.~])/(" + "home|root|Users|tmp" + ")/")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def project_files() -> Iterator[Path]:
    """Every file that somebody wrote, in order."""
    for folder in [
        ROOT,
        *(path for path in ROOT.iterdir() if path.is_dir() and not MADE.fullmatch(path.name)),
    ]:
        for path in sorted(folder.rglob("*") if folder != ROOT else folder.iterdir()):
            inside = path.relative_to(ROOT).parts
            if path.is_file() and not any(MADE.fullmatch(part) for part in inside):
                yield path


def python_files(*places: str) -> list[Path]:
    """The code that somebody wrote; migrations are written by Django."""
    found = (path for path in project_files() if path.suffix == ".py" and path.parent.name != "migrations")
    return [path for path in found if path.relative_to(ROOT).parts[0] in places]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def at(path: Path, line: int, fault: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {fault}"


def in_code(paths: list[Path], fault: Callable[[ast.AST], str | None]) -> str:
    """A line for every node that has a fault."""
    nodes = ((path, node) for path in paths for node in ast.walk(parsed(path)))
    return "\n".join(at(path, node.lineno, wrong) for path, node in nodes if (wrong := fault(node)))


def in_lines(fault: Callable[[str], bool]) -> str:
    """Every line of the project's text that has a fault."""
    lines = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines += [
            at(path, number, line.strip()[:80])
            for number, line in enumerate(text.splitlines(), 1)
            if fault(line)
        ]
    return "\n".join(lines)


def length(function: Function) -> int:
    """Lines of a function from its `def` to its end, the docstring not counted."""
    first = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    return function.end_lineno - function.lineno + 1 - has_docstring * (first.end_lineno - first.lineno + 1)


def public_definitions(tree: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | Function]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            if node.name == "Meta":  # of a model: its fields say what it is
                continue
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node)


def test_no_file_has_more_than_400_lines():
    sizes = {
        path: path.read_text(encoding="utf-8").count("\n")
        for path in python_files("src", "tests", "bench", "docs")
    }
    long = [at(path, lines, "at most 400 lines") for path, lines in sizes.items() if lines > 400]
    assert not long, "\n".join(long)


def test_no_function_has_more_than_40_lines():
    def too_long(node):
        if isinstance(node, Function) and length(node) > 40:
            return f"{node.name} has {length(node)} lines, at most 40"
        return None

    long = in_code(python_files("src", "tests", "bench", "docs"), too_long)
    assert not long, long


def test_modules_are_named_for_what_they_hold():
    bad = [
        at(path, 1, "says nothing of what is inside")
        for path in python_files("src")
        if SAY_NOTHING & {path.stem, path.parent.name}
    ]
    assert not bad, "\n".join(bad)


def test_every_public_thing_has_a_docstring():
    trees = [(path, parsed(path)) for path in python_files("src")]
    silent = [at(path, 1, "the module") for path, tree in trees if ast.get_docstring(tree) is None]
    silent += [
        at(path, node.lineno, node.name)
        for path, tree in trees
        for node in public_definitions(tree)
        if ast.get_docstring(node) is None
    ]
    assert not silent, "no docstring:\n" + "\n".join(silent)


def test_the_engine_reads_no_clock():
    def reads_a_clock(node):
        if isinstance(node, ast.Attribute) and (node.attr in CLOCKS or ast.unparse(node) == "time.time"):
            return f"{ast.unparse(node)} reads the clock: take the instant as an argument"
        return None

    engine = [path for path in python_files("src") if SOURCE / "engine" in path.parents]
    clocks = in_code(engine, reads_a_clock)
    assert not clocks, clocks


def test_every_report_gives_rows_sentences_and_a_chart():
    for path in sorted((SOURCE / "engine" / "reports").glob("[!_]*.py")):
        missing = {"rows", "sentences", "chart"} - {node.name for node in public_definitions(parsed(path))}
        assert not missing, at(path, 1, f"no {', '.join(sorted(missing))}")


def test_tests_read_nothing_outside_the_project():
    def leads_out(node):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.startswith(".." + "/")
        ):
            return f"{node.value!r} leads out of the project"
        return None

    outside = in_code(python_files("tests", "bench"), leads_out)
    assert not outside, outside


def test_no_file_names_a_package_index():
    named = in_lines(lambda line: any(address in line for address in INDEX_ADDRESSES))
    assert not named, named


def test_no_file_names_a_place_on_one_machine():
    named = in_lines(lambda line: MACHINE_PLACES.search(line) is not None)
    assert not named, named


def test_the_locks_hold_what_is_declared_and_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    every, running = locked("requirements.lock"), locked("requirements-run.lock")
    assert names(project["dependencies"] + extras["build"]) <= {name for name, _ in running}
    kept = [one for extra, some in extras.items() if extra != "peers" for one in some]  # peers are not locked
    assert names(kept) <= {name for name, _ in every}
    assert running <= every, f"run `make lock`: {running - every}"
    web = locked("requirements-web.lock")
    assert names(project["dependencies"] + extras["build"] + extras["web"]) <= {name for name, _ in web}
    chosen = [{(name, version.split(" ;")[0]) for name, version in some} for some in (running, web, every)]
    assert chosen[0] <= chosen[1] <= chosen[2], f"run `make lock`: {chosen[1] - chosen[2]}"


def locked(lock: str) -> set[tuple[str, str]]:
    """The packages of a lock and their versions; each has to have its hash."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w-]+)==(.*?) \\\n +--hash=sha256:", text, flags=re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^\w", text, flags=re.MULTILINE)), (
        f"{lock} has a package without a hash"
    )
    return set(pinned)


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", requirement)[0] for requirement in requirements}


def test_what_comes_next_has_its_place_in_the_changelog():
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
