"""Results as the summarizer gives them, for what is made of results."""

from __future__ import annotations

import re
from typing import Any

MARK = re.compile(r" \[[^\[\]]*[✔≈?✖][^\[\]]*\]")


def citation(document: str, page: int, quote: str, label: str = "") -> dict[str, Any]:
    return {
        "document": document,
        "path": f"/notes/{document}",
        "page": page,
        "label": label or str(page),
        "quote": quote,
        "start": 0,
        "end": len(quote),
    }


def placed_claims(text: str, claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The claims, each with the place of its mark: one mark of the text after the other."""
    marks = list(MARK.finditer(text))
    assert len(marks) == len(claims)
    return [
        {"missing": [], "warnings": [], **claim, "place": {"start": 0, "mark": mark.start(), "end": mark.end()}}
        for claim, mark in zip(claims, marks, strict=True)
    ]


def summary_result(**changes: Any) -> dict[str, Any]:
    """A summary with every kind of block, all grades, a formula, and what tries to be markup."""
    text = (
        "## Energy & light\n\n"
        "Light reactions make **ATP** and NADPH. [p. 41 (PDF 1) ✔] They need \\(6\\,CO_2\\). [p. 42 (PDF 2) ≈]\n\n"
        "- The Calvin cycle was found in 1847. [✖ 1847]\n"
        "  - Nobody said this <script>alert(1)</script>. [?]\n"
        "- Again the light reactions. [p. 41 (PDF 1) ✔]\n\n"
        "1. first\n2. second\n\n"
        "| a | b |\n|---|---|\n| 1 | α ≤ β |\n\n"
        "> A quotation.\n\n```\ncode  here\n```\n\n"
        "$$E = mc^2$$\n"
    )
    first = citation("photosynthesis.pdf", 1, "The light reactions make ATP and NADPH.", "41")
    claims = [
        {"text": "Light reactions make ATP and NADPH.", "support": "quoted", "citations": [first]},
        {
            "text": "They need 6 CO2.",
            "support": "supported",
            "citations": [citation("photosynthesis.pdf", 2, "Six molecules of CO2 are *not* free.", "42")],
            "warnings": ["negation"],
        },
        {
            "text": "The Calvin cycle was found in 1847.",
            "support": "unsupported",
            "citations": [],
            "missing": ["1847"],
        },
        {"text": "Nobody said this.", "support": "weak", "citations": []},
        {"text": "Again the light reactions.", "support": "quoted", "citations": [first]},
    ]
    return {
        "task": "summarize",
        "document": "/notes/photosynthesis.pdf",
        "documents": ["/notes/photosynthesis.pdf"],
        "title": "Photosynthesis: light & life",
        "style": "brief",
        "summary": text,
        "claims": placed_claims(text, claims),
        "items": [],
        "coverage": {"pages_total": 3, "pages_used": [1, 2], "pages_skipped": [{"page": 3, "reason": "scanned"}]},
        "language": "en",
        "model": "starter",
        "adapter": None,
        "extractive": "no",
        **changes,
    }


def cards_result(**changes: Any) -> dict[str, Any]:
    text = "**ATP** molecule [p. 41 (PDF 1) ✔]"
    claim = {
        "text": "ATP: the molecule",
        "support": "quoted",
        "citations": [citation("photosynthesis.pdf", 1, "ATP is the molecule …", "41")],
    }
    items = [
        {"kind": "term", "prompt": "ATP", "answer": "The molecule that carries *energy*.", "claim": 0},
        {
            "kind": "quiz",
            "prompt": "How many\tCO2 molecules, with \\(n < 7\\)?",
            "answer": "6",
            "options": ["3", "6", "12", "24"],
            "explanation": "Because \\(6\\,CO_2\\) & <b>light</b>.",
            "claim": None,
        },
        {"kind": "question", "prompt": "Perché la luce è «verde»?", "answer": "- assorbe\n- riflette", "claim": None},
        {"kind": "card", "prompt": 'She said "light"', "answer": "line one\nline two", "claim": None},
    ]
    cards = [{"options": [], "explanation": "", "section": "Chapter 1", **item} for item in items]
    return summary_result(style="flashcards", summary=text, claims=placed_claims(text, [claim]), items=cards, **changes)
