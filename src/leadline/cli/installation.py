"""The installation that a command works on: the application, set up for the folder of LEADLINE_HOME."""

from __future__ import annotations

import os
import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

from leadline.engine.errors import LeadlineError
from leadline.web.environment import faults, home

if TYPE_CHECKING:
    from leadline.web.actions.acting import Actor

NEEDED = ("django", "allauth", "csp", "django_htmx", "granian", "ninja", "prometheus_client", "whitenoise")


class NoApplication(LeadlineError):
    """A command of the web application where only the library is installed."""

    code, exit_code = "no-application", 6


class NoInstallation(LeadlineError):
    """A command about an installation where there is none yet."""

    code, exit_code = "no-installation", 6


def is_installed() -> bool:
    """Whether there is an installation: a database in its folder, or one that the environment names."""
    return bool(os.environ.get("DATABASE_URL")) or (home() / "leadline.sqlite3").exists()


def check_application() -> None:
    """Raise NoApplication where the web application isn't installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise NoApplication(
            "This command belongs to the web application",
            found=f"Leadline without it: {', '.join(missing)} missing",
            allowed='pip install "leadline[web]", and then the same again',
        )


class NoAccess(LeadlineError):
    """An installation that belongs to another user of this machine, or a folder that can't be made."""

    code, exit_code = "no-access", 6


def set_up() -> None:
    """Make Django ready, making the folder of the installation, for its owner alone, where there is none.

    Raises NoAccess, or BadSetting for an environment that says what can't be.
    """
    check_application()
    check_access()
    check_environment()
    os.umask(0o077)  # what is written from here on holds the data of people
    make_home()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.web.settings")
    import django

    django.setup()


def check_access() -> None:
    """Raise NoAccess where the user who runs this can't write what is in the folder of the installation."""
    place = home()
    try:
        there = [
            one for one in (place, *place.glob("leadline.sqlite3*"), place / "secret-key") if one.exists()
        ]
        closed = next((one for one in there if not os.access(one, os.R_OK | os.W_OK)), None)
    except PermissionError:
        closed = place
    if closed is not None:
        raise NoAccess(
            "The installation was to be opened",
            found=f"that {closed} is closed to the user who runs this",
            allowed=f"to run it as the user who runs Leadline; or chown -R USER {place}",
        )


def make_home() -> None:
    """Make the folder of the installation where there is none. Raises NoAccess where it can't be."""
    try:
        home().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoAccess(
            f"The folder {home()} was to be made for the installation",
            found=error.strerror or str(error),
            allowed="LEADLINE_HOME as a folder that the user who runs this can write",
        ) from None


def check_environment() -> None:
    """Raise the first BadSetting that the environment holds."""
    for fault in faults():
        raise fault


def open_installation(*, of_any_version: bool = False) -> None:
    """Make Django ready for an installation that is there, and of this version unless any will do.

    Raises NoInstallation, NoAccess, or Conflict where the database waits for `leadline migrate`.
    """
    check_application()
    check_access()
    if not is_installed():
        raise NoInstallation(
            "An installation was asked for",
            found=f"none in {home()}",
            allowed="LEADLINE_HOME as the folder of one, or “leadline serve”, which makes one",
        )
    set_up()
    if not of_any_version:
        from leadline.web.serving.schema import check_version

        check_version()


def operator() -> Actor:
    """Who acts on the command line: whoever may read the folder of the installation, without a name."""
    from leadline.web.actions.acting import Actor

    return Actor(None, "the command line", time.time_ns() // 1000)


def acting_for(email: str | None) -> Actor:
    """Who acts where somebody has to answer for it: whoever has that address, else the first owner.

    Raises NotFound where there is nobody of that address, or no owner yet.
    """
    from leadline.web.actions.acting import Actor
    from leadline.web.errors import NotFound
    from leadline.web.models import User

    active = User.objects.select_related("team").filter(is_active=True)
    found = active.filter(email=email.lower()) if email else active.filter(role="owner").order_by("pk")
    user = found.first()
    if user is None:
        raise NotFound(
            f"To act for {email or 'the owner'} was asked for",
            found="nobody of that address" if email else "no owner yet",
            allowed="--as with the address of somebody who works here, or the set-up in a browser first",
        )
    return Actor(user, f"the command line, for {user}", operator().now)


def failing(error: Exception) -> LeadlineError | None:
    """What is told of a database or a disk that fails while the application is used; None for the rest."""
    if "django.db" not in sys.modules:
        return None
    from leadline.web.errors import trouble

    return trouble(error)
