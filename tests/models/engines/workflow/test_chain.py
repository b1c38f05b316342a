"""A changed byte is found, an erased payload is not a fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engines.workflow.chain import START, Link, canonical, digest_of, first_fault, hash_of
from tests.support.workflows import BEGAN, LIIS

CASE = UUID(int=77)


def link(seq: int, previous: str, payload: dict[str, str]) -> Link:
    """The next event of a chain."""
    at, salt = BEGAN + timedelta(minutes=seq), f"salt-{seq}"
    digest = digest_of(payload, salt)
    made = hash_of(CASE, seq, at, "Decided", 1, LIIS.id, f"k{seq}", digest, previous)
    return Link(CASE, seq, at, "Decided", 1, LIIS.id, f"k{seq}", payload, salt, digest, previous, made)


def chain(length: int = 4) -> list[Link]:
    """A chain that holds."""
    links: list[Link] = []
    for seq in range(1, length + 1):
        links.append(link(seq, links[-1].hash if links else START, {"comment": f"Nummer {seq} – gut"}))
    return links


def test_a_chain_holds_also_when_payloads_were_erased():
    links = chain()
    assert first_fault(links) is None
    assert first_fault([]) is None
    assert first_fault([replace(each, payload=None, salt=None) for each in links]) is None


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"payload": {"comment": "Nummer 2 – gut!"}}, (2, "its content was changed")),
        ({"actor_id": UUID(int=1)}, (2, "who, when or what was changed")),
        ({"at": BEGAN}, (2, "who, when or what was changed")),
        ({"kind": "Asked"}, (2, "who, when or what was changed")),
        ({"key": None}, (2, "who, when or what was changed")),
        ({"digest": "0" * 64, "payload": None}, (2, "who, when or what was changed")),
        ({"previous": "1" * 64}, (2, "it does not follow the event before it")),
        ({"hash": "1" * 64}, (2, "who, when or what was changed")),
    ],
)
def test_whatever_is_changed_is_found_at_its_event(changed: dict[str, object], fault: tuple[int, str]):
    links = chain()
    links[1] = replace(links[1], **changed)  # type: ignore[arg-type]
    assert first_fault(links) == fault


def test_a_missing_or_replaced_event_is_found():
    links = chain()
    assert first_fault(links[:1] + links[2:]) == (2, "event 2 is missing")
    forged = link(2, links[0].hash, {"comment": "forged"})
    assert first_fault([links[0], forged, *links[2:]]) == (3, "it does not follow the event before it")


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none(), max_size=6), st.randoms())
def test_json_is_written_in_one_way(values: dict[str, object], chance: object):
    names = list(values)
    chance.shuffle(names)  # type: ignore[attr-defined]
    assert canonical(values) == canonical({name: values[name] for name in names})
