"""Words on paper: paragraphs of a PDF in a font that has every sign of Europe, and another for those of East Asia."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

FONT = "DejaVu"
INK, GREY, LINE = colors.HexColor("#171A1F"), colors.HexColor("#59616E"), colors.HexColor("#E1E4E9")
_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+")


def paragraph(text: str, size: float, color: Any = INK, *, right: bool = False) -> Paragraph:
    """A paragraph; what people typed is escaped, signs of East Asia are set in a font that has them."""
    load_fonts()
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = _CJK.sub(lambda found: f'<font name="STSong-Light">{found[0]}</font>', escaped)
    style = ParagraphStyle(
        "own", fontName=FONT, fontSize=size, leading=size * 1.4, textColor=color, alignment=2 if right else 0
    )
    return Paragraph(marked, style)


@cache
def load_fonts() -> None:
    """Let this process write with the fonts."""
    pdfmetrics.registerFont(TTFont(FONT, str(Path(__file__).parent / "fonts" / "DejaVuSans.ttf")))
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
