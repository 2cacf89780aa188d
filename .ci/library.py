"""What the wheel can do by itself: a few lines as a user would write them, with the sources out of sight."""

from __future__ import annotations

import sys
from importlib.metadata import files
from importlib.util import find_spec
from pathlib import Path
from subprocess import run

import leadline

assert "site-packages" in leadline.__file__, f"this is not the installed wheel: {leadline.__file__}"
inside = {str(path) for path in files("leadline") or []}
needs = ("py.typed", "engine/kinds.toml", "engine/funnels/voltage.toml", "engine/importers/synonyms.toml")
for needed in needs:
    assert f"leadline/{needed}" in inside, f"the wheel lacks {needed}"
compiled = [path for path in inside if Path(path).suffix in {".nbi", ".nbc"}]
assert not compiled, f"the wheel holds what one machine compiled: {compiled}"

assert find_spec("django") is None, "the library is tried without the application, and Django is there"
for words in ("serve", "worker", "doctor", "touch 1 met", "ask 1", "import a.csv", "export a.zip", "why Ada"):
    asked = [sys.executable, "-m", "leadline", *words.split()]
    refused = run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    assert refused.returncode == 6, refused
    assert 'pip install "leadline[web]"' in refused.stderr, refused.stderr

touches = leadline.Touches.of(
    [
        {"contact": "Ada", "kind": "downloaded", "happened_at": "2026-01-20"},
        {"contact": "Ada", "kind": "bought", "happened_at": "2026-03-01"},
        {"contact": "Ben", "kind": "liked", "happened_at": "2026-01-21"},
    ]
)
for name in leadline.shipped_funnels():
    funnel = leadline.load_funnel(name)
    history = leadline.derive(touches, funnel, as_of="2026-03-31")
    stages = [leadline.why(touches, funnel, contact).stage_name for contact in ("Ada", "Ben")]
    print(f"{name}: Ada is {stages[0]}, Ben is {stages[1]}, {len(history)} rows of history")
print(*leadline.standing(history).sentences(), sep="\n")
leadline.standing(history).chart().to_json()

Path("people.csv").write_text("name,email\nAda,ada@example.org\nBen,ben@example.org\n")
Path("log.csv").write_text("email,kind,happened at\nada@example.org,downloaded,2026-01-20T10:00:00Z\n")
told = run(
    [sys.executable, "-m", "leadline", "why", "ada@example.org", "people.csv", "log.csv"],
    capture_output=True,
    text=True,
    check=False,
)
assert told.returncode == 0, told.stderr
strays = {name.partition(".")[0] for name in sys.modules} & {"django", "ninja", "allauth", "granian"}
assert not strays, f"the library imports what belongs to the application: {strays}"
