"""Everything out: what somebody may see, as tables in one file that begins to come at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from leadline.engine.instants import to_datetime
from leadline.web import access
from leadline.web.actions import exports
from leadline.web.actions.export_files import WRITERS, stream_zip
from leadline.web.errors import Invalid
from leadline.web.pages.frame import actor_of, now, page, user_of

FORMS = (
    ("csv", "CSV, for a spreadsheet, or to take in again"),
    ("jsonl", "JSON lines, for programs"),
    ("parquet", "Parquet, for a warehouse"),
)


@page("web/imports/exports.html")
def export(request: HttpRequest) -> dict[str, Any] | HttpResponseBase:
    """Which tables, in which form; a POST answers with the file."""
    user = user_of(request)
    access.require(user, "export")
    found = exports.datasets(user)
    if request.method != "POST":
        return {"datasets": found, "forms": FORMS}
    wanted, form = set(request.POST.getlist("tables")), request.POST.get("form", "csv")
    chosen = [one for one in found if one.name in wanted]
    if not chosen or form not in WRITERS:
        raise Invalid(
            "An export was asked for",
            found="no table" if not chosen else f"the form “{form}”",
            allowed="one table or more, as " + " or ".join(WRITERS),
        )
    exports.note_export(actor_of(request), form, [one.name for one in chosen])
    parts = ((f"{one.name}.{form}", WRITERS[form](one)) for one in chosen)
    answer = StreamingHttpResponse(stream_zip(parts), content_type="application/zip")
    day = to_datetime(now()).date()
    answer["Content-Disposition"] = f'attachment; filename="leadline-{day}-{form}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


urlpatterns: list[URLPattern] = [path("exports/", export, name="exports")]
