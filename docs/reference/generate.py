"""Writes the pages of this folder from what they describe: kinds, funnels, errors and commands.

`python docs/reference/generate.py` writes them; a test holds every page to what this makes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory
from typing import Any

import django
from typer.main import get_command

import leadline
from leadline.cli import app
from leadline.engine.conditions import Condition, Phrase
from leadline.engine.errors import LeadlineError
from leadline.engine.funnel import Funnel, load_funnel, shipped_funnels
from leadline.engine.kinds import Fact, Group, Kind, Kinds

FOLDER = Path(__file__).parent
NOBODYS = TemporaryDirectory(prefix="leadline-docs-")
"""For settings that want a folder; it goes when this process ends."""
MADE = "<!-- Written by `make docs`: change what it describes, not this page. -->"
KINDS = """\
A touch is of one kind. A condition may name a kind, a group (then every kind that counts as it is meant) or a
fact. Your own kinds go into a file of the same form: see [Add kinds of your own](../how-to/add-kinds.md).
"""
FUNNELS = """\
Somebody is in the last stage of the list whose condition holds; where none holds, a stranger.
What the names mean stands in [Kinds, groups and facts](kinds.md).
"""
ERRORS = """\
A command that did what was asked ends with 0, and one that was typed wrongly with 2. Whatever can't be done
is said in a sentence: what was asked, what was found, what would be allowed. Programs may rely on the code
and on the exit code.
"""
COMMANDS = """\
`leadline --help` and `leadline COMMAND --help` say the same on the screen. What an exit code means stands in
[Errors and exit codes](errors.md).
"""
LINKS = {
    "generate": "Lead generation: somebody new learns that you exist, or lets you know that they do.",
    "nurture": "Nurturing: somebody goes from cold to warm.",
    "ask": "The ask: a direct offer to one person.",
    "answer": "The answer to an ask.",
    "fact": "Something that became known and is held true until it is contradicted.",
    "exit": "Somebody leaves.",
}


def kinds_page(kinds: Kinds) -> str:
    """Every kind by its link, then what the groups and facts mean and which kinds make them."""
    parts = ["# Kinds, groups and facts", MADE, KINDS]
    for link, sentence in LINKS.items():
        ours = [kind for kind in kinds.kinds if kind.link == link and not kind.machine]
        parts += [
            f"## {link}",
            sentence,
            table(["kind", "means", "direction", "counts as"], map(kind_row, ours)),
        ]
    machines = ([code(kind.name), kind.means] for kind in kinds.kinds if kind.machine)
    parts += ["## Made by machines", "Kept, and count for nothing.", table(["kind", "means"], machines)]
    groups = (group_row(group, kinds) for group in kinds.groups.values())
    parts += ["## Groups", table(["group", "means", "kinds"], groups)]
    facts = (fact_row(fact, kinds) for fact in kinds.facts.values())
    return page(
        [*parts, "## Facts", table(["fact", "means", "made true by", "made untrue by", "lasts"], facts)]
    )


def kind_row(kind: Kind) -> list[str]:
    """One kind as a row: the facts that it sets and clears stand with its groups."""
    counts = [listed(kind.groups)]
    counts += [f"sets {listed(kind.sets)}"] if kind.sets else []
    counts += [f"clears {listed(kind.clears)}"] if kind.clears else []
    return [code(kind.name), kind.means, kind.direction, "; ".join(filter(None, counts))]


def group_row(group: Group, kinds: Kinds) -> list[str]:
    """One group, with the kinds that count as it."""
    return [
        code(group.name),
        group.means,
        listed(kind.name for kind in kinds.kinds if group.name in kind.groups),
    ]


def fact_row(fact: Fact, kinds: Kinds) -> list[str]:
    """One fact, with the kinds that make it true and untrue."""
    made = listed(kind.name for kind in kinds.kinds if fact.name in kind.sets)
    unmade = listed(kind.name for kind in kinds.kinds if fact.name in kind.clears)
    lasts = f"{fact.lasts_days} days" if fact.lasts_days else "until contradicted"
    return [code(fact.name), fact.means, made, unmade, lasts]


def funnels_page(funnels: Iterable[Funnel]) -> str:
    """Every funnel that comes with Leadline: its stages in order, and the evidence that each needs."""
    parts = ["# Funnels", MADE, FUNNELS]
    for funnel in funnels:
        stages = table(["stage", "means", "holds when", "role", "owner"], stage_rows(funnel))
        parts += [f"## {funnel.name}", funnel.means, stages]
    return page(parts)


def stage_rows(funnel: Funnel) -> Iterator[list[str]]:
    """A row for every stage, and below it one for each of its steps."""
    for stage in funnel.stages:
        yield [f"**{stage.name}**", stage.means, condition(stage.when), stage.role, stage.owner or ""]
        for step in stage.steps:
            yield [f"↳ {step.name}", step.means, condition(step.when), "", ""]


def condition(when: Condition, *, inside: bool = False) -> str:
    """A condition in words: `responded` and at least 1 of (`need`, `budget`)."""
    if isinstance(when, Phrase):
        return code(str(when))
    parts = [condition(part, inside=True) for part in when.parts]
    if when.word == "all" and not inside:
        return " and<br>".join(parts)
    words = {"all": "all of", "any": "any of", "none": "none of", "at_least": f"at least {when.least} of"}
    return f"{words[when.word]} ({', '.join(parts)})"


def errors_page() -> str:
    """Every error that Leadline raises on purpose: its code, its exit code, what it means."""
    rows = (
        [code(kind.code), str(kind.exit_code), code(kind.__name__), summary(kind)] for kind in error_classes()
    )
    return page(
        ["# Errors and exit codes", MADE, ERRORS, table(["code", "exit code", "in Python", "means"], rows)]
    )


def error_classes() -> list[type[LeadlineError]]:
    """All errors that have a code of their own, by exit code and code; the application's need Django."""
    os.environ.setdefault("LEADLINE_HOME", NOBODYS.name)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.web.settings")
    django.setup()
    for module in walk_packages(leadline.__path__, "leadline."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    found, waiting = set(), [LeadlineError]
    while waiting:
        found |= {waiting[-1]} if "code" in vars(waiting[-1]) else set()
        waiting += waiting.pop().__subclasses__()
    return sorted(found, key=lambda kind: (kind.exit_code, kind.code, kind.__name__))


def commands_page() -> str:
    """Every command, with its arguments and options."""
    parts = ["# Commands", MADE, COMMANDS]
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        arguments = [typed(given) for given in command.params if given.param_type_name == "argument"]
        usage = " ".join(["leadline", name, *arguments, "[OPTIONS]"])
        parts += [
            f"## {name}",
            command.help,
            code(usage),
            table(["to type", "what"], map(option_row, command.params)),
        ]
    return page(parts)


def option_row(given: Any) -> list[str]:
    """One argument or option as a row, with its default where it has one to speak of."""
    default = (
        f" Default: {code(str(given.default))}."
        if isinstance(given.default, str | int) and given.default
        else ""
    )
    return [code(typed(given)), (given.help or "") + default]


def typed(given: Any) -> str:
    """An argument or option as it is typed: `CONTACT`, `--funnel NAME|FILE`."""
    if given.param_type_name == "argument":
        name = given.metavar or given.name.upper()
        return str(name) if given.required else f"[{name}]"
    return " ".join([*given.opts, given.metavar or ""]).strip()


def summary(thing: type) -> str:
    """The first sentence of a docstring."""
    return (thing.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def listed(names: Iterable[str]) -> str:
    """Names as code, with commas."""
    return ", ".join(map(code, names))


def code(name: str) -> str:
    """A name as code."""
    return f"`{name}`"


def page(parts: Iterable[str]) -> str:
    """Parts with a blank line between them."""
    return "\n\n".join(part.strip() for part in parts) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "kinds.md": lambda: kinds_page(Kinds.shipped()),
    "funnels.md": lambda: funnels_page(map(load_funnel, shipped_funnels())),
    "commands.md": commands_page,
    "errors.md": errors_page,
}


if __name__ == "__main__":
    for name, made in PAGES.items():
        (FOLDER / name).write_text(made(), encoding="utf-8")
        print(f"Wrote {name}")
