"""The API's own page: what can be asked, drawn from the OpenAPI description; no script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

STYLE = """
:root{color-scheme:light dark;--ink:#1b2430;--mu:#5b6675;--line:#d9dee5;--bg:#fff;--code:#f3f5f8;--go:#0b5cad}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--mu:#9aa5b4;--line:#2f3a48;--bg:#10161d;--code:#1a222c;
--go:#7db8f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 Inter,system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.6rem;margin:0}h2{margin:2.2rem 0 .4rem;font-size:1.15rem}
h3{margin:1.4rem 0 .2rem;font-size:1rem;overflow-wrap:anywhere}
p{margin:.3rem 0;max-width:44rem}a{color:var(--go)}.mu{color:var(--mu)}
code,pre{font:13px/1.5 ui-monospace,monospace;background:var(--code);border-radius:4px}
code{padding:.1em .3em}pre{padding:.7rem;overflow-x:auto;border:1px solid var(--line)}
section{border-top:1px solid var(--line);padding-bottom:.6rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.4rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line)}
th{font-weight:500;color:var(--mu)}.way{font-weight:600;margin-right:.5em}
"""
Described = Mapping[str, Any]


def as_json(described: Described) -> Response:
    """The description as it is."""
    return JSONResponse(described)


def as_page(described: Described) -> Response:
    """The description as a page: operations by subject, with parameters, answers and the shapes they hold."""
    title = f"{described['info']['title']} API"
    body = "".join([*_head(described, title), *_operations(described), *_shapes(described)])
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main>{body}</main></body></html>"
    )


def _head(described: Described, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    for part in str(described["info"]["description"]).split("\n\n"):
        yield f"<p>{_words(part)}</p>"
    example = 'curl -H "Authorization: Bearer $TOKEN" \\\n     ADDRESS/api/v1/token'
    yield f"<pre>{escape(example)}</pre>"
    yield '<p><a href="openapi.json">openapi.json</a> is the same for programs.</p>'


def _operations(described: Described) -> Iterator[str]:
    subject = ""
    for path, ways in described["paths"].items():
        for way, operation in ways.items():
            if (tag := operation.get("tags", [""])[0]) != subject:
                subject = tag
                yield f"<h2>{escape(tag)}</h2>"
            yield f'<section><h3><span class="way">{way.upper()}</span>{escape(path)}</h3>'
            for part in operation.get("description", "").split("\n\n"):
                yield f"<p>{_words(part)}</p>"
            yield _parameters(operation)
            if body := operation.get("requestBody"):
                yield f"<p>Body: {_link(body['content']['application/json']['schema'])}</p>"
            yield _answers(operation)
            yield "</section>"


def _parameters(operation: Described) -> str:
    rows = [
        (each["name"], each["in"], _kind(each["schema"]), each.get("description", ""))
        for each in operation.get("parameters", ())
    ]
    return _table(("Parameter", "In", "Kind", ""), rows) if rows else ""


def _answers(operation: Described) -> str:
    rows = []
    for status, answer in operation["responses"].items():
        bodies = [each["schema"] for each in answer.get("content", {}).values()]
        shapes = [body for body in bodies if body.get("type") in (None, "array")]
        shape = _link(shapes[0]) if shapes else ", ".join(escape(kind) for kind in answer.get("content", {}))
        rows.append((status, answer.get("description", ""), shape))
    head = "<tr><th>Answer</th><th></th><th></th></tr>"
    cells = "".join(f"<tr><td>{escape(s)}</td><td>{_words(w)}</td><td>{k}</td></tr>" for s, w, k in rows)
    return f'<div class="wide"><table>{head}{cells}</table></div>'


def _shapes(described: Described) -> Iterator[str]:
    yield "<h2>Shapes</h2>"
    for name, shape in described["components"]["schemas"].items():
        yield f'<section id="{escape(name)}"><h3>{escape(name)}</h3>'
        if words := shape.get("description"):
            yield f"<p>{_words(words)}</p>"
        if values := shape.get("enum"):
            yield f"<p>{', '.join(f'<code>{escape(str(each))}</code>' for each in values)}</p>"
        rows = [(n, _kind(p), p.get("description", "")) for n, p in shape.get("properties", {}).items()]
        if rows:
            yield _table(("Field", "Kind", ""), rows)
        yield "</section>"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    titles = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{_words(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{titles}</tr>{body}</table></div>'


def _link(schema: Described) -> str:
    kind = _kind(schema)
    name = kind.removeprefix("list of ")
    return f'{"list of " if name != kind else ""}<a href="#{escape(name)}">{escape(name)}</a>'


def _kind(schema: Described) -> str:
    """What a value is, in short."""
    if ref := schema.get("$ref"):
        return str(ref).rpartition("/")[2]
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_kind(each) for each in several))
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if form := schema.get("format"):
        kind = f"{kind} ({form})"
    return f"{kind}, usually {json.dumps(schema['default'])}" if schema.get("default") not in (None, "", []) else kind


def _words(text: str) -> str:
    """Words with `code` in them."""
    parts = escape(text.replace("\n", " ")).replace("*", "").split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
