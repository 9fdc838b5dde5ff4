"""The API's reference page: drawn by this server from the schema, without a script of others."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path, as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str, str], ...]
    security: str

    @property
    def anchor(self) -> str:
        """The fragment that links to it."""
        return (
            f"{self.method}{self.path}".lower()
            .replace("/", "-")
            .strip("-")
            .replace("{", "")
            .replace("}", "")
        )


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters; the OpenAPI document itself is one link away."""
    return render(request, "site/api_docs.html", {"operations": _operations()})


def _schema() -> dict[str, Any]:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema: dict[str, Any] = generator.get_schema(  # type: ignore[no-untyped-call]
        request=None, public=True
    )
    return schema


@cache
def _operations() -> tuple[Operation, ...]:
    return tuple(_read(_schema()))


def _read(schema: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in methods.items():
            if not isinstance(operation, dict):
                continue
            schemes = [name for entry in operation.get("security", []) for name in entry]
            yield Operation(
                method=method.upper(),
                path=path,
                summary=str(operation.get("summary", "")),
                description=str(operation.get("description", "")),
                parameters=tuple(
                    (str(p["name"]), str(p["in"]), str(p.get("description", "")))
                    for p in operation.get("parameters", [])
                ),
                security=", ".join(schemes),
            )
