"""What the look of the lines of a PDF tells: heads, notes, headings, sections."""

from __future__ import annotations

import time
from itertools import cycle, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import Page, Section, load_document
from assistant.documents.child.messages import LineFacts, OutlineEntry
from assistant.documents.model import WARNINGS
from assistant.documents.outcome import warning_sentences
from assistant.documents.pdf.cleaning import CleanText, clean_document
from assistant.documents.sections import find_sections

CORPUS = Path(__file__).parents[2] / "benchmarks" / "reading" / "corpus"

PROSE = "The leaf takes in light and gives out oxygen, as everybody learns."
"""A full line of body text."""
_LINES = (
    f"{a}{b}{c}{d} takes in light and gives out oxygen, as everybody has learned"
    for a, b, c, d in cycle(product("BCDFGLMN", "aeiou", "lmnrst", "aeio"))
)


def body(lines: int = 6) -> list[str]:
    """Full lines that no other page has."""
    return [next(_LINES) for _ in range(lines)]


def look(*lines: tuple[str, int, int] | tuple[str, int, int, int] | str) -> tuple[str, tuple[LineFacts, ...]]:
    """A page of (text, tenths of a point, thousandths from the top, bold) lines; "" is a blank one, and other texts
    are body lines, each 15 thousandths under the one before."""
    texts: list[str] = []
    facts: list[LineFacts] = []
    reached = 100
    for line in lines:
        if isinstance(line, str):
            texts.append(line)
            if line:
                reached += 15
                facts.append(LineFacts(100, 0, reached))
        else:
            text, size, top, *bold = line
            reached = max(reached, top)
            texts.append(text)
            facts.append(LineFacts(size, bold[0] if bold else 0, top))
    return "\n".join(texts), tuple(facts)


def clean(*pages: tuple[str, tuple[LineFacts, ...]], labels: tuple[str, ...] = ()) -> CleanText:
    return clean_document([text for text, _ in pages], labels, [facts for _, facts in pages])


def titles(cleaned: CleanText) -> list[tuple[int, str]]:
    return [(entry.level, entry.title) for entry in cleaned.headings]


# --- running heads and feet -------------------------------------------------------------------------------------


def test_a_head_on_two_pages_goes_where_it_stands_in_the_margin_apart_from_the_text() -> None:
    cleaned = clean(*(look(("Appunti di biologia", 90, 40), *body()) for _ in range(2)))
    assert cleaned.heads == ("Appunti di biologia",) * 2
    assert not any("Appunti" in text for text in cleaned.texts)


def test_the_head_of_an_exam_stays_on_its_first_page_where_it_is_the_title() -> None:
    cleaned = clean(*(look(("Prova di elettrotecnica", 100, 40), *body()) for _ in range(2)))
    assert cleaned.heads == ("", "Prova di elettrotecnica")
    assert ["Prova" in text for text in cleaned.texts] == [True, False]


def test_the_title_of_some_slides_is_no_running_head() -> None:
    pages = [
        look((title, 160, 70), *body()) for title in ("Perché?", "Uno", "Perché?", "Due", "Perché?", "Tre", "Fine")
    ]
    cleaned = clean(*pages)
    assert cleaned.heads == ("",) * 7
    assert [text.split("\n")[0] for text in cleaned.texts][:3] == ["Perché?", "Uno", "Perché?"]


def test_a_box_or_a_table_head_where_the_text_begins_is_no_running_head() -> None:
    first = ["Nota", "Alpha beta", "Nota", "Gamma delta", "Epsilon", "Nota", "Zeta", "Eta", "Theta"]
    pages = [look((f"Manuale {number}", 90, 30), "", line, "", *body()) for number, line in enumerate(first, start=1)]
    cleaned = clean(*pages)
    assert cleaned.heads == ("Manuale",) * 9
    assert [text.split("\n")[0].split(" The")[0] for text in cleaned.texts] == first


def test_heads_of_left_and_right_pages_go_and_are_told_apart() -> None:
    pages = [
        look((f"{number} Parte prima" if number % 2 == 0 else f"Le cellule {number}", 90, 40), *body())
        for number in range(12, 20)
    ]
    assert clean(*pages).heads == ("Parte prima", "Le cellule") * 4


def test_the_number_of_a_chapter_is_not_the_number_of_its_page() -> None:
    raw = [
        look((f"Capitolo {number // 3 + 1}", 100, 60), *body()) if number % 3 == 0 else look(*body())
        for number in range(12)
    ]
    assert [text.split("\n")[0] for text in clean(*raw).texts][::3] == [f"Capitolo {number}" for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("form", ["{}", "- {} -", "pag. {}", "Pagina {}", "{} / 40", "{}/40", "page {} of 40", "[{}]"])
def test_page_numbers_go_however_they_are_written(form: str) -> None:
    lines = body(5)
    raw = [f"{line}\n{form.format(number)}" for number, line in enumerate(lines, start=7)]
    assert list(clean_document(raw).texts) == lines


def test_roman_page_numbers_go() -> None:
    lines = body(4)
    raw = [f"{line}\n{number}" for number, line in zip(("iii", "iv", "v", "vi"), lines, strict=True)]
    assert list(clean_document(raw).texts) == lines


def test_a_page_number_under_a_label_of_the_file_goes_with_the_words_beside_it() -> None:
    cleaned = clean(look(*body(), ("Chapter 7: Mathematics 50", 100, 950)), labels=("50",))
    assert cleaned.texts[0].endswith("learned")


def test_dots_around_a_foot_go_with_it() -> None:
    page = look(*body(), (".", 60, 930), (". 5 of 40", 60, 940), (".", 60, 960))
    assert "." not in clean(page, page, page).texts[0].split("\n")


# --- footnotes --------------------------------------------------------------------------------------------------


def test_footnotes_stand_behind_the_body_and_their_marks_apart() -> None:
    page = look(
        "La cellula1 è viva e ha un nucleo che contiene il DNA, come si è", "visto.", ("1Robert Hooke.", 80, 900)
    )
    assert clean(page).texts == (
        "La cellula[1] è viva e ha un nucleo che contiene il DNA, come si è visto.\n\n[1] Robert Hooke.",
    )


def test_the_footnote_of_one_column_does_not_cut_the_next() -> None:
    page = look(
        *body(),
        ("e il gover-", 100, 800),
        ("3Una nota.", 80, 900),
        ("no passò al Comitato, che la tenne a lungo e bene.", 100, 110),
    )
    text = clean(page).texts[0]
    assert "e il governo passò al Comitato" in text
    assert text.endswith("\n\n[3] Una nota.")


def test_a_mark_on_a_line_of_its_own_joins_its_note() -> None:
    page = look(*body(), ("2", 60, 895), ("A note.", 80, 900))
    assert clean(page).texts[0].endswith("\n\n[2] A note.")


def test_small_type_without_a_mark_is_no_footnote() -> None:
    page = look(*body(), ("ls -l", 80, 500), ("1 root wheel", 80, 515), ("3 root wheel", 80, 530))
    assert "[1]" not in clean(page).texts[0]


def test_a_number_glued_to_a_word_stays_where_no_note_has_it() -> None:
    assert "cellula1" in clean(look("La cellula1 è viva.", *body())).texts[0]


# --- words over page ends ---------------------------------------------------------------------------------------


def test_a_word_broken_by_a_page_end_goes_to_the_page_it_begins_on() -> None:
    pages = [
        look(("Biologia", 90, 30), *body(), end, (str(number), 90, 950))
        for number, end in enumerate(("la fotosin-", "", ""), 1)
    ]
    pages[1] = look(
        ("Biologia", 90, 30), "tesi avviene nelle foglie di tutte le piante verdi,", *body(), ("2", 90, 950)
    )
    cleaned = clean(*pages)
    assert cleaned.texts[0].endswith("la fotosintesi")
    assert cleaned.texts[1].startswith("avviene nelle foglie")


def test_a_word_goes_on_behind_the_caption_of_a_figure() -> None:
    page = look(
        PROSE, "a sound judgment and a judg-", ("Figure 2: A frame.", 100, 300), ("ment of worth was made.", 100, 330)
    )
    assert "a judgment\n" in clean(page).texts[0] + "\n"


# --- headings ---------------------------------------------------------------------------------------------------


def book() -> CleanText:
    return clean(
        look(("A Book on Cells", 240, 200), ("Jane Doe", 120, 260)),
        look(
            ("Contents", 200, 100, 1),
            ("1 Cells … 3", 100, 140, 1),
            ("2 Leaves … 4", 100, 160, 1),
            ("2.1 Light 4", 100, 180, 1),
        ),
        look(
            ("Chapter 1", 160, 100, 1),
            "",
            ("Cells", 200, 140, 1),
            "",
            *body(),
            "",
            ("1.1 The long title of", 120, 300, 1),
            ("a section", 120, 316, 1),
            "",
            *body(),
        ),
        look(
            ("Chapter 2", 160, 100, 1),
            "",
            ("Leaves", 200, 140, 1),
            "",
            *body(),
            "",
            ("2.1 Light", 120, 300, 1),
            "",
            *body(),
            "",
            ("Figure 2.1: A leaf", 100, 500, 1),
            "",
            ("x = 2", 120, 600, 1),
        ),
    )


def test_headings_are_told_by_their_type_and_levels_by_its_size() -> None:
    assert titles(book()) == [
        (1, "Contents"),
        (1, "Chapter 1 Cells"),
        (2, "1.1 The long title of a section"),
        (1, "Chapter 2 Leaves"),
        (2, "2.1 Light"),
    ]


def test_a_heading_has_its_exact_place() -> None:
    cleaned = book()
    for entry in cleaned.headings:
        assert cleaned.texts[entry.page][entry.offset :].startswith(
            entry.title.removesuffix(" Cells").removesuffix(" Leaves")
        )


def test_the_title_is_the_largest_line_of_the_first_page() -> None:
    assert book().title == "A Book on Cells"
    assert clean(look(*body())).title == ""
    assert clean(look(("1 Introduction", 140, 100), *body())).title == ""


def test_bold_lines_that_come_again_and_again_are_no_headings() -> None:
    pages = [
        look(("Nota", 100, 90, 1), "", *body(), "", (f"Tema {number}", 100, 300, 1), "", *body()) for number in "abcd"
    ]
    assert titles(clean(*pages)) == [(1, f"Tema {number}") for number in "abcd"]


def test_without_facts_only_numbers_that_go_on_make_headings() -> None:
    raw = [
        f"1 Cells\n\n{PROSE}\n\n1.1 Walls\n\n{PROSE}\n\n7 Bananas are enough",
        f"1.2 Nuclei\n\n{PROSE}\n\n2 Leaves\n\n{PROSE}",
    ]
    assert titles(clean_document(raw)) == [(1, "1 Cells"), (2, "1.1 Walls"), (2, "1.2 Nuclei"), (1, "2 Leaves")]
    assert clean_document(["1. one\n2. two\n3. three", "2020 was a year"]).headings == ()


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(
                    [
                        "Cells",
                        "1.2 Walls",
                        "a body line that is long enough",
                        "1Note",
                        "2",
                        "•  x",
                        "Capitolo 3",
                        "fo-",
                        "to x",
                    ]
                ),
                st.sampled_from([60, 80, 100, 120, 200]),
                st.integers(0, 1000),
                st.integers(0, 1),
            ),
            max_size=12,
        ),
        max_size=6,
    )
)
def test_whatever_lines_look_like_headings_are_in_the_text_and_letters_stay(
    pages: list[list[tuple[str, int, int, int]]],
) -> None:
    cleaned = clean(*(look(*lines) for lines in pages))
    assert len(cleaned.texts) == len(pages)
    for entry in cleaned.headings:
        text = cleaned.texts[entry.page]
        assert entry.level >= 1
        assert text[entry.offset : entry.offset + 4].strip() == entry.title[:4].strip()
        assert entry.offset == 0 or text[entry.offset - 1] == "\n"


def test_many_pages_take_no_longer_each() -> None:
    page = look(("Head", 90, 30), *body(40), ("1 Note", 80, 950))
    seconds: list[float] = []
    for count in (100, 800):
        started = time.process_time()
        clean(*[page] * count)
        seconds.append((time.process_time() - started) / count)
    assert seconds[1] < 3 * seconds[0]


# --- sections ---------------------------------------------------------------------------------------------------


def page(number: int, text: str, head: str = "") -> Page:
    return Page(number, str(number), text, "pdfium", head=head)


def test_an_outline_without_accents_and_numbers_finds_its_headings() -> None:
    pages = [page(1, "1.2 Perché la città?\n\nTesto della città."), page(2, "x\n\nModifica di più\naltezze")]
    outline = [OutlineEntry("Perche la citta?", 1, 0), OutlineEntry("2 Modifica di piu altezze", 1, 1)]
    assert find_sections(outline, (), pages) == (
        Section("Perche la citta?", 1, 1, 0),
        Section("2 Modifica di piu altezze", 1, 2, 3),
    )


@pytest.mark.parametrize(
    "outline",
    [
        [OutlineEntry("Slide 1", 1, 0), OutlineEntry("Slide 2", 1, 1), OutlineEntry("_Toc1234", 1, 2)],
        [OutlineEntry("Document", 1, 0), OutlineEntry("Text", 2, 0)],
        [],
    ],
)
def test_an_outline_that_says_nothing_gives_way_to_the_headings_found(outline: list[OutlineEntry]) -> None:
    pages = [page(number, "Cells\n\nText") for number in (1, 2, 3)]
    headings = [OutlineEntry("Cells", 1, index, 0) for index in (1, 2)]
    assert [section.page for section in find_sections(outline, headings, pages)] == [2, 3]


def test_titles_of_slides_stand_below_the_parts_of_the_outline() -> None:
    pages = [page(number, f"Title {number}\n\nText") for number in range(1, 7)]
    headings = [OutlineEntry(f"Title {number}", 1, number - 1, 0) for number in range(1, 7)]
    outline = [OutlineEntry("Part", 1, 1), OutlineEntry("Other part", 1, 4)]
    assert [(section.level, section.title) for section in find_sections(outline, headings, pages)][:4] == [
        (1, "Title 1"),
        (1, "Part"),
        (2, "Title 2"),
        (2, "Title 3"),
    ]


def test_running_heads_are_the_last_resort() -> None:
    heads = ["Book", "One", "One", "Book", "Two", "Two", "Three"]
    pages = [page(number, "text", head) for number, head in enumerate(heads, start=1)]
    assert [(section.title, section.page) for section in find_sections((), (), pages)] == [
        ("Book", 1),
        ("One", 2),
        ("Two", 5),
        ("Three", 7),
    ]


# --- what a person is told --------------------------------------------------------------------------------------


def warned(*codes: str) -> list[str]:
    return warning_sentences(
        [Page(number, str(number), "", "none", (code,) if code else ()) for number, code in enumerate(codes, 1)]
    )


def test_a_blank_page_between_chapters_is_nothing_to_tell_but_many_are() -> None:
    assert warned("", "", "", "empty", "", "", "", "", "empty", "", "") == []
    assert warned(*[""] * 20, "empty", "empty", "empty") == ["Pages 21-23 have no text."]
    assert warned("", "empty") == ["Page 2 has no text."]


@pytest.mark.parametrize("code", [code for code in WARNINGS if code not in ("shortened", "hidden", "empty")])
def test_every_warning_is_a_sentence_with_its_page(code: str) -> None:
    (sentence,) = warned("", code, "")
    assert "2" in sentence
    assert sentence.endswith(".")


def test_text_put_in_order_is_told() -> None:
    (sentence,) = warning_sentences([Page(1, "1", "x", "geometry", (), "row-by-row")])
    assert sentence.startswith("The file stores the text of page 1 out of order")


# --- a real file ------------------------------------------------------------------------------------------------


def test_the_accents_of_old_latex_are_those_of_the_text() -> None:
    document = load_document(CORPUS / "tex-ot1.pdf")
    text = "\n".join(page.text for page in document.pages)
    assert not set("`´¨ı") & set(text)
    assert {"è", "più", "perché"} <= set(text.split())
    assert document.language == "it"
    assert document.sections
