"""Word, PowerPoint, OpenDocument and e-books: made by hand, by other libraries and by LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import docx as python_docx
import pptx as python_pptx
import pytest
from docx.enum.text import WD_BREAK
from pptx.util import Cm

from assistant.documents import load_document
from tests.assistant.format_files import docx, epub, odt, paragraph, read_here, relationships, zipped

HEADING = '<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/>{more}</w:style>'
RENDERED = "<w:r><w:lastRenderedPageBreak/></w:r>"
EXPLICIT = '<w:r><w:br w:type="page"/></w:r>'


def styled(style: str) -> str:
    return f'<w:pStyle w:val="{style}"/>'


# --- Word ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style_id", "name", "more"),
    [
        ("Titolo2", "heading 2", ""),
        ("Titolo2", "Titolo 2", ""),
        ("berschrift2", "Überschrift 2", ""),
        ("Titre2", "Titre 2", ""),
        ("Capitolo", "Mio capitolo", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
        ("Mio", "Mio", '<w:basedOn w:val="Heading2"/>'),
    ],
)
def test_headings_are_found_in_any_language(tmp_path: Path, style_id: str, name: str, more: str) -> None:
    styles = HEADING.format(id="Heading2", name="heading 2", more="") + HEADING.format(
        id=style_id, name=name, more=more
    )
    body = paragraph("Prima.") + paragraph("Il nucleo", properties=styled(style_id)) + paragraph("Dopo.")
    read = read_here(tmp_path, "docx", docx(body, styles=styles))
    assert read.sections == [("Il nucleo", 2, 0)]
    assert read.text == "Prima.\n\nIl nucleo\n\nDopo."


def test_a_style_based_on_itself_ends(tmp_path: Path) -> None:
    styles = HEADING.format(id="A", name="A", more='<w:basedOn w:val="B"/>')
    styles += HEADING.format(id="B", name="B", more='<w:basedOn w:val="A"/>')
    assert read_here(tmp_path, "docx", docx(paragraph("x", properties=styled("A")), styles=styles)).text == "x"


def test_lists_are_numbered_as_word_numbers_them(tmp_path: Path) -> None:
    def level(index: int, style: str, text: str, start: int = 1) -> str:
        return (
            f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/>'
            "</w:lvl>"
        )

    def entry(text: str, number: int, depth: int = 0) -> str:
        return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')

    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        f"{level(0, 'decimal', '%1.')}{level(1, 'lowerLetter', '%1.%2)')}</w:abstractNum>"
        f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", chr(0xF0B7))}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    body = (
        entry("uno", 1) + entry("a", 1, 1) + entry("b", 1, 1) + entry("due", 1) + entry("c", 1, 1) + entry("palla", 2)
    )
    body += entry("cinque", 3) + entry("niente", 0) + entry("ignoto", 99)
    assert read_here(tmp_path, "docx", docx(body, numbering=numbering)).text == (
        "1. uno\n  1.a) a\n  1.b) b\n2. due\n  2.a) c\n• palla\n5. cinque\n\nniente\n\nignoto"
    )


def test_deletions_are_out_insertions_in_and_nothing_hidden_is_read(tmp_path: Path) -> None:
    body = paragraph(
        "Il ",
        "<w:del><w:r><w:delText>vecchio</w:delText></w:r></w:del>",
        "<w:ins><w:r><w:t>nuovo</w:t></w:r></w:ins>",
        "<w:moveFrom><w:r><w:t>via</w:t></w:r></w:moveFrom>",
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>nascosto</w:t></w:r>",
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t xml:space="preserve"> testo</w:t></w:r>',
        '<w:r><w:instrText>PAGEREF x</w:instrText></w:r><w:commentReference w:id="1"/>',
    )
    assert read_here(tmp_path, "docx", docx(body)).text == "Il nuovo testo"


def test_notes_come_last_on_their_page(tmp_path: Path) -> None:
    footnotes = (
        '<w:footnote w:id="-1" w:type="separator"><w:p/></w:footnote><w:footnote w:id="1"><w:p><w:r>'
        "<w:footnoteRef/></w:r>"
        "<w:r><w:t>Al piede.</w:t></w:r></w:p></w:footnote>"
    )
    endnotes = '<w:endnote w:id="1"><w:p><w:r><w:t>In fondo.</w:t></w:r></w:p></w:endnote>'
    body = (
        paragraph(
            "Primo", '<w:r><w:footnoteReference w:id="1"/></w:r>', '<w:r><w:endnoteReference w:id="1"/></w:r>', "."
        )
        + paragraph("Secondo.", EXPLICIT)
        + paragraph("Terzo.")
    )
    pages = read_here(tmp_path, "docx", docx(body, footnotes=footnotes, endnotes=endnotes)).pages
    assert pages == ["Primo[1][2].\n\nSecondo.\n\n[1] Al piede.", "Terzo.\n\n[2] In fondo."]


def test_pages_are_those_of_the_author_and_of_words_last_look(tmp_path: Path) -> None:
    body = (
        paragraph("Uno.", EXPLICIT)  # Word notes the author's break once more on the next page
        + paragraph(RENDERED, "Due, che va ", RENDERED, "oltre.")
        + paragraph("Quattro.", properties="<w:pageBreakBefore/>")
        + paragraph("Fine.", properties='<w:sectPr><w:type w:val="continuous"/></w:sectPr>')
        + paragraph("Sezione.", properties="<w:sectPr/>")
        + paragraph("Cinque.")
    )
    assert read_here(tmp_path, "docx", docx(body)).pages == [
        "Uno.",
        "Due, che va",
        "oltre.",
        "Quattro.\n\nFine.\n\nSezione.",
        "Cinque.",
    ]


def test_page_labels_count_as_the_sections_say(tmp_path: Path) -> None:
    body = (
        paragraph("i", EXPLICIT)
        + paragraph("ii", properties='<w:sectPr><w:pgNumType w:fmt="lowerRoman"/></w:sectPr>')
        + paragraph("1", EXPLICIT)
        + paragraph("2")
        + '<w:sectPr><w:pgNumType w:start="1"/></w:sectPr>'
    )
    assert read_here(tmp_path, "docx", docx(body)).labels == ("i", "ii", "1", "2")
    assert read_here(tmp_path, "docx", docx(paragraph("senza"))).labels == ()


def test_tables_are_rows_and_frames_are_text(tmp_path: Path) -> None:
    def table(*rows: tuple[str, ...]) -> str:
        cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"

    merged = "<w:tcPr><w:vMerge/></w:tcPr>"
    inner = table((paragraph("x"), paragraph("y")), (paragraph("z"), paragraph("")))
    body = (
        table((paragraph("a"), paragraph("b") + paragraph("c")), (merged + paragraph("via"), paragraph("d") + inner))
        + paragraph("tra")
        + table((paragraph("Riquadro.") + paragraph("Due righe."),))
    )
    assert read_here(tmp_path, "docx", docx(body)).text == "a | b c\n| d x, y; z\n\ntra\n\nRiquadro.\n\nDue righe."


def test_text_boxes_follow_their_paragraph_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('Nel riquadro.')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert read_here(tmp_path, "docx", docx(paragraph("Fuori.", drawing))).text == "Fuori.\n\nNel riquadro."


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<m:f><m:num>{a}</m:num><m:den>{ab}</m:den></m:f>", "a/(a+b)"),
        ("<m:sSup><m:e>{a}</m:e><m:sup>{two}</m:sup></m:sSup>", "a^2"),
        ("<m:sSubSup><m:e>{a}</m:e><m:sub>{two}</m:sub><m:sup>{ab}</m:sup></m:sSubSup>", "a_2^(a+b)"),
        ("<m:rad><m:deg/><m:e>{ab}</m:e></m:rad>", "√(a+b)"),
        ("<m:rad><m:deg>{two}</m:deg><m:e>{a}</m:e></m:rad>", "^2√(a)"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{a}</m:sub><m:sup>{two}</m:sup><m:e>{a}</m:e>'
            "</m:nary>",
            "∑_a^2 a",
        ),
        (
            '<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>{a}</m:e><m:e>{two}</m:e></m:d>',
            "[a | 2]",
        ),
        (
            "<m:m><m:mr><m:e>{a}</m:e><m:e>{two}</m:e></m:mr><m:mr><m:e>{two}</m:e><m:e>{a}</m:e></m:mr></m:m>",
            "[a 2; 2 a]",
        ),
        ("<m:func><m:fName>{sin}</m:fName><m:e>{a}</m:e></m:func>", "sin a"),
    ],
)
def test_formulas_of_word_are_lines(tmp_path: Path, formula: str, text: str) -> None:
    runs = {
        name: f"<m:r><m:t>{value}</m:t></m:r>"
        for name, value in {"a": "a", "two": "2", "ab": "a+b", "sin": "sin"}.items()
    }
    body = paragraph("Sia ", f"<m:oMath>{formula.format(**runs)}</m:oMath>", ".")
    assert read_here(tmp_path, "docx", docx(body)).text == f"Sia {text}."


def test_small_things_in_runs(tmp_path: Path) -> None:
    body = paragraph(
        "10",
        '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>23</w:t></w:r>',
        "<w:r><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>c</w:t></w:r>",
        '<w:r><w:sym w:font="Symbol" w:char="F0E0"/></w:r>',
        '<w:hyperlink r:id="x"><w:r><w:t> link</w:t></w:r></w:hyperlink>',
        "<w:sdt><w:sdtContent><w:r><w:t> campo</w:t></w:r></w:sdtContent></w:sdt>",
    )
    assert read_here(tmp_path, "docx", docx(body)).text == "10²³ a\nb-c→ link campo"


def test_a_table_of_contents_is_not_read_twice(tmp_path: Path) -> None:
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{paragraph('Capitolo 1 ... 3')}</w:sdtContent></w:sdt>"
    )
    styles = HEADING.format(id="Sommario1", name="toc 1", more="")
    body = contents + paragraph("Capitolo 2 ... 9", properties=styled("Sommario1")) + paragraph("Testo.")
    assert read_here(tmp_path, "docx", docx(body, styles=styles)).text == "Testo."


def test_a_strict_document_and_a_main_part_of_another_name(tmp_path: Path) -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    data = zipped(
        {
            "_rels/.rels": relationships({"officeDocument": "/word/document2.xml"}),
            "word/document2.xml": (
                f'<w:document xmlns:w="{strict}"><w:body><w:p><w:r><w:t>sì</w:t></w:r></w:p></w:body></w:document>'
            ),
        }
    )
    assert read_here(tmp_path, "docx", data).text == "sì"


def test_a_document_of_another_library(tmp_path: Path) -> None:
    document = python_docx.Document()
    document.core_properties.title = "Appunti di biologia"
    document.core_properties.author = "Ada"
    document.add_heading("La cellula", 1)
    document.add_paragraph("Perché è l'unità della vita.")
    document.add_paragraph("uno", style="List Bullet")
    document.add_paragraph("primo", style="List Number")
    document.add_paragraph("secondo", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "abcd", strict=True):
        cell.text = text
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_heading("Il nucleo", 2)
    document.save(str(tmp_path / "a.docx"))
    read = load_document(tmp_path / "a.docx")
    assert [page.text for page in read.pages] == [
        "La cellula\n\nPerché è l'unità della vita.\n\n• uno\n1. primo\n2. secondo\n\na | b\nc | d",
        "Il nucleo",
    ]
    assert (read.title, read.metadata["author"], read.pages[0].engine) == ("Appunti di biologia", "Ada", "docx")
    assert [(section.title, section.level, section.page) for section in read.sections] == [
        ("La cellula", 1, 1),
        ("Il nucleo", 2, 2),
    ]


# --- PowerPoint ---------------------------------------------------------------------------------------------------


def presentation(path: Path) -> None:
    deck = python_pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "La cellula"
    frame = slide.placeholders[1].text_frame
    frame.text = "Primo"
    inner = frame.add_paragraph()
    inner.text, inner.level = "Dentro", 1
    slide.notes_slide.notes_text_frame.text = "Dire dei mitocondri."
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Schema"
    for text, left, top in (("destra", 15, 5), ("sinistra", 1, 5.3), ("sotto", 1, 12)):
        slide.shapes.add_textbox(Cm(left), Cm(top), Cm(5), Cm(1)).text_frame.text = text
    table = slide.shapes.add_table(2, 2, Cm(1), Cm(8), Cm(8), Cm(2)).table
    for index, text in enumerate("abcd"):
        table.cell(index // 2, index % 2).text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Cm(1), Cm(15), Cm(5), Cm(1)).text_frame.text = "nel gruppo"
    slide._element.set("show", "0")
    deck.save(str(path))


def test_a_slide_is_a_page_in_the_order_one_reads_it(tmp_path: Path) -> None:
    presentation(tmp_path / "a.pptx")
    read = load_document(tmp_path / "a.pptx")
    assert [page.text for page in read.pages] == [
        "La cellula\n\n• Primo\n  • Dentro\n\n[Notes]\n\nDire dei mitocondri.",
        "Schema\n\nsinistra\n\ndestra\n\na | b\nc | d\n\nsotto\n\nnel gruppo",
    ]
    assert [section.title for section in read.sections] == ["La cellula", "Schema"]


def test_a_hidden_slide_is_read_and_said_to_be_hidden(tmp_path: Path) -> None:
    presentation(tmp_path / "a.pptx")
    read = load_document(tmp_path / "a.pptx")
    assert [page.warnings for page in read.pages] == [(), ("hidden",)]
    assert read.warnings == ("Slide 2 is hidden in the presentation; it was read all the same.",)


# --- OpenDocument -------------------------------------------------------------------------------------------------


def test_an_opendocument_text(tmp_path: Path) -> None:
    styles = (
        '<style:style style:name="P1" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/>'
        '</style:style><style:style style:name="T1"><style:text-properties style:text-position="super 58%"/>'
        "</style:style>"
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="a"'
        ' style:num-suffix=")"/><text:list-level-style-bullet text:level="2" text:bullet-char="-"/></text:list-style>'
    )
    text = (
        "<text:tracked-changes><text:deletion><text:p>tolto</text:p></text:deletion></text:tracked-changes>"
        '<text:h text:outline-level="1">La <text:span>cellula</text:span></text:h>'
        '<text:p>x<text:span text:style-name="T1">2</text:span> e<text:s text:c="3"/>poi<text:line-break/>riga'
        '<office:annotation><text:p>commento</text:p></office:annotation><text:note text:note-class="footnote">'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Nota.</text:p></text:note-body>"
        "</text:note></text:p>"
        '<text:list text:style-name="L1"><text:list-item><text:p>uno</text:p><text:list><text:list-item><text:p>sotto'
        "</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>due</text:p></text:list-item>"
        "</text:list>"
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table-header-rows>"
        "<table:table-row>"
        "<table:table-cell><text:p>1</text:p></table:table-cell><table:covered-table-cell/></table:table-row>"
        "</table:table>"
        "<text:p>Prima<text:soft-page-break/>dopo.<draw:frame><draw:text-box><text:p>Riquadro</text:p></draw:text-box>"
        '</draw:frame></text:p><text:p text:style-name="P1">Nuova.</text:p>'
    )
    read = read_here(tmp_path, "odt", odt(text, styles=styles))
    assert read.pages == [
        "La cellula\n\nx² e poi\nriga[1]\n\na) uno\n  • sotto\nb) due\n\na | b\n1 |\n\nPrima\n\n[1] Nota.",
        "dopo.\n\nRiquadro",
        "Nuova.",
    ]
    assert read.sections == [("La cellula", 1, 0)]


def test_a_formula_of_opendocument_is_a_line(tmp_path: Path) -> None:
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math>'
    text = '<text:p>Sia <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>.</text:p>'
    data = odt(text, **{"Object 1/content.xml": formula})
    assert read_here(tmp_path, "odt", data).text == "Sia x^2 ."


# --- e-books ------------------------------------------------------------------------------------------------------


def test_a_book_is_read_along_its_spine_with_its_own_contents(tmp_path: Path) -> None:
    nav = (
        '<nav epub:type="toc"><ol><li><a href="uno.xhtml">Capitolo uno</a><ol><li><a href="uno.xhtml#s">'
        "Dentro</a></li></ol>"
        '</li><li><a href="due.xhtml">Capitolo due</a></li><li><a href="../fuori.xhtml">Altrove</a></li></ol></nav>'
        '<nav epub:type="page-list"><ol><li><a href="uno.xhtml">12</a></li><li><a href="uno.xhtml#s">13</a></li>'
        '<li><a href="due.xhtml">14</a></li></ol></nav>'
    )
    parts = {
        "uno.xhtml": "<h1>Uno</h1><p>Testo.</p><ul><li>voce</li></ul><p id='s'>Qui dentro.</p><style>x</style>",
        "due.xhtml": "<p>Perché&nbsp;no.</p><script>no()</script>",
    }
    read = read_here(tmp_path, "epub", epub(parts, nav=nav))
    assert read.pages == ["Uno\n\nTesto.\n\n• voce\n\nQui dentro.", "Perché no."]
    assert read.sections == [("Capitolo uno", 1, 0), ("Dentro", 2, 0), ("Capitolo due", 1, 1)]
    assert read.pages[0][read.outline[1].offset :] == "Qui dentro."
    assert read.labels == ("12–13", "14")
    assert read.metadata == {"title": "Il libro", "author": "Ada, Bo"}


def test_an_old_book_has_its_contents_in_another_file(tmp_path: Path) -> None:
    ncx = (
        '<navPoint><navLabel><text>Primo</text></navLabel><content src="a.xhtml"/><navPoint><navLabel><text>'
        "Sotto</text>"
        '</navLabel><content src="a.xhtml#x"/></navPoint></navPoint>'
    )
    read = read_here(tmp_path, "epub", epub({"a.xhtml": "<p>Testo.</p><p><a id='x'/>Ancora.</p>"}, ncx=ncx))
    assert [(entry.title, entry.level, entry.offset) for entry in read.outline] == [("Primo", 1, 0), ("Sotto", 2, 8)]


def test_a_book_without_contents_has_its_headings(tmp_path: Path) -> None:
    read = read_here(tmp_path, "epub", epub({"a.xhtml": "<h1>Uno</h1><p>x</p>", "b.xhtml": "<h2>Due</h2>"}))
    assert read.sections == [("Uno", 1, 0), ("Due", 2, 1)]


def test_a_part_that_is_missing_costs_only_itself(tmp_path: Path) -> None:
    data = epub({"a.xhtml": "<p>Uno.</p>"})
    broken = epub({"a.xhtml": "<p>Uno.</p>", "b.xhtml": "x"}).replace(b"OEBPS/b.xhtml", b"OEBPS/c.xhtml")
    assert read_here(tmp_path, "epub", data).pages == ["Uno."]
    read = read_here(tmp_path, "epub", broken)
    assert (read.pages, read.warnings[1][0]) == (["Uno.", ""], "failed")


# --- what LibreOffice writes --------------------------------------------------------------------------------------

_SOURCE = (
    "<html><head><title>Prova</title></head><body><h1>La cellula</h1><p>Perché <b>sì</b>: x<sup>2</sup> e H<sub>"
    "2</sub>O.</p>"
    "<ol><li>uno</li><li>due<ul><li>sotto</li></ul></li></ol><table border=1><tr><td>a</td><td>b</td></tr><tr>"
    "<td>1</td>"
    '<td>2</td></tr></table><h2 style="page-break-before:always">Il nucleo</h2><p>Fine.</p></body></html>'
)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_writes_the_same_text_as_odt_and_as_docx(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(_SOURCE, encoding="utf-8")
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for source, target in (("a.html", "odt:writer8"), ("a.odt", "docx")):
        filters = ["--infilter=HTML (StarWriter)"] if source == "a.html" else []
        subprocess.run(
            [
                "soffice",
                home,
                "--headless",
                *filters,
                "--convert-to",
                target,
                "--outdir",
                str(tmp_path),
                str(tmp_path / source),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    for name in ("a.odt", "a.docx"):
        read = load_document(tmp_path / name)
        assert [page.text for page in read.pages] == [
            "La cellula\n\nPerché sì: x² e H2O.\n\n1. uno\n2. due\n  • sotto\n\na | b\n1 | 2",
            "Il nucleo\n\nFine.",
        ], name
        assert [section.title for section in read.sections] == ["La cellula", "Il nucleo"]
        assert read.title == "Prova"


# --- the samples --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title", "language", "pages", "sections", "words"),
    [
        ("il-suono.docx", "Il suono", "it", 2, 3, "aria a 20 °C | 343\nacqua | 1.480"),
        ("volcanoes.pptx", "Volcanoes", "en", 3, 3, "[Notes]\n\nDraw the ring of fire on the board."),
        ("il-pendolo.ipynb", "Il pendolo", "it", 1, 2, "```\n0.25 1.0\n1.0 2.01\n4.0 4.01\n```"),
        ("integrali.tex", "L'integrale definito", "it", 1, 2, "Teorema (Torricelli–Barrow). Se $f$ è continua"),
    ],
)
def test_the_samples_are_what_their_readme_says(
    sample_docs: Path, name: str, title: str, language: str, pages: int, sections: int, words: str
) -> None:
    read = load_document(sample_docs / name)
    assert (read.title, read.language, len(read.pages), len(read.sections)) == (title, language, pages, sections)
    assert words in "\n\n".join(page.text for page in read.pages)
    for section in read.sections:
        assert read.pages[section.page - 1].text.startswith(section.title, section.offset)
