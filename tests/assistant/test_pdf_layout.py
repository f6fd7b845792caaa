"""The order of a page's pieces, its tables and its paragraphs, on lines made up for the purpose: no PDF is read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.child.messages import LineFacts
from assistant.documents.pdf.glyphs import Box
from assistant.documents.pdf.junk import junk_letters, without_junk
from assistant.documents.pdf.layout import Arrangement, Piece, arranged, edges_in_place, is_disordered
from assistant.documents.pdf.lines import HYPHEN, Line
from assistant.documents.pdf.paragraphs import written
from assistant.documents.pdf.stacks import row_by_row as with_rows_of
from assistant.documents.pdf.stacks import stacked_tables
from assistant.documents.pdf.tables import gaps_between, lines_of_rows

WIDTH, HEIGHT = 595.0, 842.0
PROSE = "the leaf takes in light and gives oxygen"


def line(text: str, left: float, baseline: float, right: float | None = None, size: float = 10) -> Line:
    return Line(text, 0, left, left + 5 * len(text) if right is None else right, baseline, size)


def pieces(*lines: Line) -> list[Piece]:
    return [Piece(drawn, order, order) for order, drawn in enumerate(lines)]


def texts(arrangement: Arrangement) -> list[str]:
    return [" ".join(piece.line.text for piece in row) for row in arrangement.rows]


def column(name: str, left: float, rows: int = 8) -> list[Line]:
    return [line(f"{PROSE} {name}{row}", left, 100 + 12 * row, left + 220) for row in range(rows)]


def row_by_row(*columns: Sequence[Line]) -> list[Line]:
    return [piece for row in zip(*columns, strict=True) for piece in row]


# --- columns ----------------------------------------------------------------------------------------------------


def test_columns_of_prose_drawn_row_by_row_are_read_one_after_the_other() -> None:
    left, right = column("a", 50), column("b", 300)
    title = line("A title as wide as both of the columns, or nearly so, at the top of them", 60, 60, 500, 16)
    arrangement = arranged(pieces(title, *row_by_row(left, right)), WIDTH)
    assert arrangement.unpicked
    assert texts(arrangement) == [piece.text for piece in (title, *left, *right)]


def test_three_columns_are_columns_too() -> None:
    columns = [
        [line(f"{PROSE} {name}{n}", x, 100 + 12 * n, x + 150) for n in range(6)]
        for name, x in zip("abc", (30, 200, 370), strict=True)
    ]
    arrangement = arranged(pieces(*row_by_row(*columns)), WIDTH)
    assert texts(arrangement) == [piece.text for one in columns for piece in one]


def test_a_table_is_read_by_rows() -> None:
    rows = [line(text, left, 100 + 14 * n) for n in range(8) for text, left in ((f"Mouse {n}", 50), (f"{n}20", 300))]
    arrangement = arranged(pieces(*rows), WIDTH)
    assert not arrangement.unpicked
    assert texts(arrangement) == [f"Mouse {n} {n}20" for n in range(8)]


def test_text_below_two_columns_is_read_after_both() -> None:
    left, right = column("a", 50), column("b", 300)
    below = line("A note as wide as the page is and which stands below the two columns of it", 50, 240, 520)
    assert texts(arranged(pieces(*row_by_row(left, right), below), WIDTH))[-1] == below.text


def test_boxes_beside_each_other_are_read_from_the_left_whatever_was_drawn_first() -> None:
    left = [line(f"left {n}", 50, 100 + 20 * n) for n in range(4)]
    right = [line(f"right {n}", 300, 106 + 20 * n) for n in range(4)]
    assert texts(arranged(pieces(*right, *left), WIDTH)) == [piece.text for piece in (*left, *right)]


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_a_second_column_that_has_only_begun_is_a_column(rows: int) -> None:
    left, right = column("a", 50, 12), column("b", 300, rows)
    right[-1] = line("and ends here.", 300, right[-1].baseline)
    drawn = [piece for pair in zip(left, right, strict=False) for piece in pair] + left[rows:]
    arrangement = arranged(pieces(*drawn), WIDTH)
    assert arrangement.unpicked
    assert texts(arrangement) == [piece.text for piece in (*left, *right)]


@pytest.mark.parametrize(
    "beside",
    [
        [line("a narrow note", 300, 100 + 12 * n, 380) for n in range(2)],
        [line(f"{100 + n} {n} 7 8 9 10 11", 300, 100 + 12 * n, 520) for n in range(2)],
        [line(PROSE, 300, 100, 520)],
    ],
    ids=["narrower", "figures", "one line"],
)
def test_little_beside_a_column_is_no_second_column(beside: list[Line]) -> None:
    left = column("a", 50, 12)
    drawn = [piece for pair in zip(left, beside, strict=False) for piece in pair] + left[len(beside) :]
    assert not arranged(pieces(*drawn), WIDTH).unpicked


boxes = st.builds(
    lambda left, width, baseline, size: line("some words", left, baseline, left + width, size),
    st.floats(0, 500),
    st.floats(1, 500),
    st.floats(0, 800),
    st.floats(0, 60),
)


@given(st.lists(boxes, max_size=40))
def test_no_piece_is_lost_or_doubled_wherever_it_stands(lines: list[Line]) -> None:
    arrangement = arranged(pieces(*lines), WIDTH)
    assert sorted(piece.order for row in arrangement.rows for piece in row) == list(range(len(lines)))


# --- order ------------------------------------------------------------------------------------------------------


def test_a_page_drawn_from_the_bottom_up_is_out_of_order() -> None:
    assert is_disordered(column("a", 50)[::-1], HEIGHT)


@pytest.mark.parametrize(
    "lines",
    [
        column("a", 50),
        [*column("a", 50), *column("b", 300)],
        [line("12", 300, 30), *column("a", 50), line("A running head", 50, 30)],
        [*column("a", 50, 3), line("x", 60, 90), line("2", 60, 80), *column("b", 50)[4:]],
        [line("A note in the margin", 480, 150), *column("a", 50)],
    ],
    ids=["one column", "two columns", "a head drawn last", "a formula", "a note in the margin"],
)
def test_ordinary_pages_are_in_order(lines: list[Line]) -> None:
    assert not is_disordered(lines, HEIGHT)


def test_heads_and_feet_go_to_their_ends_of_the_page() -> None:
    body, head, foot = column("a", 50), line("A running head", 50, 30), line("12", 300, 820)
    assert edges_in_place([foot, *body, head], HEIGHT) == [head, *body, foot]


def test_columns_that_start_at_the_edge_are_not_torn() -> None:
    lines = [line(f"{PROSE} {name}{n}", x, 40 + 12 * n) for name, x in (("a", 50), ("b", 300)) for n in range(60)]
    assert edges_in_place(lines, HEIGHT) == lines


@given(st.lists(boxes, max_size=30))
def test_putting_the_edges_in_place_loses_nothing(lines: list[Line]) -> None:
    assert sorted(map(repr, edges_in_place(lines, HEIGHT))) == sorted(map(repr, lines))


# --- tables -----------------------------------------------------------------------------------------------------


def rows_of(*rows: Sequence[tuple[str, float]]) -> list[list[Piece]]:
    """Rows of cells, each with its left edge."""
    return [
        [Piece(line(text, left, 100 + 14 * number), 0, number) for text, left in row] for number, row in enumerate(rows)
    ]


def joined(*rows: Sequence[tuple[str, float]]) -> list[str]:
    return [row.text for row in lines_of_rows(rows_of(*rows))]


def test_the_cells_of_a_table_are_parted() -> None:
    rows = joined(
        *[
            [(year, 50), (income, 150), ("a little more", 300)]
            for year, income in (("Year", "Income"), ("2023", "1200"), ("2024", "900"))
        ]
    )
    assert rows == ["Year | Income | a little more", "2023 | 1200 | a little more", "2024 | 900 | a little more"]


@pytest.mark.parametrize(
    "rows",
    [
        [[(f"{n}.", 50), ("a thing to be done", 80)] for n in range(4)],
        [[("•", 50), ("a thing to be done", 80)] for _ in range(4)],
        [[("a = b + c", 50), (f"({n}.1)", 400)] for n in range(4)],
        [[("Introduction", 50), (str(3 * n), 400)] for n in range(4)],
        [[("Mouse", 50), ("20", 200)], [("Rat", 50), ("300", 200)]],
        [[("a", 50), ("word", 60 + 50 * n)] for n in range(5)],
    ],
    ids=["numbered list", "bullets", "numbered formulas", "contents", "too few rows", "nothing stands below"],
)
def test_gaps_alone_make_no_table(rows: list[list[tuple[str, float]]]) -> None:
    assert not any("|" in text for text in joined(*rows))


def test_a_stretched_paragraph_is_no_table() -> None:
    rows = []
    for number, words in enumerate(
        (("generations", "pass", "on"), ("because", "and", "so", "on"), ("they", "can", "give"))
    ):
        row, left = [], 50.0
        for word in words:
            row.append(Piece(line(word, left, 100 + 12 * number), 0, number))
            left = row[-1].line.right + 12
        rows.append(row)
    assert [row.text for row in lines_of_rows(rows)] == ["generations pass on", "because and so on", "they can give"]


def test_gaps_are_seen_between_what_was_drawn_on_one_line() -> None:
    runs = [Box(50, 100, 90, 108), Box(120, 101, 150, 108), Box(50, 114, 90, 122), Box(92, 114, 150, 122)]
    assert gaps_between(runs) == [Box(90, 100, 120, 108)]


# --- tables drawn column by column ------------------------------------------------------------------------------


def stacked(*columns: Sequence[str], distance: float = 13, width: float = 160) -> list[Line]:
    """Columns of cells; "" stands for an empty one, and " / " parts the lines of one."""
    return [
        line(text, 50 + width * number, 200 + distance * row + 12 * below)
        for number, column in enumerate(columns)
        for row, cell in enumerate(column)
        for below, text in enumerate(cell.split(" / "))
        if text
    ]


def read(lines: Sequence[Line]) -> list[str]:
    drawn = [[piece] for piece in pieces(*lines)]
    return [row.text for row in lines_of_rows(with_rows_of(drawn, stacked_tables(lines)))]


USES = ("Use of the land", "Thick wood", "Meadow", "Old town")
RUNOFF = ("Runoff", "0,10–0,20", "0,20–0,35", "0,70")
TIMES = ("Time", "60 minutes", "40 minutes", "9 minutes")


def test_a_table_drawn_column_by_column_is_read_by_rows() -> None:
    above, below = column("a", 50, 4), line(PROSE, 50, 290)
    rows = [" | ".join(row) for row in zip(USES, RUNOFF, TIMES, strict=True)]
    assert read([*above, *stacked(USES, RUNOFF, TIMES), below]) == [*(one.text for one in above), *rows, PROSE]


@pytest.mark.parametrize("columns", [(USES, RUNOFF), (("Year", "2019", "2020", "2021"), RUNOFF)], ids=str)
def test_two_columns_are_a_table_where_one_of_them_has_figures(columns: Sequence[Sequence[str]]) -> None:
    assert read(stacked(*columns)) == [" | ".join(row) for row in zip(*columns, strict=True)]


def test_two_tables_may_follow_each_other() -> None:
    first = stacked(USES, RUNOFF)
    second = [line(one.text, one.left, one.baseline + 200) for one in first]
    rows = [" | ".join(row) for row in zip(USES, RUNOFF, strict=True)]
    assert read([*first, line(PROSE, 50, 300), *second]) == [*rows, PROSE, *rows]


def test_columns_of_words_are_a_table_where_their_rows_are_far_apart() -> None:
    columns = [[f"{name} {row}" for row in "abcd"] for name in ("Structure", "Composition", "Function")]
    rows = [" | ".join(row) for row in zip(*columns, strict=True)]
    assert read(stacked(*columns, distance=30)) == rows
    assert read(stacked(*columns, distance=13)) == [cell for column in columns for cell in column]


def test_a_cell_may_have_several_lines() -> None:
    uses = ("Use of the land", "A quarter / of low houses", "Meadow", "Old town")
    rows = [" | ".join(row).replace(" / ", " ") for row in zip(uses, RUNOFF, TIMES, strict=True)]
    assert read(stacked(uses, RUNOFF, TIMES, distance=30)) == rows
    assert read(stacked(uses, RUNOFF, distance=30)) == [" | ".join(row.split(" | ")[:2]) for row in rows]


def test_a_word_broken_within_a_cell_is_put_together() -> None:
    uses = (f"Use of the land and of the hou{HYPHEN} / ses on it", *USES[1:])
    lines = stacked(uses, RUNOFF, distance=30, width=230)
    (head, *_) = with_rows_of([[piece] for piece in pieces(*lines)], stacked_tables(lines))
    assert head[0].line.text == f"Use of the land and of the hou{HYPHEN}ses on it"


def test_a_cell_may_be_empty() -> None:
    runoff, times = (*RUNOFF, "", "1"), (*TIMES, "5", "3")
    rows = read(stacked((*USES, "Harbour", "Street"), runoff, times))
    assert rows[4:] == ["Harbour | 5", "Street | 1 | 3"]


INDEX = [f"{name}, {number}" for number, name in enumerate(("abbey", "abbot", "acorn", "acre", "alder"), start=12)]
LISTED = ["Alfred Alabama", "SPCL, Music Technology", "McGill University", "Montreal, Canada", "a@example.org"]


@pytest.mark.parametrize(
    "columns",
    [
        [[f"{PROSE} {name}{row}" for row in range(8)] for name in "abc"],
        [INDEX, INDEX],
        [LISTED, LISTED],
        [LISTED, LISTED, LISTED],
        [[f"• {name}" for name in USES], ["1990", "1991", "1992", "1993"]],
        [LISTED, [f"178{year} a king falls" for year in range(5)]],
        [[str(number) for number in range(1, 6)], LISTED],
        [["Bread", "Milk", "Wine", "Oil"], ["1. Rome", "2. Milan", "3. Turin", "4. Bari"]],
        [["five", "six"], ["5", "6"]],
        [["OW/", "US/", "SS"], ["1/", "1-n/", "1-n"]],
        [[*USES, f"mea{HYPHEN}"], ["Runoff", "1", "2", "3", "4"]],
    ],
    ids=[
        "prose",
        "an index",
        "two authors",
        "three authors",
        "bullets",
        "years and events",
        "numbers of lines",
        "a numbered list",
        "too few rows",
        "lines of two cells",
        "a broken word",
    ],
)
def test_columns_on_one_level_are_no_table_by_that_alone(columns: Sequence[Sequence[str]]) -> None:
    lines = stacked(*columns, width=230)
    assert not stacked_tables(lines)


@pytest.mark.parametrize("rows", [[13, 13, 13], [6, 4, 4], [4, 4, 6]], ids=["long", "longer above", "longer below"])
def test_a_list_of_words_in_columns_is_no_table_however_far_apart(rows: Sequence[int]) -> None:
    columns = [[f"sign {column}{row}" for row in range(count)] for column, count in enumerate(rows)]
    first, *others = (stacked(column, distance=30) for column in columns)
    shift = max(0, rows[0] - rows[1])
    moved = [
        line(one.text, 200 * number, one.baseline + 30 * shift)
        for number, column in enumerate(others, start=1)
        for one in column
    ]
    assert not stacked_tables([*first, *moved])


def test_narrow_columns_of_prose_are_no_table_however_far_apart_their_lines() -> None:
    assert not stacked_tables(stacked(*[["the leaf takes in light", "and gives oxygen to us"] * 3] * 3, distance=30))


def test_cells_that_stand_on_no_common_level_are_no_table() -> None:
    left, right = stacked(USES), [line(one.text, 300, one.baseline + 4) for one in stacked(RUNOFF)]
    assert not stacked_tables([*left, *right])


cells = st.builds(
    line,
    st.sampled_from(["12", "a word", "0,5 mm", "Head"]),
    st.sampled_from([50.0, 150.0, 250.0]),
    st.sampled_from([100.0, 125.0, 137.0, 150.0, 175.0]),
)


@given(st.lists(st.one_of(cells, boxes), max_size=30))
def test_rows_lose_and_double_no_piece_wherever_it_stands(lines: list[Line]) -> None:
    rows = with_rows_of([[piece] for piece in pieces(*lines)], stacked_tables(lines))
    words = sorted(word for row in rows for piece in row for word in piece.line.text.split())
    assert words == sorted(word for one in lines for word in one.text.split())
    assert [piece.order for row in rows for piece in row] == list(range(sum(map(len, rows))))


# --- paragraphs -------------------------------------------------------------------------------------------------


def test_paragraphs_are_parted_by_blank_lines() -> None:
    lines = [line(f"{PROSE} {n}", 50, 100 + 12 * n + (10 if n >= 4 else 0)) for n in range(8)]
    text, facts = written(lines, HEIGHT)
    assert text.count("\n\n") == 1
    assert text.split("\n\n")[1].startswith(f"{PROSE} 4")
    assert len(facts) == 8


def test_the_second_line_of_an_item_is_no_paragraph_of_its_own() -> None:
    items = [
        line(text, left, 100 + 12 * n) for n, (text, left) in enumerate([("• leaves and", 50), ("their light", 62)] * 4)
    ]
    assert "\n\n" not in written(items, HEIGHT)[0]


def test_an_indented_line_starts_a_paragraph() -> None:
    items = [line(PROSE, left, 100 + 12 * n) for n, left in enumerate((50, 50, 65, 50, 50))]
    assert written(items, HEIGHT)[0].split("\n\n") == [f"{PROSE}\n{PROSE}", f"{PROSE}\n{PROSE}\n{PROSE}"]


def test_a_broken_word_keeps_its_mark_and_its_rest() -> None:
    text, facts = written([line(f"chiu{HYPHEN}", 50, 100), line("so come prima", 50, 112)], HEIGHT)
    assert text == f"chiu{HYPHEN}so come prima"
    assert len(facts) == 1


@pytest.mark.parametrize(
    "after", [line("Specie", 50, 112), line("a caption", 50, 112, size=8), line("Rat | 3", 50, 112)], ids=str
)
def test_a_figure_in_the_middle_of_a_word_is_not_its_rest(after: Line) -> None:
    text, facts = written([line(f"gene{HYPHEN}", 50, 100), after], HEIGHT)
    assert text.startswith("gene-\n")
    assert len(facts) == 2


@given(
    st.lists(
        st.builds(
            line,
            st.text("ab -" + HYPHEN, min_size=1).filter(lambda text: text.strip(" " + HYPHEN)),
            st.floats(0, 500),
            st.floats(0, 800),
        ),
        max_size=20,
    )
)
def test_there_are_as_many_facts_as_lines(lines: list[Line]) -> None:
    text, facts = written(lines, HEIGHT)
    assert len(facts) == sum(1 for piece in text.split("\n") if piece.strip())
    assert all(0 <= fact.top <= 1000 for fact in facts)


# --- what is no text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("x \x12\x01 y", "x  y"),
        ("\ufeffBOM", "BOM"),
        ("\uf0b7 un punto", "• un punto"),
        ("\uf0d8 Una freccia, come punto", "• Una freccia, come punto"),
        ("\x01 Most modules are here", "• Most modules are here"),
        ("\uf061 = \uf062\uf02b1", "α = β+1"),
        ("\uf8ee\uf8ef", ""),
        (f"chiu{HYPHEN}so", f"chiu{HYPHEN}so"),
        ("di\x1berent \x1ales, e\x0ecient, \x10re\x0dect\x11", "different les, efficient, “reflect”"),
        ("the \x1dattened \x1cle", "the flattened file"),
        ("x \x1b y", "x  y"),
    ],
)
def test_junk_becomes_what_it_meant_or_nothing(text: str, clean: str) -> None:
    assert without_junk(text, ())[0] == clean


@given(st.lists(st.text(st.characters(codec="utf-16"), max_size=12), max_size=12))
def test_what_is_left_has_no_junk_and_its_facts(lines: list[str]) -> None:
    text = "\n".join(" ".join(piece.splitlines()).replace("\r", "") for piece in lines)
    facts = tuple(LineFacts(n, 0, 0) for n in range(sum(1 for piece in text.split("\n") if piece.strip())))
    clean, kept = without_junk(text, facts)
    assert not any(
        (character < " " and character not in "\n\t") or "\ue000" <= character <= "\uf8ff" for character in clean
    )
    assert len(kept) == sum(1 for piece in clean.split("\n") if piece.strip())
    assert all(a.size < b.size for a, b in pairwise(kept))


@pytest.mark.parametrize(
    ("text", "junk"),
    [
        ("\x01 \x01\x01 \x04", False),
        ("\uf8ee \uf8ef \uf8ef", False),
        ("\ue054\ue068\ue065 \ue06c\ue065\ue061\ue066", True),
        ("❐❝♥♦ ✐", True),
        ("(cid:12)(cid:7)", True),
        ("\ufffd\ufffd\ufffd", True),
        ("words and words", False),
    ],
)
def test_words_of_junk_are_told_from_odd_signs(text: str, junk: bool) -> None:
    assert (junk_letters(text) > 0) is junk
