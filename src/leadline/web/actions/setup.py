"""The first start: an owner, and the words in which they think."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection

from leadline.engine.errors import nearest
from leadline.engine.funnel import dump_funnel, load_funnel, shipped_funnels
from leadline.engine.instants import to_datetime
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.me import check_currency
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import FunnelVersion, User
from leadline.web.models.people import Role

LONGEST = 120


@action
def begin(
    actor: Actor,
    *,
    email: str,
    password: str,
    funnel: str,
    name: str = "",
    zone: str = "UTC",
    locale: str = "en",
    currency: str = "",
) -> User:
    """Make the first owner and put a shipped funnel in force.

    Raises Conflict where somebody was quicker, Invalid for what can't be an address, a password, a zone, a
    currency or a funnel.
    """
    _wait_for_others()
    if User.objects.exists():
        raise Conflict(
            "The first owner was to be made", found="an owner", allowed="to sign in, or to be invited by one"
        )
    _check(name, email, password, zone, funnel)
    check_currency(currency)
    chosen = {"zone": zone, "locale": locale, "currency": currency, "funnel": funnel}
    owner = User.objects.create_user(email, password, name=name.strip(), role=Role.OWNER, **chosen)
    FunnelVersion.objects.create(
        slug=funnel,
        number=1,
        toml=dump_funnel(load_funnel(funnel)),
        in_force=True,
        published_at=to_datetime(actor.now),
        made_by=owner,
    )
    note_change(actor, "setup.done", owner, {}, {"owner": str(owner), "funnel": funnel, "zone": zone})
    return owner


def _wait_for_others() -> None:
    """Of two first owners one waits for the other: SQLite writes one after the other by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {User._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _check(name: str, email: str, password: str, zone: str, funnel: str) -> None:
    if len(name) > LONGEST or "\0" in name + email + password:
        raise Invalid(
            "A name was asked for", found="one that is too long", allowed=f"up to {LONGEST} letters"
        )
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(
            "An e-mail address was asked for",
            found=f"“{email[:LONGEST]}”",
            allowed="one like ada@example.org",
        ) from None
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise Invalid("A password was asked for", found=" ".join(error.messages)) from None
    if zone not in available_timezones():
        raise Invalid("A time zone was asked for", found=f"“{zone[:64]}”", allowed="one like Europe/Berlin")
    if funnel not in shipped_funnels():
        raise Invalid(
            "A vocabulary was asked for",
            found=f"“{funnel[:64]}”",
            allowed=", ".join(shipped_funnels()),
            suggestion=nearest(funnel, shipped_funnels()),
        )
