"""What is wrong with a draft, on a page: a line each, with the way to its place."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import address
from dashboard.parts.head import section
from dashboard.parts.rows import Row, rows
from models.core.errors import Problem
from models.core.unit_of_work import unit_of_work
from models.design.editing import flow, label_of
from models.design.judging import warnings
from models.engines.definitions.loading import Content
from models.engines.definitions.schema import ApplicationType


def unstaffed(made: ApplicationType | None) -> list[Problem]:
    """Stages that nobody who can sign in decides now: they keep nothing from being published, but cases would wait."""
    if made is None:
        return []
    with unit_of_work(read_only=True) as uow:
        return warnings(uow, made)


def problem_list(content: Content, found: list[Problem], waits: list[Problem]) -> None:
    """Everything that keeps it from being published, and stages that nobody decides; each with the way to its place."""
    title = "Problems" if found else "Warnings" if waits else "No problems"
    section(title, aside="checked as you draw · only problems keep it from being published, warnings do not")
    nodes = flow(content)["nodes"]
    items = [
        Row(
            f"{number}:{problem.field or ''}", place_words(content, problem), problem.text,
            tone="red" if number < len(found) else "orange", icon="error" if number < len(found) else "warning",
            note="Problem" if number < len(found) else "Warning",
        )
        for number, problem in enumerate([*found, *waits])
    ]  # fmt: skip
    if items and (opened := rows(items, key="design_problems", label="Problems; open one to see its place")):
        node = opened.partition(":")[2].partition(".")[0]
        if node in nodes:
            address.put(node=node, view="", sheet="")
            st.rerun()


def place_words(content: Content, problem: Problem) -> str:
    """Where a problem stands; inside a process, at the node that the process was put in for."""
    node = (problem.field or "").partition(".")[0]
    return label_of(content, node) if node in flow(content)["nodes"] else "The whole type"
