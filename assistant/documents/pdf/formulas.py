"""How much of a page is formulas, which no text extraction keeps whole. Runs in the child."""

from __future__ import annotations

import re

from assistant.documents.pdf.glyphs import Glyphs

_SIGNS = re.compile(
    r"(?<![\u0370-\u03ff])[\u0370-\u03ff](?![\u0370-\u03ff])"
    r"|[\u2032-\u2037\u2070-\u209f\u2100-\u214f\u2190-\u23ff\u25a1\u27c0-\u27ef\u2900-\u2aff"
    r"\U0001d400-\U0001d7ff±×÷¬\uf041-\uf0ff\uf8e5-\uf8fe\x00-\x08\x0e-\x1f]"
)
"""Single Greek letters, letters and operators of mathematics, and the controls that some of its fonts turn into."""


def formula_share(glyphs: Glyphs) -> float:
    """The greater of two shares: of characters that are mathematical signs, and of places in a mathematical font.

    The places are those where the lines of the page were asked for their fonts.
    """
    visible = len("".join(glyphs.text.split()))
    signs = len(_SIGNS.findall(glyphs.text))
    return max(signs / max(1, visible), glyphs.mathematical / max(1, glyphs.fonts_asked))
