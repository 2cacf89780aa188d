"""The commands that look after an installation: rebuild, backup, restore, doctor, sign-in, token."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadline.cli.installation import (
    NoInstallation,
    check_access,
    check_application,
    is_installed,
    open_installation,
    operator,
    set_up,
)
from leadline.cli.screen import say, watched
from leadline.web.environment import home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.web.doctor.findings import Finding
    from leadline.web.models import User


def rebuild(
    funnel: Annotated[str | None, typer.Argument(help="A funnel by its slug; all of them.")] = None,
) -> None:
    """Work out anew where everybody stands, and say how much differed from what was kept."""
    open_installation()
    from leadline.web.actions.rebuilding import batches, rebuild

    people = rows = 0
    with watched("Rebuilding"):
        for numbers in batches():
            rows += rebuild(operator(), numbers, funnel)
            people += len(numbers)
    said = f"{rows:,} rows differed, and are right now" if rows else "nothing differed"
    say([f"Worked out anew where {people:,} contacts stand: {said}."])


def backup(file: Annotated[Path, typer.Argument(help="Where it goes, as backup.zip.")]) -> None:
    """Write everything into one file, while Leadline goes on running.

    Database and uploads are in it; the key that signs sessions is not.
    """
    open_installation(of_any_version=True)
    from leadline.outputs import check_outputs
    from leadline.web.backups.archive import back_up

    check_outputs([file], [])
    with watched("Backing up"):
        made = back_up(file.resolve(), operator().now)
    rows = sum(made.rows.values())
    say([f"Wrote {file}: {rows:,} rows of {len(made.rows)} tables. It holds people's data: keep it safe."])
    say(["The secret key is not in it: after a restore elsewhere everybody signs in anew."])


def restore(file: Annotated[Path, typer.Argument(help="A file that “leadline backup” wrote.")]) -> None:
    """Put a backup into an installation that has nothing in it yet.

    LEADLINE_HOME and DATABASE_URL say which; a backup of SQLite can go into PostgreSQL, and the other way.
    Reports are worked out anew, by the worker.
    """
    set_up()
    from leadline.engine.instants import to_datetime
    from leadline.web.actions import mirrors
    from leadline.web.actions.acting import enqueue
    from leadline.web.backups.archive import lacking, restore
    from leadline.web.serving.schema import waiting_migrations

    with watched("Restoring") as progress:
        about = restore(file, progress)
    when = f"{to_datetime(about.made_at):%Y-%m-%d %H:%M} UTC"
    said = [f"Restored {sum(about.rows.values()):,} rows, as they were at {when}."]
    if waiting_migrations():
        said += ["It is of an earlier version: run leadline migrate."]
    else:
        if lacking(about):
            said += ["It was of an earlier version, and has been brought to this one."]
        enqueue(mirrors.JOB, {}, operator().now, mirrors.JOB)
    say(said)


def doctor() -> None:
    """Say what is wrong with the installation, and how to mend it.

    Ends with 1 where a fault was found, with 0 otherwise.
    """
    check_application()
    check_access()
    if not is_installed():
        raise NoInstallation(
            "An installation was to be looked at",
            found=f"none in {home()}",
            allowed="LEADLINE_HOME as the folder of one, or “leadline serve”, which makes one",
        )
    grave = 0
    for finding in _findings():
        say([finding.sentence()])
        grave += finding.mark == "✗"
    say([f"{grave} fault{'s' if grave > 1 else ''} found." if grave else "All is well."])
    if grave:
        sys.exit(1)


def _findings() -> Iterator[Finding]:
    """What the doctor finds: nothing else is looked at while the environment says what can't be."""
    from leadline.web.doctor.findings import settings

    if wrong := list(settings()):
        yield from wrong
        return
    set_up()
    from leadline.web.doctor.records import look_into
    from leadline.web.doctor.surroundings import look_around

    yield from look_around(home())
    yield from look_into(home(), operator().now)


def token(
    email: Annotated[str, typer.Argument(help="The address of somebody who works here.")],
    name: Annotated[str, typer.Argument(help="What the token is called, as “website”.")],
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="SCOPE", help="What it may do, as contacts:read.")
    ],
    days: Annotated[
        int, typer.Option("--days", metavar="NUMBER", min=1, help="How many days it is good for.")
    ] = 90,
) -> None:
    """Make a token of the API for somebody, and print its secret, which is kept nowhere."""
    open_installation()
    from leadline.web.actions import tokens

    _, secret = tokens.make(operator(), _person(email), name, scope, days)
    typer.echo(secret)


def sign_in(
    email: Annotated[str, typer.Argument(help="The address of somebody who works here.")],
    *,
    new_password: Annotated[
        bool, typer.Option("--new-password", help="A link to choose a new password, instead.")
    ] = False,
) -> None:
    """Print a link that signs somebody in once: for who lost their password, or their phone."""
    open_installation()
    from django.conf import settings

    from leadline.web.sign_in_links import password_path_for, path_for

    find = password_path_for if new_password else path_for
    typer.echo(settings.URL + find(_person(email)))


def _person(email: str) -> User:
    """Somebody who works here. Raises NotFound."""
    from leadline.web.errors import NotFound
    from leadline.web.models import User

    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None:
        raise NotFound(f"The person {email} was asked for", found="nobody of that address")
    return user
