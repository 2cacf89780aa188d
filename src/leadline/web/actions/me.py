"""What somebody chooses for themselves: their name, how they read dates and money, what they see first."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from leadline.engine.wording import listed
from leadline.web import warehouse
from leadline.web.actions import checks
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.people import checked_name
from leadline.web.actions.rebuilding import follow_move
from leadline.web.errors import Invalid
from leadline.web.locales import locale_of, name_of
from leadline.web.models import User


@cache
def zones() -> tuple[str, ...]:
    """The time zones that there are, by the name of a place."""
    known = available_timezones()
    return (
        "UTC",
        *sorted(zone for zone in known if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))),
    )


def check_currency(currency: str) -> None:
    """Raise Invalid for what is no currency; empty is none."""
    if currency:
        checks.check_currency(currency, "A currency was asked for")


@action
def prefer(
    actor: Actor, user: User, *, name: str, zone: str, locale: str, funnel: str = "", currency: str = ""
) -> User:
    """Choose one's name, zone, language, currency and vocabulary; raises Invalid for what there isn't."""
    kept = ("name", "zone", "locale", "currency", "funnel")
    check_currency(currency)
    before = {column: getattr(user, column) for column in kept}
    known, slugs = locale_of(locale), list(warehouse.funnels())
    for what, field, given, right, allowed in (
        ("time zone", "zone", zone, zone in zones(), "the place of a time zone, as Europe/Berlin"),
        ("language", "locale", locale, known, "a language, with its country where that matters: de, de-at"),
        ("vocabulary", "funnel", funnel, funnel in ("", *slugs), listed([f"“{one}”" for one in slugs], "or")),
    ):
        if not right:
            found = f"“{given[:80]}”"
            raise Invalid(f"A {what} was asked for", found=found, allowed=allowed, field=field)
    user.name, user.zone, user.funnel = checked_name(name, "name", 120), zone, funnel
    user.locale = name_of(known) if known else ""
    user.currency = currency
    user.save(update_fields=kept)
    note_change(actor, "person.changed", user, before, {column: getattr(user, column) for column in kept})
    follow_move(actor.now)
    return user
