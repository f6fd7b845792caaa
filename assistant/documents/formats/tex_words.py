"""What the commands and environments of LaTeX mean for its text."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


RANKS = {
    "part": 0,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
    "frametitle": 3,
}
"""Of headings, the highest first."""

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a", "k": "\u0328", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
"""Commands that put something on (or under) the next letter, as combining characters."""

LETTERS = {
    "i": "ı", "j": "ȷ", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø",
    "l": "ł", "L": "Ł", "dots": "…", "ldots": "…", "textellipsis": "…", "textendash": "–", "textemdash": "—",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbar": "|", "textless": "<",
    "textgreater": ">", "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",
    "guillemotleft": "«", "guillemotright": "»", "og": "«", "fg": "»", "euro": "€", "EUR": "€", "texteuro": "€",
    "pounds": "£", "S": "§", "P": "¶", "copyright": "©", "textregistered": "®", "texttrademark": "™", "dag": "†",
    "textdegree": "°", "degree": "°", "textbullet": "•", "textmu": "µ", "texttimes": "×", "LaTeX": "LaTeX",
    "TeX": "TeX",
    "textordfeminine": "ª", "textordmasculine": "º", "quad": " ", "qquad": " ", "space": " ", "slash": "/",
    "textunderscore": "_", "textdollar": "$", "lbrace": "{", "rbrace": "}", "today": "", "ldq": "“", "rdq": "”",
}  # fmt: skip

TYPED = {
    "``": "“", "''": "”", ",,": "„", '"`': "„", "\"'": "“", "---": "—", "--": "–", "~": " ",
}  # fmt: skip
"""What is typed → what is printed."""

_WITHOUT_ARGUMENTS = """
    centering raggedright noindent indent hline toprule midrule bottomrule hfill vfill tableofcontents listoffigures
    listoftables appendix frontmatter mainmatter backmatter protect displaystyle pagebreak nopagebreak onecolumn
    twocolumn makeatletter makeatother printbibliography sloppy fussy null strut allowbreak relax pause footnotemark
    singlespacing doublespacing onehalfspacing cleardoublepage phantomsection boldmath
"""
_WITH_ONE = """
    label vspace hspace includegraphics input include includeonly subfile bibliography bibliographystyle usepackage
    RequirePackage documentclass pagestyle thispagestyle pagenumbering index hypersetup color cline cmidrule
    graphicspath geometry lstset sisetup tikzset usetikzlibrary theoremstyle selectlanguage nocite vskip hskip
    captionsetup phantom vphantom hphantom hyphenation addbibresource setmainfont allowdisplaybreaks textcolor
    colorbox foreignlanguage parbox scalebox raisebox hyperref thanks inputencoding glsadd
"""
_WITH_TWO = """
    setlength addtolength setcounter addtocounter multicolumn multirow resizebox rule fontsize providecommand import
    newcommand renewcommand DeclareMathOperator newtheorem definecolor newcounter renewtheorem fcolorbox pdfbookmark
"""
_WITH_THREE = "newenvironment renewenvironment addcontentsline"
DROPPED = {
    name: arguments
    for arguments, names in enumerate((_WITHOUT_ARGUMENTS, _WITH_ONE, _WITH_TWO, _WITH_THREE))
    for name in names.split()
}
"""Commands with the number of arguments that are not text; text may follow: `\\textcolor{red}{text}`."""

REFERENCES = _names(
    "cite citep citet citealp citealt parencite textcite autocite footcite ref eqref pageref autoref cref Cref vref"
    " nameref"
)

LISTS = {"itemize": False, "enumerate": True, "description": False, "compactitem": False, "compactenum": True}
"""Whether its entries are numbered."""

FORMULAS = _names("equation align gather multline eqnarray displaymath math flalign alignat dmath subequations")
PICTURES = _names("tikzpicture pgfpicture picture axis circuitikz forest filecontents pspicture")
"""Environments whose contents are drawing commands, not text."""

TABLES = {"tabular": 1, "tabularx": 2, "longtable": 1, "tabulary": 2, "supertabular": 1, "tblr": 1, "longtblr": 1}
"""With the number of arguments in front of the first row."""

ENVIRONMENT_ARGUMENTS = {
    "minipage": 1, "multicols": 1, "wrapfigure": 2, "adjustbox": 1, "columns": 0, "column": 1, "figure": 0, "table": 0,
    "frame": 0, "block": 0, "thebibliography": 1, "otherlanguage": 1, "tcolorbox": 0, "spacing": 1, "list": 2,
    "tabbing": 0,
}  # fmt: skip

THEOREMS = {
    "theorem": "Theorem", "thm": "Theorem", "lemma": "Lemma", "lem": "Lemma", "corollary": "Corollary",
    "cor": "Corollary", "proposition": "Proposition", "prop": "Proposition", "definition": "Definition",
    "defn": "Definition", "example": "Example", "remark": "Remark", "exercise": "Exercise", "proof": "Proof",
    "abstract": "Abstract", "solution": "Solution", "teorema": "Teorema", "teo": "Teorema", "lemmi": "Lemma",
    "corollario": "Corollario", "proposizione": "Proposizione", "definizione": "Definizione", "esempio": "Esempio",
    "osservazione": "Osservazione", "esercizio": "Esercizio", "dimostrazione": "Dimostrazione",
    "soluzione": "Soluzione",
}  # fmt: skip
"""Environments whose name is printed."""
