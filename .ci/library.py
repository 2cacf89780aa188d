"""What the wheel alone can do: the library used as its user would, with src and the development packages out of sight."""

from __future__ import annotations

import leadline

print(leadline.__file__)
