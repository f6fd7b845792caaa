"""Text formats: what a student reads of a web page, a notebook, TeX, reStructuredText, Markdown or a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents import load_document
from assistant.documents.child.limits import Limits
from assistant.documents.formats.csv import MOST_ROWS, ROWS_A_PAGE
from assistant.safe_text import printable
from tests.assistant.format_files import read_here

# --- Markdown -----------------------------------------------------------------------------------------------------


def markdown(folder: Path, text: str) -> str:
    return read_here(folder, "markdown", text).text


def test_a_citation_quotes_markdown_as_it_is_read_not_as_it_is_typed(tmp_path: Path) -> None:
    source = 'Un testo **forte** e *corsivo*, con un\ncapo, un [link](http://x "t"), `codice_x` e &egrave;.'
    assert markdown(tmp_path, source) == "Un testo forte e corsivo, con un capo, un link, codice_x e è."


@pytest.mark.parametrize(
    "text", ["snake_case_name e 2 * 3 * 4", "$a_1 * b_2 * c$ e $x_i$", "costa $5 e poi $6", r"C:\dir e 50%", "a^2 < b"]
)
def test_signs_that_are_no_markup_stay(tmp_path: Path, text: str) -> None:
    assert markdown(tmp_path, text) == text


def test_hard_line_breaks_stay_lines(tmp_path: Path) -> None:
    assert (
        markdown(tmp_path, "Nel mezzo  \ndel cammin\\\ndi nostra<br>vita") == "Nel mezzo\ndel cammin\ndi nostra\nvita"
    )


def test_lists_keep_their_numbers_and_their_depth(tmp_path: Path) -> None:
    text = "- uno\n  - dentro\n\n    ancora\n- [ ] da fare\n- [x] fatto\n\n3. tre\n4. quattro\n\n   segue"
    assert markdown(tmp_path, text) == (
        "• uno\n  • dentro\n    ancora\n☐ da fare\n☑ fatto\n3. tre\n4. quattro\n  segue"
    )


def test_markdown_tables_are_rows_and_code_is_left_alone(tmp_path: Path) -> None:
    text = "| a | **b** |\n|---|---:|\n| 1 | `x` |\n\n```py\n# no *heading*\nx = 1\n```\n\n    ind_ented\n"
    assert markdown(tmp_path, text) == "a | b\n1 | x\n\n```py\n# no *heading*\nx = 1\n```\n\n```\nind_ented\n```"


def test_footnotes_come_last_and_comments_not_at_all(tmp_path: Path) -> None:
    text = "Testo.[^n]\n\n[^n]: La *nota*.\n\n<!-- nascosto -->\n\nFine."
    assert markdown(tmp_path, text) == "Testo.[n]\n\nFine.\n\n[n] La nota."


def test_a_heading_in_a_quotation_is_no_section(tmp_path: Path) -> None:
    assert read_here(tmp_path, "markdown", "> # Citato\n\n# Mio").sections == [("Mio", 1, 0)]


# --- web pages ----------------------------------------------------------------------------------------------------


def html(folder: Path, text: str | bytes) -> str:
    return read_here(folder, "html", text).text


def test_a_page_is_its_main_part_in_order(tmp_path: Path) -> None:
    read = read_here(
        tmp_path,
        "html",
        "<html><head><title>Titolo &amp; co.</title><meta name=author content=Ada><style>p{}</style></head><body>"
        "<nav>Menu</nav><header>Sito</header><main><h1>La cellula</h1><p>Primo <b>testo</b>\n   qui.<p>Secondo.</p>"
        "<h2>Il <i>nucleo</i></h2><div>Dentro<div>sotto</div>dopo</div></main><footer>(c)</footer>"
        "<script>alert(1)</script></body></html>",
    )
    assert read.text == "La cellula\n\nPrimo testo qui.\n\nSecondo.\n\nIl nucleo\n\nDentro\n\nsotto\n\ndopo"
    assert read.sections == [("La cellula", 1, 0), ("Il nucleo", 2, 0)]
    assert read.metadata == {"title": "Titolo & co.", "author": "Ada"}


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>no</p>",
        "<p style='color: red; DISPLAY : none'>no</p>",
        "<span aria-hidden=true>no</span>",
        "<div role=navigation>no</div>",
        "<noscript>no</noscript><template>no</template><svg><text>no</text></svg>",
        "<select><option>no</select><button>no</button>",
        "<img alt=no><iframe>no</iframe>",
        "<script>no</script><style>no</style>",
    ],
)
def test_what_a_reader_does_not_see_is_not_read(tmp_path: Path, hidden: str) -> None:
    assert html(tmp_path, f"<p>prima</p>{hidden}<p>dopo</p>") == "prima\n\ndopo"


def test_html_lists_tables_and_preformatted_lines(tmp_path: Path) -> None:
    text = (
        "<ol start=3><li>tre<ul><li>dentro</ul><li value=7>sette</ol><ol type=a><li>x</ol>"
        "<table><caption>Tab.</caption><thead><tr><th>a<th>b</thead><tr><td>1<td>due<br>righe</table>"
        "<pre>  a\n    b</pre><pre><code class='language-py'>x = 1\n</code></pre><dl><dt>voce<dd>senso</dl>"
    )
    assert html(tmp_path, text) == (
        "3. tre\n  • dentro\n7. sette\na. x\n\nTab.\n\na | b\n1 | due righe\n\n  a\n    b\n\n```py\nx = 1\n```\n\n"
        "voce\n\n  senso"
    )


def test_a_table_that_only_arranges_the_page_is_no_table(tmp_path: Path) -> None:
    text = "<table><tr><td><h1>Titolo</h1><p>Testo.</p></td><td><ul><li>x</ul></td></tr></table>"
    assert html(tmp_path, text) == "Titolo\n\nTesto.\n\n• x"


def test_powers_do_not_become_other_numbers(tmp_path: Path) -> None:
    assert html(tmp_path, "<p>10<sup>23</sup> H<sub>2</sub>O x<sub>i</sub> 1<sup>er</sup></p>") == "10²³ H2O x_i 1er"


def test_formulas_of_pages_are_lines(tmp_path: Path) -> None:
    fraction = "<math><mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><msqrt><mn>2</mn></msqrt></mrow></mfrac></math>"
    assert html(tmp_path, f"<p>Sia {fraction}.</p>") == "Sia a/(b + √(2))."
    with_tex = (
        '<math alttext="x"><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation>'
        "</semantics></math>"
    )
    assert html(tmp_path, with_tex) == "x^2"
    assert html(tmp_path, '<p>Sia <script type="math/tex">\\frac12</script>.') == r"Sia $\frac12$."


@pytest.mark.parametrize(
    "data",
    [
        '<meta charset="utf-8"><p>perché €'.encode(),
        "<p>perché €".encode("cp1252"),
        '<meta charset="iso-8859-1"><p>perché €'.encode("cp1252"),
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15"><p>perché €'.encode("iso-8859-15"),
        "<p>perché €".encode("utf-16"),
    ],
    ids=["utf-8", "cp1252", "cp1252 named latin-1", "iso-8859-15", "utf-16"],
)
def test_a_page_says_its_encoding_or_it_is_found(tmp_path: Path, data: bytes) -> None:
    assert html(tmp_path, data) == "perché €"


def test_a_page_that_says_a_nonsense_encoding_is_read_all_the_same(tmp_path: Path) -> None:
    assert html(tmp_path, '<meta charset="klingon-8"><p>perché'.encode()) == "perché"
    assert html(tmp_path, '<meta charset="rot13"><p>perché'.encode()) == "perché"


def test_a_page_of_bottomless_nesting_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    read = read_here(tmp_path, "html", "<p>prima</p>" + "<div>" * 50_000 + "fondo")
    assert read.pages[0].startswith("prima")
    assert read.warnings == [("shortened",)]


# --- notebooks ----------------------------------------------------------------------------------------------------


def notebook(*cells: object, **more: object) -> str:
    return json.dumps({"cells": list(cells), "nbformat": 4, "metadata": {}, **more})


def test_a_notebook_is_prose_code_and_what_the_code_printed(tmp_path: Path) -> None:
    read = read_here(
        tmp_path,
        "ipynb",
        notebook(
            {"cell_type": "markdown", "source": ["# Regressione\n", "Il **modello**."]},
            {
                "cell_type": "code",
                "source": "print(1)",
                "outputs": [
                    {"output_type": "stream", "text": ["1\n"]},
                    {"output_type": "display_data", "data": {"image/png": "xxxx", "text/plain": "<Figure>"}},
                    {"output_type": "error", "ename": "ValueError", "evalue": "no \x1b[31mred"},
                ],
            },
            {"cell_type": "raw", "source": "grezzo"},
        ),
    )
    assert read.text == (
        "Regressione\n\nIl modello.\n\n```python\nprint(1)\n```\n\n```\n1\n```\n\n```\n<Figure>\n```\n\n"
        "```\nValueError: no red\n```\n\ngrezzo"
    )
    assert read.sections == [("Regressione", 1, 0)]


def test_a_long_output_is_cut_and_says_so(tmp_path: Path) -> None:
    log = {"cell_type": "code", "source": "x", "outputs": [{"output_type": "stream", "text": "riga\n" * 10_000}]}
    text = read_here(tmp_path, "ipynb", notebook(log)).text
    assert text.count("riga") == 20
    assert text.endswith("…\n```")


def test_an_old_notebook_has_its_cells_in_sheets(tmp_path: Path) -> None:
    sheet = {"cells": [{"cell_type": "heading", "level": 2, "source": "Capo"}, {"cell_type": "code", "input": "x = 1"}]}
    read = read_here(tmp_path, "ipynb", json.dumps({"worksheets": [sheet], "nbformat": 3}))
    assert read.text == "Capo\n\n```python\nx = 1\n```"


# --- tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "nome,prezzo\nmela,1.5\npera,2\n",
        "nome;prezzo\nmela;1.5\npera;2\n",
        "nome\tprezzo\r\nmela\t1.5\r\npera\t2",
        '"nome","prezzo"\n"mela","1.5"\n"pera","2"',
        "sep=;\nnome;prezzo\nmela;1.5\npera;2\n",
        "\ufeffnome;prezzo\nmela;1.5\npera;2\n",
    ],
)
def test_every_usual_delimiter_gives_the_same_rows(tmp_path: Path, source: str) -> None:
    assert read_here(tmp_path, "csv", source).text == "nome | prezzo\nmela | 1.5\npera | 2"


def test_decimal_commas_of_italian_excel_stay_in_their_cells(tmp_path: Path) -> None:
    source = "città;gradi;pioggia\nRoma;15,2;0,5\nMilano;12,9;1,5\n".encode("cp1252")
    assert read_here(tmp_path, "csv", source).text == "città | gradi | pioggia\nRoma | 15,2 | 0,5\nMilano | 12,9 | 1,5"


def test_cells_with_delimiters_quotes_and_lines_are_one_cell(tmp_path: Path) -> None:
    assert read_here(tmp_path, "csv", 'a,b\n"x, ""y""\nz",2\n').text == 'a | b\nx, "y" z | 2'


def test_a_long_table_has_its_head_on_every_page(tmp_path: Path) -> None:
    source = "nome,numero\n" + "".join(f"n{row},{row}\n" for row in range(250))
    pages = read_here(tmp_path, "csv", source).pages
    assert [page.split("\n")[0] for page in pages] == ["nome | numero"] * 3
    assert pages[1].split("\n")[1] == f"n{ROWS_A_PAGE - 1} | {ROWS_A_PAGE - 1}"


def test_a_table_of_numbers_has_no_head(tmp_path: Path) -> None:
    pages = read_here(tmp_path, "csv", "1,2\n" * 150).pages
    assert [len(page.split("\n")) for page in pages] == [100, 50]


def test_a_table_without_end_is_cut_with_a_warning(tmp_path: Path) -> None:
    read = read_here(tmp_path, "csv", "a,b\n" + "1,2\n" * (MOST_ROWS + 50))
    assert read.warnings[-1] == ("shortened",)
    assert sum(page.count("1 | 2") for page in read.pages) == MOST_ROWS - 1
    wide = read_here(tmp_path, "csv", "1," * 700_000 + "\n" + "2," * 700_000)
    assert wide.warnings[-1] == ("shortened",)


def test_a_quote_that_is_never_closed_costs_no_row(tmp_path: Path) -> None:
    text = read_here(tmp_path, "csv", 'a,b\n"x,1\n' + "y,2\n" * 40_000).text
    assert text.count("y | 2") == MOST_ROWS - 2


# --- reStructuredText ---------------------------------------------------------------------------------------------


def test_rst_is_read_as_it_would_be_printed(tmp_path: Path) -> None:
    read = read_here(
        tmp_path,
        "rst",
        "Titolo\n======\n\nUn *testo* su\ndue righe [1]_, :math:`x_1`, 10\\ :sup:`23`.\n\nSezione\n-------\n\n- "
        "a\n- b\n\n"
        "#. uno\n#. due\n\n.. code-block:: python\n\n   x = 1\n\n== ==\na  b\n== ==\n1  2\n== ==\n\n.. [1] Nota.\n",
    )
    assert read.text == (
        "Titolo\n\nUn testo su due righe [1], $x_1$, 10²³.\n\nSezione\n\n• a\n• b\n1. uno\n2. due\n\n"
        "```python\nx = 1\n```\n\na | b\n1 | 2\n\n[1] Nota."
    )
    assert read.sections == [("Titolo", 1, 0), ("Sezione", 2, 0)]


def test_rst_reads_no_other_file_and_lets_no_raw_text_in(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("segreto", encoding="utf-8")
    secret = tmp_path / "secret.txt"
    text = read_here(
        tmp_path,
        "rst",
        f"Prima.\n\n.. include:: {secret}\n\n.. literalinclude:: {secret}\n\n.. csv-table::\n   :file: {secret}\n\n"
        f".. raw:: html\n   :file: {secret}\n\n.. raw:: html\n\n   <b>crudo</b>\n\nDopo.\n",
    ).text
    assert "segreto" not in text
    assert "crudo" not in text
    assert text.startswith("Prima.")
    assert text.endswith("Dopo.")


def test_words_in_directives_and_roles_of_other_tools_are_kept(tmp_path: Path) -> None:
    text = read_here(
        tmp_path,
        "rst",
        ".. versionadded:: 3.2\n   :flag: x\n\n   Il testo.\n\nVedi :ref:`la cella <cell>` e :py:func:`len`.\n",
    ).text
    assert text == "3.2\nIl testo.\n\nVedi la cella e len."


# --- TeX ----------------------------------------------------------------------------------------------------------


def tex(folder: Path, text: str) -> str:
    return read_here(folder, "tex", text).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"perch\'e la citt\`a \`e cos\`{\i} pi\`u", "perché la città è così più"),
        (r"gar\c{c}on na\"{\i}ve \~nandu \v{c} \^o \'{E} \`\i", "garçon naïve ñandu č ô É ì"),
        (r"\aa{} \ss\ \oe{}uvre \L\'od\'z", "å ß œuvre Łódź"),
        ("``detto'' --- cos\\`i --, `x' 3--4", "“detto” — così –, `x' 3–4"),
        (r"50\% \& \_ \# \{ \} \$", "50% & _ # { } $"),
        (r"a~b\,c\ d\-e\\f", "a b c de\nf"),
        (r"\textbf{forte \emph{molto}} {\itshape ok}", "forte molto ok"),
        (r"vedi~\cite[p.~3]{a, b} e \eqref{eq:x}", "vedi [a, b, p. 3] e [eq:x]"),
        (r"\href{http://x%20y}{qui} \url{http://x/%20_a}", "qui http://x/%20_a"),
        (r"\textcolor{red}{rosso} \hspace*{2cm}fine", "rosso fine"),
        ("una % commento\nriga 5\\% vera % altro", "una riga 5% vera"),
        (r"$a_1 \le b$ e \(x^2\) e \[ \int_0^1 f \]", r"$a_1 \le b$ e $x^2$ e $$\int_0^1 f$$"),
        (r"\verb|a_b{%| e \verb+x+", "a_b{% e x"),
        (r"testo\footnote{Una \emph{nota}.} poi", "testo[1] poi\n\n[1] Una nota."),
        (r"\input{/etc/passwd}\include{altro}x", "x"),
        (r"\section{", ""),
        (r"costa 5$ e basta", "costa 5$ e basta"),
    ],
)
def test_tex_is_read_as_it_is_printed(tmp_path: Path, source: str, text: str) -> None:
    assert tex(tmp_path, source) == text


def test_only_the_body_of_a_tex_document_is_its_text(tmp_path: Path) -> None:
    read = read_here(
        tmp_path,
        "tex",
        "\\documentclass{article}\\title{Le \\emph{derivate}}\\author{Ada}\n\\newcommand{\\R}{\\mathbb{R}}\n"
        "\\begin{document}\\maketitle\\section*{Uno}\nTesto.\n\n"
        "\\subsection[corto]{Due \\& tre}\nFine.\n\\end{document}\nscarto",
    )
    assert read.text == "Uno\n\nTesto.\n\nDue & tre\n\nFine."
    assert read.sections == [("Uno", 1, 0), ("Due & tre", 2, 0)]
    assert read.metadata == {"title": "Le derivate", "author": "Ada"}


def test_tex_environments(tmp_path: Path) -> None:
    source = (
        "\\begin{itemize}\\item uno\n\\begin{enumerate}\\item a\\item b\\end{enumerate}\n\\item[x)] due\\end{itemize}"
        "\\begin{definizione}[Rolle] Sia $f$.\\end{definizione}"
        "\\begin{tabular}{l|r}\\hline a & {b & c} \\\\[2pt] 1 & \\textbf{2} \\\\ \\end{tabular}"
        "\\begin{align*}x &= 1 \\label{e}\\end{align*}"
        "\\begin{lstlisting}[language=C]\nint x; % {\n\\end{lstlisting}"
        "\\begin{comment}via\\end{comment}\\begin{tikzpicture}\\node{via};\\end{tikzpicture}"
        "\\begin{figure}[ht]\\includegraphics[width=1cm]{via}\\caption{Una figura}\\end{figure}"
    )
    assert tex(tmp_path, source) == (
        "• uno\n  1. a\n  2. b\nx) due\n\nDefinizione (Rolle). Sia $f$.\n\na | b c\n1 | 2\n\n"
        "$$\\begin{align}x &= 1\\end{align}$$\n\n```\nint x; % {\n```\n\nUna figura"
    )


# --- any text at all ----------------------------------------------------------------------------------------------

_PIECES = {
    "tex": r"\section{ \begin{itemize} \end{itemize} \item { } [ ] $ $$ \[ \] \( % \\ & \'e \c \footnote{ \cite{a"
    r" \verb| \begin{tabular}{ll} \end{tabular}"
    r" \begin{verbatim} \end{verbatim} \begin{equation} \end{equation} ~ -- `` a è",
    "html": "<p> </p> <b> <table> <tr> <td> </table> <li> <ol> <ul> </ul> <pre> </pre> <h1> </h2> <math> <mfrac> &amp;"
    " &#0; &#x1b; <script> </script> <!-- --> < testo <sup> <br> <style> <main> <title> <dd> ]]> <!DOCTYPE <?x é",
    "csv": '" , ; | a 1,5 é \' sep=; ""',
    "markdown": "# - 1. > ``` ` $ $$ * ** _ [ ]( ) [^1] [^1]: | --- <b> <!-- \\ a é ~~~ &amp; <details> <script> [ ]",
    "rst": "=== a * ** `` ` _ .. note:: [1]_ [1] - 1. | :: :ref:`x` include:: math:: +--+ :a: é (a) I)",
    "ipynb": '{"cells":[ {"cell_type":"code", "source":" ] } , [ "outputs" null 1',
}
_SPACES = [" ", "\n", "\n\n", "\t", "\x00", "\x1b[31m", "\ue000", "\ue0001\ue001", "\f", "\u202e", "    "]


@pytest.mark.parametrize("engine", ["tex", "html", "csv", "markdown", "rst"])
def test_any_text_is_read_and_nothing_harmful_comes_out(tmp_path_factory: pytest.TempPathFactory, engine: str) -> None:
    folder = tmp_path_factory.mktemp(engine)
    pieces = st.lists(st.sampled_from(_PIECES[engine].split(" ") + _SPACES), max_size=30).map("".join)

    @settings(max_examples=150, deadline=None)
    @given(st.one_of(pieces.map(str.encode), st.text().map(lambda text: text.encode("utf-8", "ignore")), st.binary()))
    def check(data: bytes) -> None:
        read = read_here(folder, engine, data)
        assert all(printable(page) == page for page in read.pages)
        for title, _level, index, offset in read.outline:
            assert read.pages[index].startswith(title, offset)

    check()


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        ("tex", "\\[" * 100_000),
        ("tex", "\\cite[" * 50_000),
        ("tex", "{" * 200_000 + "\\section{" * 20_000),
        ("tex", "\\begin{tabular}{l}" * 2_000 + "\\end{tabular}" * 2_000),
        ("html", "<b>" * 100_000 + "x"),
        ("html", "<table><tr><td>" * 30_000),
        ("csv", '"a,b\n' * 50_000),
        ("markdown", "*a " * 20_000 + "[" * 20_000),
    ],
    ids=lambda value: value[:12],
)
def test_text_made_to_be_slow_is_not(tmp_path: Path, engine: str, text: str) -> None:
    read_here(tmp_path, engine, text)  # pytest's own time limit is the judge


def test_a_page_longer_than_any_page_goes_on_on_the_next(tmp_path: Path) -> None:
    read = read_here(tmp_path, "html", "<p>abc</p>" * 100, Limits(page_characters=50))
    assert all(len(page) <= 50 for page in read.pages)
    assert "".join(read.pages).count("abc") == 100


# --- through the child --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source", "engine"),
    [
        ("a.md", "# Titolo\n\ntesto", "markdown"),
        ("a.html", "<h1>Titolo</h1><p>testo</p>", "html"),
        ("a.rst", "Titolo\n======\n\ntesto", "rst"),
        ("a.tex", "\\section{Titolo}\ntesto", "tex"),
        ("a.tsv", "Titolo\ttesto", "csv"),
        ("a.ipynb", notebook({"cell_type": "markdown", "source": "# Titolo\n\ntesto"}), "ipynb"),
    ],
)
def test_a_format_is_read_by_its_own_engine(tmp_path: Path, name: str, source: str, engine: str) -> None:
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    document = load_document(path)
    assert [page.engine for page in document.pages] == [engine]
    assert document.pages[0].text.startswith("Titolo")
    if engine != "csv":
        assert (document.title, document.sections[0].title) == ("Titolo", "Titolo")
