"""The API as a whole: its addresses, its description, how it reads and how it fails."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from leadline.web.api import companies, contacts, definitions, reports, touches
from leadline.web.api.door import Bearer
from leadline.web.api.problems import PROBLEM, Problem, answer_with_problems
from leadline.web.api.reading import Reader

MEANS = """\
Record what happened, and ask where everybody stands. Each request carries a token, made in the settings:
`Authorization: Bearer …`. Lists come a part at a time: `next` is the `cursor` of the following part. What
can't be done is answered with a problem of RFC 9457 (`application/problem+json`), whose `code` never changes.
"""

ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is done once, and answered alike for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


class Described(NinjaAPI):
    """The API with what all of its operations have in common in its description."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the function: `list_contacts`."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The description, with the problems that every operation may answer."""
        schema = super().get_openapi_schema(**given)
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        ref = {"schema": {"$ref": "#/components/schemas/Problem"}}
        for way in schema["paths"].values():
            for operation in way.values():
                said = {"description": "A problem.", "content": {PROBLEM: ref}}
                operation["responses"] |= {"4XX": said, "503": said}
                if operation["operationId"] in {"upsert_contacts", "record_touch", "record_touches"}:
                    operation["parameters"] = [*operation.get("parameters", []), ONCE]
        return schema


api = Described(
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
