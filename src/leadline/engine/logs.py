"""Logs of touches read from where they rest: Parquet, CSV, JSON lines, Arrow, a frame, or rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from leadline.engine.currencies import CODES, decimals_of
from leadline.engine.errors import BadTouches, UnknownName, nearest
from leadline.engine.instants import to_datetime
from leadline.engine.kinds import Kinds
from leadline.engine.log_files import open_log
from leadline.engine.touches import FIELDS, MISSING, REQUIRED, TEXT, Column, Touches, check_mapping, withdrawn
from leadline.engine.wording import counted

_EARLIEST = 100_000_000_000_000
"""Microseconds until March 1973: a log that ends before that was written in seconds or milliseconds."""
EXPORTED = {"contact": "contact_id", "id": "touch_id"}
"""What Leadline itself calls these columns in what it exports."""
_AS_WRITTEN = r"\s*[+-]?\d+(\.\d+)?\s*"
_WITH_COINS = r"\.(\d{2}|0*[1-9])"
"""A text of an amount; and what of it says that it is in major units: no program writes 9950 as 9950.00."""


def read_touches(
    source: Any,
    *,
    kinds: Kinds | None = None,
    names: Mapping[str, str] | None = None,
    columns: Iterable[str] | None = None,
    only: Iterable[str] | None = None,
) -> Touches:
    """The touches of a log: a file (Parquet, CSV, JSON lines), an Arrow table, a frame, or a list of dicts.

    It needs the columns `contact`, `kind` and `happened_at` (`names` says which of its columns are meant:
    {"contact": "user_id"}); `columns` says which optional ones to read (default: all there are), `only`
    which kinds (default: all). Whole numbers in `happened_at` are microseconds since 1970 UTC; in `value`
    minor units (9950 for 99.50), and decimal ones (also as text: 99.50) major units of the row's `currency`.
    What Leadline exports is read as it is; columns that no touch has are left aside. Raises BadFile,
    BadTouches, and UnknownName for kinds nobody declared.
    """
    kinds = kinds or Kinds.shipped()
    wanted = list(kinds.names_of_kinds if only is None else only)
    for name in wanted:
        kinds.code(name)
    if isinstance(source, (list, tuple)):
        return _from_rows(source, kinds, names or {}, columns, only)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        relation = open_log(connection, source, (names or {}).get("value", "value"))
        found = _match(relation.columns, names or {}, columns)
        return _Log(connection, relation, found, kinds, wanted, only is None).read()


def _from_rows(
    rows: Sequence[Mapping[str, Any]],
    kinds: Kinds,
    names: Mapping[str, str],
    columns: Iterable[str] | None,
    only: Iterable[str] | None,
) -> Touches:
    for number, row in enumerate(rows, start=1):
        check_mapping(number, row)
    if not rows:
        return Touches.of([], kinds)
    found = _match(list(dict.fromkeys(name for row in rows for name in row)), names, columns)
    renamed = [{our: row.get(their) for our, their in found.items()} for row in rows]
    if only is not None:
        kept = set(only)
        renamed = [row for row in renamed if row.get("kind") in kept or row.get("retracts") is not None]
    return Touches.of(renamed, kinds)


def _match(there: list[str], names: Mapping[str, str], columns: Iterable[str] | None) -> dict[str, str]:
    """Which of the log's columns each field is."""
    plain = {name.casefold(): name for name in there}
    plain |= {our: plain[their] for our, their in EXPORTED.items() if our not in plain and their in plain}
    for our, their in names.items():
        if our not in FIELDS or their.casefold() not in plain:
            wrong, known = (our, list(FIELDS)) if our not in FIELDS else (their, there)
            raise UnknownName(
                f"The column “{wrong}” was asked for",
                allowed=", ".join(known),
                suggestion=nearest(wrong, known),
            )
    optional = set(FIELDS if columns is None else columns)
    fields = [
        name
        for name in FIELDS
        if name in optional or name in (*REQUIRED, "id", "retracts", "machine", *names)
    ]
    found = {
        name: plain[names.get(name, name).casefold()]
        for name in fields
        if names.get(name, name).casefold() in plain
    }
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        raise BadTouches(
            f"A log needs the columns {', '.join(REQUIRED)}",
            found=", ".join(there) or "no columns",
            allowed='names={"' + missing[0] + '": "a column of yours"} where they are called otherwise',
            suggestion=nearest(missing[0], there),
        )
    return found


class _Log:
    """One reading: a relation, and which of its columns each field is."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: duckdb.DuckDBPyRelation,
        found: dict[str, str],
        kinds: Kinds,
        wanted: list[str],
        every_kind: bool,
    ) -> None:
        self.connection, self.kinds, self.wanted, self.every_kind = connection, kinds, wanted, every_kind
        self.fields = set(found)
        self.types = {our: str(relation.types[relation.columns.index(their)]) for our, their in found.items()}
        relation.create_view("log_as_given")
        self.text = {name for name, of in self.types.items() if of == "VARCHAR" or of.startswith("ENUM")}
        named = ", ".join(f"{self._cell(our, their)} AS {our}" for our, their in found.items())
        connection.execute(f"CREATE TEMP VIEW log AS SELECT {named} FROM log_as_given")

    def _cell(self, our: str, their: str) -> str:
        """SQL for a column of the log; whole numbers that a frame keeps as floating point are whole again."""
        cell = '"' + their.replace('"', '""') + '"'
        if our == "kind":
            return cell  # as it is, so that Parquet skips what isn't wanted; an empty one is unknown anyway
        if our == "value" and our in self.text:
            return self._amount(cell)
        if our in self.text:
            return f"nullif({cell}::VARCHAR, '')"  # an empty text says nothing
        if self.types[our] not in ("FLOAT", "DOUBLE") or our == "happened_at":
            return cell
        broken = f"isfinite({cell}) AND {cell} <> trunc({cell})"
        if self._one(f"SELECT count(*) FILTER (WHERE {broken}) FROM log_as_given")[0]:
            return cell
        self.types[our] = "BIGINT"
        return f"CASE WHEN isfinite({cell}) THEN {cell}::BIGINT END"

    def _amount(self, cell: str) -> str:
        """SQL for an amount that is text: decimals are major units, else it is whole, as 9950 or 9950.0."""
        said = f"nullif({cell}, '')"
        odd, coins = self._one(
            f"SELECT any_value({said}) FILTER (WHERE NOT regexp_full_match({said}, '{_AS_WRITTEN}')), "
            f"bool_or(regexp_matches({said}, '{_WITH_COINS}')) FROM log_as_given"
        )
        if odd is not None:
            raise BadTouches("“value” is money", found=f"“{odd}”", allowed="as 99.50, or 9950 minor units")
        self.types["value"] = "DECIMAL(28,4)" if coins else "BIGINT"
        return f"{said}::DECIMAL(28,4)" if coins else f"{said}::DECIMAL(28,4)::BIGINT"

    def read(self) -> Touches:
        self._keep_in_force()
        if not self.every_kind:
            self.connection.execute("ALTER VIEW log RENAME TO log_of_every_kind")
            of_kind = f"FROM log_of_every_kind WHERE kind::VARCHAR IN {_tuple(self.wanted)}"
            self.connection.execute(f"CREATE TEMP VIEW log AS {of_kind}")
        text = {name: self._text(name) for name in TEXT if name in self.fields}
        contact, id_of = self._text("contact"), self._text("id") if "id" in self.fields else None
        numbers = [name for name in ("value", "n") if name in self.fields]
        picked = [
            f"{contact[0]} AS contact",
            f"list_position({_list(self.wanted)}, kind::VARCHAR)::USMALLINT AS kind",
            f"{self._instant()} AS happened_at",
            *(f"{sql} AS {name}" for name, (sql, _) in text.items()),
            *(f"coalesce({self._number(name)}, {MISSING}) AS {name}" for name in numbers),
            *([f"{id_of[0]} AS id"] if id_of else []),
            *(["coalesce(machine::BOOLEAN, false) AS machine"] if "machine" in self.fields else []),
        ]
        cells = self._fetch(picked)
        self._check_cells(cells)
        code = np.array([0, *(self.kinds.code(name) for name in self.wanted)], dtype=np.uint16)
        return Touches(
            kinds=self.kinds,
            contact=_column(cells["contact"], contact[1]),
            kind=code[cells["kind"]],
            happened_at=cells["happened_at"],
            columns={name: _column(cells[name], labels) for name, (_, labels) in text.items()},
            value=cells.get("value"),
            n=cells.get("n"),
            id=_column(cells["id"], id_of[1]) if id_of else None,
            machine=cells.get("machine"),
        )

    def _fetch(self, picked: list[str]) -> dict[str, npt.NDArray[Any]]:
        order = " ORDER BY log.id" if "id" in self.fields else ""
        try:
            return dict(self.connection.sql(f"SELECT {', '.join(picked)} FROM log{order}").fetchnumpy())
        except duckdb.Error as error:
            raise BadTouches("The log can't be read", found=str(error).splitlines()[0]) from None

    def _text(self, name: str) -> tuple[str, Any]:
        """SQL for a column's codes (-1 where missing), and its labels; None: the code is the label."""
        if self._whole(name):
            # of a whole column Parquet knows the limits without reading a row
            log = "log" if self.every_kind else "log_of_every_kind"
            low, high, size = self._one(f"SELECT min({name}), max({name}), count(*) FROM {log}")
            if low is None or (low >= 0 and high < min(2**31 - 1, 4 * size + 1024)):
                return f"coalesce({name}, -1)::INTEGER", None
        self.connection.execute(
            f"CREATE TYPE {name}_label AS ENUM "
            f"(SELECT DISTINCT {name}::VARCHAR FROM log WHERE {name} IS NOT NULL ORDER BY 1)"
        )
        found = self._one(f"SELECT enum_range(NULL::{name}_label)")
        labels = list(found[0] or [])
        labels = [int(label) for label in labels] if self._whole(name) else labels
        return f"coalesce(enum_code({name}::VARCHAR::{name}_label)::INTEGER, -1)", labels

    def _number(self, name: str) -> str:
        if name == "value" and self._is_decimal(name):
            return self._minor()
        if not self._whole(name) and self._one(f"SELECT count({name}) FROM log")[0]:
            right = "minor units of money (9950 for 99.50)" if name == "value" else "a count of people"
            raise BadTouches(f"“{name}” needs whole numbers", found=self.types[name], allowed=right)
        return f"{name}::BIGINT"

    def _minor(self) -> str:
        """SQL for an amount in minor units, from one in major units of its currency."""
        if "currency" not in self.fields:
            raise BadTouches("“value” has decimals", found="no column “currency”", allowed="one, as EUR")
        odd = {code: decimals_of(code) for code in CODES if decimals_of(code) != 2}
        cases = " ".join(f"WHEN '{code}' THEN {10**decimals}" for code, decimals in sorted(odd.items()))
        minor = f"value * CASE currency::VARCHAR {cases} ELSE 100 END"
        if self._one(f"SELECT count(*) FILTER (WHERE {minor} <> trunc({minor})) FROM log")[0]:
            raise BadTouches("“value” is money", found="parts of the smallest coin", allowed="as 99.50")
        return f"({minor})::BIGINT"

    def _is_decimal(self, name: str) -> bool:
        return self.types[name].startswith("DECIMAL") and not self.types[name].endswith(",0)")

    def _instant(self) -> str:
        """SQL for microseconds UTC; NULL where a text is no date."""
        kind = self.types["happened_at"]
        if kind == "VARCHAR":
            iso = "trim(happened_at) LIKE '____-%'"  # else 3/4/26 would be a day of the year 3
            return f"CASE WHEN {iso} THEN epoch_us(try_cast(trim(happened_at) AS TIMESTAMPTZ)) END"
        if self._whole("happened_at"):
            self._check_microseconds()
            return "happened_at::BIGINT"
        return (
            "epoch_us(happened_at::TIMESTAMPTZ)"
            if "TIME ZONE" in kind
            else "epoch_us(happened_at::TIMESTAMP)"
        )

    def _check_microseconds(self) -> None:
        """Whole numbers are microseconds; seconds or milliseconds would put everything into 1970."""
        last = self._one("SELECT max(happened_at) FROM log")[0]
        if last is not None and 0 < last < _EARLIEST:
            raise BadTouches(
                "Whole numbers in “happened_at” are microseconds since 1970",
                found=f"{last:,} as the last, which would be {to_datetime(last):%d %B %Y}",
                allowed="microseconds (seconds × 1,000,000), dates, or dates and times",
            )

    def _check_cells(self, cells: dict[str, npt.NDArray[Any]]) -> None:
        """No touch without kind or instant, none without a contact unless it is an audience."""
        if np.ma.is_masked(cells["kind"]):
            self._explain_kinds()
        nobody = cells["contact"] < 0
        if "n" in cells:
            nobody &= cells["n"] == MISSING
        lacking = {
            "a date, or a date and time": np.count_nonzero(np.ma.getmaskarray(cells["happened_at"])),
            "a contact, or `n` for an audience without names": np.count_nonzero(nobody),
        }
        for allowed, count in lacking.items():
            if count:
                found = f"{count:,} of {len(nobody):,} without"
                raise BadTouches(f"Every touch needs {allowed}", found=found + self._no_date(allowed))

    def _no_date(self, allowed: str) -> str:
        """One of the texts that are no date, where it is dates that are lacking and there is one."""
        if "date" not in allowed or self.types["happened_at"] != "VARCHAR":
            return ""
        where = f"happened_at IS NOT NULL AND ({self._instant()}) IS NULL"
        texts = self.connection.sql(f"SELECT happened_at FROM log WHERE {where} LIMIT 1").fetchall()
        return f", one of them “{texts[0][0]}”" if texts else ""

    def _explain_kinds(self) -> None:
        unknown = self.connection.sql(
            f"SELECT kind::VARCHAR, count(*) FROM log "
            f"WHERE kind IS NULL OR kind::VARCHAR NOT IN {_tuple(self.wanted)} "
            "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3"
        ).fetchall()
        raise UnknownName(
            "The log has kinds of touches that nobody declared",
            found=", ".join(
                f"“{name}” ({counted(count, 'row')})" if name else f"{counted(count, 'row')} without"
                for name, count in unknown
            ),
            allowed="the kinds that `leadline kinds` lists, or your own in a kinds file",
            suggestion=nearest(unknown[0][0] or "", self.wanted),
        )

    def _whole(self, name: str) -> bool:
        return "INT" in self.types[name]

    def _keep_in_force(self) -> None:
        """Leave each id once, and nothing that was taken back."""
        if "id" not in self.fields:
            if "retracts" in self.fields:
                raise BadTouches(
                    "“retracts” names touches by their id", found="no column “id”", allowed="both"
                )
            return
        no_retraction = "AND retracts IS NULL " if "retracts" in self.fields else ""
        gone: set[Any] = set()
        if "retracts" in self.fields:
            gone = withdrawn(
                self.connection.sql(
                    "SELECT id::VARCHAR, retracts::VARCHAR FROM log WHERE retracts IS NOT NULL"
                ).fetchall()
            )
        self.connection.execute("CREATE TEMP TABLE gone (id VARCHAR)")
        if gone:
            self.connection.executemany("INSERT INTO gone VALUES (?)", [[str(one)] for one in gone])
        self.connection.execute(
            "CREATE TEMP TABLE kept AS "
            "SELECT DISTINCT ON (coalesce(id::VARCHAR, chr(1) || row)) * EXCLUDE (row) FROM "
            "(SELECT *, row_number() OVER () AS row FROM log) "
            f"WHERE (id IS NULL OR id::VARCHAR NOT IN (FROM gone)) {no_retraction}"
            "ORDER BY id, happened_at, contact, kind"
        )
        self.connection.execute("DROP VIEW log")
        self.connection.execute("CREATE TEMP VIEW log AS FROM kept")

    def _one(self, query: str) -> tuple[Any, ...]:
        return self.connection.sql(query).fetchall()[0]


def _column(codes: npt.NDArray[Any], labels: Any) -> Column:
    """The column of these codes; `labels` None: the codes are the labels, and are made dense."""
    codes = np.asarray(codes, dtype=np.int32)
    if labels is not None:
        return Column(codes, labels)
    there = np.zeros(int(codes.max(initial=-1)) + 2, dtype=bool)
    there[codes] = True  # -1 marks the last place, which stands for missing
    there[-1] = False
    if there[:-1].all():
        return Column(codes, list(range(len(there) - 1)))
    dense = np.cumsum(there, dtype=np.int32) - np.int32(1)
    dense[-1] = -1
    return Column(dense.take(codes), np.flatnonzero(there).tolist())


def _list(names: list[str]) -> str:
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"


def _tuple(names: list[str]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in names) + ")" if names else "('')"
