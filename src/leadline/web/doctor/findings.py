"""What a check finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadline.web.environment import faults


@dataclass(frozen=True)
class Finding:
    """What was looked at, and how it is; where something is wrong, how to mend it.

    What is grave keeps the installation from doing its work, or endangers what is in it.
    """

    what: str
    is_so: str
    mend: str = ""
    grave: bool = True

    @property
    def mark(self) -> str:
        """✓ for what is right, ✗ for a fault, ! for what is worth a look."""
        return "✓" if not self.mend else "✗" if self.grave else "!"

    def sentence(self) -> str:
        """One line for the screen."""
        return f"{self.mark} {self.what}: {self.is_so}." + (f" To mend it: {self.mend}." if self.mend else "")


def settings() -> Iterator[Finding]:
    """What the environment says and can't be: until that is mended, nothing else can be looked at."""
    for fault in faults():
        name, _, _ = fault.asked.partition(" ")
        yield Finding(name, fault.found, f"set {fault.allowed}")
