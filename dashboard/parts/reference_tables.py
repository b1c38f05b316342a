"""Two tables to search in: what every application type counts with, and which role may do what."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.empty import state
from dashboard.parts.head import Badge, answer, pill, section
from dashboard.parts.reference_files import files
from dashboard.parts.reference_parts import table
from models.core.unit_of_work import unit_of_work
from models.reference.overview import ValueKind, ValueRow
from models.reference.overview import values as all_values
from models.reference.permissions import PermissionRow, roles
from models.reference.permissions import permissions as all_permissions

LONGEST = 160


def values(*, may_design: bool) -> None:
    """Numbers, lists, reasons and agreements of all types, each with a way into the designer."""
    kinds = [each.value for each in ValueKind]
    kind = address.get("kind") if address.get("kind") in kinds else ""
    search = address.get("q")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _find(search, "Find a number, a list, a type")
        st.selectbox(
            "Kind", ["", *kinds], format_func=lambda each: ValueKind(each).words if each else "Everything",
            **address.bound("reference:kind", kind, lambda value: address.put(kind=value)),
        )  # fmt: skip
    with unit_of_work(read_only=True) as uow:
        rows = all_values(uow, kind=ValueKind(kind) if kind else None, search=search)
    types = len({row.type for row in rows})
    answer(
        f"<b>{formats.plural(len(rows), 'value')}</b> in {formats.plural(types, 'application type')}.",
        beside="They are changed in the designer: in a draft that a second person agrees to."
    )  # fmt: skip
    if not rows:
        state("empty", "Nothing found", "Search for fewer words, or for everything.")
    for each in ValueKind:
        if here := [row for row in rows if row.kind is each]:
            section(each.words)
            table(("Name", "Value", "Type", "Since", "Agreed by"), [_value(row, may_design) for row in here])
    files("values", may_change=may_design)


def _find(search: str, words: str) -> None:
    bound = address.bound("reference:q", search, lambda value: address.put(q=value.strip()))
    st.text_input("Find", placeholder=words, **bound)


def _value(row: ValueRow, may_design: bool) -> tuple[str, ...]:
    view = "words" if row.kind in (ValueKind.REASONS, ValueKind.AGREEMENT) else "numbers"
    way = address.link("/designer", {"type": row.type, "view": view})
    name = f"<b>{formats.text(row.name)}</b>"
    users = f'<br><span class="mu">{formats.text(", ".join(row.used_by))}</span>' if row.used_by else ""
    value = row.value if len(row.value) <= LONGEST else f"{row.value[:LONGEST]}…"
    of = formats.text(row.type_name)
    since = f"Version {row.version}" + (f", {formats.day(formats.business(row.since))}" if row.since else "")
    return (
        name + users, formats.text(value),
        f'<a href="{formats.text(way)}" target="_self">{of}</a>' if may_design else of, formats.text(since),
        formats.text(row.by) if row.since else '<span class="mu">as delivered</span>',
    )  # fmt: skip


def permissions() -> None:
    """Which preset role holds which permission."""
    search, role = address.get("q"), address.get("role")
    with unit_of_work(read_only=True) as uow:
        known = {row.key: row for row in roles(uow)}
        rows = all_permissions(uow, search=search, role=role if role in known else "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _find(search, "Find a permission or a role")
        st.selectbox(
            "Role", ["", *known],
            format_func=lambda key: f"{known[key].name} ({'vendor' if known[key].is_vendors else 'partner'})"
            if key else "Every role",
            **address.bound("reference:role", role if role in known else "", lambda value: address.put(role=value)),
        )  # fmt: skip
    who = f" of <b>{formats.text(known[role].name)}</b>" if role in known else ""
    beside = known[role].description if role in known else "Preset roles come with Kontor and are not changed here."
    answer(f"<b>{formats.plural(len(rows), 'permission')}</b>{who}.", beside=formats.text(beside))
    if rows:
        table(("Permission", "Vendor's roles", "Partners' roles"), [_permission(row) for row in rows])
    else:
        state("empty", "Nothing found", "Search for fewer words, or for every role.")
    files("permissions", may_change=False)


def _permission(row: PermissionRow) -> tuple[str, ...]:
    custom = ' <span class="mu">and custom roles</span>' if row.custom else ""
    return (
        f'{formats.text(row.words)}<br><span class="mu">{formats.text(row.key)}</span>',
        " ".join(pill(Badge(name)) for name in row.vendor) or "--",
        (" ".join(pill(Badge(name)) for name in row.partner) or "--") + custom,
    )
