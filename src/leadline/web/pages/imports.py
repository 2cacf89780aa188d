"""Files in: upload, what their columns mean, what would come of it, the run, its result, and undoing it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST
from pydantic import ValidationError

from leadline.engine.errors import BadFile
from leadline.engine.importers import FileMapping, Mapping, Meaning
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.columns.mapping import GIVEN, Deals, Shape
from leadline.engine.importers.words import synonyms
from leadline.web import access, warehouse
from leadline.web.actions.importing import imports, proposals, takers, uploads
from leadline.web.actions.importing.unused import unused_of
from leadline.web.actions.me import zones
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import Import, PathDefinition
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.templatetags.spoken import spoken

PER_PAGE = 50
KINDS_OF_FILES: tuple[tuple[Shape, str], ...] = (
    ("contacts", "people, one a row"),
    ("touch log", "a log: one thing that happened a row"),
    ("activities", "calls, meetings, e-mails and tasks, one a row"),
    ("messages", "one a row: yours, and those to you"),
    ("deals", "deals, one a row"),
    ("orders", "orders or payments, one a row"),
    ("bookings", "appointments, one a row"),
    ("stage history", "stages that were set, one a row"),
    ("companies", "companies, one a row"),
    ("look-up", "only describes what other files name"),
    ("audience", "counts of people without names"),
)
"""The sorts of files, each with what it has."""
DEALS: tuple[tuple[Deals, str], ...] = (
    ("asks", "an ask of its contact, answered or not"),
    ("touches", "only what happened: that it was opened, won or lost"),
)
"""What a deal can be, each with a sentence."""
OF_NOBODY = ("look-up", "audience", "")
"""Sorts of files that hold nobody who came by a path."""
MOST_PATHS = 100
COLUMNS = 100
"""So many columns of a table are shown at a time: each has a choice of all that it can mean."""


@page("web/imports/imports.html")
def list_imports(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The imports so far, and a place for new files."""
    user = user_of(request)
    access.require(user, "import")
    if request.method == "POST":
        return _upload(request)
    before = request.GET.get("before", "")
    found = imports.imports_of(user).select_related("made_by").order_by("-id")
    rows = list((found.filter(pk__lt=int(before)) if before.isdecimal() else found)[: PER_PAGE + 1])
    more = rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None
    return {
        "imports": rows[:PER_PAGE],
        "more": more,
        "most": uploads.MOST_BYTES // 1024**2,
        "files": uploads.MOST_FILES,
        "endings": ",".join(uploads.TAKEN),
    }


@page("web/imports/import.html")
@require_GET
def show_import(request: HttpRequest, number: int) -> dict[str, Any] | HttpResponse:
    """One import: what it would do, how far it is, or what came of it."""
    record = _find(request, number)
    told: dict[str, Any] = {"import": record, "look": record.counts.get("look", {}), "counts": record.counts}
    if record.state == Import.State.PROPOSED:
        told |= {
            "tables": _with_choices(_parts_of_tables(record, request.GET)),
            "shapes": KINDS_OF_FILES,
            "kinds": warehouse.kinds().names_of_kinds,
            "date_order": record.mapping.get("date_order"),
            "zone": record.mapping.get("zone") or "UTC",
            "zones": zones(),
        }
        told |= _path_question(record, told["tables"])
        told |= {"takers": takers.choices(user_of(request)), "taker": record.mapping.get("owner") or ""}
        told["namesakes"] = _with_ticks(record)
        told["we"] = record.mapping.get("we") or ()
        told["of_deals"] = any(table["shape"] == "deals" for table in told["tables"])
        told |= {"deals": DEALS, "meant": record.mapping.get("deals") or "asks"}
        told["sold"] = [_with_days(one) for one in told["look"].get("sold", ())]
    told["waits"] = imports.is_waiting(record)
    told["given"] = takers.named(record.counts.get("given", {}))
    return told


@page("web/imports/progress.html")
@require_GET
def show_progress(request: HttpRequest, number: int) -> dict[str, Any] | HttpResponse:
    """How far an import is: a part that asks for itself until there is a result."""
    record = _find(request, number)
    if record.state not in {Import.State.RUNNING, Import.State.UNDOING} and request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return {"import": record, "waits": imports.is_waiting(record)}


@page("web/imports/import.html")
@require_POST
def change_meanings(request: HttpRequest, number: int) -> HttpResponse:
    """Take what somebody says that the columns mean, and look at the files again."""
    record = _find(request, number)
    mapping = _read_mapping(record, request.POST)
    imports.check_mapping(mapping)
    folder = imports.folder_name(record)
    look = proposals.look(user_of(request), folder, record.files, mapping, now())
    imports.understand(actor_of(request), record, look)
    return redirect(f"{reverse('import', args=[record.pk])}?{request.GET.urlencode()}")


@page("web/imports/import.html")
@require_POST
def do_with_import(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Run it, undo it, or forget the upload."""
    record = _find(request, number)
    if what == "run" and request.POST.keys() & {"path", *_SAID}:
        mapping = proposals.with_paths(proposals.mapping_of(record), *_read_paths(record, request.POST))
        said = {name: read(record, request.POST) for name, read in _SAID.items()}
        mapping = takers.spell_owner(user_of(request), mapping.model_copy(update=said))
        imports.answer(actor_of(request), record, mapping)
    do = {"run": imports.start, "undo": imports.start_undo, "discard": imports.discard}[what]
    do(actor_of(request), record)
    if what == "discard":
        messages.success(request, "The upload is forgotten; nothing of it was taken in.")
        return redirect("imports")
    return redirect("import", number)


@page("web/error.html")
@require_GET
def download_unused(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """Every row that wasn't used, with its reason, as CSV."""
    record = _find(request, number)
    place = unused_of(imports.folder_name(record))
    if not place.is_file():
        raise NotFound("The rows that weren't used were asked for", found="no such list of this import")
    answer = StreamingHttpResponse(_pieces(place), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{number}-unused.csv"'
    return answer


def _pieces(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while piece := file.read(1 << 16):
            yield piece


def _upload(request: HttpRequest) -> HttpResponse:
    user, files = user_of(request), request.FILES.getlist("files")
    folder = ""
    try:
        folder, kept = uploads.keep(files)
        look = proposals.look(user, folder, kept, Mapping(), now())
        record = imports.propose(actor_of(request), folder, kept, look)
    except BaseException as error:
        if folder:
            uploads.forget(folder)
        if not isinstance(error, (BadFile, Invalid)):
            raise
        return render(request, "web/imports/refused.html", {"error": error}, status=422)
    return redirect("import", record.pk)


def _find(request: HttpRequest, number: int) -> Import:
    access.require(user_of(request), "import")
    return imports.find(user_of(request), number)


def _parts_of_tables(record: Import, asked: QueryDict) -> list[dict[str, Any]]:
    """The tables, of each the columns that are shown at a time: from that on which `from-0` says of table 0.

    Of a table with more of them, those that were understood come first.
    """
    tables = proposals.meanings_of(record)
    for place, table in enumerate(tables):
        columns = table["columns"]
        if len(columns) > COLUMNS:
            columns.sort(key=lambda column: column["meaning"].means in ("ignored", "attribute"))
        said = asked.get(f"from-{place}", "")
        first = int(said) if said.isdecimal() and int(said) < len(columns) else 0
        table["columns"] = columns[first : first + COLUMNS]
        table |= {"width": len(columns), "first": first + 1, "last": first + len(table["columns"])}
        table |= {"before": max(first - COLUMNS, 0) if first else None}
        table |= {"after": first + COLUMNS if first + COLUMNS < len(columns) else None}
        table["cells"] = [[row[column["place"]] for column in table["columns"]] for row in table["rows"]]
    return tables


def _with_choices(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tables, each column with all that it can mean: drawn once for each meaning that is chosen."""
    groups, drawn = _groups(), dict[str, str]()
    for column in (column for table in tables for column in table["columns"]):
        means = column["meaning"].means
        if means not in drawn:
            drawn[means] = render_to_string("web/imports/meanings.html", {"groups": groups, "means": means})
        column["choices"] = drawn[means]
    return tables


def _groups() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What a column can mean, in groups: each meaning, as it is said, with a sentence."""
    said = synonyms()["meanings"] | {
        "phone": "the telephone number",
        "attribute": "something of theirs to keep as a field",
    }
    who = [name for name in said if said[name].startswith(("who", "which", "the organisation", "the number"))]
    groups = [
        ("What becomes of it", ["attribute", "ignored"]),
        ("Whom it is about", [*who, "phone"]),
        ("When, and what", [name for name in said if said[name].startswith(("when", "the sort", "whether"))]),
    ]
    placed = {name for _, names in groups for name in names}
    groups.append(("What else it says", [name for name in said if name not in placed]))
    days = {f"{DATE_OF}{name}": f"the day of “{name}”" for name in warehouse.kinds().names_of_kinds}
    groups.append(("The day on which something happened", list(days)))
    said |= days
    own = {"attribute": "a field of the contact", "ignored": "not used"}
    return [
        (title, [(name, own.get(name) or spoken(name), said[name]) for name in names])
        for title, names in groups
    ]


def _with_ticks(record: Import) -> list[dict[str, Any]]:
    """Those who are called as a contact is, and whether somebody said that they are the same."""
    same = record.mapping.get("same") or {}
    namesakes = record.counts["look"].get("namesakes", ())
    return [one | {"same": same.get(one["who"]) == one["contact"]} for one in namesakes]


def _with_days(sold: dict[str, Any]) -> dict[str, Any]:
    """A purchase of a list of clients with its days as days."""
    days = {name: sold[name] and date.fromisoformat(sold[name]) for name in ("starts", "renews", "ended")}
    return sold | days


def _path_question(record: Import, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """By which path the people came, as it stands; where several files hold people, of each of these too."""
    declared = PathDefinition.objects.values_list("name", flat=True)[:MOST_PATHS]
    of_people = [table["name"] for table in tables if table["shape"] not in OF_NOBODY]
    alone = [table["path"] for table in tables if of_people == [table["name"]]]
    return {
        "path": record.mapping.get("path") or next(iter(alone), ""),
        "paths": list(dict.fromkeys([*declared, *synonyms()["audience_paths"]])),
        "of_people": of_people if len(of_people) > 1 else [],
    }


def _read_paths(record: Import, given: QueryDict) -> tuple[str | None, dict[str, str | None]]:
    """By which path people came, of all files and of single ones: as a form has it, else as it was."""
    if "path" not in given:
        before = {file["name"]: file.get("path") for file in record.mapping.get("files", [])}
        return record.mapping.get("path"), before
    names = [table["name"] for table in record.counts["look"]["tables"]]
    of_files = {name: given.get(f"path-{place}", "").strip(" ") or None for place, name in enumerate(names)}
    return given.get("path", ""), of_files


def _read_deals(record: Import, given: QueryDict) -> Deals | None:
    """What a deal is: as a form has it, else as it was."""
    said = given.get("deals")
    return next((name for name, _ in DEALS if name == said), record.mapping.get("deals"))


def _read_owner(record: Import, given: QueryDict) -> str | None:
    """Whose the people become: as a form has it, else as it was."""
    return given.get("owner", "").strip() or None if "owner" in given else record.mapping.get("owner")


def _read_we(record: Import, given: QueryDict) -> tuple[str, ...]:
    """Who writes as us: as a form has it, else as it was."""
    return tuple(given.getlist("we")) or tuple(record.mapping.get("we") or ())


def _read_same(record: Import, given: QueryDict) -> dict[str, int]:
    """Who is a contact that is there: `same` has the places of those who are ticked, among those shown."""
    same: dict[str, int] = dict(record.mapping.get("same") or {})
    if "path" not in given:
        return same
    ticked = set(given.getlist("same"))
    for place, one in enumerate(record.counts["look"].get("namesakes", ())):
        if str(place) in ticked:
            same[one["who"]] = one["contact"]
        elif same.get(one["who"]) == one["contact"]:
            del same[one["who"]]
    return same


_SAID = {"deals": _read_deals, "owner": _read_owner, "we": _read_we, "same": _read_same}


def _read_mapping(record: Import, given: QueryDict) -> Mapping:
    """The mapping of a form.

    `shape-0`, `path-0`, `means-0-3` (table 0, its column 3); `kind-WORD`; `date_order`, `zone`, `path`,
    `owner`, `deals`, `we`, and `same`.
    """
    path, paths = _read_paths(record, given)
    files = []
    before = {file.name: file.columns for file in proposals.mapping_of(record).files}
    for place, table in enumerate(record.counts["look"]["tables"]):
        kept = {header: one for header, one in before.get(table["name"], {}).items() if one.why == GIVEN}
        columns = kept | {
            header: Meaning(means=said, why=GIVEN)
            for column, header in enumerate(table["headers"])
            if (said := given.get(f"means-{place}-{column}", ""))
        }
        shape = given.get(f"shape-{place}") or None
        name = table["name"]
        files.append({"name": name, "shape": shape, "path": paths.get(name), "columns": columns})
    kinds = {
        name.removeprefix("kind-"): str(value)
        for name, value in given.items()
        if name.startswith("kind-") and value
    }
    kinds = {**record.mapping.get("kinds", {}), **kinds}
    try:
        return Mapping(
            date_order=cast("Any", given.get("date_order") or None),
            zone=given.get("zone", "").strip() or record.mapping.get("zone"),
            path=path,
            deals=_read_deals(record, given),
            owner=_read_owner(record, given),
            we=_read_we(record, given),
            same=_read_same(record, given),
            kinds=kinds,
            files=tuple(FileMapping.model_validate(file) for file in files),
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise Invalid("Columns were given a meaning", found=str(wrong["input"])[:80]) from None


urlpatterns: list[URLPattern] = [
    path("imports/", list_imports, name="imports"),
    path("imports/<int:number>/", show_import, name="import"),
    path("imports/<int:number>/progress/", show_progress, name="import-progress"),
    path("imports/<int:number>/meanings/", change_meanings, name="import-meanings"),
    path("imports/<int:number>/run/", do_with_import, {"what": "run"}, name="import-run"),
    path("imports/<int:number>/undo/", do_with_import, {"what": "undo"}, name="import-undo"),
    path("imports/<int:number>/discard/", do_with_import, {"what": "discard"}, name="import-discard"),
    path("imports/<int:number>/unused.csv", download_unused, name="import-unused"),
]
