"""Instants, money and numbers, as whoever looks wants to read them: in their zone and their locale.

`ReaderMiddleware` says who looks. Words of ours stay English; months, digits, and how numbers, dates and
times are written, are those of the locale, from Unicode's CLDR (Babel).
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale, dates, numbers
from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.safestring import SafeString

from leadline.engine import wording
from leadline.engine.clocks import to_local
from leadline.engine.currencies import decimals_of
from leadline.engine.instants import DAY, to_instant
from leadline.web.access import Right, may
from leadline.web.locales import BRITISH, locale_of
from leadline.web.refusals import plainly
from leadline.web.templatetags.addresses import address
from leadline.web.templatetags.markup import escaped, fill

register = template.Library()
register.filter("plainly", plainly)
register.simple_tag(address)
LOCALE: ContextVar[str] = ContextVar("locale", default="en")
"""The locale of whoever looks."""
MINUS = "−"
"""The minus of print, as wide as a figure."""
FIGURE = re.compile(r"(?<![\w.,“])(\d{1,3}(?:,\d{3})+|\d+(?=\.\d))(?:\.(\d+))?(?![\w”])")
"""A figure with its thousands set off, or with decimals, in an English sentence."""
_DAY = re.compile(r"(?<![\w“-])\d{4}-\d\d-\d\d(?![\w”-])")
_UNIT = re.compile(r"(?<=\d) (?=%|[A-Z]{3}\b)")
_INNER = str.maketrans("“”", "‘’")


@register.filter
def day(value: datetime | date | int | str | None) -> str:
    """The day of an instant where the reader is, or a date as it stands: “2 Mar 2026”; nothing for none."""
    if value is None or isinstance(value, str):
        return ""
    return _day_as("yMMMd", value)


@register.filter
def moment(value: datetime | date | int | str | None) -> str:
    """The day and the time of an instant where the reader is: “2 Mar 2026, 09:30”; nothing for none.

    What stands for a day has no time.
    """
    if value is None or isinstance(value, str):
        return ""
    return _moment_of(_local(value))


def _moment_of(at: datetime | date) -> str:
    """A time where the reader is, or a day."""
    here = _here()
    if not isinstance(at, datetime):
        return _dated("yMMMd", at, here)
    return f"{_dated('yMMMd', at.date(), here)}, {_timed(time(at.hour, at.minute), here)}"


@register.filter
def month(value: datetime | date | int, form: str = "short") -> str:
    """The month of an instant or a date: “Mar”, or “March 2026” where the form is long; nothing for none."""
    skeleton = "yMMMM" if form == "long" else "MMM"
    return _day_as(skeleton, value)


def day_of_year(value: date) -> str:
    """A day without its year: “28 Nov”."""
    return _day_as("MMMd", value)


@register.filter
def ago(value: datetime | date | int | str | None) -> str:
    """How long ago, or how soon: “3 days ago”, “in 2 weeks”, “just now”, “today”; nothing for none."""
    if value is None or isinstance(value, str):
        return ""
    return _ago_of(value, _local(value))


def _ago_of(value: datetime | date | int, here: datetime | date) -> str:
    """How long ago something was that is so where the reader is."""
    now = to_instant(timezone.now())
    if not isinstance(here, datetime):
        return _days_ago((to_local(now).date() - here).days)
    since = now - to_instant(value)
    said = wording.time_words(abs(since))
    if abs(since) < 60_000_000 or said == "at once":
        return "just now"
    return f"{said} ago" if since > 0 else f"in {said}"


@register.simple_tag
def when(value: datetime | date | int | str | None) -> SafeString | str:
    """How long ago, with the exact moment for whoever points at it, and for machines."""
    if value is None or isinstance(value, str):
        return ""
    at = _local(value)
    said = at.isoformat(), _moment_of(at), _ago_of(value, at)
    return fill('<time datetime="{}" title="{}">{}</time>', *said)


@register.filter
def money(minor: int | str | None, currency: str = "") -> str:
    """An amount in minor units: “1,200 EUR”, “99.50 USD”; without decimals where it is whole."""
    if minor is None or isinstance(minor, str):
        return ""
    decimals = decimals_of(currency or None)
    whole, rest = divmod(abs(int(minor)), 10**decimals)
    exact = Decimal(abs(int(minor))).scaleb(-decimals) if rest else Decimal(whole)
    sign = MINUS if minor < 0 else ""
    return unbroken(f"{sign}{_written(exact, decimals if rest else 0)} {currency}".strip())


def decimal_mark() -> str:
    """The decimal mark of the locale, for what is typed: a comma, or a point."""
    return "," if numbers.get_decimal_symbol(_here()) == "," else "."


def typed(value: Decimal | float) -> str:
    """A number as it is typed where the locale is: all its decimals, no thousands set off."""
    return f"{value}".replace(".", decimal_mark())


@register.filter
def number(value: float | str | None, decimals: int = 0) -> str:
    """A number with the thousands set off: “12,345”, and with `decimals` places; nothing for none."""
    if value is None or isinstance(value, str):
        return ""
    return _written(value, decimals)


@register.filter
def quantity(value: Decimal | float | str | None) -> str:
    """A number with as many decimals as it has, two at most: “6”, “1.5”; nothing for none."""
    if value is None or isinstance(value, str):
        return ""
    exact = round(Decimal(str(value)), 2).normalize()
    return _written(exact, max(0, -int(exact.as_tuple().exponent)))


@register.filter
def percent(share: float | str | None, decimals: int = 0) -> str:
    """A share as a percentage: “24 %”; what is neither nothing nor all is not rounded to that."""
    if share is None or isinstance(share, str):
        return ""
    point = numbers.get_decimal_symbol(_here())
    return unbroken(wording.percent(share, decimals).replace(".", point))


@register.filter
def said(text: str) -> str:
    """A sentence or a cell of a report, with figures and days as the reader writes them, and units beside."""
    return unbroken(_DAY.sub(_day_said, FIGURE.sub(rewritten, text)))


def _day_said(found: re.Match[str]) -> str:
    with suppress(ValueError):  # 2026-02-30 is none, and stands as it is
        return day(date.fromisoformat(found[0]))
    return found[0]


def rewritten(found: re.Match[str]) -> str:
    """A figure of a sentence (`FIGURE`) as the reader writes it."""
    rest = found[2] or ""
    return _written(Decimal(f"{found[1].replace(',', '')}.{rest or 0}"), len(rest))


@register.filter
def quoted(text: str) -> str:
    """What somebody wrote, in quotes; those that they wrote themselves are the inner ones: “by ‘Ours’”."""
    return f"“{text.translate(_INNER)}”"


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address or the like, which in a narrow place breaks where one would part it."""
    return SafeString(re.sub(r"(?=@)", "<wbr>", escaped(address)))


def unbroken(text: str) -> str:
    """A text in which no line ends between a number and its unit, “%” or a currency."""
    return _UNIT.sub("\u00a0", text)


@register.filter
def initials(name: object) -> str:
    """One or two letters for somebody: “AL” of “Ada Lovelace”, “a” of “ada@example.org”."""
    words = str(name).split("@")[0].split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")) if words else "?"


@register.simple_tag(takes_context=True)
def means(context: template.Context, word: str, sentence: str = "", funnel: str = "") -> SafeString | str:
    """A word with what it means, shown to whoever points at it or reaches it by key.

    The sentence is that of the funnel (or of the one in which the reader looks), else of the kind or group.
    """
    said = sentence or _meaning(context, word, funnel)
    if not said:
        return word
    number = secrets.token_hex(4)
    return fill(
        '<dfn class="means" tabindex="0" aria-describedby="means-{0}">{1}'
        '<span class="means-tip" role="tooltip" id="means-{0}">{2}</span></dfn>',
        number,
        word,
        said,
    )


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A small drawing beside a word, which says the same; those who hear the page miss nothing."""
    return fill(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("web/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def deed(context: template.Context, name: str, words: str, right: Right = "see") -> SafeString | str:
    """Something that the palette can do, at an address; nothing for whoever hasn't the right to it."""
    if not _may(context, right):
        return ""
    try:
        return fill('<a href="{}" data-do="{}">{}</a>', address(name), words, words)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def link(
    context: template.Context, name: str, words: str, letter: str = "", right: Right = "see"
) -> SafeString | str:
    """A line of the navigation, gone to by g and a letter; nothing for whoever hasn't the right to it."""
    if not _may(context, right):
        return ""
    try:
        href = address(name)
    except NoReverseMatch:
        return ""
    request = context.get("request")
    path = request.path if request else ""
    here = path == href if href == "/" else path.startswith(href)
    return fill(
        '<li><a class="nav-link" data-room="{}" data-go="{}" href="{}"{}>{}{}</a></li>',
        name,
        letter,
        href,
        SafeString(' aria-current="page"' if here else ""),
        icon(name),
        words,
    )


def _may(context: template.Context, right: Right) -> bool:
    user = context.get("user")
    return right == "see" or (user is not None and user.is_authenticated and may(user, right))


def _meaning(context: template.Context, word: str, funnel: str) -> str:
    meanings = context.get("meanings")
    return str(meanings.of(word, funnel)) if meanings else ""


def _local(value: datetime | date | int) -> datetime | date:
    """The time where the reader is; of what stands for a day, that day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    here = to_local(to_instant(value))
    return here.date() if here.time() == time() else here


def _day_as(skeleton: str, value: datetime | date | int) -> str:
    at = _local(value)
    return _dated(skeleton, at.date() if isinstance(at, datetime) else at, _here())


@lru_cache(maxsize=4096)
def _dated(skeleton: str, on: date, locale: Locale) -> str:
    """A day in the form of a skeleton; on one page the same stands often."""
    return dates.format_skeleton(skeleton, on, locale=locale)


@lru_cache(maxsize=4096)
def _timed(at: time, locale: Locale) -> str:
    return dates.format_time(at, "short", locale=locale)


def _here() -> Locale:
    return locale_of(LOCALE.get()) or BRITISH


def _written(value: float | Decimal, decimals: int) -> str:
    return _figure(str(value), decimals, _here())


@lru_cache(maxsize=4096)
def _figure(exact: str, decimals: int, locale: Locale) -> str:
    """A number as a locale writes it; on one page the same stands often."""
    pattern = _pattern(str(locale), decimals)
    return str(pattern.apply(Decimal(exact), locale)).replace("-", MINUS)


@lru_cache(maxsize=256)
def _pattern(locale: str, decimals: int) -> numbers.NumberPattern:
    """How a locale groups the digits of a number, with so many decimals."""
    pattern = numbers.parse_pattern(Locale.parse(locale).decimal_formats[None].pattern)
    pattern.frac_prec = (decimals, decimals)
    return pattern


def _days_ago(days: int) -> str:
    if abs(days) <= 1:
        return {0: "today", 1: "yesterday", -1: "tomorrow"}[days]
    said = wording.time_words(abs(days) * DAY)
    return f"{said} ago" if days > 0 else f"in {said}"
