"""What `kontor run` does before and while the processes run: migrate, first start, addresses and accounts."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from dashboard.cli.reporting import progress_line, say
from models.core.errors import Problem, Refused
from models.core.settings import ROOT, Settings


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo person who can sign in; the password was made for this installation."""

    email: str
    password: str
    name: str
    role: str


def accounts_file(settings: Settings) -> Path:
    """Where the demo accounts of this installation are kept, readable by its owner only."""
    return settings.home / "demo-accounts.json"


def read_accounts(settings: Settings) -> list[DemoAccount]:
    """The demo accounts of this installation; empty when it has no demo."""
    try:
        return [DemoAccount(**account) for account in json.loads(accounts_file(settings).read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def write_accounts(settings: Settings, accounts: Sequence[DemoAccount]) -> None:
    """Keep the accounts where only the installation's owner reads them (mode 0600 from the first byte)."""
    partial = accounts_file(settings).with_suffix(".new")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(account) for account in accounts], file, indent=1)
    partial.replace(accounts_file(settings))


@contextmanager
def sole_run(settings: Settings) -> Iterator[None]:
    """Keep a second `kontor run` out of the same home folder.

    Raises:
        Refused: one is running there already.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "run.lock").open("a") as gate:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise Refused(Problem("RUN-TWICE", f"Kontor is already running in {settings.home}.")) from error
        yield


def demand_free_ports(settings: Settings) -> None:
    """See that nothing else listens where we are about to.

    Raises:
        Refused: a port is taken; names the setting to change.
    """
    wanted = [
        (settings.host, settings.port, "KONTOR_PORT"),
        ("127.0.0.1", settings.prefect_port, "KONTOR_PREFECT_PORT"),
    ]
    problems = [
        Problem("RUN-PORT", f"Port {port} on {host} is in use: end what uses it, or choose another by {name}.")
        for host, port, name in wanted
        if not _is_free(host, port)
    ]
    if problems:
        raise Refused(problems)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def child_environment(settings: Settings) -> dict[str, str]:
    """What the processes of the Procfile find in their environment; Prefect asks nobody outside."""
    prefect = settings.home / "prefect"
    prefect.mkdir(parents=True, exist_ok=True)
    return dict(os.environ) | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "KONTOR_HOME": str(settings.home),
        "KONTOR_HOST": settings.host,
        "KONTOR_PORT": str(settings.port),
        "KONTOR_PREFECT_PORT": str(settings.prefect_port),
        "PREFECT_HOME": str(prefect),
        "PREFECT_API_URL": f"http://127.0.0.1:{settings.prefect_port}/api",
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{prefect / 'prefect.db'}",
        # Its SQLite file has one writer at a time: on a busy machine ten seconds are too short, and 503 the answer.
        "PREFECT_API_DATABASE_TIMEOUT": "60",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
    }


def banner(settings: Settings, accounts: Sequence[DemoAccount], setup_code: str | None) -> str:
    """What the terminal shows once people can come: the address, and who can sign in."""
    lines = ["", f"  Kontor is ready:  {settings.address}", ""]
    if setup_code:
        lines += [
            f"  Set up the first administrator at  {settings.address}/setup",
            f"  with the one-time code             {setup_code}",
            "",
        ]
    if accounts:
        wide = max(len(account.email) for account in accounts)
        lines += ["  Demo accounts (passwords made for this installation):", ""]
        lines += [
            f"    {account.email:<{wide}}  {account.password}  {account.name}, {account.role}" for account in accounts
        ]
        lines += [""]
    return "\n".join([*lines, "  Ctrl-C ends everything.", ""])


def announce_when_ready(settings: Settings, text: str) -> Callable[[], None]:
    """A check to be called each second: prints the text once, when the application listens."""
    told = False

    def check() -> None:
        nonlocal told
        if not told and _listens(settings.host, settings.port):
            told = True
            print(text, flush=True)

    return check


def _listens(host: str, port: int) -> bool:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    try:
        with socket.create_connection((reachable, port), timeout=0.5):
            return True
    except OSError:
        return False


def prepare(settings: Settings, *, demo: bool) -> tuple[list[DemoAccount], str | None]:
    """Schema, and on the first start the demo ecosystem or the code for the first administrator."""
    from models.core.migrate import migrate
    from models.core.unit_of_work import unit_of_work
    from models.identity import service as identity

    migrate()
    with unit_of_work(read_only=True) as uow:
        empty = identity.setup_needed(uow)
    if empty and demo:
        say("First start: building the demo ecosystem (about a minute; DEMO=0 starts empty) …")
        build_demo(settings)
        empty = False
    return read_accounts(settings), identity.setup_code() if empty else None


def build_demo(settings: Settings) -> Mapping[str, int]:
    """Build the demo ecosystem and keep its accounts; what was made, counted (nothing when it was there)."""
    from models.demo import service as demo
    from models.demo.records import DemoAccount as Made

    def keep(accounts: Sequence[Made]) -> None:
        write_accounts(settings, [DemoAccount(a.email, a.password, a.name, a.role) for a in accounts])

    return demo.build(progress=progress_line(), keep=keep).counts
