"""The HTML of the two pages that nobody is signed in for: sign-in, and the first administrator.

Real forms that post natively (password managers work, the route sets the cookie); no script, nothing stored here.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.parts.formats import text


@dataclass(frozen=True, slots=True)
class Entry:
    """One input of a form that posts natively."""

    name: str
    label: str
    kind: str
    complete: str
    value: str = ""
    hint: str = ""


def sign_in_html(
    *,
    vendor: str,
    error: str | None,
    email: str,
    notice: str | None,
    hidden: dict[str, str] | None = None,
    support: str = "",
) -> str:
    """The sign-in page. `error` and `notice` are said above the form; `hidden` carries what the route needs."""
    entries = (
        Entry("email", "E-mail", "email", "username", email),
        Entry("password", "Password", "password", "current-password"),
    )
    form = _form("/login", entries, "Sign in", hidden or {})
    foot = (
        f'Trouble signing in? Write to <span class="nb">{text(support)}</span>.'
        if support
        else "Trouble signing in? Ask your administrator."
    )
    return _page(
        "Sign in",
        f"Partner ecosystem of {text(vendor)}",
        _messages(error, notice) + form + f'<p class="foot">{foot}</p>',
    )


def first_administrator_html(
    *,
    vendor: str,
    error: str | None,
    name: str = "",
    email: str = "",
    code: str = "",
    hidden: dict[str, str] | None = None,
    least: int = 8,
) -> str:
    """The page of an empty installation: whoever starts it becomes its first administrator.

    `code` is the one-time code that only somebody with access to the machine knows.
    """
    hint = f"At least {least} characters, with a letter and a digit."
    entries = (
        Entry("code", "Setup code", "text", "one-time-code", code, "The start of Kontor printed it in its terminal."),
        Entry("full_name", "Your name", "text", "name", name),
        Entry("email", "E-mail", "email", "username", email),
        Entry("password", "Password", "password", "new-password", hint=hint),
        Entry("again", "Password again", "password", "new-password"),
    )
    form = _form("/setup", entries, "Create administrator", hidden or {})
    note = '<p class="foot">You can create everybody else afterwards, under Administration.</p>'
    return _page("First administrator", f"New ecosystem of {text(vendor)}", _messages(error, None) + form + note)


def _page(title: str, line: str, body: str) -> str:
    return (
        '<div class="k si"><div class="f"><main class="in">'
        '<div class="logo"><img src="app/static/favicon.svg" alt="">Kontor</div>'
        f'<h1>{title}</h1><div class="mu">{line}</div>{body}</main></div>'
        '<div class="art"><div class="map" role="img" aria-label="Sea routes of the Hanseatic League between London, '
        'Bergen, Lübeck, Visby and Novgorod"></div>'
        "<blockquote>One place where partners and vendor see the same case, the same clock and the same money."
        "</blockquote></div></div>"
    )


def _messages(error: str | None, notice: str | None) -> str:
    bad = f'<div class="msg bad" role="alert"><span class="i">error</span><span>{text(error)}</span></div>'
    note = f'<div class="msg note" role="status"><span class="i">info</span><span>{text(notice)}</span></div>'
    return (bad if error else "") + (note if notice else "")


def _form(action: str, entries: tuple[Entry, ...], button: str, hidden: dict[str, str]) -> str:
    first_empty = next((entry.name for entry in entries if not entry.value), "")
    inputs = "".join(_input(entry, focus=entry.name == first_empty) for entry in entries)
    carried = "".join(
        f'<input type="hidden" name="{text(name)}" value="{text(value)}">' for name, value in hidden.items()
    )
    return f'<form method="post" action="{action}">{carried}{inputs}<button type="submit">{button}</button></form>'


def _input(entry: Entry, *, focus: bool) -> str:
    value = f' value="{text(entry.value)}"' if entry.value else ""
    hint = f'<div class="hint" id="hint-{entry.name}">{text(entry.hint)}</div>' if entry.hint else ""
    described = f' aria-describedby="hint-{entry.name}"' if entry.hint else ""
    return (
        f'<label for="{entry.name}">{entry.label}</label>'
        f'<input id="{entry.name}" name="{entry.name}" type="{entry.kind}" autocomplete="{entry.complete}"{value}'
        f"{described} required{' autofocus' if focus else ''}>{hint}"
    )
