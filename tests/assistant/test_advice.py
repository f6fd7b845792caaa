"""What will come out poor is said before anybody waits for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.advice import language_notices
from assistant.documents.model import Page
from tests.assistant.texts import cell_document
from tests.fakes import ScriptedModel

CHINESE = "光合作用是植物、藻类和某些细菌利用光能将二氧化碳和水转化为有机物并释放氧气的过程。" * 4
TABLE = "\n".join(f"| {row} | item{row} | {row * 3} |" for row in range(40))


@pytest.mark.parametrize("text", [CHINESE, TABLE])
def test_a_text_in_another_language_or_of_tables_alone_is_announced_as_hard(text: str):
    """Of a Chinese text nothing was said: its summary came with false marks and no word why."""
    document = replace(cell_document(), pages=(Page(1, "1", text, "text"),), language="")
    (notice,) = language_notices("j", [document], ScriptedModel(["x"]), "auto")
    assert "neither Italian nor English" in notice.message
    assert notice.hint


def test_nothing_is_said_of_ordinary_and_of_very_short_texts():
    short = replace(cell_document(), pages=(Page(1, "1", "Two words.", "text"),), language="")
    assert list(language_notices("j", [cell_document(), short], ScriptedModel(["x"]), "auto")) == []
