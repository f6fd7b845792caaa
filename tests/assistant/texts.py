"""Two short documents of several pages for the tests of summaries, Italian and English."""

from __future__ import annotations

from dataclasses import replace

from assistant.documents.model import Document, Page, Section

CELL_PAGES = (
    "The cell is the smallest unit of life. Robert Hooke saw cells for the first time in 1665, when he looked at "
    "cork through a microscope. Every living being consists of one cell or of many cells.",
    "The mitochondrion releases the energy stored in sugar. A liver cell contains about 2,000 mitochondria. "
    "Mitochondria have their own circular DNA, which children inherit from their mother.",
    "Chloroplasts exist only in plants and algae. They capture light with chlorophyll and build sugar from water "
    "and carbon dioxide. As a by-product they release oxygen into the air.",
    "The nucleus holds the chromosomes. Human body cells have 46 chromosomes, arranged in 23 pairs. Before a cell "
    "divides, every chromosome is copied.",
)
REVOLUTION_PAGES = (
    "Nel 1789 la Francia era quasi in bancarotta. Luigi XVI convocò gli Stati generali per approvare nuove tasse. Il "
    "terzo stato rappresentava il 98% della popolazione ma aveva un solo voto.",
    "Il 14 luglio 1789 il popolo di Parigi assaltò la Bastiglia. La fortezza custodiva soltanto 7 prigionieri, ma era "
    "il simbolo dell'assolutismo. L'episodio diede inizio alla rivoluzione nelle campagne.",
    "La Dichiarazione dei diritti dell'uomo e del cittadino fu approvata il 26 agosto. Essa proclama che gli uomini "
    "nascono liberi e uguali. L'articolo 17 difende la proprietà privata.",
    "Il Terrore durò circa dieci mesi. Il Comitato di salute pubblica, guidato da Robespierre, fece ghigliottinare "
    "oltre 16.000 persone. Robespierre stesso fu giustiziato il 28 luglio 1794.",
)


def cell_document() -> Document:
    return _document("cell.pdf", "The cell", CELL_PAGES, "en")


def revolution_document() -> Document:
    return _document("rivoluzione.pdf", "La rivoluzione francese", REVOLUTION_PAGES, "it")


def with_sections(document: Document, *titles: str) -> Document:
    """Every page begins a section of level 1."""
    return replace(document, sections=tuple(Section(title, 1, number) for number, title in enumerate(titles, start=1)))


def _document(name: str, title: str, pages: tuple[str, ...], language: str) -> Document:
    return Document(
        path=f"/notes/{name}",
        name=name,
        title=title,
        pages=tuple(Page(number, str(number), text, "pdfium") for number, text in enumerate(pages, start=1)),
        language=language,
        sha256=name,
    )
