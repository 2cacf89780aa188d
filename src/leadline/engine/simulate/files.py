"""A simulated business written as the files that people export."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from leadline.engine.errors import BadFile
from leadline.engine.simulate.simulation import Simulation
from leadline.engine.simulate.tables import Rows, texts
from leadline.engine.touches import MISSING, Column

HEADERS = {
    "touches": {
        "id": "Activity ID",
        "contact": "Contact ID",
        "happened_at": "Date",
        "recorded_at": "Logged At",
        "kind": "Activity",
        "path": "Path",
        "channel": "Channel",
        "campaign": "Campaign",
        "content": "Content",
        "offer": "Offer",
        "value": "Amount",
        "currency": "Currency",
        "actor": "Done By",
        "company": "Company",
    },
    "contacts": {
        "id": "Contact ID",
        "name": "Name",
        "email": "Email",
        "company": "Company",
        "created_at": "Created Date",
        "source": "Source",
        "owner": "Owner",
        "segment": "Segment",
        "stage": "Lifecycle Stage",
    },
    "deals": {
        "id": "Deal ID",
        "name": "Deal Name",
        "contact": "Contact ID",
        "stage": "Deal Stage",
        "created_at": "Created Date",
        "closed_at": "Close Date",
        "amount": "Amount",
        "outcome": "Outcome",
        "owner": "Deal Owner",
    },
    "audience": {
        "happened_at": "Date",
        "kind": "Activity",
        "path": "Path",
        "channel": "Channel",
        "campaign": "Campaign",
        "n": "People Reached",
    },
}
"""The tables, their columns as Leadline calls them (in Parquet), and as a person's export does (in CSV)."""

DAYS = {("contacts", "created_at"), ("deals", "created_at"), ("deals", "closed_at")}
"""Instants that a CSV export gives as a day."""


def write(simulation: Simulation, folder: pathlib.Path | str, *, parquet: bool = False) -> list[pathlib.Path]:
    """Write touches, contacts, deals and audience into a folder as CSV, and as Parquet too when asked for.

    Returns the files. All are written beside their places first and then renamed, so that none is ever half
    there; the same simulation gives the same bytes. Parquet has the names that `read_touches` knows, and the
    value of touches in minor units. Raises BadFile where the folder can't be made or written to.
    """
    folder = pathlib.Path(folder)
    tables = _tables(simulation)
    suffixes = (".csv", ".parquet") if parquet else (".csv",)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = pathlib.Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    except OSError as error:
        raise BadFile("A folder to write into was asked for", found=str(error), where=str(folder)) from None
    try:
        drafts = [
            _write(table, rows, draft / (table + suffix))
            for suffix in suffixes
            for table, rows in tables.items()
        ]
        return [one.replace(folder / one.name) for one in drafts]
    except (OSError, duckdb.Error) as error:
        raise BadFile("The files can't be written", found=str(error), where=str(folder)) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _tables(simulation: Simulation) -> dict[str, Rows]:
    return {
        "touches": _log(simulation),
        "contacts": simulation.contacts,
        "deals": simulation.deals,
        "audience": simulation.audience,
    }


def _log(simulation: Simulation) -> Rows:
    """The log as it is exported: with its duplicates, in order of time."""
    touches = simulation.touches
    rows = np.repeat(np.arange(len(touches)), 1 + simulation.doubled)
    columns = {name: _text(column, rows) for name, column in touches.columns.items()}
    assert touches.id is not None
    assert touches.value is not None
    value = touches.value[rows]
    return {
        "id": _text(touches.id, rows),
        "contact": _text(touches.contact, rows),
        "happened_at": touches.happened_at[rows].astype("datetime64[us]"),
        "recorded_at": simulation.recorded_at[rows].astype("datetime64[us]"),
        "kind": texts([kind.name for kind in touches.kinds.kinds], touches.kind[rows]),
        **columns,
        "value": np.ma.masked_array(value, value == MISSING),
    }


def _text(column: Column, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    return texts(column.labels, column.codes[rows])


def _write(table: str, rows: Rows, path: pathlib.Path) -> pathlib.Path:
    is_csv = path.suffix == ".csv"
    picked = ", ".join(
        f'{_sql(table, name, is_csv=is_csv)} AS "{header if is_csv else name}"'
        for name, header in HEADERS[table].items()
        if name in rows
    )
    form = "FORMAT csv, HEADER, TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S'" if is_csv else "FORMAT parquet"
    given: dict[str, npt.NDArray[Any]] = rows
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("given", given)
        place = str(path).replace("'", "''")
        connection.execute(f"COPY (SELECT {picked} FROM given) TO '{place}' ({form})")  # noqa: S608 (own names)
    return path


def _sql(table: str, name: str, *, is_csv: bool) -> str:
    if is_csv and (table, name) in DAYS:
        return f"{name}::DATE"
    if name == "amount":
        return "amount::DECIMAL(18, 2)"
    if is_csv and name == "value":
        return "(value::DECIMAL(18, 0) / 100)::DECIMAL(18, 2)"
    return name
