"""What somebody chooses for themselves: their name, how they read dates and money, what they see first."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from leadline.web import warehouse
from leadline.web.actions import checks
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.people import checked_name
from leadline.web.actions.rebuilding import follow_move
from leadline.web.errors import Invalid
from leadline.web.models import User

LOCALES = {
    "en": "English (3 March 2026, 1,200.50)",
    "en-us": "English, United States (March 3, 2026, 1,200.50)",
    "en-in": "English, India (3 March 2026, 12,34,567.50)",
    "ar-eg": "العربية (٣ مارس ٢٠٢٦، ١٬٢٠٠٫٥٠)",
    "de": "Deutsch (3. März 2026, 1.200,50)",
    "de-ch": "Deutsch, Schweiz (3. März 2026, 1’200.50)",
    "es": "Español (3 de marzo de 2026, 1.200,50)",
    "fr": "Français (3 mars 2026, 1 200,50)",
    "it": "Italiano (3 marzo 2026, 1.200,50)",
    "ja": "日本語 (2026年3月3日, 1,200.50)",
    "nl": "Nederlands (3 maart 2026, 1.200,50)",
    "pl": "Polski (3 marca 2026, 1 200,50)",
    "pt": "Português (3 de março de 2026, 1.200,50)",
}
"""How dates and amounts can be written, by the name of the locale."""


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
    for what, field, given, allowed in (
        ("time zone", "zone", zone, zones()),
        ("language", "locale", locale, LOCALES),
        ("vocabulary", "funnel", funnel, ("", *warehouse.funnels())),
    ):
        if given not in allowed:
            found, one = f"“{given[:80]}”", "one of the list"
            raise Invalid(f"A {what} was asked for", found=found, allowed=one, field=field)
    user.name, user.zone, user.locale, user.funnel = checked_name(name, "name", 120), zone, locale, funnel
    user.currency = currency
    user.save(update_fields=kept)
    note_change(actor, "person.changed", user, before, {column: getattr(user, column) for column in kept})
    follow_move(actor.now)
    return user
