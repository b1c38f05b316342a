"""What each of our modules imports, read from its source: the ground of the architecture test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support import ROOT

OURS = ("models", "flows", "dashboard", "pages")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, with where it is imported. `names` are what `from … import` takes."""

    importer: str
    imported: str
    names: tuple[str, ...]
    place: str

    def __str__(self) -> str:
        return f"{self.place}: {self.importer} imports {self.imported}"


def module_name(path: Path) -> str:
    """`models/identity/rules.py` as `models.identity.rules`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def sources() -> dict[Path, ast.Module]:
    """Every Python file of the application, parsed."""
    files = sorted(file for folder in OURS for file in (ROOT / folder).rglob("*.py"))
    return {file: ast.parse(file.read_text(encoding="utf-8"), filename=str(file)) for file in files}


@cache
def imports() -> tuple[Import, ...]:
    """Every import of the application, those inside functions included; ours resolved down to modules."""
    return tuple(found for path, tree in sources().items() for found in _imports_of(path, tree))


def _imports_of(path: Path, tree: ast.Module) -> Iterator[Import]:
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, alias.name, (), _place(path, node))
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *([base] if base else [])])
            yield from _resolved(name, base, node, _place(path, node))


def _resolved(importer: str, base: str, node: ast.ImportFrom, place: str) -> Iterator[Import]:
    """`from models.identity import service` means the module models.identity.service."""
    names = [alias.name for alias in node.names]
    modules = [name for name in names if base.split(".")[0] in OURS and _is_module(f"{base}.{name}")]
    for module in modules:
        yield Import(importer, f"{base}.{module}", (), place)
    if rest := tuple(name for name in names if name not in modules):
        yield Import(importer, base, rest, place)


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def _place(path: Path, node: ast.stmt) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"
