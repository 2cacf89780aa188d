"""What the board sums, kept by the database: open asks with an amount, in the stages of their contacts.

An ask is made, answered and changed in many places, and a stage is another one by a touch, by time, or by a
version of its funnel: triggers on both tables write `StagedAsk` in the same transaction. They are taken away
and made anew as those of `warehouse/changes.py` are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, connections

from leadline.web.models import StagedAsk
from leadline.web.warehouse.triggers import Trigger, make

COLUMNS = ("ask_id", "contact_id", "funnel", "stage", "currency", "amount", "owner_id", "team_id")
_FOLLOWS = """SELECT a.id, a.contact_id, s.funnel, s.stage, a.currency, a.amount, s.owner_id, s.team_id
    FROM web_ask a JOIN web_standing s ON s.contact_id = a.contact_id
    WHERE {open} = '' AND a.amount IS NOT NULL AND s.stage > 0"""
_PUT = f"INSERT INTO web_stagedask ({', '.join(COLUMNS)}) {_FOLLOWS} AND {{of}} = NEW.id;"
_OF_ASK = "DELETE FROM web_stagedask WHERE ask_id = OLD.id;"
_OF_STANDING = "DELETE FROM web_stagedask WHERE contact_id = OLD.contact_id AND funnel = OLD.funnel;"
_OTHER_ASK = (
    "OLD.answer <> NEW.answer OR OLD.amount IS DISTINCT FROM NEW.amount"
    " OR OLD.currency <> NEW.currency OR OLD.contact_id <> NEW.contact_id"
)
_TRIGGERS = (
    ("web_ask", "INSERT", "NEW.answer = '' AND NEW.amount IS NOT NULL", "", "a.id"),
    (
        "web_ask",
        "UPDATE OF answer, amount, currency, contact_id",
        _OTHER_ASK,
        _OF_ASK,
        "a.id",
    ),
    ("web_ask", "DELETE", "OLD.answer = ''", _OF_ASK, ""),
    ("web_standing", "INSERT", "NEW.stage > 0", "", "s.id"),
    (
        "web_standing",
        "UPDATE OF stage, funnel, contact_id",
        "OLD.stage <> NEW.stage OR OLD.funnel <> NEW.funnel OR OLD.contact_id <> NEW.contact_id",
        _OF_STANDING,
        "s.id",
    ),
    ("web_standing", "DELETE", "OLD.stage > 0", _OF_STANDING, ""),
)
"""On what, when, what goes, and of which record what follows is written."""


def keep_staged(using: str = "default", **told: Any) -> None:
    """Make the triggers, where the tables are there; called after each migration."""
    connection = connections[using]
    if not {"web_ask", "web_standing", "web_stagedask"} <= set(connection.introspection.table_names()):
        return
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for table, event, when, gone, of in _TRIGGERS:
            does = gone + (_PUT.format(open=_open(sqlite=sqlite), of=of) if of else "")
            name = f"leadline_{table}_staged_{event.split()[0]}"
            make(cursor, Trigger(name, table, event, when, does), sqlite=sqlite)


def follows(contacts: Sequence[int]) -> set[tuple[Any, ...]]:
    """The rows of COLUMNS that follow from asks and standings, of some contacts."""
    if not contacts:
        return set()
    marks = ", ".join(["%s"] * len(contacts))
    open_ = _open(sqlite=connection.vendor == "sqlite")
    with connection.cursor() as cursor:
        cursor.execute(f"{_FOLLOWS.format(open=open_)} AND a.contact_id IN ({marks})", list(contacts))
        return set(cursor.fetchall())


def kept(contacts: Sequence[int]) -> set[tuple[Any, ...]]:
    """The rows of COLUMNS that are kept of some contacts."""
    return set(StagedAsk.objects.filter(contact__in=contacts).values_list(*COLUMNS))


def _open(*, sqlite: bool) -> str:
    """What an ask was answered; SQLite is not to look for all that are open."""
    return "+a.answer" if sqlite else "a.answer"
