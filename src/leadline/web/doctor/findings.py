"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass


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
