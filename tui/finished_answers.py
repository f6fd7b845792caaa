"""Messages of a conversation as widgets: what an answer shows once it is finished, today and on a later day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assistant.i18n import _
from tui.answer_notes import advice, origin_lines
from tui.claim_words import legend
from tui.claims import claims_of
from tui.conversation import Message
from tui.widgets.cited_answer import CitedAnswer
from tui.widgets.frozen_message import FrozenMessage


def finished_answer(text: str, footnote: str, result: Mapping[str, Any], *, first: bool) -> FrozenMessage:
    """`first` where no answer before it in the conversation has claims: it explains their marks."""
    claims = claims_of(result, text)

    def notes(columns: int) -> list[str]:
        explained = _("{legend} · F6 goes through them").format(legend=legend()) if first and claims else ""
        return [line for line in (*origin_lines(result, columns), advice(result), explained) if line]

    if claims:
        return CitedAnswer(text, claims, footnote=footnote, notes=notes)
    return FrozenMessage(text, "answer", footnote=footnote, notes=notes)


def has_claims(messages: Iterable[Message]) -> bool:
    return any(claims_of(_result(message), message.content) for message in messages)


def restored(messages: list[Message]) -> list[FrozenMessage]:
    """The messages of an earlier day as they were last seen."""
    widgets: list[FrozenMessage] = []
    explained = False
    for message in messages:
        if message.role == "user":
            widgets.append(FrozenMessage(message.content, "question"))
            continue
        footnote = str(message.details.get("footnote", ""))
        if message.state == "partial" or (message.state == "failed" and message.content):
            footnote = _("■ interrupted")
        elif message.state == "stopped":
            footnote = footnote or _("■ stopped")
        if message.content or message.state == "stopped":
            widgets.append(finished_answer(message.content, footnote, _result(message), first=not explained))
            explained = explained or isinstance(widgets[-1], CitedAnswer)
        if message.state == "failed":
            widgets.append(FrozenMessage(str(message.details.get("error", "")), "error"))
    return widgets


def _result(message: Message) -> Mapping[str, Any]:
    result = message.details.get("result")
    return result if isinstance(result, dict) else {}
