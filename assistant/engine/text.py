"""Tokens → text while they come, never half a character."""

from __future__ import annotations

from typing import Any

_HELD_AT_MOST = 12
"""Tokens: no character is made of more pieces; what is longer is broken bytes, and shown as U+FFFD."""


class TextStream:
    """Decodes a growing list of tokens piece by piece; the pieces join to the decoding of the whole.

    A token is decoded together with its predecessors, since tokenizers put spaces and parts of characters where they
    like; a piece that ends in U+FFFD (an unfinished character) is held back.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._context: list[int] = []
        """Tokens already shown that the next ones are decoded with."""
        self._shown = ""
        """The decoding of `_context`."""
        self._held: list[int] = []

    def add(self, token: int) -> str:
        """The text that this token completes; may be empty."""
        self._held.append(token)
        text = self._decode(self._context + self._held)
        if text.endswith("\ufffd") and len(self._held) < _HELD_AT_MOST:
            return ""
        return self._show(text)

    def flush(self) -> str:
        """What is still held back, broken or not."""
        return self._show(self._decode(self._context + self._held)) if self._held else ""

    def _show(self, text: str) -> str:
        piece = text[len(self._shown) :]
        self._context = self._held
        self._shown = self._decode(self._context)
        self._held = []
        return piece

    def _decode(self, tokens: list[int]) -> str:
        return self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
