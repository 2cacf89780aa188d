"""Which columns of a list of people say that they are clients: what each bought, and since and until when."""

from __future__ import annotations

from collections.abc import Mapping as Named

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.endings import STAGES
from leadline.engine.importers.columns.header_words import date_words, read_date_header, says
from leadline.engine.importers.columns.mapping import Meaning, Shape
from leadline.engine.importers.words import synonyms, tokens

BOUGHT = "date of bought"
BEGUN = ("created", "happened at", "order placed", "ignored")
"""What a column of the days on which something began means in a list of other people."""
PAID = (BOUGHT, "order placed", "won on")
"""What a header means by itself that says that something was bought on its days."""
NOT_BOUGHT = frozenset({*STAGES, "source", "reason", "campaign", "count", "number", "url", "owner", "by"})
"""Words of headers that say something of what was bought, and not what it is: `Subscription Source`."""


def says_bought(header: str) -> bool:
    """Whether a header says that something was bought on its days, and not only that something began."""
    said = read_date_header(header, {})
    return said is not None and said.means in PAID


def find_clients(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """What changes of the meanings `found` in a list of people of whom something is to be renewed, or ends.

    Nothing but a price beside what was bought for it, and the day on which that began, says it as well;
    where the header of that day says that they bought, nothing else needs to be thought.
    """
    at = {meaning.means: header for header, meaning in found.items()}
    if shape != "contacts":
        why = "dates of a plan, not of something that happened with a person"
        return {at["renewal"]: Meaning(means="ignored", why=why, sure=1.0)} if "renewal" in at else {}
    if beginnings := _find_beginnings(found):
        return beginnings | find_clients(shape, {**found, **beginnings}, contents)
    package = at.get("offer") or _find(found, contents, "bought", ("attribute", "ignored"))
    begun = at.get(BOUGHT) or _find(found, contents, "began", BEGUN) or _find(found, contents, "since", BEGUN)
    priced = package and "value" in at and not (BOUGHT in at and says_bought(at[BOUGHT]))
    if begun is None and "renewal" in at:
        why = "dates of a renewal, and nothing says when what is renewed began"
        return {at["renewal"]: Meaning(means="ignored", why=why, sure=0.6)}
    if begun is None or not ("renewal" in at or priced):
        return _find_withdrawals(found, contents)
    changed = {}
    if BOUGHT not in at:
        why = "dates; what they bought began then"
        changed[begun] = Meaning(means=BOUGHT, why=why, sure=0.8)
    if package and "offer" not in at:
        why = f"{contents[package].says}; what each of them bought"
        changed[package] = Meaning(means="offer", why=why, sure=0.8)
    ends = _find(found, contents, "ends", ("ignored",))
    if ends and "renewal" not in at:
        why = "dates; what they bought ends then, or is to be renewed"
        changed[ends] = Meaning(means="renewal", why=why, sure=0.8)
    elif ends and _are_of_others(contents[ends], contents[at["renewal"]], contents[begun]):
        why = "dates; what they bought ended then, and is not to be renewed"
        changed[ends] = Meaning(means="date of churned", why=why, sure=0.8)
    return changed


def _find_withdrawals(found: Named[str, Meaning], contents: Named[str, Contents]) -> dict[str, Meaning]:
    """The day of cancelling is that of opting out, where words say who did, and nothing who bought."""
    means = {meaning.means for meaning in found.values()}
    told = any(one.means == "opted out" and contents[header].out for header, one in found.items())
    if not told or means & {BOUGHT, "value", "offer", "date of unsubscribed"}:
        return {}
    why = "dates; nothing but letters was cancelled, as a column of words for that says"
    unsubscribed = Meaning(means="date of unsubscribed", why=why, sure=0.8)
    return {header: unsubscribed for header, one in found.items() if one.means == "date of churned"}


def _find_beginnings(found: Named[str, Meaning]) -> dict[str, Meaning]:
    """The days on which something began that would be purchases, did not a header name the day of these."""
    bought = [header for header, meaning in found.items() if meaning.means == BOUGHT]
    if not any(says_bought(header) and not says(header, "blocking") for header in bought):
        return {}
    why = "dates; another column says when they bought"
    alone = {header: read_date_header(header, {}) for header in bought if not says_bought(header)}
    return {header: Meaning(means=said.means, why=why, sure=0.8) for header, said in alone.items() if said}


def _are_of_others(ends: Contents, renewals: Contents, begun: Contents) -> bool:
    """Whether there are so few ends and renewals that no row needs to have both."""
    return ends.filled + renewals.filled <= begun.filled


def _words(*sorts: str) -> set[str]:
    return {word for sort in sorts for word in synonyms()["headers"][sort]}


def _find(
    found: Named[str, Meaning], contents: Named[str, Contents], words: str, meant: tuple[str, ...]
) -> str | None:
    """The first column under a header of such words, which would mean one of these; of days, or of texts."""
    said = set(synonyms()["clients"][words])
    of_days = words != "bought"
    for header, meaning in found.items():
        held = contents[header]
        sort = held.are_dates if of_days else held.can_be("texts") and held.filled > 0
        spoken = date_words(header) if of_days else set(tokens(header))
        elsewhere = not of_days and spoken & NOT_BOUGHT
        others = spoken - said - _words("blocking", "dropped", "dates")
        if meaning.means in meant and sort and said & spoken and not elsewhere and len(others) <= 1:
            return header
    return None
