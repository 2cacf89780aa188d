"""What sort of file somebody's export is: a log of touches, a list of contacts, deals, orders, companies."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Named
from pathlib import PurePath

from leadline.engine.importers.columns.appointments import MOST, find_status, speak_of_bookings
from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.columns.mapping import Meaning, Shape
from leadline.engine.importers.words import find_booking, speak_of, speak_of_statements, synonyms, tokens

_DEAL = {
    "deal id": 4, "deal name": 3, "expected close": 2, "lost reason": 2, "outcome": 1, "won on": 1,
    "lost on": 1, "engaged": 1, "closed": 1, "value": 1, "closed or not": 1, "stage": 1,
}  # fmt: skip
_CONTACT = {"contact id": 3, "e-mail": 2, "first name": 2, "name": 2, "last name": 1, "phone": 1}
_OF_TOUCHES = frozenset(
    {"happened at", "created", "order placed", "date of requested_info", "date of booked"}
)
"""Dates on which the touch of a row can have happened."""
SURELY = 3
"""By so much more must speak for deals than for contacts where no row names its deal."""
_OF_ORDERS = ("date of bought", "date of refunded", "date of churned", "date of compared", "date of messaged")
"""Dates that an order has; with another the row is about somebody who did several things."""
WHO = (
    "contact id",
    "e-mail",
    "name",
    "first name",
    "last name",
    "record id",
    "deal id",
    "deal name",
    "company",
    "company id",
)


def find_shape(name: str, found: Named[str, Meaning], contents: Named[str, Contents]) -> Shape | None:
    """The shape of the file `name` with these meanings; None where nobody in it can be told from another."""
    means = {meaning.means for meaning in found.values()}
    dated = any(held.are_dates for held in contents.values())
    if not means.intersection(WHO) - ({"record id"} if dated and "people" in means else set()):
        return "audience" if dated and "people" in means else _nameless(means, name, found)
    for shape, judge in _DATED.items() if dated else ():
        if judge(found, contents, means):
            return shape
    deals, contacts = _weigh(name, found, means)
    if deals >= contacts and deals >= 3:
        named = means & {"deal id", "deal name", "record id", "name", "company"}
        return "deals" if named or deals >= contacts + SURELY else "contacts"
    if means & {"contact id", "e-mail", "name", "first name", "last name"}:
        return "contacts"
    return "companies" if means & {"company", "company id"} else "contacts"


def _nameless(means: set[str], name: str, found: Named[str, Meaning]) -> Shape | None:
    """A file that names nobody can still hold a row for each contact or deal, if it says how they ended."""
    if not means & {"outcome", "won on", "lost on"}:
        return None
    deals, contacts = _weigh(name, found, means)
    return "deals" if deals > contacts + 1 else "contacts"


def _is_log(found: Named[str, Meaning], contents: Named[str, Contents], means: set[str]) -> bool:
    if "what happened" not in means or means & {"expected close", "lost reason"}:
        return False
    if "deal name" in means and not _happened_with_somebody(means):
        return False
    header = next(header for header, meaning in found.items() if meaning.means == "what happened")
    dates = [found[one].means for one, held in contents.items() if held.are_dates]
    if found[header].sure < 1.0 and dates != ["ignored"] and not means & _OF_TOUCHES:
        return False
    if not contents[header].kinds and any(one.startswith(DATE_OF) for one in dates):
        return False  # the dates say by themselves what happened; the name is that of an event
    if contents[header].distinct == 1 and not (contents[header].kinds and means & _OF_TOUCHES):
        return False  # the name of an event, the same in every row
    who = [contents[one] for one, meaning in found.items() if meaning.means in WHO]
    comes_again = any(held.distinct < held.filled for held in who)
    says_sorts = found[header].sure == 1.0 and len(tokens(header)) > 1
    return says_sorts or contents[header].kinds > 0 or (comes_again and contents[header].are_few)


def _happened_with_somebody(means: set[str]) -> bool:
    """Whether rows with a deal say when something happened with whom, and not how the deal stands."""
    named = means & {"contact id", "e-mail", "name"}
    return bool(named) and "happened at" in means and not means & {"stage", "outcome", "closed"}


def _are_bookings(found: Named[str, Meaning], contents: Named[str, Contents], means: set[str]) -> bool:
    """Whether the status of each row tells of an appointment, or a column of yes and no who missed it."""
    if means & {"order id", "deal id", "deal name", "what happened", "outcome", "closed"}:
        return False
    if _is_statement(found, means):
        return False
    if _are_flagged(found, means):
        return True
    status = [contents[header] for header, meaning in found.items() if meaning.means == "stage"]
    if not status and find_status(found, contents) and f"{DATE_OF}had_meeting" not in means:
        return speak_of_bookings(found)
    if not any(held.bookings >= MOST for held in status):
        return False
    return any(held.missed for held in status) or speak_of_bookings(found)


def _are_flagged(found: Named[str, Meaning], means: set[str]) -> bool:
    """Whether a column of yes and no says who missed an appointment, and no dates are said to be of one."""
    flags = {find_booking(header) for header, meaning in found.items() if meaning.means == "cancelled"}
    dated = any(one.startswith(DATE_OF) and one != f"{DATE_OF}booked" for one in means)
    told = "missed" in flags or ("held" in flags and speak_of_bookings(found))
    return told and "stage" not in means and not dated


def _are_orders(found: Named[str, Meaning], contents: Named[str, Contents], means: set[str]) -> bool:
    status = [contents[header] for header, meaning in found.items() if meaning.means == "stage"]
    invoices = "order id" in means and any(held.paid > 0 for held in status)
    if not ("value" in means or invoices) or means & {"deal id", "deal name"}:
        return False
    if "entry" in means or _is_statement(found, means):
        return True
    if "order id" not in means and any(one.startswith(DATE_OF) and one not in _OF_ORDERS for one in means):
        return False
    if "order id" in means or any(held.paid > 0 for held in status):
        return True
    return "order placed" in means and not _are_people_once(found, contents)


def _is_statement(found: Named[str, Meaning], means: set[str]) -> bool:
    """Whether the rows are what came in and went out of a bank account, each with its day and its amount."""
    return "value" in means and bool(means & {"order placed", "happened at"}) and speak_of_statements(found)


def _are_people_once(found: Named[str, Meaning], contents: Named[str, Contents]) -> bool:
    """Whether each person stands there once, some without an order: such a list is one of people."""
    placed = max(contents[header].filled for header, one in found.items() if one.means == "order placed")
    who = [contents[header] for header, one in found.items() if one.means in ("contact id", "e-mail", "name")]
    return any(held.distinct == held.filled > placed for held in who)


def _weigh(name: str, found: Named[str, Meaning], means: set[str]) -> tuple[int, int]:
    """How much speaks for deals, and how much for contacts."""
    spoken = {word for header in found for word in tokens(header)}
    called = set(tokens(PurePath(name).stem))
    deals = sum(weight for meaning, weight in _DEAL.items() if meaning in means)
    contacts = sum(weight for meaning, weight in _CONTACT.items() if meaning in means)
    marked = any(meaning.startswith("date of marked_") for meaning in means)
    words = {name: set(listed) for name, listed in synonyms()["shapes"].items()}
    deals += len(spoken & words["deal_headers"]) + 2 * bool(called & words["deal_files"])
    contacts += 2 * speak_of(found, words["contact_headers"])
    contacts += 2 * bool(called & words["contact_files"]) + 2 * marked
    return deals, contacts


_DATED: dict[Shape, Callable[[Named[str, Meaning], Named[str, Contents], set[str]], bool]] = {
    "touch log": _is_log,
    "bookings": _are_bookings,
    "orders": _are_orders,
}
"""Shapes of files whose rows have a day each, in the order in which they are tried."""
