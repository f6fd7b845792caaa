"""Coverage drawn as a bar: a sign for each page or for several, what the signs mean, reasons with their pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.answer_notes import advice, origin_lines
from tui.coverage_bar import LEFT_OUT, NO_TEXT, PARTLY, READ, coverage_lines, pages_named, scaled


def coverage(pages: int, **reasons: list[int]) -> dict:
    """Of so many pages; `scanned=[3]` was left out for that reason, what is not named was read."""
    skipped = sorted(
        ({"page": page, "reason": reason.replace("_", " ")} for reason, numbers in reasons.items() for page in numbers),
        key=lambda page: page["page"],
    )
    out = {page["page"] for page in skipped}
    used = [page for page in range(1, pages + 1) if page not in out]
    return {"pages_total": pages, "pages_used": used, "pages_skipped": skipped}


def test_each_page_has_a_sign_and_each_reason_a_line():
    lines = coverage_lines(coverage(10, scanned=[3, 4, 5, 9], not_chosen=[10]), 80)
    assert lines == [
        "██×××███×░ 5 of 10 pages",
        "█ read · ░ left out · × without text",
        "pp. 3–5, 9: an image",
        "p. 10: not chosen",
    ]


def test_where_all_was_read_the_bar_needs_no_explanation():
    assert coverage_lines(coverage(4), 80) == ["████ 4 of 4 pages"]


def test_a_single_page_needs_no_bar():
    assert coverage_lines(coverage(1), 80) == []
    assert coverage_lines({}, 80) == []


def test_of_a_long_book_each_sign_stands_for_several_pages():
    bar, legend, *_reasons = coverage_lines(coverage(600, scanned=list(range(301, 316))), 80)
    assert bar == "█" * 30 + "×▒" + "█" * 28 + " 585 of 600 pages"
    assert legend == "█ read · ▒ partly read · × without text"


def test_each_of_several_documents_has_its_bar_and_its_reasons():
    parts = [{"document": "cell.pdf", **coverage(3)}, {"document": "a" * 40 + ".pdf", **coverage(4, empty=[2])}]
    together = {**coverage(7), "documents": parts}
    assert coverage_lines(together, 60) == [
        "cell.pdf             ███ 3 of 3 pages",
        "aaaaaaaaaaaaaaaaaaa… █×██ 3 of 4 pages",
        "█ read · × without text",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pdf, p. 2: blank",
    ]


def test_of_a_whole_library_only_the_first_bars_are_drawn():
    parts = [{"document": f"{number}.pdf", **coverage(2)} for number in range(30)]
    lines = coverage_lines({**coverage(60), "documents": parts}, 60)
    assert lines[-1] == "… and 22 more documents"
    assert len(lines) == 9


def test_pages_are_called_by_what_is_printed_on_them_and_long_lists_are_cut():
    assert pages_named([3, 4, 9], {"labels": {"3": "iii", "4": "iv"}}) == "pp. iii–iv, 9"
    assert pages_named(range(1, 100, 2), {}).endswith("21, 23, …")


def test_the_pages_beneath_an_answer_are_called_as_in_its_citations():
    """They used to be the numbers in the file, beside citations with the numbers on the paper."""
    labels = {str(page): str(page + 40) for page in range(1, 10)}
    some = {**coverage(9, not_relevant=[1, 2, 5, 6, 7, 8]), "labels": labels}
    assert origin_lines({"answer": "…", "route": {"kind": "search"}, "coverage": some}, 80) == [
        "Searched: read 3 of 9 pages (pp. 43–44, 49)"
    ]
    assert coverage_lines(some, 80)[-1] == "pp. 41–42, 45–48: not about the question"
    assert coverage_lines({**coverage(20), "documents": [some, coverage(11)]}, 80)[-1].endswith(
        "pp. 41–42, 45–48: not about the question"
    )


def test_a_bar_of_nothing_but_pages_partly_read_is_explained():
    """With only one sign in it, it used not to be."""
    bar, legend, *_reasons = coverage_lines(coverage(900, scanned=list(range(1, 900, 3))), 40)
    assert set(bar.split()[0]) == {PARTLY}
    assert legend == "▒ partly read"


@given(st.text(READ + LEFT_OUT + NO_TEXT, min_size=1, max_size=300), st.integers(8, 60))
def test_a_scaled_bar_fits_and_shows_full_and_empty_only_where_it_is(signs, columns):
    bar = scaled(signs, columns)
    assert len(bar) == min(len(signs), columns)
    assert (READ in signs) == (READ in bar or PARTLY in bar)
    if set(signs) == {READ}:
        assert set(bar) == {READ}
    if READ not in signs:
        assert PARTLY not in bar


@given(st.integers(2, 400), st.sets(st.integers(1, 400)), st.integers(20, 200))
def test_the_bar_fits_into_the_terminal(pages, skipped, columns):
    lines = coverage_lines(coverage(pages, scanned=sorted(page for page in skipped if page <= pages)), columns)
    assert cell_len(lines[0]) <= max(columns, 8 + 18)


# --- beneath an answer --------------------------------------------------------------------------------------------


def answer(kind: str, **reasons: list[int]) -> dict:
    return {"answer": "…", "route": {"kind": kind, "pages_read": 3}, "coverage": coverage(9, **reasons)}


def test_an_answer_says_which_pages_were_searched_out_for_it():
    assert origin_lines(answer("search", not_relevant=[1, 2, 5, 6, 7, 8]), 80) == [
        "Searched: read 3 of 9 pages (pp. 3–4, 9)"
    ]


def test_an_answer_about_everything_says_that_it_was_read_part_by_part():
    assert origin_lines(answer("map"), 80) == ["Read everything, part by part: 9 pages"]


def test_an_answer_from_a_short_text_or_from_none_says_nothing():
    assert origin_lines(answer("whole"), 80) == []
    assert origin_lines({"answer": "Hello."}, 80) == []


def test_a_doubtful_summary_offers_the_documents_own_sentences_and_a_sound_one_does_not():
    doubtful = {"summary": "…", "claims": [{"support": "unsupported"}]}
    assert "/summarize quotes" in advice(doubtful)
    assert "/summarize quotes" in advice({"summary": "…", "problems": {"repetition": 2}})
    assert advice({**doubtful, "extractive": "all"}) == "", "they stand there already"
    assert advice({"summary": "…", "claims": [{"support": "weak"}], "problems": {"language": 0}}) == ""
    assert advice({"answer": "…", "claims": [{"support": "unsupported"}]}) == "", "nothing was summarized"
