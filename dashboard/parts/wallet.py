"""Pools of a partner as a wallet: what was granted, how much of it is used, reserved and left; and what stands in the
way of using it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.shell import style
from models.benefits.queries import PoolRow
from models.benefits.rules import Gates
from models.engines.workflow.findings import Finding, Verdict

PARTS = (("used", "var(--gray-fill)", "Used"), ("reserved", "var(--blue-fill)", "Reserved"),
         ("left", "var(--green-fill)", "Left"))  # fmt: skip


def wallet(pools: Sequence[PoolRow]) -> None:
    """One line a pool; a bar with its figures."""
    with st.container(key="wallet_style"):
        style("benefits.css")
    key = "".join(f'<span><i style="background:{color}"></i>{name}</span>' for _, color, name in PARTS)
    head = (
        f'<div class="w hd"><span>Benefit</span><span class="key">{key}</span><span class="num">Quota</span>'
        '<span class="num">Used</span><span class="num">Reserved</span><span class="num">Left</span></div>'
    )
    body = "".join(map(_pool, pools))
    st.html(f'<div class="k wal">{head}{body}</div>')


def _pool(pool: PoolRow) -> str:
    return (
        f'<div class="w"><span class="nm"><span class="i" aria-hidden="true">{pool.icon}</span><span><b>'
        f'{formats.text(pool.name)}</b><br><span class="mu sm">{formats.text(pool.currency)}, tax included · '
        f"{formats.text(pool.tier.words)} tier</span></span></span>{pool_bar(pool)}"
        f"{_figure('Quota', pool.granted)}{_figure('Used', pool.used)}{_figure('Reserved', pool.reserved)}"
        f"{_figure('Left', pool.left, strong=True)}</div>"
    )


def _figure(label: str, value: Decimal, *, strong: bool = False) -> str:
    amount = formats.amount(value)
    return f'<span class="num"><small>{label}</small>{f"<b>{amount}</b>" if strong else amount}</span>'


def pool_bar(pool: PoolRow) -> str:
    """The bar alone, with its figures spoken."""
    whole = pool.granted or Decimal(1)
    spoken = ", ".join(f"{formats.amount(getattr(pool, name))} {word.lower()}" for name, _, word in PARTS)
    parts = "".join(
        f'<i style="width:{getattr(pool, name) / whole * 100:.2f}%;background:{color}"></i>'
        for name, color, _ in PARTS
        if getattr(pool, name) > 0
    )
    label = f"{spoken} of {formats.amount(pool.granted)} {pool.currency}"
    return f'<div class="wb" role="img" aria-label="{formats.text(label)}">{parts}</div>'


def in_the_way(findings: Sequence[Finding]) -> None:
    """What keeps a partner from applying or from being paid, in words; nothing when nothing does."""
    standing = [each for each in findings if each.verdict is Verdict.FIX]
    if not standing:
        return
    lines = "".join(f"<p>{formats.text(each.text)}</p>" for each in standing)
    st.html(
        '<div class="k state t-orange wide" role="status"><span class="i" aria-hidden="true">lock</span><div>'
        f"<h2>{'This stands' if len(standing) == 1 else 'These stand'} in the way</h2>{lines}"
        "<p>Your ecosystem manager confirms it; drafts can be filled in meanwhile.</p></div></div>"
    )


def gate_words(gates: Gates) -> str:
    """The same for the vendor, in one line."""
    said = ["authenticated" if gates.authenticated else "business information not authenticated"]
    if not gates.growth_plan:
        said.append("not tied to bills")
    else:
        said.append(
            "GrowCloud partner, bills paid" if gates.bills_paid else "GrowCloud partner, bills not confirmed as paid"
        )
    return ", ".join(said)
