"""Mail: what was sent to whom, and what is only kept while there is no mail server (mail.view)."""

import streamlit as st

from dashboard.parts import address, listing
from dashboard.parts.empty import state
from dashboard.parts.formats import clock_or_day, instant, plural, text
from dashboard.parts.head import answer, page_head
from dashboard.parts.pager import page_from_address, pager
from dashboard.parts.rows import Row, Tone, rows
from models.core.actor import current_actor
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
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


def mail_row(mail: MailRow) -> Row:
    """One mail of the list."""
    tone: Tone = "green" if mail.sent_at else "gray"
    note = f"Sent {clock_or_day(mail.sent_at)}" if mail.sent_at else "Kept"
    icon = "mark_email_read" if mail.sent_at else "drafts"
    return Row(str(mail.id), mail.subject, mail.address, clock_or_day(mail.at), note, tone, icon)


def show(mail: MailRow) -> None:
    """A mail in full."""
    sent = f"Sent {instant(mail.sent_at)}" if mail.sent_at else "Kept, not sent"
    st.html(
        f'<div class="k"><p class="mu sm">To {text(mail.address)} · written {text(instant(mail.at))} · '
        f"{text(sent)}</p></div>"
    )
    st.code(mail.text, language=None, wrap_lines=True)


current_actor().demand("mail.view")
page_head("Mail", line=["Everything Kontor wrote to people by e-mail"])
with unit_of_work(read_only=True) as uow:
    sent, kept = queries.mail_counts(uow)
answer(sentence(sent, kept))
if not sent and not kept:
    state("empty", "No mail", "Mails appear here when somebody is told something.")
    st.stop()
with st.container(width=420):
    search = listing.search_box("Find by address or subject", key="mail")
with unit_of_work(read_only=True) as uow:
    page = queries.mails(uow, search, page_from_address(listing.SIZE))
if not page.rows:
    state("empty", "No such mail", "Nothing matches. Try a part of the address or of the subject.")
    st.stop()
opened = rows([mail_row(mail) for mail in page.rows], key="mails", label="Mails, newest first; open one to read it")
if opened:
    address.put(id=opened)
    st.rerun()
chosen = next((mail for mail in page.rows if str(mail.id) == address.get("id")), None)
if chosen:
    with st.container(border=True):
        show(chosen)
pager(page.previous, page.next, words=f"{len(page.rows)} on this page")
