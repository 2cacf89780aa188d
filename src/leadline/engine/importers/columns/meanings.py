"""What the columns of one file mean, proposed from headers and contents together."""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import dataclass, replace

from leadline.engine.currencies import name_currency
from leadline.engine.importers.columns.appointments import find_appointments
from leadline.engine.importers.columns.clients import BOUGHT, find_clients
from leadline.engine.importers.columns.contents import LETTERS, PHONES, Contents
from leadline.engine.importers.columns.endings import find_endings
from leadline.engine.importers.columns.forms import find_answers
from leadline.engine.importers.columns.guests import find_guests
from leadline.engine.importers.columns.halves import find_halves
from leadline.engine.importers.columns.header_words import (
    Saying,
    find_context,
    is_further,
    read_date_header,
    read_header,
    says,
)
from leadline.engine.importers.columns.mapping import Meaning, Shape, in_units
from leadline.engine.importers.columns.shapes import find_shape
from leadline.engine.importers.columns.sort_headers import SORTS, find_sort, mean_headers
from leadline.engine.importers.columns.stage_changes import is_stage_history, reconsider_history
from leadline.engine.importers.words import synonyms, tokens
from leadline.engine.touches import Column

SEVERAL = (
    "attribute", "ignored", "note", "phone", "other e-mail", "cancelled", "tags", "opted out", "address",
    "social", "date of ",
)  # fmt: skip
"""Meanings that more than one column of a file may have."""
CONTACTS = frozenset({"contact id", "e-mail", "name", "first name", "last name"})
"""Meanings of columns that name a person."""
IDS = frozenset({"contact id", "deal id", "order id", "company id"})
"""Meanings of columns of ids, which may look like months: offer 2024-01."""
KNOWN_KINDS = 0.8
"""From this share of known words on, a column that no header explains says what happened."""

TITLES = frozenset(
    {"title", "topic", "subject", "titel", "betreff", "titre", "titulo", "titolo", "onderwerp"}
)
"""Headers of what a deal is called; elsewhere they say what a person's job is."""
OF_PEOPLE = ("tags", "address", "social")
"""Meanings of columns that say something of somebody only in a list of people."""
OF_ORDERS = ("created", "happened at", "date of bought", "won on", "date of registered", "closed")
"""What the dates of orders may seem to be where no header says that it was ordered then, the surest first."""
ONLY_IN: dict[str, tuple[tuple[Shape, ...], str]] = {
    "what happened": (("touch log", "audience"), "not a log of touches"),
    "people": (("audience",), "not a file of counts of people"),
    "actor": (("touch log",), "not a log of touches"),
}
"""Meanings of columns in files of some shapes alone, and why they mean something else in others."""
UNKNOWN_NUMBERS = "numbers that nothing is known of"
AMOUNTS = "amounts, which are nothing to compare by"
UNKNOWN_DATES = "what they stand for isn't known"
CLASSES = 7
"""So many different whole numbers, or fewer, are classes to compare by rather than amounts."""
ENDED = 0.5
"""From this share of words for won, lost and open on, a column says how deals ended, not what happened."""


@dataclass(frozen=True)
class Proposal:
    """What a file is and what each of its columns means; columns stand in the order of the file."""

    shape: Shape | None
    columns: dict[str, Meaning]

    def of(self, means: str) -> str | None:
        """The column with a meaning, or None; amounts in cents are a `value` too."""
        return next((h for h, one in self.columns.items() if in_units(one).means == means), None)


def propose(
    name: str,
    contents: Named[str, Contents],
    given: Named[str, Meaning],
    shape: Shape | None = None,
    columns: Named[str, Column] | None = None,
) -> Proposal:
    """The proposal for the file `name`; what is `given` (a mapping that somebody wrote) stays as it is."""
    shape = shape or (find_sort(contents, columns) if columns is not None else None)
    if columns is not None and shape in SORTS:
        return Proposal(shape, {**mean_headers(shape, contents, columns), **given})
    found = _read_columns(contents, given)
    if "what happened" in _means(found) and not _means(found) & CONTACTS:
        found = _read_columns({h: replace(held, come_again=True) for h, held in contents.items()}, given)
    if shape is None and columns is not None and is_stage_history(name, found, contents, columns):
        shape = "stage history"
    if columns is not None:
        found |= find_halves(found, columns, given)
    shape = shape or find_shape(name, found, contents)
    if shape == "deals":
        found |= _find_people_of_deals(found, contents, given)
    for header, meaning in _reconsider(shape, found, contents).items():
        if header not in given:
            found[header] = meaning
    return Proposal(shape, found)


def _read_columns(contents: Named[str, Contents], given: Named[str, Meaning]) -> dict[str, Meaning]:
    """What each column means by itself, one column a meaning."""
    context = find_context(list(contents))
    sayings = {
        header: _say(header, held, context) for header, held in contents.items() if header not in given
    }
    found = dict(given) | _settle(sayings, contents, _means(given))
    found = {header: found[header] for header in contents}
    _find_happenings(found, contents, given)
    for header, meaning in found.items():
        of_money = contents[header].are_numbers and says(header, "amounts")
        if meaning.means == "attribute" and of_money and header not in given:
            found[header] = Meaning(means="ignored", why=AMOUNTS, sure=0.6)
    return found


def _are_ids(held: Contents) -> bool:
    return held.distinct == held.filled


def _means(found: Named[str, Meaning]) -> set[str]:
    return {meaning.means for meaning in found.values()}


def _say(header: str, held: Contents, context: dict[frozenset[str], str]) -> Saying | None:
    if not held.filled:
        return None
    if held.are_dates:
        said = read_date_header(header, context)
        number = read_header(header, replace(held, dates=0.0)) if said is None else None
        return number if number and number.means in IDS and number.sure >= 0.9 else said
    saying = read_header(header, held)
    if held.are_numbers and not tokens(header) and name_currency(header.strip()):
        saying = Saying("value", header.strip(), 0.9)
    if held.emails >= 0.5 and (saying is None or saying.sure < 0.9) and not says(header, "ours"):
        return Saying("e-mail", "", 0.6)
    if saying is None and held.can_be("codes") and is_further(header, "phone"):
        return Saying("phone", "", 0.8)
    if saying is None and held.phones >= PHONES and not says(header, "ours"):
        return Saying("phone", "", 0.6)
    return saying


def _settle(
    sayings: Named[str, Saying | None], contents: Named[str, Contents], taken: set[str]
) -> dict[str, Meaning]:
    """One column a meaning: the surest says it; the others are something to compare by, or nothing."""
    found: dict[str, Meaning] = {}
    holders: dict[str, str] = {}
    said = [(header, saying) for header, saying in sayings.items() if saying]
    for header, saying in sorted(said, key=lambda pair: (-pair[1].sure, -pair[1].place)):
        several = saying.means.startswith(SEVERAL)
        if not several and (saying.means in taken or saying.means in holders):
            other = holders.get(saying.means, "another column")
            if saying.means == "e-mail" and is_further(header, "e-mail", other):
                why = f"{contents[header].says}, besides those of “{other}”"
                found[header] = Meaning(means="other e-mail", why=why, sure=0.8)
                continue
            found[header] = _by_contents(contents[header], f"“{other}” was taken for the {saying.means}")
        else:
            holders[saying.means] = header
            found[header] = _explained(saying, contents[header])
    return found | {
        header: _by_contents(contents[header], "") for header, saying in sayings.items() if saying is None
    }


def _explained(saying: Saying, held: Contents) -> Meaning:
    if not saying.phrase:
        return Meaning(means=saying.means, why=held.says, sure=saying.sure)
    why = f"{held.says}; the header says “{saying.phrase}”"
    if saying.means == "ignored":
        why += ", which is a plan or a change, not something that happened with a person"
    return Meaning(means=saying.means, why=why, sure=round(saying.sure, 2))


def _by_contents(held: Contents, why: str) -> Meaning:
    """What a column is whose header doesn't say it, or says what another column says better."""
    more = f"; {why}" if why else ""
    if not held.filled:
        return Meaning(means="ignored", why="nothing in it", sure=1.0)
    if held.are_dates:
        more = more or f"; {UNKNOWN_DATES}: map it with “date of” and a kind"
        return Meaning(means="ignored", why=f"dates{more}", sure=0.5)
    classes = held.whole >= 0.9 and held.distinct <= CLASSES
    if held.distinct == 1:
        reason = "the same in every row"
    elif held.distinct == held.filled:
        reason = "different in every row"
    elif held.are_numbers and not held.truths and not classes:
        reason = UNKNOWN_NUMBERS
    elif held.are_few:
        return Meaning(means="attribute", why=held.says + more, sure=0.6)
    else:
        reason = held.says
    return Meaning(means="ignored", why=reason + more, sure=0.6)


def _find_happenings(
    found: dict[str, Meaning], contents: Named[str, Contents], given: Named[str, Meaning]
) -> None:
    """Takes a column for what happened whose words are kinds of touches, though its header doesn't say so."""
    if "what happened" in _means(found) or not any(held.are_dates for held in contents.values()):
        return
    blocking = frozenset(synonyms()["headers"]["blocking"]) - {"type", "category", "class"}
    for header, held in contents.items():
        open_to_it = found[header].means in ("attribute", "ignored") and header not in given
        happens = (
            not held.truths and held.kinds >= KNOWN_KINDS and held.outcomes < ENDED and held.distinct > 1
        )
        if open_to_it and happens and not blocking & set(tokens(header)):
            why = f"{held.says}, most of them words for things that happen"
            found[header] = Meaning(means="what happened", why=why, sure=0.7)
            return


def _reconsider(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """The columns that mean something else in a file of this shape than they would alone."""
    at = {meaning.means: header for header, meaning in found.items()}
    changed = _not_of_people(shape, found, contents) | _by_their_words(shape, found, contents)
    changed |= _out_of_place(shape, found, contents)

    def change(old: str, new: str, why: str) -> bool:
        if old not in at or new in at:
            return False
        changed[at[old]] = found[at[old]].model_copy(update={"means": new, "why": why})
        return True

    titles = _find_title(found, contents) if shape == "deals" else {}
    changed |= titles
    of_people = {"contact", "person"} & set(tokens(at.get("name", "")))
    named = bool(titles or of_people) or bool({"e-mail", "first name"} & at.keys())
    _change_names(shape, change, named=named)
    if shape == "stage history":
        return changed | reconsider_history(found, contents)
    changed |= find_clients(shape, {**found, **changed}, contents)
    if "active" in at and BOUGHT not in _means({**found, **changed}):
        changed[at["active"]] = _by_contents(contents[at["active"]], "nothing says what anybody bought")
    appointments = find_appointments(shape, {**found, **changed}, contents)
    changed |= appointments
    at = {**at, **{meaning.means: header for header, meaning in appointments.items()}}
    _change_dates(shape, change)
    changed |= _only_dates(shape, {**found, **changed}, contents)
    changed |= find_answers(shape, found, contents)
    changed |= find_guests(shape, {**found, **changed}, contents)
    if "outcome" not in at and shape in ("deals", "contacts", "companies"):
        changed |= find_endings({**found, **changed}, contents, deals=shape == "deals")
    return changed


def _out_of_place(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """The columns whose meaning is none in a file of this shape."""
    at = {meaning.means: header for header, meaning in found.items()}
    changed = {
        at[means]: _by_contents(contents[at[means]], why)
        for means, (shapes, why) in ONLY_IN.items()
        if shape not in shapes and means in at
    }
    if shape == "orders" and "entry" in at and "source" in at and _are_ids(contents[at["source"]]):
        why = "different in every row, in an account"
        changed[at["source"]] = Meaning(means="ignored", why=why, sure=0.8)
    if "outcome" in at and _is_conversion(at["outcome"], found):
        why = "a lead that became an opportunity, not yet a client"
        changed[at["outcome"]] = _by_contents(contents[at["outcome"]], why)
    return changed


def _not_of_people(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """The columns that would say something of a person, and don't stand in a list of people."""
    return {
        header: _by_contents(contents[header], "not a list of people")
        for header, meaning in found.items()
        if shape != "contacts" and meaning.means in OF_PEOPLE
    }


def _change_names(shape: Shape | None, change: object, *, named: bool) -> None:
    """What ids and names are depends on what a row is; in a file of deals a name may be that of a person."""
    assert callable(change)
    if shape == "deals":
        change("record id", "deal id", "the id of each row, in a file of deals")
        if not named:
            change("name", "deal name", "the name of each row, in a file of deals")
    if shape == "contacts":
        change("record id", "contact id", "the id of each row, in a list of contacts")
    if shape == "companies":
        change("record id", "company id", "the id of each row, in a list of companies")
        change("name", "company", "the name of each row, in a list of companies")


def _is_conversion(outcome: str, found: Named[str, Meaning]) -> bool:
    """Whether a column says of leads that they were converted into opportunities, as CRMs with leads do."""
    into = any(says(header, "converted") and says(header, "into") for header in found)
    opened = "date of marked_opportunity" in _means(found)
    return says(outcome, "converted") and (into or opened)


def _find_people_of_deals(
    found: Named[str, Meaning], contents: Named[str, Contents], given: Named[str, Meaning]
) -> dict[str, Meaning]:
    """In a file of deals a bare `Name` is that of the deal, where another column names the person."""
    bare = next((header for header, one in found.items() if one.means == "name"), None)
    if bare is None or bare in given or "deal name" in _means(found) or says(bare, "contact"):
        return {}
    why = "the name of each row, in a file of deals in which another column names people"
    deal = {bare: Meaning(means="deal name", why=why, sure=0.9)}
    again = _read_columns(contents, {**given, **deal})
    people = {h: one for h, one in again.items() if one.means == "name" and says(h, "contact")}
    return {**deal, **people} if people else {}


def _titles(found: Named[str, Meaning]) -> set[str]:
    of_deal = set(synonyms()["headers"]["deal"])
    return {header for header in found if "".join(w for w in tokens(header) if w not in of_deal) in TITLES}


def _by_their_words(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """The columns whose cells say what their header doesn't: who opted out, the number of an order."""
    if shape == "orders" and "order id" not in _means(found):
        return _find_order_numbers(found, contents)
    status = next((header for header, one in found.items() if one.means == "stage"), None)
    if shape != "contacts" or status is None or not contents[status].out:
        return {}
    why = f"{contents[status].says}, words for who may be written to, and who not any more"
    return {status: Meaning(means="opted out", why=why, sure=0.8)}


def _find_order_numbers(found: Named[str, Meaning], contents: Named[str, Contents]) -> dict[str, Meaning]:
    """In a file of orders what the header calls a name, and is a number (`#1001`), is that of the order."""
    for header, held in contents.items():
        if held.letters < LETTERS and found[header].means in ("attribute", "ignored"):
            said = read_header(header, replace(held, letters=1.0))
            if said is not None and said.means == "name":
                why = f"{held.says}; numbers where others have a name, in a file of orders"
                return {header: Meaning(means="order id", why=why, sure=0.9)}
    return {}


def _find_title(found: Named[str, Meaning], contents: Named[str, Contents]) -> dict[str, Meaning]:
    """In a file of deals a title is that of the deal, and not that of a person."""
    for header in _titles(found) if "deal name" not in _means(found) else ():
        if contents[header].can_be("names") and found[header].means in ("attribute", "ignored"):
            why = "the title of each row, in a file of deals"
            return {header: Meaning(means="deal name", why=why, sure=0.7)}
    return {}


def _change_dates(shape: Shape | None, change: object) -> None:
    assert callable(change)
    change("stage changed", "ignored", "the last change of a stage; it doesn't say which")
    if shape in ("touch log", "audience"):
        for other in ("created", "order placed", "date of requested_info", "date of booked"):
            change(other, "happened at", "dates; the only ones that can say when the touch happened")
    elif shape == "bookings":
        for other in ("date of had_meeting", "date of booked", "created", "order placed"):
            if change(other, "happened at", "dates; the ones that can say when the appointment was"):
                break
    elif shape == "orders":
        any(change(other, "order placed", "dates, in a file of orders") for other in OF_ORDERS)
    else:
        change("happened at", "created", "dates; the only ones that can say when the record was made")
        change("order placed", "date of bought", "dates; the header says that something was bought")


def _only_dates(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """A file's only dates, if their header says nothing that is known, are taken for the usual."""
    dates = [header for header, held in contents.items() if held.are_dates]
    if shape is None or len(dates) != 1 or UNKNOWN_DATES not in found[dates[0]].why:
        return {}
    if says(dates[0], "blocking"):
        return {}
    usual = {
        "touch log": "happened at",
        "audience": "happened at",
        "orders": "order placed",
        "bookings": "happened at",
    }
    return {dates[0]: Meaning(means=usual.get(shape, "created"), why="the only dates in the file", sure=0.4)}
