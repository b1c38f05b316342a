"""How every command speaks: a report for people or as JSON, problems in words with their codes."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer

from models.core.errors import DomainError


def log_to_stderr(*, verbose: bool = False) -> None:
    """Send logs to standard error, so that standard output holds the report alone."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )


def say(text: str) -> None:
    """Tell the person at the terminal what is going on; never part of the report."""
    typer.echo(text, err=True)


def progress_line() -> Callable[[str, float], None] | None:
    """Shows how far a long command is, in one line that changes; nothing when nobody watches."""
    if not sys.stderr.isatty():
        return None

    def show(step: str, done: float) -> None:
        sys.stderr.write(f"\r\033[K{step} {done:.0%}" + ("\n" if done >= 1 else ""))
        sys.stderr.flush()

    return show


def report(result: Mapping[str, Any], words: str, *, as_json: bool) -> None:
    """The outcome of a command: in words, or as one line of JSON that is the last of standard output."""
    print(json.dumps(result, default=str) if as_json else words, flush=True)


@contextmanager
def as_operator(*, as_json: bool = False, on_store: bool = False) -> Iterator[None]:
    """Act as the installation itself, whose command line this is; problems are told in words.

    `on_store` brings the record store to the newest schema first, so that any command may be the first one.
    """
    import models.tables  # noqa: F401 - a table may refer to any other area's
    from models.core.actor import SYSTEM, acting_as
    from models.core.migrate import migrate

    with problems_in_words(as_json=as_json), acting_as(SYSTEM):
        if on_store:
            migrate()
        yield


@contextmanager
def problems_in_words(*, as_json: bool = False) -> Iterator[None]:
    """Print what a person can put right, one `text (code)` a line, and end with status 1; bugs surface."""
    try:
        yield
    except DomainError as error:
        for problem in error.problems:
            say(f"{problem.text} ({problem.code})")
        if as_json:
            told = [{"code": problem.code, "text": problem.text} for problem in error.problems]
            print(json.dumps({"problems": told}), flush=True)
        raise typer.Exit(1) from error
