"""Plain text and Markdown files."""

from __future__ import annotations

import codecs
import textwrap
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.documents import Section, load_document
from assistant.documents.child.limits import Limits
from assistant.documents.encodings import decode, decode_text
from assistant.documents.formats.markdown import split_front_matter
from assistant.documents.reflow import join_wrapped_lines
from assistant.documents.source import Source
from assistant.documents.text import read_text
from assistant.errors import DocumentLimitError, NoTextError

ITALIAN = "Perché la città è così? «L'½ — 10 €»"


@pytest.mark.parametrize(
    "data",
    [
        ITALIAN.encode("utf-8"),
        ITALIAN.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + ITALIAN.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + ITALIAN.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + ITALIAN.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + ITALIAN.encode("utf-32-be"),
        ITALIAN.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252"],
)
def test_usual_encodings_are_recognised(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(data)
    assert load_document(path).pages[0].text == ITALIAN


def test_utf16_without_a_mark_is_known_by_its_null_bytes(tmp_path: Path) -> None:
    text = "Perché la città è così?\nSecondo rigo, 10 €."
    for encoding in ("utf-16-le", "utf-16-be"):
        path = tmp_path / f"{encoding}.txt"
        path.write_bytes(text.encode(encoding))
        assert load_document(path).pages[0].text == text
        assert decode(text.encode(encoding)).encoding == encoding


@given(st.binary())
def test_no_byte_is_ever_lost(data: bytes) -> None:
    decoded = decode(data)
    assert decoded.to_bytes() == data
    assert not any("\udc80" <= letter <= "\udcff" for letter in decoded.text)


@given(
    st.text(alphabet="abc èéàòùìÈ’“”€— \n\r", min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "mac_roman"]),
    st.integers(0, 2),
    st.binary(max_size=3),
)
def test_no_byte_of_damaged_or_twice_encoded_text_is_lost(text: str, encoding: str, times: int, tail: bytes) -> None:
    data = text.encode(encoding, "ignore")
    for _time in range(times):
        data = data.decode("cp1252", "replace").encode("utf-8")
    assert decode(data + tail).to_bytes() == data + tail


@given(st.text())
def test_utf8_is_never_mistaken_but_for_strong_mojibake(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    decoded = decode(data)
    if not decoded.repairs and decoded.encoding == "utf-8":
        assert decoded.text == data.decode().removeprefix("\ufeff")
    assert decoded.encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-be")


@given(st.text(alphabet=st.characters(codec="cp1252", exclude_characters="ÂÃâ"), min_size=1))
def test_text_of_the_usual_letters_comes_back_from_both_usual_encodings(text: str) -> None:
    assume("\0" not in text)
    assert decode_text(text.encode("utf-8")) == text
    data = text.encode("cp1252")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        decoded = decode(data)
        if decoded.encoding == "cp1252":
            assert decoded.text == text


def test_the_bytes_cp1252_leaves_undefined_do_not_fail() -> None:
    assert decode_text(b"\x81\x8d\x8f\x90\x9d \xe8") == "\x81\x8d\x8f\x90\x9d è"


def test_a_stray_byte_does_not_turn_a_whole_file_into_mojibake() -> None:
    """A paragraph pasted by an old editor into a file of UTF-8."""
    data = "perché città più così è\n".encode() + "perché".encode("cp1252")
    assert decode(data).encoding == "utf-8"
    assert decode_text(data) == "perché città più così è\nperché"


def test_a_file_cut_in_the_middle_of_a_character_is_still_read() -> None:
    assert decode_text("perché è così".encode("utf-16")[:-1]) == "perché è cos"
    assert decode_text("perché città più così è".encode()[:-1]).startswith("perché città più così ")


def test_mac_roman_is_taken_for_that_on_strong_evidence_only() -> None:
    text = "Perché la città è così bella? Perciò, quando potrà, verrà; né più né meno: è già sera e si è là."
    assert decode(text.encode("mac_roman")).text == text
    assert decode(text.encode("cp1252")).text == text
    assert decode("caffè".encode("mac_roman")).encoding == "cp1252"


# --- mojibake -----------------------------------------------------------------------------------------------------

_ITALIAN_PAGE = "Perché la città è così bella? Perciò, quando potrà, verrà; né più né meno: «è già sera» e l’ora è là. "


@pytest.mark.parametrize("times", [1, 2])
def test_text_encoded_twice_is_repaired_and_can_be_broken_again(times: int) -> None:
    data = _ITALIAN_PAGE.encode()
    for _time in range(times):
        data = data.decode("cp1252", "sunto-latin-1-gaps").encode()
    decoded = decode(data)
    assert (decoded.text, decoded.repairs) == (_ITALIAN_PAGE, times)
    assert decoded.to_bytes() == data


@pytest.mark.parametrize(
    "text",
    [
        "Se vedi Ã¨ al posto di è, il file è stato letto male: Ã©, Ã², Ã¹, Ã¬ sono segni di questo.",
        "What do “Ã¨”, “Ã©”, “â€™” and “Ã²” mean? They mean that the text was read in the wrong way.",
        "One Ã¨ in a long text. " + "And then a lot of other words that are all plain. " * 20,
        "Â£ 5",
        "SÃO PAULO, AÇÃO, NÃO, À ÉPOCA",
        "Ã¨ bello; " + "x" * 9_000 + " Ã© Ã² Ã¹",
    ],
)
def test_a_text_that_speaks_of_mojibake_is_left_alone(text: str) -> None:
    decoded = decode(text.encode())
    assert (decoded.text, decoded.repairs) == (text, 0)


# --- plain text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\u2028", "\u2029", "\x85", "\v"])
def test_every_line_end_is_one(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(f"primo,{end}secondo.{end}{end}terzo".encode())
    assert load_document(path).pages[0].text == "primo,\nsecondo.\n\nterzo"


def test_line_ends_accents_and_controls_are_put_in_order(tmp_path: Path) -> None:
    path = tmp_path / "mac.txt"
    path.write_bytes("citta\u0300\r\nfine\rcorsa\x1b[2J\x01".encode())
    assert load_document(path).pages[0].text == "città\nfine\ncorsa"


def test_markup_in_a_document_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "markup.txt"
    path.write_text("[bold]x[/bold] [link=file:///etc]y[/]", encoding="utf-8")
    assert load_document(path).pages[0].text == "[bold]x[/bold] [link=file:///etc]y[/]"


def test_form_feeds_part_pages_and_one_at_the_end_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "pages.txt"
    path.write_text("one\ftwo\f\n", encoding="utf-8")
    assert [(page.number, page.label, page.text) for page in load_document(path).pages] == [
        (1, "1", "one"),
        (2, "2", "two"),
    ]


@pytest.mark.parametrize("data", [b" \n\n\t\f\n", "\ufeff".encode(), b"\x1b[2J"])
def test_a_file_of_white_space_has_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "blank.txt"
    path.write_bytes(data)
    with pytest.raises(NoTextError, match=r"blank\.txt has no text"):
        load_document(path)


def test_a_note_that_talks_about_pdf_is_a_note(tmp_path: Path) -> None:
    path = tmp_path / "pdf.md"
    path.write_text("Files start with `%PDF-1.7`, then come things like `1 0 obj`.", encoding="utf-8")
    assert load_document(path).pages[0].text.startswith("Files start")


# --- paragraphs an editor broke into lines ------------------------------------------------------------------------

_PROSE = (
    "La cellula è l'unità fondamentale della vita, e tutti gli esseri viventi ne sono fatti: alcuni di una sola, altri "
    "di molti miliardi. Dentro la cellula si trovano il nucleo, che custodisce il materiale ereditario, e altri organi "
    "più piccoli, ciascuno con il suo compito. I mitocondri, per esempio, danno energia."
)


@pytest.mark.parametrize("width", [50, 66, 72, 80, 100])
def test_a_wrapped_paragraph_is_put_together(width: int) -> None:
    wrapped = textwrap.fill(_PROSE, width)
    assert join_wrapped_lines(f"{wrapped}\n\nBreve.\n\n{wrapped}") == f"{_PROSE}\n\nBreve.\n\n{_PROSE}"


def test_two_lines_are_joined_where_another_paragraph_shows_the_width() -> None:
    two = textwrap.fill("Questa è una frase abbastanza lunga da andare a capo una volta sola, e poi basta.", 60)
    assert two.count("\n") == 1
    assert join_wrapped_lines(two) == two
    assert "\n\nQuesta è una frase abbastanza lunga da andare a capo una volta sola" in join_wrapped_lines(
        textwrap.fill(_PROSE, 60) + "\n\n" + two
    )


@pytest.mark.parametrize(
    "text",
    [
        "Nel mezzo del cammin di nostra vita\nmi ritrovai per una selva oscura,\nché la diritta via era smarrita.",
        "Tanto gentile e tanto onesta pare\nla donna mia quand'ella altrui saluta,\nch'ogne lingua deven "
        "tremando muta,\n"
        "e li occhi no l'ardiscon di guardare.",
        "- prima voce dell'elenco che è piuttosto lunga, tanto\n- seconda voce dell'elenco che è altrettanto "
        "lunga qui\n"
        "- terza voce",
        "1. prima voce numerata dell'elenco che è abbastanza lunga\n2. seconda voce numerata che è lunga più o "
        "meno così\n"
        "3. terza",
        "nome      età    città di nascita e di residenza\nMario     33     Reggio nell'Emilia e poi "
        "Roma\nLucia     29     x",
        "def funzione(argomento_lungo, altro_argomento):\n    return argomento_lungo + altro_argomento * argomento\n\n"
        "x = funzione(1, 2)",
        "Mario Rossi\nvia Garibaldi 12\n42121 Reggio Emilia",
        "a\tb\n1\t2",
    ],
    ids=["terzina", "sonetto", "elenco", "numeri", "tabella", "codice", "indirizzo", "colonne"],
)
def test_what_an_author_broke_into_lines_stays_so(text: str) -> None:
    assert join_wrapped_lines(text) == text


def test_a_word_broken_at_the_end_of_a_line_is_joined_if_the_text_knows_it() -> None:
    text = (
        "La fotosintesi è il processo con il quale le piante verdi produ-\n"
        "cono il proprio nutrimento, e insieme l'ossigeno che respiriamo\n"
        "ogni giorno. Le piante producono anche legno, in un socio-eco-\n"
        "nomico intreccio."
    )
    joined = join_wrapped_lines(text)
    assert "verdi producono il proprio" in joined
    assert "socio-eco-nomico" in joined


@given(st.text(alphabet="ab è-\n .|>*1\t", max_size=400))
def test_reflowing_changes_nothing_but_white_space_and_hyphens(text: str) -> None:
    joined = join_wrapped_lines(text)
    assert "".join(joined.split()).replace("-", "") == "".join(text.split()).replace("-", "")
    assert join_wrapped_lines(joined) == joined


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=12), min_size=60, max_size=120), st.integers(45, 110))
def test_reflowing_undoes_wrapping(words: list[str], width: int) -> None:
    text = " ".join(words)
    assert join_wrapped_lines(textwrap.fill(text, width)) == text


# --- Markdown ---------------------------------------------------------------------------------------------------


def markdown(tmp_path: Path, text: str):
    path = tmp_path / "notes.md"
    path.write_text(text, encoding="utf-8")
    return load_document(path)


def test_front_matter_gives_title_and_author_and_leaves_the_text(tmp_path: Path) -> None:
    document = markdown(
        tmp_path, '---\ntitle: "Le cellule: un\'introduzione"\nauthor: Ada\ntags: [x]\n---\n\n# Cap. 1\nTesto.'
    )
    assert document.title == "Le cellule: un'introduzione"
    assert document.metadata == {"title": "Le cellule: un'introduzione", "author": "Ada"}
    assert document.pages[0].text == "Cap. 1\n\nTesto."


@pytest.mark.parametrize("block", ["authors: [Ada, 'Bo']", "authors:\n  - Ada\n  - Bo", "author: Ada, Bo # the two"])
def test_several_authors(block: str) -> None:
    assert split_front_matter(f"---\n{block}\n---\nx") == ({"author": "Ada, Bo"}, "x")


@pytest.mark.parametrize(
    "text", ["---\n\nA rule, then text.\n\n---\n", "--- title: no ---", "text\n---\ntitle: x\n---"]
)
def test_a_rule_is_not_front_matter_with_fields(text: str) -> None:
    assert split_front_matter(text)[0] == {}


def test_headings_are_sections_at_their_places(tmp_path: Path) -> None:
    text = "# Uno C# #\n\ntesto\n\n## *Due* di [due](http://x)\n\nTre\n===\n\nQuattro\n---\n\n####### sette\n#niente"
    document = markdown(tmp_path, text)
    page = document.pages[0].text
    assert page == "Uno C#\n\ntesto\n\nDue di due\n\nTre\n\nQuattro\n\n####### sette #niente"
    assert document.sections == (
        Section("Uno C#", 1, 1, 0),
        Section("Due di due", 2, 1, page.index("Due")),
        Section("Tre", 1, 1, page.index("Tre")),
        Section("Quattro", 2, 1, page.index("Quattro")),
    )
    assert document.title == "Uno C#"
    assert document.pages[0].engine == "markdown"


def test_a_hash_in_a_code_block_is_no_heading(tmp_path: Path) -> None:
    text = "```sh\n# a comment\n~~~\n## another\n```\n\n~~~~\n# x\n~~~\n# y\n~~~~\n\n    # indented\n\n# Real"
    assert [section.title for section in markdown(tmp_path, text).sections] == ["Real"]


def test_a_rule_under_a_list_or_a_quotation_is_no_heading(tmp_path: Path) -> None:
    assert markdown(tmp_path, "- item\n---\n\n> quote\n---\n\ntext").sections == ()


def test_without_any_heading_the_title_is_the_name(tmp_path: Path) -> None:
    document = markdown(tmp_path, "just text")
    assert (document.title, document.sections) == ("notes", ())


def test_only_front_matter_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(NoTextError):
        markdown(tmp_path, "---\ntitle: x\n---\n")


def test_a_text_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * (2 << 20))
    with pytest.raises(DocumentLimitError, match=r"long\.txt is 2 MB, more than the 1 MB"):
        read_text(Source(path, limits=Limits(text_bytes=1 << 20)))
