"""Kept questions: one's own and those shared with one's roles, with what they are made of."""

import streamlit as st

from dashboard.parts import address, explore_kept, formats
from dashboard.parts.empty import state
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head
from dashboard.parts.shell import style
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.explore import asking, lineage, queries
from models.explore.queries import QuestionRow
from models.explore.rules import QuestionKind

KINDS = {QuestionKind.SQL: ("SQL", "explore-sql"), QuestionKind.FIELDS: ("Fields", "explore")}


def draw(row: QuestionRow, roles: dict[str, str]) -> None:
    """One question: what it answers, who made it, what it is made of, and what one can do with it."""
    kind, page = KINDS[row.kind]
    with st.container(border=True, key=f"question:{row.id}"):
        words, actions = st.columns([4, 2], vertical_alignment="center")
        shared = ", ".join(roles.get(role, role) for role in row.shared_with) or "nobody else"
        who = "Yours" if row.mine else f"By {row.owner}"
        description = f'<p class="mu">{formats.text(row.description)}</p>' if row.description else ""
        with words:
            st.html(
                f'<div class="k"><b>{formats.text(row.title)}</b> <span class="pill t-gray">{kind}</span>'
                f"{description}"
                f'<p class="mu sm">{formats.text(who)} · shared with {formats.text(shared)} · changed '
                f"{formats.text(formats.instant(row.changed_at))}</p>"
                f'<p class="mu sm">{formats.text(lineage.words(row))}</p></div>'
            )
        with actions, st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Open", key=f"question_open:{row.id}", icon=":material/open_in_new:"):
                go(page, {"question": str(row.id)})
            if row.mine and st.button("Change", key=f"question_change:{row.id}", type="tertiary"):
                explore_kept.change_dialog(row)
            if row.mine and st.button("Remove", key=f"question_remove:{row.id}", type="tertiary"):
                explore_kept.remove_dialog(row)


current_actor().demand(asking.PERMISSION)
style("explore.css")
with unit_of_work(read_only=True) as uow:
    rows, roles = queries.questions(uow), dict(queries.shareable_roles(uow))
page_head("Kept questions", line=["Yours, and those shared with your roles"])
mine = sum(row.mine for row in rows)
if rows:
    answer(f"<b>{formats.plural(len(rows), 'question')}</b> can be asked again, {mine} of them yours.",
           beside="Whoever opens a question sees what they may see themselves.")  # fmt: skip
    wanted = st.text_input("Search", placeholder="Search titles and descriptions", label_visibility="collapsed",
                           icon=":material/search:", **address.bound("question_search", address.get("q"),
                           lambda value: address.put(q=value.strip())))  # fmt: skip
    for row in rows:
        if wanted.strip().casefold() in f"{row.title} {row.description}".casefold():
            draw(row, roles)
else:
    state("empty", "No question kept yet", "Ask one by fields or with SQL, then press Keep.",
          link=("Ask with fields", "explore"))  # fmt: skip
