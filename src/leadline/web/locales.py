"""In which ways dates and amounts can be written: the locales of Unicode's CLDR, as Babel has them."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError, dates, numbers

OFFERED = (
    "en", "en-au", "en-ca", "en-in", "en-us", "ar", "ar-eg", "bg", "bn", "ca", "cs", "da", "de", "de-at",
    "de-ch", "el", "es", "es-mx", "et", "eu", "fa", "fi", "fr", "fr-ca", "fr-ch", "gl", "he", "hi", "hr",
    "hu", "id", "is", "it", "it-ch", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "pt-pt", "ro",
    "ru", "sk", "sl", "sr", "sr-latn", "sv", "ta", "te", "th", "tr", "uk", "vi", "zh", "zh-hant",
)  # fmt: skip
"""Those of a list to choose from; every other that there is can be asked for by its name."""
LONGEST = 12
"""So many letters have all names but those of a few dialects."""
BRITISH = Locale("en", "GB")
"""What `en` stands for here: the day before the month."""


@lru_cache(maxsize=512)
def locale_of(name: str) -> Locale | None:
    """The locale of a name, as `de` or `en-GB`, in letters of either size; None for one that nobody knows."""
    if name.lower() == "en":
        return BRITISH
    try:
        found = Locale.parse(name.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    return found if len(str(found)) <= LONGEST else None


def name_of(locale: Locale) -> str:
    """By which name a locale is kept: `de-at`."""
    return "en" if locale == BRITISH else str(locale).replace("_", "-").lower()


def spoken(language: str) -> str:
    """The locale to begin with for who asks for a language, as `de-AT`: the nearest of those offered."""
    asked = locale_of(language)
    parts = name_of(asked).split("-") if asked is not None else []
    nearest = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in nearest if name in OFFERED), "en")


@cache
def choices(also: str) -> dict[str, str]:
    """The locales to choose from, with how a day and an amount look there, and the one that is chosen."""
    found = ((name, locale_of(name)) for name in dict.fromkeys((*OFFERED, also)))
    return {name: _sample(locale) for name, locale in found if locale is not None}


def _sample(locale: Locale) -> str:
    day = dates.format_skeleton("yMMMMd", date(2026, 3, 3), locale=locale)
    amount = numbers.format_decimal("1234567.50", "#,##0.00", locale)
    return f"{locale.display_name} ({day}; {amount})"
