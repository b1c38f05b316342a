"""The routes that begin and end a session. They post and redirect, so that password managers and reloads work."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from anyio import to_thread
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import session
from models.core.actor import SYSTEM
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.identity import service


async def login(request: Request) -> Response:
    """Sign in with address and password; back to the page that was asked for, or to the form with the reason."""
    form = await request.form()
    email, password, after = _text(form, "email"), _text(form, "password"), local_path(_text(form, "next"))
    browser = request.headers.get("user-agent", "")
    try:
        token = await to_thread.run_sync(_sign_in, email, password, browser)
    except DomainError as error:
        problem = error.problems[0]
        query = {"refused": problem.code} | ({"until": problem.text} if problem.code == "SIGN-IN-PAUSED" else {})
        response = _see(f"{after}{'&' if '?' in after else '?'}{urlencode(query)}")
        session.keep_email(response, quote(email))
        return response
    response = _see(after)
    session.keep(response, token)
    return response


def _sign_in(email: str, password: str, browser: str) -> str:
    with unit_of_work(actor=SYSTEM) as uow:
        service.count_attempt(uow, email)
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:  # the slow part keeps no writer waiting
        who = service.recognise(uow, email, password)
    with unit_of_work(actor=SYSTEM) as uow:
        return service.open_session(uow, who, browser=browser)


async def logout(request: Request) -> Response:
    """End this browser's session."""
    if token := request.cookies.get(session.cookie()):
        await to_thread.run_sync(_sign_out, token)
    response = _see("/?bye=1")
    session.forget(response)
    return response


def _sign_out(token: str) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        service.end_session(uow, token)


async def setup(request: Request) -> Response:
    """Make the first administrator of an empty installation, and sign them in."""
    form = await request.form()
    fields = {name: _text(form, name) for name in ("code", "full_name", "email", "password", "again")}
    browser = request.headers.get("user-agent", "")
    try:
        token = await to_thread.run_sync(_set_up, fields, browser)
    except DomainError as error:
        kept = {name: fields[name] for name in ("code", "full_name", "email")}
        return _see("/?" + urlencode(kept | {"refused": " ".join(problem.text for problem in error.problems)}))
    response = _see("/")
    session.keep(response, token)
    return response


def _set_up(fields: dict[str, str], browser: str) -> str:
    with unit_of_work(actor=SYSTEM) as uow:
        service.first_administrator(
            uow, code=fields["code"], name=fields["full_name"], email=fields["email"],
            password=fields["password"], repeated=fields["again"],
        )  # fmt: skip
        return service.sign_in(uow, fields["email"], fields["password"], browser=browser)


async def setup_page(request: Request) -> Response:
    """The address that the terminal prints: the first page asks for the administrator while there is none."""
    code = request.query_params.get("code", "")
    return _see("/" + (f"?code={quote(code)}" if code else ""))


def local_path(path: str) -> str:
    """A path of ours to go on to; whatever could lead elsewhere becomes the home page."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or any(ord(c) < 32 for c in path):
        return "/"
    return path


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.replace("\x00", "") if isinstance(value, str) else ""  # PostgreSQL takes no NUL


def _see(path: str) -> Response:
    return RedirectResponse(path, status_code=303)


routes = [
    Route("/login", login, methods=["POST"]),
    Route("/logout", logout, methods=["POST"]),
    Route("/setup", setup, methods=["POST"]),
    Route("/setup", setup_page, methods=["GET"]),
]
