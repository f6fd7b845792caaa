"""A number, date, formula or name that the source does not have is caught; the same one written otherwise is not."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.model import Document, Page
from assistant.grounding import Passages, Support
from assistant.grounding.dates import dates_in
from assistant.grounding.details import details_of
from assistant.grounding.formulas import formulas_in
from assistant.grounding.names import names_in
from assistant.grounding.numbers import numbers_in
from tests.assistant.texts import cell_document, revolution_document

CELL = cell_document()
REVOLUTION = revolution_document()


def document(text: str, language: str = "it") -> Document:
    return Document("/notes/a.txt", "a.txt", "A", (Page(1, "1", text, "text"),), language=language)


def missing(source: str, claim: str, language: str = "it") -> tuple[str, ...]:
    return Passages([document(source, language)]).cite(claim).missing


def support(source: str, claim: str, language: str = "en") -> Support:
    return Passages([document(source, language)]).cite(claim).support


# --- numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ventitré anni", {"23"}),
        ("millesettecentottantanove", {"1789"}),
        ("duecentomila persone", {"200000"}),
        ("twenty-three cells", {"23"}),
        ("two thousand and forty six", {"2046"}),
        ("three hundred thousand", {"300000"}),
        ("2,5 milioni", {"2500000"}),
        ("3 million", {"3000000"}),
        ("due miliardi", {"2000000000"}),
        ("the nineteenth century", {"19"}),
        ("il secolo XIX", {"19"}),
        ("Luigi XVI", {"16"}),
        ("a change of −5 °C", {"-5"}),
        ("3.000", {"3000", "3"}),
    ],
)
def test_a_number_is_read_in_words_figures_and_roman(text: str, values: set[str]):
    assert [set(number.values) for number in numbers_in(text)] == [values]


@pytest.mark.parametrize("text", ["one of the first", "secondo la prima legge", "H2O", "I vivi"])
def test_words_that_only_look_like_numbers_are_none(text: str):
    assert numbers_in(text) == []


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("Il regno durò tre milioni di anni.", "Il regno durò 3.000.000 di anni."),
        ("The war cost 2.5 million dollars.", "The war cost $2,500,000 in total."),
        ("Avvenne nel 1848 a Milano.", "Avvenne nel XIX secolo a Milano."),
        ("Avvenne nell'Ottocento a Milano.", "Avvenne nel diciannovesimo secolo a Milano."),
        ("It happened in 1984 in London.", "It happened in the 1980s in London."),
        ("La popolazione era il 98 per cento.", "La popolazione era il 98% del totale."),
        ("The row holds 12 345 items.", "The row holds 12345 items."),
        ("There are solids, liquids and gases.", "There are three main types: solids, liquids and gases."),
    ],
)
def test_the_same_number_in_another_dress_is_no_alarm(source: str, claim: str):
    assert missing(source, claim) == ()


@pytest.mark.parametrize(
    ("source", "claim", "lacking"),
    [
        ("The war cost 3 dollars a head.", "The war cost 3 million dollars.", ("3 million",)),
        ("The temperature is 5 °C at night.", "The temperature is −5 °C at night.", ("−5",)),
        ("Nacque nell'Ottocento a Pisa.", "Nacque nel XVII secolo a Pisa.", ("XVII",)),
        ("A cell has 46 chromosomes.", "A cell has forty-eight chromosomes.", ("forty-eight",)),
        ("Le cellule sono 46 in tutto.", "Le cellule sono quarantotto in tutto.", ("quarantotto",)),
    ],
)
def test_another_number_is_named(source: str, claim: str, lacking: tuple[str, ...]):
    assert missing(source, claim) == lacking


def test_exchanged_numbers_are_not_supported():
    source = "Human body cells have 46 chromosomes, arranged in 23 pairs."
    assert support(source, "Body cells of humans have 46 chromosomes, in 23 pairs.") == "supported"
    assert support(source, "Body cells of humans have 23 chromosomes, in 46 pairs.") == "weak"


def test_a_number_with_another_unit_is_not_supported():
    source = "The cable that joins the rocky islands of the northern coast is 40 km long and lies deep."
    claim = "The cable that joins the rocky islands of the coast is 40 {} long."
    assert support(source, claim.format("kilometres")) == "supported"
    assert support(source, claim.format("metres")) == "weak"


# --- dates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("il 14 luglio 1789", (14, 7, 1789)),
        ("on July 14, 1789", (14, 7, 1789)),
        ("the 14th of July 1789", (14, 7, 1789)),
        ("1789-07-14", (14, 7, 1789)),
        ("31/12/1999", (31, 12, 1999)),
        ("il primo maggio", (1, 5, None)),
        ("nell'agosto del 1943", (None, 8, 1943)),
        ("in September", (None, 9, None)),
    ],
)
def test_a_date_is_read_in_either_language(text: str, parts: tuple[int | None, int, int | None]):
    assert [(date.day, date.month, date.year) for date in dates_in(text)] == [parts]


def test_may_and_march_alone_are_words():
    assert dates_in("It may march on.") == []


@pytest.mark.parametrize(
    "claim",
    [
        "The Bastille was stormed on July 14, 1789.",
        "La Bastiglia fu presa il 14/07/1789.",
        "La Bastiglia fu presa il 14 luglio.",
        "La Bastiglia fu presa nel luglio 1789.",
    ],
)
def test_the_same_day_written_otherwise_is_no_alarm(claim: str):
    assert Passages([REVOLUTION]).cite(claim).missing == ()


@pytest.mark.parametrize(
    ("claim", "lacking"),
    [
        ("La Bastiglia fu presa il 14 agosto 1789.", "14 agosto 1789"),
        ("La Bastiglia fu presa il 16 luglio 1789.", "16 luglio 1789"),
        ("La Bastiglia fu presa il 14/07/1794.", "14/07/1794"),
        ("La Bastiglia fu presa in ottobre.", "ottobre"),
    ],
)
def test_another_day_is_named_though_its_parts_stand_in_the_text(claim: str, lacking: str):
    assert Passages([REVOLUTION]).cite(claim).missing == (lacking,)


# --- formulas ---------------------------------------------------------------------------------------------------

FORMULAS = r"Water is H2O. Energy is E = mc2 . The gas CO 2 is heavier. We have \(f'(x) = 2x\) and F=m·a here."


@pytest.mark.parametrize(
    "claim", ["Water is H₂O in short.", "We have E = mc² for energy.", "CO₂ is a heavier gas.", "f'(x) = 2x", "F = m a"]
)
def test_a_formula_is_known_however_it_is_set(claim: str):
    assert missing(FORMULAS, claim, "en") == ()


@pytest.mark.parametrize(
    ("claim", "lacking"),
    [
        ("Water is H2O2 in short.", "H2O2"),
        ("We have E = mc³ for energy.", "E = mc³"),
        (r"The rule is $f'(x) = 3x$ here.", r"$f'(x) = 3x$"),
    ],
)
def test_another_formula_is_named(claim: str, lacking: str):
    assert missing(FORMULAS, claim, "en") == (lacking,)


# --- names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Nel 1789 la rivolta di Robespierre a Parigi.", ["Robespierre", "Parigi"]),
        ("The cells were seen by Robert Hooke.", ["Robert", "Hooke"]),
        ("Cells were seen.", []),
        ("L'esercito dell'Austria e il DNA.", ["Austria", "DNA"]),
        ("Georges Danton parlò.", ["Georges", "Danton"]),
        ("Danton fu giustiziato.", ["Danton"]),
        ("Inoltre fu giustiziato: Tutto qui.", []),
        ("The Main Causes Of The Long Revolution", []),
        ("Newton's laws, in July.", ["Newton"]),
    ],
)
def test_names_are_capitalised_words_that_are_not_only_first(text: str, names: list[str]):
    assert [name.text for name in names_in(text)] == names


@pytest.mark.parametrize(
    "claim",
    [
        "In 1789 the king of France, Louis XVI, called the Estates General.",
        "The people of Paris stormed the Bastille on 14 July.",
        "Robespierre's Committee sent 16,000 people to death.",
        "Nel 1789 i Francesi erano quasi in bancarotta.",
    ],
)
def test_a_translated_or_inflected_name_is_no_alarm(claim: str):
    assert Passages([REVOLUTION]).cite(claim).missing == ()


@pytest.mark.parametrize(
    ("claim", "lacking"),
    [
        ("Il Comitato di salute pubblica, guidato da Georges Danton, durò poco.", ("Georges Danton",)),
        ("Il popolo di Vienna assaltò la Bastiglia.", ("Vienna",)),
        ("The committee was led by Danton and not by Marat.", ("Danton", "Marat")),
        ("Danton fu giustiziato il 28 luglio 1794.", ("Danton",)),
    ],
)
def test_a_name_that_the_source_never_has_is_named(claim: str, lacking: tuple[str, ...]):
    assert Passages([REVOLUTION]).cite(claim).missing == lacking


def test_the_initials_of_a_name_are_that_name():
    source = "L'Organizzazione Mondiale della Sanità studia le malattie di ogni paese."
    assert missing(source, "Le malattie sono studiate dalla OMS ogni anno.") == ()
    assert missing(source, "Le malattie sono studiate dalla NASA ogni anno.") == ("NASA",)


def test_a_name_from_elsewhere_in_the_document_is_not_supported():
    pages = (
        "Marie Curie worked in Paris for years. " + "Nothing else is said of it here. " * 200,
        "Hooke saw cork cells in a microscope.",
    )
    source = replace(CELL, pages=tuple(Page(number, str(number), text, "text") for number, text in enumerate(pages, 1)))
    claim = Passages([source]).cite("Curie saw cork cells in a microscope.")
    assert (claim.support, claim.missing) == ("weak", ())


# --- meaning ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "claim", "warned"),
    [
        ("L'oro non reagisce con gli acidi.", "L'oro reagisce con gli acidi.", ("negation",)),
        ("Gold reacts with aqua regia alone.", "Gold does not react with aqua regia alone.", ("negation",)),
        ("Cells divide, but they do not move about.", "Cells divide, but they move about.", ("negation",)),
        ("Cells divide and grow, but plants do not move.", "Cells divide and grow.", ()),
        ("It is not true that the Earth is a flat disc.", "The Earth is a flat disc.", ("negation",)),
        ("La cura può guarire la malattia rara.", "La cura guarisce la malattia rara.", ("modality",)),
        ("The treatment cures the rare disease.", "The treatment always cures the rare disease.", ("modality",)),
        ("The valve sometimes opens under pressure.", "The valve opens under pressure.", ("modality",)),
        ("The valve opens under pressure.", "The valve must open under pressure.", ("modality",)),
        ("Not only cells but tissues grow there.", "Tissues and cells grow there.", ()),
        ("Il rame non solo conduce ma resiste.", "Il rame conduce e resiste.", ()),
    ],
)
def test_a_not_or_a_may_on_one_side_only_is_warned_of(source: str, claim: str, warned: tuple[str, ...]):
    language = "it" if {"la", "il", "l'oro"} & set(claim.lower().split()) else "en"
    assert Passages([document(source, language)]).cite(claim).warnings == warned


def test_a_claim_about_the_text_is_graded_by_the_rest():
    claim = "The text describes how chloroplasts capture light with chlorophyll."
    assert Passages([CELL]).cite(claim).support == "supported"


def test_a_word_in_the_place_of_another_is_not_supported():
    source = "At transform boundaries plates slide past one another. At convergent boundaries plates collide."
    assert support(source, "At transform boundaries the plates slide past each other.") == "supported"
    assert support(source, "At convergent boundaries the plates slide past each other.") == "weak"


def test_words_of_several_sentences_are_not_supported():
    claim = "Chlorophyll oxygen water plants sugar air carbon light."
    assert Passages([CELL]).cite(claim).support == "weak"


def test_a_claim_in_the_other_language_finds_its_page_by_words_of_one_origin():
    claim = Passages([CELL]).cite("I mitocondri hanno un DNA circolare e rilasciano energia: circa 2.000 mitocondri.")
    assert [citation.page for citation in claim.citations] == [2]
    assert claim.missing == ()


def test_what_two_documents_say_is_cited_from_both():
    twin = replace(CELL, path="/notes/twin.pdf", name="twin.pdf")
    claim = Passages([CELL, twin]).cite("The nucleus holds the chromosomes.")
    assert [citation.document for citation in claim.citations] == ["cell.pdf", "twin.pdf"]


# --- any text ---------------------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_details_lie_in_their_claim_and_a_text_never_lacks_its_own(source: str, claim: str):
    details = details_of(claim)
    for item in (*details.formulas, *details.numbers, *details.names):
        assert claim[item.start : item.end] == item.text
    found = Passages([document(source)]).cite(claim)
    assert (found.support == "unsupported") == bool(found.missing)


HOSTILE = ("a=b", "$", "A. ", "1 ", "two ", "5 luglio ", "non ", "Aa", "l'", "x", "\\(", "_", "(", "a-", "[", "Ab Cd ")


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_claims_and_sources_take_no_long_time(unit: str):
    text = unit * (40_000 // len(unit)) + "a"
    started = time.perf_counter()
    formulas_in(text)
    Passages([document(text)]).cite(text)
    assert time.perf_counter() - started < 5


def test_a_page_without_full_stops_does_not_hold_every_claim():
    words = " ".join(f"word{number} cell{number % 7} light{number % 11}" for number in range(5000))
    claim = Passages([document(words, "en")]).cite("Word17 word2900 word4800 word1200 word3600 word60.")
    assert claim.support in ("weak", "unsupported")
