"""Funnels: ordered lists of stages, each with the evidence that it needs. One TOML file a funnel."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from leadline.engine.conditions import DEEP, DEEPEST, Condition, dump_condition, parse_condition
from leadline.engine.errors import BadFunnel, UnknownName, nearest
from leadline.engine.places import Places

Role = Literal["open", "client", "left"]
Owner = Literal["marketing", "sales"]
STRANGER = "stranger"
"""The name of standing in no stage."""


@dataclass(frozen=True)
class Step:
    """A step inside a stage: the last one whose condition holds is where somebody is."""

    name: str
    means: str
    when: Condition


@dataclass(frozen=True)
class Stage:
    """A stage: what it means in one sentence, the evidence it needs, and what it is in the funnel."""

    name: str
    means: str
    when: Condition
    role: Role = "open"
    owner: Owner | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Funnel:
    """A vocabulary: stages in order. At any instant somebody is in the last stage whose condition holds."""

    name: str
    means: str
    stages: tuple[Stage, ...]
    version: int = 1
    places: Places = field(default_factory=Places, compare=False, repr=False)

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The names of the stages by number: 0 is `stranger`, i is `stages[i - 1]`."""
        return (STRANGER, *(stage.name for stage in self.stages))

    def stage_number(self, name: str) -> int:
        """The number of a stage in `stage_names`; raises UnknownName with the nearest one."""
        for number, known in enumerate(self.stage_names):
            if known.casefold() == name.casefold():
                return number
        raise UnknownName(
            f"The stage “{name}” was asked for",
            found=f"no such stage in the funnel “{self.name}”",
            allowed=", ".join(self.stage_names),
            suggestion=nearest(name, self.stage_names),
        )

    def conditions(self) -> Iterator[tuple[int, int, Condition]]:
        """Every condition as (place of the stage, place of the step or -1, condition)."""
        for i, stage in enumerate(self.stages):
            yield i, -1, stage.when
            for j, step in enumerate(stage.steps):
                yield i, j, step.when


def shipped_funnels() -> list[str]:
    """The names of the funnels that come with Leadline."""
    folder = files("leadline.engine") / "funnels"
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def load_funnel(name_or_path: str | Path) -> Funnel:
    """A shipped funnel by name, or a funnel file by path.

    Raises BadFunnel, with file, line and phrase, and UnknownName for a name that isn't shipped.
    Whether the phrases name known kinds is checked when the funnel meets them, in `lookup`.
    """
    text = str(name_or_path)
    if text in shipped_funnels():
        return _shipped(text)
    path = Path(name_or_path)
    if path.suffix != ".toml" and not path.exists():
        raise UnknownName(
            f"The funnel “{text}” was asked for",
            found="no shipped funnel of that name, and no such file",
            allowed=", ".join(shipped_funnels()) + ", or the path of a .toml file",
            suggestion=nearest(text, shipped_funnels()),
        )
    try:
        return parse_funnel(path.read_text(encoding="utf-8-sig"), text)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file in UTF-8"
        raise BadFunnel(
            "The funnel file can't be read", found=reason, allowed="a TOML file", where=text
        ) from None


@cache
def _shipped(name: str) -> Funnel:
    """A shipped funnel, read once: the page of each contact asks for one."""
    return parse_funnel(files("leadline.engine").joinpath(f"funnels/{name}.toml").read_text("utf-8"), name)


def parse_funnel(text: str, where: str = "funnel", stages: tuple[str, ...] = ()) -> Funnel:
    """The funnel that a TOML text declares; raises BadFunnel with `where`, line and phrase.

    With `stages`, the names of its stages, an error names the stage and no line: for text that nobody sees.
    """
    places = Places(where, text, stages)
    try:
        declared = _FunnelFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _bad_toml(str(error), where) from None
    except ValidationError as error:
        raise _bad_shape(error, places) from None
    except RecursionError:
        raise BadFunnel("The file can't be read", found=DEEP, allowed=DEEPEST, where=where) from None
    made = tuple(_stage(i, stage, places) for i, stage in enumerate(declared.stages))
    funnel = Funnel(declared.name, declared.means, made, declared.version, places)
    _check_order(funnel)
    return funnel


def dump_funnel(funnel: Funnel) -> str:
    """The TOML text of a funnel; parsing it gives the funnel again."""
    stages = []
    for stage in funnel.stages:
        entry: dict[str, Any] = {"name": stage.name, "means": stage.means, "role": stage.role}
        entry |= {"owner": stage.owner} if stage.owner else {}
        entry["when"] = dump_condition(stage.when)
        steps = [{"name": s.name, "means": s.means, "when": dump_condition(s.when)} for s in stage.steps]
        stages.append(entry | ({"steps": steps} if steps else {}))
    head = {"name": funnel.name, "means": funnel.means, "version": funnel.version}
    return tomli_w.dumps(head | {"stages": stages})


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_StageName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\n\t]+$")
]


class _StepFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: _StageName
    means: _Text
    when: Any


class _StageFile(_StepFile):
    role: Role = "open"
    owner: Owner | None = None
    steps: list[_StepFile] = []


class _FunnelFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: _StageName
    means: _Text
    version: int = 1
    stages: list[_StageFile]


def _stage(i: int, declared: _StageFile, places: Places) -> Stage:
    steps = tuple(
        Step(step.name, step.means, _condition(step.when, i, j, places))
        for j, step in enumerate(declared.steps)
    )
    when = _condition(declared.when, i, -1, places)
    return Stage(declared.name, declared.means, when, declared.role, declared.owner, steps)


def _condition(value: Any, stage: int, step: int, places: Places) -> Condition:
    try:
        return parse_condition(value)
    except BadFunnel as error:
        raise places.locate(error, stage, step, "when") from None


def _bad_shape(error: ValidationError, places: Places) -> BadFunnel:
    found_wrong = error.errors()  # an unknown word first: it may be the missing one, misspelled
    first = next((wrong for wrong in found_wrong if wrong["type"] == "extra_forbidden"), found_wrong[0])
    path = list(first["loc"])
    numbers = [part for part in path if isinstance(part, int)]
    key = str(path[-1]) if path else ""
    stage, step = numbers[0] if numbers else -1, numbers[1] if len(numbers) > 1 else -1
    fields = _StepFile if step >= 0 else _StageFile if stage >= 0 else _FunnelFile
    asked = f"“{key}” can't be used here"
    if first["type"] == "missing":
        missing = BadFunnel(f"A line is missing: {key} = …", allowed=", ".join(fields.model_fields))
        return places.locate(missing, stage, step)
    if first["type"] == "extra_forbidden":
        found, allowed = f"the unknown word “{key}”", ", ".join(fields.model_fields)
    else:
        asked, found, allowed = f"“{key}” was given", _told(first["input"]), _allowed(first)
    wrong = BadFunnel(asked, found=found, allowed=allowed, suggestion=nearest(key, fields.model_fields))
    wrong.suggestion = wrong.suggestion if wrong.suggestion != key else None
    return places.locate(wrong, stage, step, key)


_ALLOWED = {
    "string_too_short": "a text",
    "string_too_long": "{max_length} letters at most",
    "string_pattern_mismatch": "a text in one line",
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "literal_error": "{expected}",
}
"""What a line may say instead, by what is wrong with it."""


def _allowed(wrong: ErrorDetails) -> str:
    told = _ALLOWED.get(wrong["type"], "tables, as [[stages]] begins them")
    return told.format(**wrong.get("ctx", {})).replace("'", "")


def _told(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else repr(value)
    return f"“{text[:80]}{'…' * (len(text) > 80)}”" if text else "nothing"


def _bad_toml(said: str, where: str) -> BadFunnel:
    """What a reader of TOML says, with the line that it names where lines are named."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", said, re.DOTALL)
    said, where = (found[1], f"{where}, line {found[2]}") if found else (said, where)
    allowed = 'lines as name = "lead", with texts in quotes, each name once'
    return BadFunnel("This is not valid TOML", found=said, allowed=allowed, where=where)


def _check_order(funnel: Funnel) -> None:
    if not funnel.stages:
        raise funnel.places.locate(
            BadFunnel("A funnel needs stages", found="none", allowed="at least one [[stages]]")
        )
    seen_left = ""
    for i, stage in enumerate(funnel.stages):
        names = [other.name.casefold() for other in funnel.stages]
        _check_name(funnel, i, -1, stage.name, [STRANGER, *names[:i]])
        for j, step in enumerate(stage.steps):
            _check_name(funnel, i, j, step.name, [other.name.casefold() for other in stage.steps[:j]])
        if seen_left and stage.role != "left":
            wrong = f"The stage “{stage.name}” stands after “{seen_left}”"
            error = BadFunnel(
                wrong, found='role "left" before it', allowed="stages with role left at the end of the list"
            )
            raise funnel.places.locate(error, i)
        seen_left = stage.name if stage.role == "left" else seen_left


def _check_name(funnel: Funnel, stage: int, step: int, name: str, taken: list[str]) -> None:
    if name.casefold() in taken:
        found = (
            "the word for standing in no stage" if name.casefold() == STRANGER else "another one of that name"
        )
        error = BadFunnel(f"A stage or step is called “{name}”", found=found, allowed="a name of its own")
        raise funnel.places.locate(error, stage, step, "name")
