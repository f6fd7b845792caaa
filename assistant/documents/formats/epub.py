"""E-books (EPUB 2 and 3): one page for each part of the spine, in reading order, with the book's own contents."""

from __future__ import annotations

import posixpath
from pathlib import Path

from assistant.documents.child.messages import OutlineEntry
from assistant.documents.formats.draft import Draft, UnreadableError
from assistant.documents.formats.html import decode_html, write_html
from assistant.documents.formats.package import Package, resolve
from assistant.documents.formats.xml import Element, all_text, attribute, child, children, descendants, local

_MARKUP = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml")
# Fonts are scrambled in books that are otherwise open.
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_MOST_PARTS = 5_000

Place = tuple[int, int]
"""Index of a page and a character of its text."""


def read(path: Path, draft: Draft) -> None:
    package = Package(path)
    _check_protection(package)
    opf_name = _opf_name(package)
    opf = package.needed_xml(opf_name)
    folder = posixpath.dirname(opf_name)
    _take_metadata(child(opf, "metadata"), draft)
    manifest = {attribute(item, "id"): item for item in children(child(opf, "manifest"), "item")}
    spine = child(opf, "spine")
    written = 0
    for reference in children(spine, "itemref")[:_MOST_PARTS]:
        item = manifest.get(attribute(reference, "idref"))
        if item is None or attribute(item, "media-type") not in _MARKUP or "nav" in _properties(item):
            continue
        if written:
            draft.end_page()
        written += 1
        _write_part(package, resolve(folder, attribute(item, "href")), draft)
    contents = _Contents(package, draft.anchors)
    contents.find(manifest, folder, attribute(spine, "toc"))
    if contents.outline:
        draft.outline = contents.outline
    draft.label_pages(contents.labels(draft.page_index + 1))
    if package.damaged:
        draft.warn("shortened")


def _check_protection(package: Package) -> None:
    encryption = package.xml("META-INF/encryption.xml")
    methods = {attribute(method, "Algorithm") for method in descendants(encryption, "EncryptionMethod")}
    if methods - set(_FONT_SCRAMBLING):
        raise UnreadableError("protected")


def _opf_name(package: Package) -> str:
    container = package.xml("META-INF/container.xml")
    for rootfile in descendants(container, "rootfile"):
        if name := resolve("", attribute(rootfile, "full-path")):
            return name
    raise UnreadableError("damaged", "no package document")


def _take_metadata(metadata: Element | None, draft: Draft) -> None:
    for tag, name in (("title", "title"), ("creator", "author"), ("subject", "subject")):
        found = [text for element in children(metadata, tag) if (text := all_text(element).strip())]
        if found:
            draft.metadata[name] = found[0] if name == "title" else ", ".join(found)


def _properties(item: Element) -> list[str]:
    return attribute(item, "properties").split()


def _write_part(package: Package, name: str, draft: Draft) -> None:
    try:
        text = decode_html(package.read(name))
    except KeyError:
        draft.warn("failed")
        return
    draft.anchor(name)
    kept = dict(draft.metadata)
    write_html(text, draft, f"{name}#")
    draft.metadata = kept  # the title of a part is not the book's


class _Contents:
    """The book's table of contents and its list of printed pages, from the EPUB 3 page or the EPUB 2 file for them."""

    def __init__(self, package: Package, places: dict[str, Place]) -> None:
        self._package = package
        self._places = places
        self.outline: list[OutlineEntry] = []
        self._printed: list[tuple[Place, str]] = []

    def find(self, manifest: dict[str, Element], folder: str, ncx_id: str) -> None:
        for item in manifest.values():
            if "nav" in _properties(item):
                self._take_nav(resolve(folder, attribute(item, "href")))
        if not self.outline and ncx_id in manifest:
            self._take_ncx(resolve(folder, attribute(manifest[ncx_id], "href")))

    def labels(self, page_count: int) -> list[str]:
        """For each part, the printed pages that begin in it: "12–30"."""
        numbers: list[list[str]] = [[] for _page in range(page_count)]
        for (page, _offset), label in self._printed:
            if page < page_count:
                numbers[page].append(label)
        if not self._printed:
            return []
        return [f"{names[0]}–{names[-1]}" if len(names) > 1 else "".join(names) for names in numbers]

    def _take_nav(self, name: str) -> None:
        root = self._package.xml(name)
        folder = posixpath.dirname(name)
        for nav in descendants(root, "nav"):
            kind = attribute(nav, "type")
            if "page-list" in kind:
                for link in descendants(nav, "a"):
                    self._add_page(self._place(folder, attribute(link, "href")), all_text(link))
            elif "toc" in kind or (not kind and not self.outline):
                for link in descendants(nav, "a"):
                    depth = sum(local(outer) == "ol" for outer in link.iterancestors())
                    self._add_entry(self._place(folder, attribute(link, "href")), all_text(link), depth)

    def _take_ncx(self, name: str) -> None:
        root = self._package.xml(name)
        folder = posixpath.dirname(name)
        for point in descendants(root, "navPoint", "pageTarget"):
            place = self._place(folder, attribute(child(point, "content"), "src"))
            text = all_text(child(point, "navLabel"))
            if local(point) == "pageTarget":
                self._add_page(place, text)
            else:
                self._add_entry(place, text, 1 + sum(local(outer) == "navPoint" for outer in point.iterancestors()))

    def _place(self, folder: str, reference: str) -> Place | None:
        name, _, anchor = reference.partition("#")
        part = resolve(folder, name)
        return self._places.get(f"{part}#{anchor}") or self._places.get(part)

    def _add_entry(self, place: Place | None, title: str, level: int) -> None:
        title = " ".join(title.split())
        if place is not None and title:
            self.outline.append(OutlineEntry(title, max(1, level), *place))

    def _add_page(self, place: Place | None, label: str) -> None:
        if place is not None and label.strip():
            self._printed.append((place, label.strip()))
