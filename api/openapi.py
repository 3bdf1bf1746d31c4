"""The table of routes as an OpenAPI 3.1 document and as a plain page. Writes nothing down that the table does not say."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from api.call import Param, Route

_SCHEMA_OF_KIND: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "duration": {"type": "string", "pattern": r"^\d+[smhd]?$"},
    "list": {"type": "string"},
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
        "instance": {"type": "string"}, "stage": {"type": "string"}, "allowed": {"type": "array", "items": {"type": "string"}},
        "etag": {"type": "string"}, "present": {"type": "object"},
    },
}  # fmt: skip
_WRITES = {"POST", "PUT", "DELETE"}


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The OpenAPI document of a table of routes."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yiping 一屏", "version": version, "summary": "City operations centre: feeds in, one screen out"},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "yiping_session"},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": operation_id(route),
        "summary": route.about,
        "parameters": [*_path_parameters(route.path), *map(_query_parameter, route.params), *_header_parameters(route)],
        "responses": {str(status): _response(status, about) for status, about in route.answers}
        | {
            "default": {
                "description": "a problem",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        },
    }
    if route.need == "public":
        operation["security"] = []
    elif route.need:
        operation["description"] = f"Scope: `{route.need}`."
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": {route.body_type: {"schema": route.body}}}
    return operation


def _response(status: int, about: str) -> dict[str, Any]:
    if status in {204, 303, 304} or status >= 400:
        return {"description": about}
    return {"description": about, "content": {"application/json": {"schema": {"type": "object"}}}}


def operation_id(route: Route) -> str:
    """A name made of method and path: `get_alerts_id`."""
    return "_".join([route.method.lower(), *re.findall(r"\w+", route.path)])


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in re.findall(r"{(\w+)}", path)]


def _query_parameter(param: Param) -> dict[str, Any]:
    return {"name": param.name, "in": "query", "description": param.about, "schema": _SCHEMA_OF_KIND[param.kind]}


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    headers = []
    if route.method in {"POST", "PUT"} and route.need not in {"feed", "public"}:
        headers.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}})
    if route.path.endswith("/acts"):
        headers.append({"name": "If-Match", "in": "header", "schema": {"type": "string"}})
    if route.method in _WRITES and route.need not in {"feed", "public"}:
        headers.append({"name": "X-Yiping-Csrf", "in": "header", "description": "with a session cookie only", "schema": {"type": "string"}})
    return headers


def docs_page(routes: Iterable[Route], version: str) -> str:
    """The same as a page without script or style of its own: nothing a strict policy would refuse."""
    rows = "".join(_row(route) for route in routes)
    return (
        '<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>一屏 API {escape(version)}</title></head><body><h1>一屏 Yiping API {escape(version)}</h1>"
        '<p>接口说明 · <a href="/openapi.json">openapi.json</a> · <code>Authorization: Bearer</code> / <code>/login</code></p>'
        '<table border="1" cellpadding="6"><thead><tr><th>调用 Call</th><th>权限 Scope</th><th>说明 About</th><th>参数 Parameters</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></body></html>"
    )


def _row(route: Route) -> str:
    params = ", ".join(f"<code>{escape(param.name)}</code> {escape(param.about)}" for param in route.params)
    fields = ", ".join(f"<code>{escape(name)}</code>" for name in (route.body or {}).get("properties", {}))
    call = f"<code>{route.method} /api/v1{escape(route.path)}</code>"
    return (
        f'<tr id="{operation_id(route)}"><td>{call}</td><td>{escape(route.need or "—")}</td>'
        f"<td>{escape(route.about)}</td><td>{params}{' · ' if params and fields else ''}{fields}</td></tr>"
    )
