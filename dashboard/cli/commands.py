"""The commands of `./kontor`. Each only reads its options, calls the service that does the work, and reports."""

# What a command needs is imported inside it: `kontor --help` should not wait for the database and the charts.
from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from dashboard.cli.reporting import as_operator, log_to_stderr, progress_line, report, say

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Kontor: run the application and look after it. State lives in the folder that KONTOR_HOME names.",
)
user_app = typer.Typer(no_args_is_help=True, help="People who may sign in.")
app.add_typer(user_app, name="user")

Json = Annotated[bool, typer.Option("--json", help="End standard output with the result as one line of JSON.")]


@app.callback()
def common(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log to standard error what happens.")] = False,
) -> None:
    log_to_stderr(verbose=verbose)


@app.command()
def run(
    demo: Annotated[
        bool,
        typer.Option("--demo/--no-demo", envvar="DEMO", help="Build the demo ecosystem on the first start."),
    ] = True,
) -> None:
    """Serve Kontor: application, Prefect server and worker together, until Ctrl-C."""
    from dashboard.cli import serve
    from dashboard.cli.supervisor import Supervisor, commands_of
    from models.core.settings import ROOT, settings

    with as_operator(), serve.sole_run(settings()):
        serve.demand_free_ports(settings())
        accounts, setup_code = serve.prepare(settings(), demo=demo)
        supervisor = Supervisor(
            commands_of(ROOT / "Procfile"),
            folder=ROOT,
            environment=serve.child_environment(settings()),
            each_second=serve.announce_when_ready(settings(), serve.banner(settings(), accounts, setup_code)),
        )
        raise typer.Exit(supervisor.run())


@app.command()
def migrate(as_json: Json = False) -> None:
    """Bring the record store to the newest schema (`kontor run` does it at each start)."""
    from models.core.migrate import migrate as bring_up_to_date

    with as_operator(as_json=as_json):
        revision = bring_up_to_date()
    report({"revision": revision}, f"The record store has the newest schema, revision {revision}.", as_json=as_json)


@app.command()
def demo(as_json: Json = False) -> None:
    """Build the demo ecosystem: partners, customers, 18 months of expenditure, people who can sign in."""
    from dashboard.cli import serve
    from models.core.settings import settings

    with as_operator(as_json=as_json, on_store=True):
        counts = serve.build_demo(settings())
    result = {**counts, "accounts": str(serve.accounts_file(settings()))}
    built = ", ".join(f"{number:,} {what}" for what, number in counts.items())
    words = f"Built {built}." if built else "The demo ecosystem is here already; nothing was changed."
    report(result, f"{words} Accounts and passwords: {result['accounts']}", as_json=as_json)


@user_app.command("add")
def user_add(
    email: str,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[list[str], typer.Option(help="A role, such as administrator or analyst; may be repeated.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
    partner: Annotated[
        UUID | None, typer.Option(help="Key of the partner; without it, a member of the vendor.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Create a person who may sign in. Without --password-stdin the password is asked for."""
    from models.core.unit_of_work import unit_of_work
    from models.identity import service

    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with as_operator(as_json=as_json, on_store=True), unit_of_work() as uow:
        user_id = service.create_user(uow, service.NewUser(email, name, password, tuple(role), partner))
    report({"id": str(user_id), "email": email}, f"{email} may sign in now.", as_json=as_json)


@app.command("import-focus")
def import_focus(
    files: Annotated[list[Path], typer.Argument(help="FOCUS 1.0 or 1.2 files: CSV, CSV.gz or Parquet.")],
    source: Annotated[str, typer.Option(help="Who delivers; a later delivery of the same source replaces its files.")],
    as_json: Json = False,
) -> None:
    """Import cloud cost and usage data. Bad lines go to a rejects file, the good ones are kept."""
    from models.expenditures import service

    with as_operator(as_json=as_json, on_store=True):
        outcome = service.import_files(files, source=source, progress=progress_line())
        if outcome.rejected:
            _lay_out_rejects(source, [file.name for file in files])
    report(outcome.as_json(), outcome.in_words(), as_json=as_json)


def _lay_out_rejects(source: str, names: list[str]) -> None:
    """Write the lists of rejected lines into the home folder under names that people recognise, and say where."""
    from models.core.files import files as file_store
    from models.core.settings import settings
    from models.core.unit_of_work import unit_of_work
    from models.expenditures import service

    folder = settings().home / "rejects" / source
    folder.mkdir(parents=True, exist_ok=True)
    with unit_of_work(read_only=True) as uow:
        lists = service.rejected_lines(uow, source, names)
    for name, stored in lists.items():
        path = folder / stored.name
        with path.open("wb") as stream:
            stream.writelines(file_store().chunks(stored.sha256))
        say(f"Rejected lines of {name}: {path}")


@app.command()
def verify(as_json: Json = False) -> None:
    """See whether every case is what happened to it: events, anchors, what lists show, ledger, payments, coupons."""
    from models.applications import integrity
    from models.core.unit_of_work import unit_of_work
    from models.coupons.integrity import faults as coupon_faults
    from models.payments.integrity import faults as payment_faults

    with as_operator(as_json=as_json, on_store=True), unit_of_work(read_only=True) as uow:
        found, ledger = integrity.verify(uow)
        payments, coupons = payment_faults(uow), coupon_faults(uow)
    faults = [{"case": fault.case, "event": fault.seq, "text": fault.text} for fault in found.faults]
    faults += [{"case": None, "event": None, "text": text} for text in ledger]
    faults += [{"case": number, "event": None, "text": f"payment: {text}"} for number, text in payments]
    faults += [{"case": number, "event": None, "text": f"coupon: {text}"} for number, text in coupons]
    for fault in faults:
        event = f", event {fault['event']}" if fault["event"] else ""
        say(f"{fault['case'] or 'ledger'}{event}: {fault['text']}")
    result = {
        "cases": found.cases, "events": found.events, "anchors": found.anchors, "anchor": found.anchor,
        "faults": faults,
    }  # fmt: skip
    seen = (
        f"{found.cases:,} cases with {found.events:,} events, {found.anchors:,} anchors, ledger, payments and coupons"
    )
    report(result, f"Looked at {seen}: {f'{len(faults):,} faults' if faults else 'all is sound'}.", as_json=as_json)
    if faults:
        raise typer.Exit(1)


@app.command()
def bench(
    name: Annotated[
        str,
        typer.Argument(
            help="One of benchmarks/: import, trend, page, decide, queue, worker, canvas, engine, statistics, explore."
        ),
    ],
    lines: Annotated[
        int, typer.Option(help="Lines to measure over (trend, statistics, explore); by default 5 million.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Measure one of our claims about speed against its floor, in a temporary home with data of its own."""
    import importlib

    from models.core.settings import ROOT

    # `import` cannot be the name of a module.
    programs = (path for path in (ROOT / "benchmarks").glob("[a-z]*.py") if "\ndef main(" in path.read_text("utf-8"))
    known = {path.stem.removesuffix("_focus"): path.stem for path in programs}
    if name not in known:
        say(f"There is no benchmark {name!r}; there are {', '.join(sorted(known))}. (BENCH-UNKNOWN)")
        raise typer.Exit(1)
    options = {"lines": lines} if lines and name in ("trend", "statistics", "explore") else {}
    result = importlib.import_module(f"benchmarks.{known[name]}").main(**options)
    words = "{name}: {value} {unit}, floor {floor} {unit}, ratio {ratio}, peak {peak_mib} MiB".format(**result)
    report(result, words, as_json=as_json)
