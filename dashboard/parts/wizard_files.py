"""Files and agreements of a form: checked or read at once, listed, taken out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.wizard_fields import Sheet, below
from dashboard.parts.wizard_words import label, marked
from dashboard.parts.wizard_work import Place, Work
from models.core.errors import DomainError
from models.engines.forms.schema import Field


def files(field: Field, place: Place, sheet: Sheet, *, needed: bool, bare: bool = False) -> None:
    """The files of a field: what is there, with a way to take each out, and where more can be dropped."""
    kept = _kept(place)
    said = label(field, needed=needed, currency="")
    with st.container(gap="xxsmall", key=f"{place.key}:files"):
        if not bare:
            star = " *" if needed else ""
            more = f'<div class="mu sm">{formats.text(field.help)}</div>' if field.help else ""
            st.html(f'<div class="k label"><b>{formats.text(field.label)}{star}</b>{more}</div>')
        _template(field, sheet)
        for number, file in enumerate(kept):
            _file(number, file, place, sheet)
        if len(kept) < field.files.most:
            _more(field, place, sheet, said)
        else:
            st.html(f'<div class="k mu sm">No more than {formats.plural(field.files.most, "file")}.</div>')
        for text in sheet.work.uploads.get(place.path, ()):
            st.html(
                f'<div class="k under"><span class="err"><span class="i" aria-hidden="true">error</span>'
                f"<span>{formats.text(text)}</span></span></div>"
            )
        below(place, sheet)


def _kept(place: Place) -> list[Mapping[str, Any]]:
    return [file for file in place.value if isinstance(file, Mapping)] if isinstance(place.value, list) else []


def _template(field: Field, sheet: Sheet) -> None:
    """The document to start from (BEN-COM-06)."""
    if name := field.files.template:
        address = sheet.paper.templates.get(name)
        link = f'<a href="{formats.text(address)}" target="_blank">Download template</a>: ' if address else ""
        st.html(f'<div class="k sm mu">{link}{formats.text(name)}</div>')


def _file(number: int, file: Mapping[str, Any], place: Place, sheet: Sheet) -> None:
    name, size = str(file.get("name") or "File"), file.get("size")
    address = sheet.desk.download(file)
    link = f'<a href="{formats.text(address)}" target="_blank">{formats.text(name)}</a>' if address else None
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"{place.key}:file{number}"):
        st.html(
            f'<div class="k file"><span class="i t-green" aria-hidden="true">check_circle</span> '
            f'{link or formats.text(name)} <span class="mu sm">{formats.size(size) if size else ""}</span></div>'
        )
        st.button(
            "Remove", key=f"{place.key}:remove{number}", icon=":material/close:", type="tertiary",
            help=f"Remove {marked(name)}", on_click=_remove, args=(place, number),
        )  # fmt: skip


def _remove(place: Place, number: int) -> None:
    place.put([file for at, file in enumerate(_kept(place)) if at != number])


def _more(field: Field, place: Place, sheet: Sheet, said: str) -> None:
    """Every file is checked and stored as soon as it is there; the drop zone is empty again after that."""
    round_ = f"{place.key}:round"
    given = st.file_uploader(
        said, type=list(field.files.endings), accept_multiple_files=True, max_upload_size=field.files.mib,
        label_visibility="collapsed", key=f"{place.key}:drop{st.session_state.get(round_, 0)}",
    )  # fmt: skip
    if not given:
        return
    kept, wrong = list(_kept(place)), []
    for upload in given:
        if len(kept) >= field.files.most:
            wrong.append(f'"{upload.name}" is one too many: {formats.plural(field.files.most, "file")} at most.')
            continue
        try:
            file = sheet.desk.keep(place.field, upload)
        except DomainError as error:
            wrong += [_named(problem.text, upload.name) for problem in error.problems]
        else:
            kept += [] if file in kept else [file]
    sheet.work.uploads[place.path] = wrong
    if kept != _kept(place):
        place.put(kept)
    st.session_state[round_] = st.session_state.get(round_, 0) + 1
    st.rerun()


def _named(text: str, name: str) -> str:
    return text if name in text else f'"{name}": {text}'


# ---- agreements ----


def agreement(field: Field, place: Place, sheet: Sheet, *, needed: bool) -> None:
    """An agreement: accepted in which version, or a button that opens it."""
    today = sheet.paper.agreements.get(field.agreement)
    accepted = bool(place.value) and (today is None or place.value == today.version)
    with st.container(gap="xxsmall", key=f"{place.key}:agreement"):
        if accepted:
            said = formats.text(f"{field.label} (version {place.value})")
            st.html(f'<div class="k file"><span class="i t-green" aria-hidden="true">check_circle</span> {said}</div>')
        else:
            star = " *" if needed else ""
            st.html(
                f'<div class="k file"><span class="i t-gray" aria-hidden="true">radio_button_unchecked</span> '
                f"{formats.text(field.label)}{star}</div>"
            )
        if today is not None:
            st.button(
                "Read again" if accepted else "Read and accept", key=f"{place.key}:read", icon=":material/article:",
                on_click=_open, args=(sheet.work, place.path),
            )  # fmt: skip
        below(place, sheet)
    if today is not None and sheet.work.open == place.path:
        _reading(place, today.title, today.version, today.text, accepted)


def _open(work: Work, name: str) -> None:
    work.open = name


def _reading(place: Place, title: str, version: str, text: str, accepted: bool) -> None:
    work = place.work

    @dialog(title, width="large", on_dismiss=lambda: _open(work, ""))
    def show() -> None:
        with st.container(height=420):
            st.markdown(text)
        with st.container(horizontal=True):
            done = "Close" if accepted else f"I have read and agree to version {version}"
            if st.button(done, type="primary", key=f"{place.key}:accept"):
                if not accepted:
                    place.put(version)
                work.open = ""
                st.rerun()
            if accepted and st.button("Withdraw", key=f"{place.key}:withdraw"):
                place.put(None)
                work.open = ""
                st.rerun()

    show()
