"""Everything out: what somebody may see, table by table."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Path, Query, Router, Schema

from leadline.web.actions import exports as acts
from leadline.web.actions.export_files import WRITERS
from leadline.web.api.door import actor_of, scoped, takes_out, user_of
from leadline.web.errors import NotFound

router = Router(tags=["imports and exports"])
KINDS = {"csv": "text/csv", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}
Table = Literal[
    "contacts", "companies", "touches", "touches_of_machines", "touches_taken_back", "standings", "asks",
    "purchases", "contracts", "tasks", "tasks_of_nobody", "notes", "offers", "goals", "capacities", "costs",
    "own_fields", "own_kinds", "own_paths", "profiles", "funnels", "audience_touches", "audiences",
]  # fmt: skip
"""The tables that there are; the last two are the owners' alone."""
TEXT, BYTES = {"type": "string"}, {"type": "string", "format": "binary"}
FILES = {kind: {"schema": BYTES if kind == KINDS["parquet"] else TEXT} for kind in KINDS.values()}


class TableTold(Schema):
    """A table that can be taken out: its name, what it holds, and its columns."""

    name: Table
    means: str
    columns: list[str]


@router.get("/exports", response=list[TableTold], summary="List the tables to export")
@scoped("exports:read", "export")
def list_exports(request: HttpRequest) -> list[dict[str, object]]:
    """With the rows that the token's user sees."""
    return [
        {"name": one.name, "means": one.means, "columns": [header for header, _ in one.columns]}
        for one in acts.datasets(user_of(request))
    ]


@router.get(
    "/exports/{table}",
    summary="Export a table",
    openapi_extra={"responses": {200: {"description": "The table, as a file.", "content": FILES}}},
)
@scoped("exports:read", "export")
def export_table(
    request: HttpRequest,
    table: Annotated[Table, Path()],
    form: Annotated[Literal["csv", "jsonl", "parquet"], Query(default="csv")] = "csv",
) -> StreamingHttpResponse:
    """As CSV, JSON lines or Parquet. Who took what out is written down."""
    found = next((one for one in acts.datasets(user_of(request)) if one.name == table), None)
    if found is None:
        raise NotFound(f"The table “{table}” was asked for", found="none of that name")
    if takes_out(request):
        acts.note_export(actor_of(request), form, [table])
    answer = StreamingHttpResponse(WRITERS[form](found), content_type=KINDS[form])
    answer["Content-Disposition"] = f'attachment; filename="{found.name}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
