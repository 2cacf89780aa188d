"""Someone who follows a page of the documentation from top to bottom, and can paste what really came out.

`python -m tests.reader` follows every page and writes the real output where the page shows another one.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import forked
from tests.pages import ELISION, ROOT, Block, Command, agrees, blocks, commands, pages

OURS = {"DJANGO_SETTINGS_MODULE", "LEADLINE_HOME"}
"""What tests of the application set, and a reader of the page has not."""
PLAIN = {
    "COLUMNS": "100",
    "LINES": "40",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "LC_ALL": "C.UTF-8",
    "PYTHONUTF8": "1",
    "LEADLINE_COLD": "1",  # a server is stopped after a few requests
}


@dataclass(frozen=True)
class Difference:
    """What a page shows after `said` in the block at `line`, and what really came out."""

    line: int
    said: str
    shown: str
    real: str

    def __str__(self) -> str:
        return f"line {self.line} shows\n{self.shown}\nand it is\n{self.real}"


@dataclass
class Reader:
    """Follows one page, in the current folder; all blocks share its files and their Python names."""

    page: Path
    names: dict[str, object] = field(default_factory=lambda: {"__name__": "__main__"})

    def follow(self) -> Iterator[Difference]:
        """Do what each block says, and give what came out differently. A command that fails unsaid raises."""
        printed = ""
        for block in blocks(self.page):
            if block.file:
                Path(block.file).parent.mkdir(parents=True, exist_ok=True)
                Path(block.file).write_text(block.text, encoding="utf-8")
            elif block.language == "console":
                yield from self.type(block)
            elif block.language == "python":
                printed = self.run(block)
            elif block.language == "text" and block.after == "python":
                yield from differences(block, "", block.text, printed)

    def type(self, block: Block) -> Iterator[Difference]:
        """Type the commands of a console block."""
        status, output = 0, ""
        for command in commands(block.text):
            if command.words == "echo $?":
                real, status = f"{status}\n", 0
            else:
                self.expect_success(block, status, output)
                status, output = shell(command)
                real = output if command.shown.strip() else ""
            yield from differences(block, f"$ {command.words}\n", command.shown, real)
        self.expect_success(block, status, output)

    def run(self, block: Block) -> str:
        """Run a Python block and give what it printed."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(block.text, f"{self.page}:{block.line}", "exec"), self.names)
        return out.getvalue()

    def expect_success(self, block: Block, status: int, output: str) -> None:
        """Raise if a command failed and the page doesn't go on with `echo $?`."""
        assert status == 0, f"{self.page}:{block.line}: exit {status}, which the page doesn't say:\n{output}"


def differences(block: Block, said: str, shown: str, real: str) -> Iterator[Difference]:
    """The difference between what is shown and what is real, if there is one."""
    if not agrees(shown, real):
        yield Difference(block.line, said, shown, real)


def shell(command: Command) -> tuple[int, str]:
    """The exit code of a command and what it printed. `leadline` is forked; what is installed comes next."""
    path = os.pathsep.join([str(forked.BIN), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", command.words],
        env={name: said for name, said in os.environ.items() if name not in OURS} | PLAIN | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def paste(page: Path) -> int:
    """Write the real output into a page wherever it shows another; gives how many places that were."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        found = list(Reader(page).follow())
    text = page.read_text(encoding="utf-8")
    for difference in reversed(found):
        lines = text.splitlines(keepends=True)
        head, tail = "".join(lines[: difference.line]), "".join(lines[difference.line :])
        pasted = difference.said + shortened(difference.real, difference.shown)
        text = head + tail.replace(difference.said + difference.shown, pasted, 1)
    page.write_text(text, encoding="utf-8")
    return len(found)


def shortened(real: str, shown: str) -> str:
    """The real output, cut with `…` after as many lines as the page shows before its own `…`."""
    lines = [line.rstrip() for line in real.rstrip().splitlines()]
    before = [line.strip() for line in shown.splitlines()]
    if ELISION in before:
        lines = [*lines[: before.index(ELISION)], ELISION]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.update(PLAIN)
    forked.begin()
    for followed in pages():
        if places := paste(followed):
            print(f"{followed.relative_to(ROOT)}: pasted the output in {places} places")
