"""The command that puts funnels kept as files into force."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadline.cli.installation import open_installation, operator
from leadline.cli.screen import say, watched
from leadline.engine.errors import BadFile

if TYPE_CHECKING:
    from leadline.web.models import FunnelVersion


def publish(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Funnels, each a TOML file.")],
    look: Annotated[bool, typer.Option("--look", help="Only say what would change.")] = False,
) -> None:
    """Put funnels kept as files into force, once it is said who will stand elsewhere.

    The name of a file is that of its funnel: ours.toml is “ours”. All are checked before any is published,
    and one that is in force as it stands in its file is left as it is.
    """
    open_installation()
    from leadline.web.actions import funnels

    texts = _read(files)
    for slug, text in texts.items():
        _say_what_changes(slug, text)
    for slug, text in texts.items() if not look else ():
        if _in_force(slug) == text:
            continue
        version = funnels.publish(operator(), funnels.save_draft(operator(), slug, text))
        with watched("Working out where everybody stands"):
            _wait_for(version)
        version.refresh_from_db()
        if not version.in_force:
            say([f"{slug}: version {version.number} is not in force: another one took its place meanwhile."])
            raise typer.Exit(1)
        say([f"{slug}: version {version.number} is in force."])


def _read(files: list[Path]) -> dict[str, str]:
    """What each file says, by the name of its funnel. Raises BadFile, BadFunnel or Invalid, with the file."""
    from leadline.web.actions import funnels

    texts: dict[str, str] = {}
    for file in files:
        try:
            text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            found = getattr(error, "strerror", None) or "no text in UTF-8"
            raise BadFile(f"The funnel {file} was to be read", found=found) from None
        funnels.check(text, str(file))
        funnels.check_slug(file.stem)
        if file.stem in texts:
            raise BadFile(f"The funnel “{file.stem}” was to be read", found="two files of that name")
        texts[file.stem] = text
    return texts


def _say_what_changes(slug: str, text: str) -> None:
    """Who would stand elsewhere, of everybody or of some, evenly chosen."""
    from leadline.engine.what_if import what_if
    from leadline.web import warehouse
    from leadline.web.actions import funnels

    if _in_force(slug) == text:
        say([f"{slug}: in force as it is."])
        return
    new, lookup = funnels.check(text)
    old = warehouse.funnels().get(slug)
    if old is None:
        say([f"{slug}: new, {' → '.join(stage.name for stage in new.stages)}."])
    else:
        touches, each = warehouse.some_touches()
        first, *moves = what_if(touches, old, new, operator().now).sentences()
        sample = f" One contact of {each:,} was looked at." if each > 1 else ""
        say([f"{slug}: {first}{sample}", *(f"  {move}" for move in moves)])
    for stage in lookup.never_reached():
        say([f"  Careful: nobody can ever stand in “{stage}”; it contradicts itself, or later ones win."])


def _in_force(slug: str) -> str | None:
    """The text of a funnel that is in force, or soon will be."""
    from django.db.models import Q

    from leadline.web.models import FunnelVersion

    there = FunnelVersion.objects.filter(Q(in_force=True) | Q(coming=True), slug=slug)
    return there.order_by("-coming").values_list("toml", flat=True).first()


def _wait_for(version: FunnelVersion) -> None:
    """Put versions in force, beside any worker there is, until everybody's stage by this one is known."""
    from leadline.web.jobs.worker import Worker

    worker = Worker(only={"funnel.publish"})
    version.refresh_from_db()
    while version.coming:
        if not worker.work():
            time.sleep(0.5)
        version.refresh_from_db()
