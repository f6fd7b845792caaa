"""XML and HTML from strangers: parsed without entities, without DTDs, without the network; lxml stays in here.

The Office formats have two namespaces for everything (transitional and strict), so elements are known by their
local names alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol, cast

from lxml import etree as _etree  # pyright: ignore[reportAttributeAccessIssue] - a compiled module without stubs

_lxml = cast(Any, _etree)
_NO_MEMORY = _lxml.ErrorTypes.ERR_NO_MEMORY


class Element(Protocol):
    """The part of lxml's element that is used here."""

    @property
    def tag(self) -> object: ...
    @property
    def text(self) -> str | None: ...
    @property
    def tail(self) -> str | None: ...
    @property
    def attrib(self) -> Any: ...
    def __iter__(self) -> Iterator[Element]: ...
    def __len__(self) -> int: ...
    def iter(self) -> Iterator[Element]: ...
    def iterancestors(self) -> Iterator[Element]: ...
    def getparent(self) -> Element | None: ...


def names(text: str) -> frozenset[str]:
    """A set of names, written as they are easiest to read."""
    return frozenset(text.split())


class BadXmlError(ValueError):
    """Not XML, or more of it than is healthy."""


def parse_xml(data: bytes) -> tuple[Element, bool]:
    """The root, and whether it is whole: what can still be read of a broken file is. Raises BadXmlError."""
    for recover in (False, True):
        parser = _lxml.XMLParser(
            resolve_entities=False,  # no entity bombs, no files of ours inside a document
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            recover=recover,
        )
        try:
            root = _lxml.fromstring(data, parser)
        except (_lxml.XMLSyntaxError, ValueError) as error:
            if getattr(error, "code", 0) == _NO_MEMORY:
                raise MemoryError from error
            if recover:
                raise BadXmlError(str(error)) from error
            continue
        if root is not None:
            return cast(Element, root), not recover
    raise BadXmlError("no element")


def parse_html(text: str) -> tuple[Element | None, bool]:
    """The root, None where there is no element at all, and whether all of the text was read.

    libxml2 stops at 2,048 elements inside one another.
    """
    parser = _lxml.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True, default_doctype=False
    )
    data = text.encode("utf-8", "replace")
    if not data.strip():
        return None, True
    try:
        root = _lxml.fromstring(data, parser)
    except (_lxml.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", 0) == _NO_MEMORY:
            raise MemoryError from error
        return None, False
    whole = not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return cast("Element | None", root), whole


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def local(element: Element) -> str:
    """The name without its namespace; "" for what is no element (an entity that was not replaced)."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """By its local name, in whichever namespace."""
    if element is None:
        return default
    for key, value in element.attrib.items():
        if _local(key) == name:
            return cast(str, value)
    return default


def number(text: str, default: int = 0) -> int:
    """A whole number of sane size, else the default."""
    text = text.strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 16 else default


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant along these local names."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element


def children(element: Element | None, *names: str) -> list[Element]:
    return [] if element is None else [inner for inner in element if local(inner) in names]


def descendants(element: Element | None, *names: str) -> Iterator[Element]:
    """In document order, at any depth."""
    if element is not None:
        for inner in element.iter():
            if local(inner) in names:
                yield inner


def all_text(element: Element | None) -> str:
    """Every character inside, without a look at what it means."""
    if element is None:
        return ""
    parts: list[str] = []
    for inner in element.iter():
        parts.append(inner.text or "" if local(inner) else "")
        if inner is not element:
            parts.append(inner.tail or "")
    return "".join(parts)
