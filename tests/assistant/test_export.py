"""What is exported opens in other programs, with its references; nothing from a document acts there."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import docx
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from assistant.documents import load_document
from assistant.errors import ConfigError
from assistant.export import FORMATS, check_exportable, exported, format_of
from assistant.export.study_text import study_text
from tests.assistant.export_results import cards_result, citation, placed_claims, summary_result

PRINTED = sorted(set(FORMATS.values()) - {"json", "anki"})


# --- the choice of a format -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("a.md", "markdown"),
        ("a.PDF", "pdf"),
        ("a.docx", "docx"),
        ("a.htm", "html"),
        ("cards.tsv", "anki"),
        ("a", "markdown"),
    ],
)
def test_the_name_of_the_file_says_which_format_it_gets(name: str, wanted: str):
    assert format_of(Path(name)) == wanted


def test_a_suffix_nobody_knows_is_refused_with_those_that_are():
    with pytest.raises(ConfigError) as raised:
        format_of(Path("summary.odt"))
    assert ".odt" in raised.value.message
    assert ".docx" in raised.value.hint


def test_cards_for_anki_are_refused_before_the_work_begins_where_the_style_makes_none():
    with pytest.raises(ConfigError, match="brief"):
        check_exportable("anki", "brief")
    check_exportable("anki", "quiz")
    check_exportable("pdf", "brief")


def test_a_comparison_is_told_which_files_it_can_be_and_no_style_that_would_not_help():
    with pytest.raises(ConfigError, match="comparison") as caught:
        check_exportable("anki", "compare")
    assert ".docx" in caught.value.hint
    assert ".tsv" not in caught.value.hint
    assert "flashcards" not in caught.value.hint


def test_a_result_without_cards_is_no_file_for_anki():
    with pytest.raises(ConfigError, match="no cards"):
        exported(summary_result(), "anki")


def test_json_is_the_result_itself():
    assert json.loads(exported(summary_result(), "json")) == summary_result()


def test_plain_text_is_what_was_on_the_screen():
    assert exported(summary_result(), "text").decode() == summary_result()["summary"]


# --- Markdown ---------------------------------------------------------------------------------------------------


def test_markdown_has_a_footnote_for_each_place_and_every_reference_has_its_footnote():
    text = exported(summary_result(), "markdown").decode()

    assert "Light reactions make **ATP** and NADPH.[^1] They need" in text
    assert "Again the light reactions.[^1]" in text  # the same place, the same note
    assert "[^1]: ✔ photosynthesis.pdf, p. 41 (PDF 1): “The light reactions make ATP and NADPH.”" in text
    assert "[^3]: ✖ not in the document: 1847" in text
    assert "[p. 41" not in text
    html = MarkdownIt("commonmark").use(footnote_plugin).render(text)
    assert html.count('class="footnote-item"') == 4
    assert html.count('class="footnote-ref"') == 5


def test_stars_in_a_quotation_stay_stars():
    assert r"\*not\*" in exported(summary_result(), "markdown").decode()


def test_html_that_a_model_wrote_stays_text_in_whatever_is_made_of_the_markdown():
    text = exported(summary_result(), "markdown").decode()
    html = MarkdownIt("commonmark", {"html": True}).render(text)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


# --- HTML -------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    VOID = ("meta", "br")

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: set[str] = set()
        self.anchors: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        fields = dict(attrs)
        self.links.update(value[1:] for key, value in attrs if key == "href" and value)
        self.anchors += [fields["id"]] if fields.get("id") else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def test_html_is_well_formed_and_every_link_leads_somewhere_in_it():
    page = Page(exported(summary_result(), "html").decode())

    assert page.open == []
    assert len(page.anchors) == len(set(page.anchors))
    assert page.links == set(page.anchors)
    assert {"ul", "ol", "table", "blockquote", "pre", "math"} <= set(page.tags)
    assert "not in the document: 1847" in page.words


def test_html_runs_nothing_and_fetches_nothing():
    text = exported(summary_result(), "html").decode()
    page = Page(text)

    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.words
    assert not re.search(r"(?:src|href)\s*=\s*['\"](?!#)", text)


@pytest.mark.parametrize(
    "latex", [r"\frac{", r"\text{<script>x</script>}", "{" * 400, r"\href{javascript:x}{y}", "x" * 9000]
)
def test_a_formula_that_cannot_be_drawn_stands_as_it_was_written(latex: str):
    page = Page(exported(summary_result(summary=f"Before \\({latex}\\) after.", claims=[]), "html").decode())

    assert "script" not in page.tags
    assert "a" not in page.tags
    assert "after." in page.words


# --- Word -------------------------------------------------------------------------------------------------------


def test_word_opens_it_with_headings_lists_a_table_and_real_footnotes(tmp_path: Path):
    path = tmp_path / "summary.docx"
    path.write_bytes(exported(summary_result(), "docx"))

    document = docx.Document(str(path))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles[0] == "Title"
    assert "Heading 2" in styles
    assert "List Bullet" in styles
    assert "List Bullet 2" in styles
    assert document.tables[0].cell(1, 1).text == "α ≤ β"
    assert document.core_properties.title == "Photosynthesis: light & life"
    with zipfile.ZipFile(path) as package:
        notes = package.read("word/footnotes.xml").decode()
        body = package.read("word/document.xml").decode()
    assert re.findall(r'footnoteReference w:id="(\d+)"', body) == ["1", "2", "3", "4"]
    assert next(p for p in document.paragraphs if p.text.startswith("Again")).text == "Again the light reactions.1"
    assert [p.text for p in document.paragraphs if p.style and p.style.name == "List Continue"] == [
        "1.\tfirst",
        "2.\tsecond",
    ]
    assert "not in the document: 1847" in notes


def test_in_word_an_answer_stands_to_the_right_of_its_question(tmp_path: Path):
    """Its points hung to the left of the question's number."""
    path = tmp_path / "questions.docx"
    path.write_bytes(exported(summary_result(summary="1. **Why?**\n   - So.\n", claims=[]), "docx"))
    question, point = docx.Document(str(path)).paragraphs[1:3]
    assert (question.text, point.text) == ("1.\tWhy?", "So.")
    assert point.paragraph_format.left_indent > question.paragraph_format.left_indent


def test_what_was_exported_to_word_can_be_read_again_with_its_notes(tmp_path: Path):
    path = tmp_path / "summary.docx"
    path.write_bytes(exported(summary_result(), "docx"))

    text = "\n".join(page.text for page in load_document(path).pages)
    assert "Light reactions make ATP and NADPH." in text
    assert "photosynthesis.pdf, p. 42 (PDF 2): “Six molecules of CO2 are *not* free.”" in text


# --- PDF --------------------------------------------------------------------------------------------------------


def test_the_pdf_has_all_words_its_own_fonts_and_links_between_text_and_notes(tmp_path: Path):
    path = tmp_path / "summary.pdf"
    path.write_bytes(exported(summary_result(), "pdf"))

    reader = pypdf.PdfReader(path)
    text = "\n".join(page.extract_text() for page in reader.pages)
    for words in ("Energy & light", "Light reactions make ATP", "α ≤ β", "✖ not in the document: 1847", "≈"):
        assert words in text
    assert reader.metadata is not None
    assert reader.metadata.title == "Photosynthesis: light & life"
    fonts = {name for page in reader.pages for name in page["/Resources"]["/Font"]}  # pyright: ignore
    assert fonts
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert len(links) >= 5 + 4


def test_a_character_that_the_fonts_lack_does_not_stop_a_pdf():
    text = pypdf.PdfReader(io.BytesIO(exported(summary_result(summary="光合作用 is \U0001f600.", claims=[]), "pdf")))
    assert "is" in text.pages[0].extract_text()


def test_a_long_summary_takes_as_many_pages_as_it_needs():
    long = "\n\n".join(f"## Part {n}\n\n" + "A sentence that goes on for a while. " * 30 for n in range(40))
    reader = pypdf.PdfReader(io.BytesIO(exported(summary_result(summary=long, claims=[]), "pdf")))
    assert len(reader.pages) > 10
    assert "Part 39" in reader.pages[-1].extract_text() + reader.pages[-2].extract_text()


# --- Anki -------------------------------------------------------------------------------------------------------


def rows_of(data: bytes) -> tuple[list[str], list[list[str]]]:
    lines = data.decode().splitlines(keepends=True)
    header = [line.strip() for line in lines if line.startswith("#")]
    return header, list(csv.reader(lines[len(header) :], delimiter="\t"))


def test_cards_are_tab_separated_with_the_headers_that_anki_reads():
    header, rows = rows_of(exported(cards_result(), "anki"))

    assert header == [
        "#separator:tab",
        "#html:true",
        "#notetype:Basic",
        "#deck:Sunto::Photosynthesis light & life",
        "#guid column:1",
        "#tags column:4",
    ]
    assert {len(row) for row in rows} == {4}
    assert len({row[0] for row in rows}) == 4


def test_a_card_has_its_page_its_formulas_as_mathjax_and_no_markup_of_the_document():
    _header, rows = rows_of(exported(cards_result(), "anki"))

    assert rows[0][2] == (
        "The molecule that carries <i>energy</i>.<br><small>photosynthesis.pdf, p. 41 (PDF 1) ✔</small>"
    )
    assert rows[1][1] == (
        'How many CO2 molecules, with \\(n &lt; 7\\)?<ol type="A"><li>3</li><li>6</li><li>12</li><li>24</li></ol>'
    )
    assert rows[1][2] == "B. 6<br>Because \\(6\\,CO_2\\) &amp; &lt;b&gt;light&lt;/b&gt;."
    assert rows[2][2] == "• assorbe<br>• riflette"
    assert rows[3][2] == "line one<br>line two"
    assert rows[0][3].split() == ["sunto", "Photosynthesis_light_life", "Chapter_1"]


def test_a_card_keeps_its_id_when_the_answer_is_written_anew():
    again = cards_result()
    again["items"][0]["answer"] = "Something else."
    before, after = rows_of(exported(cards_result(), "anki"))[1], rows_of(exported(again, "anki"))[1]
    assert [row[0] for row in before] == [row[0] for row in after]


@pytest.mark.skipif(importlib.util.find_spec("anki") is None, reason="the anki package is not installed")
@pytest.mark.parametrize("language", ["en_US", "it_IT"])
def test_anki_itself_imports_the_cards_and_updates_them_the_second_time(tmp_path: Path, language: str):
    """In an Italian Anki the note type is called “Basilare”, and not Basic as the file says."""
    import anki.lang
    from anki.collection import Collection, ImportCsvRequest

    anki.lang.set_lang(language)

    file = tmp_path / "cards.tsv"
    collection = Collection(str(tmp_path / "collection.anki2"))
    try:
        for answer in ("The molecule.", "Another text."):
            result = cards_result()
            result["items"][0]["answer"] = answer
            file.write_bytes(exported(result, "anki"))
            metadata = collection.get_csv_metadata(path=str(file), delimiter=None)
            collection.import_csv(ImportCsvRequest(path=str(file), metadata=metadata))
        notes = [collection.get_note(identity) for identity in collection.find_notes("tag:sunto")]
        assert len(notes) == 4
        fields = dict(note.values() for note in notes)
        assert fields["ATP"].startswith("Another text.")
        assert "\\(n &lt; 7\\)" in next(front for front in fields if front.startswith("How many"))
        assert {deck.name for deck in collection.decks.all_names_and_ids()} >= {"Sunto::Photosynthesis light & life"}
    finally:
        collection.close()


# --- anything at all --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", PRINTED)
@given(
    text=st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "# ",
                "- ",
                "\n",
                "**",
                "`",
                "$",
                "\\(",
                "\\)",
                "| a |",
                "> ",
                "1. ",
                "<b>",
                "x ",
                "&#57344;",
                "&#12;",
                "9",
            ]
        )
    ).map("".join)
)
def test_no_text_of_a_model_stops_an_export(wanted: str, text: str):
    marked = text.replace("[", "(") + " End. [p. 3 ✔]"
    claims = placed_claims(marked, [{"text": "End.", "support": "quoted", "citations": [citation("a.pdf", 3, text)]}])
    data = exported(summary_result(title=text, summary=marked, claims=claims), wanted)
    assert data
    if wanted != "docx" and wanted != "pdf":
        assert "\x1b" not in data.decode()


@pytest.mark.parametrize("wanted", PRINTED)
def test_a_text_cannot_make_itself_a_footnote(wanted: str):
    """Notes are kept apart by characters that no text has; spelled as entities, a text once had them."""
    text = "Proven &#xE000;7&#xE001;, &#57344;7&#57345; and [^7]. &#12; &#x202E; Tom &amp; Jerry."
    assert all(run.note == 0 for block in study_text({"summary": text}).blocks for run in block.runs)
    data = exported({"title": "T", "summary": text, "claims": []}, wanted)
    if wanted == "markdown":
        assert b"\\[^7]" in data
        assert b"&#xE000;" not in data


@pytest.mark.parametrize("wanted", sorted({*PRINTED, "json"}))
def test_a_result_with_next_to_nothing_in_it_is_exported_too(wanted: str):
    assert exported({"answer": "Yes."}, wanted)


def test_places_that_lie_beyond_the_text_are_passed_over():
    claims = [{"text": "x", "support": "weak", "citations": [], "place": {"start": 0, "mark": 50, "end": 90}}]
    assert exported(summary_result(summary="Short.", claims=claims), "markdown").decode().count("Short.") == 1


def test_a_question_of_the_pdf_is_on_the_page_of_its_answer():
    """It could be the last line of a page, or stand there below a heading."""
    question = "{n}. **What is asked in number {n}?**\n     - This is the answer of number {n}.\n"
    text = "\n".join(f"## Section {n}\n\n{question.format(n=n)}" for n in range(1, 120))
    reader = pypdf.PdfReader(io.BytesIO(exported(summary_result(summary=text, claims=[]), "pdf")))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 5
    for page in pages:
        assert re.findall(r"asked in number (\d+)", page) == re.findall(r"answer of number (\d+)", page)
