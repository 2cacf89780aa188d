"""The API as a whole: its addresses, its description, how it reads and how it fails."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

from leadline.web.api import companies, contacts, definitions, reports, touches
from leadline.web.api.door import Bearer
from leadline.web.api.problems import answer_with_problems
from leadline.web.api.reading import Reader

MEANS = """\
Record what happened, and ask where everybody stands. Each request carries a token, made in the settings:
`Authorization: Bearer …`. Lists come a part at a time: `next` is the `cursor` of the following part. What
can't be done is answered with a problem of RFC 9457 (`application/problem+json`), whose `code` never changes.
"""

api = NinjaAPI(
    title="Leadline",
    version="1",
    description=MEANS,
    urls_namespace="api",
    docs_url=None,
    auth=Bearer(),
    parser=Reader(),
)
api.add_router("/contacts", contacts.router)
api.add_router("/companies", companies.router)
api.add_router("/touches", touches.router)
api.add_router("/reports", reports.router)
api.add_router("", definitions.router)
answer_with_problems(api)

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", api.urls)]
