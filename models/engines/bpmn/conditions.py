"""Conditions of foreign diagrams: which of them our conditions can say, and which only ask what somebody answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from cel_expr_python import cel

from models.engines.bpmn.vocabulary import plain, words

_WRAPPED = re.compile(r"[$#]\{(.*)\}|=(.*)", re.DOTALL)
_CALL = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_KNOWN = frozenset({
    "usd", "day", "days_between", "sum_usd", "size", "has", "int", "uint", "double", "string", "timestamp", "duration",
    "contains", "startsWith", "endsWith", "matches", "exists", "all",
})  # fmt: skip
_VALUE = r"""true|false|'[^']*'|"[^"]*\""""
_ANSWER = re.compile(rf"(?P<no>!\s*)?(?P<fact>[A-Za-z_]\w*)(?:\s*(?P<sign>==|!=)\s*(?P<value>{_VALUE}))?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a way asks: `cel`, the condition as we can run it, or None; `answer`, what somebody has to have answered
    (`approved` of `${approved == true}`), empty when it asks something else."""

    cel: str | None
    answer: str


@lru_cache(maxsize=1024)
def asked(condition: str) -> Asked:
    """What the condition at a way asks, whatever language it is written in."""
    wrapped = _WRAPPED.fullmatch(condition)
    text = (wrapped[1] or wrapped[2] if wrapped else condition).strip()
    return Asked(text if _is_cel(text) else None, _answer(text))


def _is_cel(text: str) -> bool:
    """Whether it can be read as CEL; which facts there are is judged in the designer."""
    if any(call.rpartition(".")[2] not in _KNOWN for call in _CALL.findall(text)):
        return False
    try:
        cel.NewEnv(variables={}).compile(text)
    except Exception as error:  # the library raises RuntimeError for whatever it finds
        return not re.search("Syntax error|reserved identifier", str(error))
    return True


def _answer(text: str) -> str:
    found = _ANSWER.fullmatch(text)
    if found is None:
        return ""
    value = (found["value"] or "true").strip("'\"")
    said = plain(words(found["fact"])) if value in ("true", "false") else plain(value)
    noes = [value == "false", found["sign"] == "!=", bool(found["no"])]
    return said if noes.count(True) % 2 == 0 else f"not_{said}"
