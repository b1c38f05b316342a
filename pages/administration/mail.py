"""Mail: what was sent to whom, and what is only kept while there is no mail server (mail.view)."""

import streamlit as st

from dashboard.parts import address, list_page
from dashboard.parts.dialog import dialog
from dashboard.parts.formats import instant, plural, text
from dashboard.parts.head import answer, page_head
from dashboard.parts.outcome import show_problems
from dashboard.parts.rows import Tone
from models.core.errors import NotFound
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow
from models.notices import queries
from models.notices.queries import MailRow


def sentence(sent: int, kept: int) -> str:
    """How many mails there are, and why some were not sent."""
    if not sent and not kept:
        return "<b>No mail yet.</b>"
    words = f"<b>{plural(sent, 'mail')} sent.</b>" if sent else "<b>No mail was sent.</b>"
    if not kept:
        return words
    again = "" if settings().smtp_url else " Set <code>KONTOR_SMTP_URL</code> to send the mails to come."
    return f"{words} {plural(kept, 'mail')} kept here, as there was no mail server.{again}"


def look(row: ListRow) -> tuple[Tone, str]:
    """A mail that was sent looks so."""
    return ("green", "mark_email_read") if row.values["state"] == "sent" else ("gray", "drafts")


def close() -> None:
    """Let the address name no mail any more."""
    st.query_params.pop("id", None)


@dialog("Mail", width="large", on_dismiss=close)
def show(mail: MailRow) -> None:
    """A mail in full."""
    sent = f"Sent {instant(mail.sent_at)}" if mail.sent_at else "Kept, not sent"
    st.html(
        f'<div class="k"><h3>{text(mail.subject)}</h3><p class="mu sm">To {text(mail.address)} · written '
        f"{text(instant(mail.at))} · {text(sent)}</p></div>"
    )
    st.code(mail.text, language=None, wrap_lines=True)


with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "mail")
    sent, kept = queries.mail_counts(uow)
page_head("Mail", line=["Everything Kontor wrote to people by e-mail"])
list_page.toolbar(shown)
answer(sentence(sent, kept))
opened = list_page.draw(shown, label="Mails, newest first; open one to read it", look=look)
if opened:
    st.query_params["id"] = opened
if chosen := address.key():
    try:
        with unit_of_work(read_only=True) as uow:
            mail = queries.mail_of(uow, chosen)
        show(mail)
    except NotFound as error:
        close()
        show_problems(error)
