"""What becomes of raw PDF text: cleaning, sections, and the gate that says whether to trust it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import Page, Section
from assistant.documents.child.messages import OutlineEntry
from assistant.documents.pdf.cleaning import clean_document, clean_pages
from assistant.documents.pdf.quality import Reading, better, judge
from assistant.documents.sections import place_sections


def clean(text: str) -> str:
    return clean_pages([text])[0]


# --- characters -------------------------------------------------------------------------------------------------


def test_ligatures_are_expanded_and_other_compatibility_characters_kept() -> None:
    assert clean("ﬁne, eﬃcace, ﬂusso: x² e ½, 1ª") == "fine, efficace, flusso: x² e ½, 1ª"


def test_accents_are_composed_and_junk_removed() -> None:
    assert clean("citta\u0300\u200b (cid:12)e\x03 \ue001così\x1b[31m\u00a0via") == "città e così via"


@pytest.mark.parametrize(
    ("raw", "repaired"),
    [
        ("perch \u0301e la citta \u0300 e cos\u0131\u0300", "perché la città e così"),
        ("\x88 primo\n\uf0b7 secondo", "• primo\n• secondo"),
        ("1.2 Titolo . . . . . . . . 22", "1.2 Titolo … 22"),
        ("1.2 | Titolo | . . . . . . | 22", "1.2 Titolo … 22"),
        ("forse . . . no", "forse . . . no"),
        ("mezzo\u2010\ngiorno", "mezzogiorno"),
        ("Sovi´c, Andr´es, Marc¸ais e G¨odel", "Sović, Andrés, Marçais e Gödel"),
        ("l´acqua e dell´energia", "l’acqua e dell’energia"),
        ("echo `date` e `ls -a`", "echo `date` e `ls -a`"),
    ],
)
def test_what_programs_make_of_characters_is_undone(raw: str, repaired: str) -> None:
    assert clean(raw) == repaired


OT1 = "L’universit`a di Forl`ı `e pi`u antica, perch´e la citt`a cambi`o; na¨ıf, fa¸con, se˜nor."


def test_accents_of_old_latex_are_repaired_where_the_document_has_them() -> None:
    assert clean(OT1) == "L’università di Forlì è più antica, perché la città cambiò; naïf, façon, señor."


def test_the_accent_of_a_capital_finds_its_letter_again() -> None:
    raw = OT1 + "\nE possibile che sia vero, anche se i co- `\nmandi no.\nL’UNIVERSITA DI FORLI `"
    assert clean(raw).split("\n", 1)[0].endswith("È possibile che sia vero, anche se i comandi no.")
    assert "L’UNIVERSITÀ" in clean(raw)


@pytest.mark.parametrize(
    "manual",
    [
        "Use `apt-get` or `aptitude`, `emacs`, `info`, `echo` and `umask` in the shell: `a`, `e`, `i`, `o`, `u`.",
        "Write ``a'' and ``e'' in LaTeX; \\`a gives à. ``I'' ``o'' ``u'' ``x'' ``y'' citt`a perch´e pi`u",
    ],
)
def test_manuals_of_shells_and_latex_keep_their_backquotes(manual: str) -> None:
    assert clean(manual).count("`") == manual.count("`")


@given(st.text(alphabet="ab `´¨eı\n'È", max_size=80))
def test_accents_never_cost_a_line_or_a_letter(text: str) -> None:
    cleaned = clean(OT1 + "\n\n" + text)
    assert cleaned.count("a") + cleaned.count("à") + cleaned.count("á") + cleaned.count("ä") >= text.count("a")


# --- words broken at line ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "joined"),
    [
        ("la fotosin\ufffetesi avviene", "la fotosintesi avviene"),  # pdfium
        ("la fotosin-\ntesi avviene", "la fotosintesi avviene"),  # pypdf
        ("la foto\u00adsintesi", "la fotosintesi"),
        ("l'am\ufffebien\ufffete è qui", "l'ambiente è qui"),
        ("Emilia-\nRomagna", "Emilia-Romagna"),
        ("a well-known fact, a well-\nknown fact", "a well-known fact, a well-known fact"),
        ("dal 1789-\n1799", "dal 1789-1799"),
        ("il COVID-\n19", "il COVID-19"),
        ("la p-\nvalue", "la p-value"),
        ("a domain-\nspecific and self-\nmade tool", "a domain-specific and self-made tool"),
        (
            "un grandezza non-lineare; grandezze, valori non-\nlineari",
            "un grandezza non-lineare; grandezze, valori non-lineari",
        ),
        (
            "debian-policy, the reference of debian: debian-\nreference",
            "debian-policy, the reference of debian: debian-reference",
        ),
        ("with BWA-\nMEM", "with BWA-MEM"),
        ("LA RIVOLU-\nZIONE", "LA RIVOLUZIONE"),
        ("https://www.debian.org/doc/-\nmanuals", "https://www.debian.org/doc/manuals"),
        ("see https://www.debian.org/\ndoc for more", "see https://www.debian.org/doc for more"),
        ("l’am-\nbien-\nte", "l’ambiente"),
        ("one of the - \nparts", "one of the - parts"),
    ],
)
def test_broken_words_are_joined_as_the_document_writes_them(raw: str, joined: str) -> None:
    assert clean(raw) == joined


# --- running heads ----------------------------------------------------------------------------------------------


def test_heads_and_feet_that_recur_on_three_pages_go() -> None:
    raw = [
        f"Biologia - Capitolo 4\nLa pagina parla di {word}.\n{number}" for number, word in enumerate("abcd", start=12)
    ]
    cleaned = clean_document(raw)
    assert cleaned.texts == tuple(f"La pagina parla di {word}." for word in "abcd")
    assert cleaned.heads == ("Biologia - Capitolo 4",) * 4


def test_heads_that_recur_on_two_pages_stay_but_page_numbers_go() -> None:
    assert clean_pages(["Cap. 1\nUno.\n1", "Cap. 1\nDue.\n2"]) == ["Cap. 1\nUno.", "Cap. 1\nDue."]


def test_a_printed_label_at_the_edge_goes() -> None:
    assert clean_pages(["- xii -\nPrefazione.", "Altro.\n13"], ["xii", "13"]) == ["Prefazione.", "Altro."]


def test_a_number_that_is_not_the_pages_own_stays() -> None:
    assert clean_pages(["Quanto fa 40 + 2?\n42"]) == ["Quanto fa 40 + 2?\n\n42"]


def test_a_page_with_nothing_but_its_running_head_becomes_empty() -> None:
    assert clean_pages(["Titolo\n1", "Titolo\n2", "Titolo\n3"]) == ["", "", ""]


# --- paragraphs -------------------------------------------------------------------------------------------------

WRAPPED = """In plants, photosynthesis takes place in chloroplasts, small green
bodies inside the cells of leaves. Each of them is wrapped in two
membranes.
The light reactions happen in the thylakoid membranes, where all the
pigments are.

Another paragraph."""


def test_lines_of_a_paragraph_become_one_and_paragraphs_are_parted_by_a_blank_line() -> None:
    assert clean(WRAPPED).split("\n\n") == [
        "In plants, photosynthesis takes place in chloroplasts, small green bodies inside the cells of leaves. "
        "Each of them is wrapped in two membranes.",
        "The light reactions happen in the thylakoid membranes, where all the pigments are.",
        "Another paragraph.",
    ]


def test_rows_of_a_table_and_items_of_a_list_stay_lines() -> None:
    prose = "This line of ordinary prose sets how wide a full line is on this page of text here"
    raw = (
        f"{prose}\n{prose} and ends.\n\nYear Rain Sun\n2023 1200 800\n2024 1100 900\n\n• one\n• two\n1. three\na) four"
    )
    assert clean(raw).split("\n\n")[1:] == [
        "Year Rain Sun\n2023 1200 800\n2024 1100 900",
        "• one\n• two\n1. three\na) four",
    ]


@given(st.lists(st.text(alphabet="ab1 .\n-\ufffe\u00adÈ•", max_size=60), max_size=5))
def test_cleaning_loses_no_letter_and_no_page(raw: list[str]) -> None:
    cleaned = clean_pages(raw)
    assert len(cleaned) == len(raw)
    if len(raw) < 3:  # with more, running heads may go
        assert re.sub("[^abÈ]", "", "".join(cleaned)) == re.sub("[^abÈ]", "", "".join(raw))
    for after in cleaned:
        assert "\n\n\n" not in after
        assert after == after.strip()


def test_text_made_to_be_slow_is_not() -> None:
    started = time.process_time()
    clean_pages(["a" * 300_000 + "-\n" * 1000 + "a-" * 200_000, " \n" * 300_000, ".)" * 200_000 + "x"] * 2)
    assert time.process_time() - started < 10


# --- sections ---------------------------------------------------------------------------------------------------


def page(number: int, text: str) -> Page:
    return Page(number, str(number), text, "pdfium")


def test_outline_entries_find_their_headings() -> None:
    pages = [
        page(1, "The contents mention Light.\n\n1.2 The light\nreactions\n\nText."),
        page(2, "Methods\n\nx\n\nMethods"),
    ]
    outline = [
        OutlineEntry("The Light Reactions", 1, 0),
        OutlineEntry("Methods", 2, 1),
        OutlineEntry("Methods", 2, 1),
        OutlineEntry("Not there", 3, 1),
        OutlineEntry("Beyond", 1, 9),
    ]
    assert place_sections(outline, pages) == (
        Section("The Light Reactions", 1, 1, pages[0].text.index("1.2")),
        Section("Methods", 2, 2, 0),
        Section("Methods", 2, 2, 12),
        Section("Not there", 3, 2, 19),
    )


def test_titles_are_made_harmless() -> None:
    assert place_sections([OutlineEntry("\x1b[31mRed\n  line", 1, 0), OutlineEntry("\x00", 1, 0)], [page(1, "x")]) == (
        Section("Red line", 1, 1, 0),
    )


# --- the gate ---------------------------------------------------------------------------------------------------

PROSE = "The leaf takes in light and gives out oxygen, as everybody learns at school. " * 5


@pytest.mark.parametrize(
    ("text", "image_cover", "verdict"),
    [
        (PROSE, 0.0, ""),
        (PROSE, 1.0, ""),
        ("Page 7", 0.9, "scanned"),
        ("", 1.0, "scanned"),
        ("Cell division", 0.2, ""),
        ("", 0.0, "empty"),
        (" \n ", 0.1, "empty"),
        ("\ue001 Short page", 0.0, ""),
        ("\x01\x02\x03\x04 a", 0.0, "broken-encoding"),
        (PROSE + "(cid:12)" * 20, 0.0, "broken-encoding"),
        (PROSE + "Sipuòcorreggerequestoerroreeregistrarlo " * 3, 0.0, "glued-words"),
        (PROSE + "precipitevolissimevolmente", 0.0, ""),
    ],
)
def test_the_verdict_on_a_page(text: str, image_cover: float, verdict: str) -> None:
    assert judge(text, image_cover) == verdict


def test_the_better_of_two_readings() -> None:
    glued = Reading("x" * 30 + " " + "y" * 30, "pdfium", "glued-words")
    more_glued = Reading("x" * 99 + " " + "y" * 99, "pypdf", "glued-words")
    good, failed = Reading("words", "pypdf", ""), Reading("", "pdfium", "failed")
    assert better(glued, good) is good
    assert better(failed, glued) is glued
    assert better(more_glued, glued) is glued
    assert better(good, Reading("words too", "pypdf", "")) is good
