"""HTML that is safe by construction: whatever is not `Html` is text, cleaned and escaped where it is put in."""

from __future__ import annotations

from html import escape

from assistant.safe_text import printable

_VOID = frozenset({"meta", "br"})


class Html(str):
    """Markup made here. Never made of a text from a document, a model or a stranger's card."""

    __slots__ = ()


def element(tag: str, /, *children: str, **attributes: str | float) -> Html:
    """`<tag …>children</tag>`. Of attributes' names, a closing `_` is left out and others become `-`."""
    written = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{escape(printable(str(value)))}"'
        for key, value in attributes.items()
    )
    return Html(f"<{tag}{written}>" if tag in _VOID else f"<{tag}{written}>{join(*children)}</{tag}>")


def join(*children: str) -> Html:
    """One after the other."""
    return Html("".join(child if isinstance(child, Html) else escape(printable(child)) for child in children))


def paragraphs(*sentences: str, **attributes: str) -> Html:
    """A paragraph each; none for an empty one."""
    return join(*(element("p", prose(sentence), **attributes) for sentence in sentences if sentence))


def prose(sentence: str) -> Html:
    """A sentence of ours; what it has between backticks is for the keyboard."""
    parts = sentence.split("`")
    return join(*(element("code", part) if number % 2 else part for number, part in enumerate(parts)))
