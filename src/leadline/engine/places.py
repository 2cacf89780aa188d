"""Where in a funnel something stands, so that an error can name the line of its file, or the stage."""

from __future__ import annotations

import re
from dataclasses import dataclass

from leadline.engine.errors import BadFunnel

_STAGE = re.compile(r"^\s*\[\[\s*stages\s*\]\]")
_STEP = re.compile(r"^\s*\[\[\s*stages\s*\.\s*steps\s*\]\]")
_QUOTED = re.compile(r"“([^”]+)”")


@dataclass(frozen=True)
class Places:
    """A funnel's file: its name and its text (both empty for a funnel that was made in Python).

    `stages` are the names of its stages where whoever reads the error sees these, and no lines.
    """

    where: str = ""
    text: str = ""
    stages: tuple[str, ...] = ()

    def locate(self, error: BadFunnel, stage: int = -1, step: int = -1, key: str = "") -> BadFunnel:
        """The same error, with the file and the line of the phrase that it quotes, or of the key.

        Where stages are seen and no lines, with the stage.
        """
        if self.stages:
            error.where = f"Stage “{self.stages[stage]}”" if stage >= 0 else None
        elif self.where:
            error.where = f"{self.where}, line {self._line(error.asked, stage, step, key)}"
        else:
            error.where = None
        error.args = (error.sentence(),)
        return error

    def _line(self, asked: str, stage: int, step: int, key: str) -> int:
        lines = self.text.splitlines()
        first, last = _block(lines, stage, step)
        for wanted in [
            *(re.escape(quote) for quote in reversed(_QUOTED.findall(asked))),
            rf"^\s*{re.escape(key)}\s*=",
        ]:
            for number in range(first, last):
                if (key or "=" not in wanted) and re.search(wanted, _without_comment(lines[number])):
                    return number + 1
        return first + 1


def _block(lines: list[str], stage: int, step: int) -> tuple[int, int]:
    """The lines (from, to) that declare a stage or step; the whole file when it is written some other way."""
    stages = [number for number, line in enumerate(lines) if _STAGE.match(line)]
    if not 0 <= stage < len(stages):
        return 0, len(lines)
    first, last = stages[stage], ([*stages, len(lines)])[stage + 1]
    steps = [number for number in range(first, last) if _STEP.match(lines[number])]
    if 0 <= step < len(steps):
        return steps[step], ([*steps, last])[step + 1]
    return first, last


def _without_comment(line: str) -> str:
    return line if "#" not in line or line.count('"') >= 2 else line.split("#", 1)[0]
