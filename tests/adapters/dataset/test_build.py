"""From a folder of notes to examples: what people wrote as a summary is found, whatever way they keep it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from docx import Document as WordDocument

from adapters.dataset.build import BuildOptions, build
from assistant.documents import load_document
from assistant.errors import DatasetError, Stopped
from tests.adapters.dataset.note_files import made, names, of_origin, prose, read, write

SUMMARY = "Light becomes chemical energy that is stored in sugars. Oxygen leaves the plant on the way."


def test_notes_are_read_as_the_app_reads_them(tmp_path):
    write(tmp_path, {"a.md": f"# Light\n\n{prose(0, 24)}\n\n- one\n- two", "a.summary.md": SUMMARY})
    assert build([tmp_path], read=load_document) == made(tmp_path)


@pytest.mark.parametrize("word", ["summary", "riassunto", "Riassunto"])
@pytest.mark.parametrize("note", ["lesson.md", "lesson.txt"])
def test_a_summary_beside_its_note_is_a_human_example(tmp_path, note, word):
    write(tmp_path, {note: prose(0, 12), f"lesson.{word}.md": f"# Summary\n\n{SUMMARY}\n"})
    (example,) = of_origin(made(tmp_path), "sidecar")
    assert (example.tier, example.task, example.target) == ("A", "summarize", SUMMARY)
    assert example.text == prose(0, 12)
    assert example.place.document == note
    assert example.target_place.document == f"lesson.{word}.md"


def test_a_summary_can_stand_beside_a_document_of_any_kind(tmp_path):
    word = WordDocument()
    word.add_heading("Photosynthesis", 1)
    word.add_paragraph(prose(0, 12))
    word.save(str(tmp_path / "lesson.docx"))
    write(tmp_path, {"lesson.summary.txt": SUMMARY})
    (example,) = of_origin(made(tmp_path), "sidecar")
    assert example.place.document == "lesson.docx"
    assert example.target == SUMMARY


@pytest.mark.parametrize(
    "name",
    [
        "lesson-summary.md",
        "lesson_riassunto.txt",
        "lesson - summary.md",
        "lesson.md.summary.md",
        "Riassunto lesson.md",
        "summary of lesson.md",
        "riassunto.md",
    ],
)
def test_other_spellings_count_where_there_is_a_note_of_that_name(tmp_path, name):
    write(tmp_path, {"lesson.md": prose(0, 12), name: SUMMARY})
    (example,) = of_origin(made(tmp_path), "sidecar")
    assert example.target == SUMMARY


def test_a_note_that_only_sounds_like_a_summary_is_a_note(tmp_path):
    write(tmp_path, {"weekly-summary.md": f"# Plate motion\n\n{prose(1, 20)}", "other.md": prose(2, 20)})
    built = made(tmp_path)
    assert "weekly-summary.md" in built.read
    assert not of_origin(built, "sidecar")


def test_a_summary_without_a_name_goes_only_with_a_single_note(tmp_path):
    write(tmp_path, {"one.md": prose(0, 24), "two.md": prose(1, 24), "summary.md": SUMMARY})
    built = made(tmp_path)
    assert not of_origin(built, "sidecar")
    assert "summary.md" in built.read


def test_the_synthesis_of_proteins_is_no_summary(tmp_path):
    write(tmp_path, {"a.md": f"# Cell\n\n{prose(5, 12)}\n\n## Sintesi delle proteine\n\n{prose(5, 3, 50)}"})
    assert not of_origin(made(tmp_path), "section")


def test_a_description_beside_a_note_teaches_describing(tmp_path):
    write(tmp_path, {"lesson.md": prose(0, 12), "lesson.descrizione.md": SUMMARY})
    (example,) = of_origin(made(tmp_path), "sidecar")
    assert example.task == "describe"


def test_accents_are_compared_whatever_way_the_disk_keeps_them(tmp_path):
    write(tmp_path, {"velocita\u0300.md": prose(4, 12), "velocit\u00e0.riassunto.md": SUMMARY})
    assert len(of_origin(made(tmp_path), "sidecar")) == 1


@pytest.mark.parametrize("folder", ["riassunti", "Riassunti", "summaries"])
def test_a_folder_of_summaries_goes_with_the_notes_of_the_same_names(tmp_path, folder):
    write(
        tmp_path,
        {
            "a.md": prose(0, 12),
            "b.txt": prose(1, 12),
            f"{folder}/a.md": SUMMARY,
            f"{folder}/b.md": "Magma rises because it is lighter than the rock around it, and erupts as lava.",
        },
    )
    examples = of_origin(made(tmp_path), "folder")
    assert [(e.place.document, e.target_place.document) for e in examples] == [
        ("a.md", f"{folder}/a.md"),
        ("b.txt", f"{folder}/b.md"),
    ]


def test_a_folder_of_summaries_may_mirror_the_folders_of_the_notes(tmp_path):
    write(
        tmp_path,
        {
            "fisica/lezione.md": prose(4, 12),
            "storia/lezione.md": prose(3, 12),
            "riassunti/storia/lezione.md": "The assembly of the estates abolished the privileges of a few.",
        },
    )
    (example,) = of_origin(made(tmp_path), "folder")
    assert example.place.document == "storia/lezione.md"


def test_a_folder_of_summaries_that_was_itself_named_holds_notes(tmp_path):
    write(tmp_path, {"riassunti/a.md": f"# Volcanoes\n\n{prose(1, 20)}"})
    assert made(tmp_path / "riassunti").read == ("a.md",)


def test_front_matter_may_hold_the_summary(tmp_path):
    block = "---\ntitle: Light\nsummary: >\n  Light becomes chemical energy\n  that is stored in sugars.\n---\n"
    write(tmp_path, {"a.md": block + prose(0, 12), "b.md": f'---\nriassunto: "{SUMMARY}"\n---\n{prose(1, 12)}'})
    examples = of_origin(made(tmp_path), "front_matter")
    assert [example.target for example in examples] == [
        "Light becomes chemical energy that is stored in sugars.",
        SUMMARY,
    ]
    assert "summary" not in examples[0].text


@pytest.mark.parametrize(
    "title",
    [
        "Riassunto",
        "In breve",
        "Abstract",
        "Summary",
        "Conclusioni",
        "3. Conclusions",
        "SUMMARY",
        "Riassunto del capitolo 2",
        "Summary of light",
    ],
)
def test_a_section_that_sums_up_is_taken_out_of_its_text(tmp_path, title):
    write(tmp_path, {"a.md": f"# Light\n\n{prose(0, 12)}\n\n## {title}\n\n{SUMMARY}\n\n## More\n\n{prose(0, 4, 12)}"})
    (example,) = of_origin(made(tmp_path), "section")
    assert (example.tier, example.target) == ("A", SUMMARY)
    assert example.text == f"{prose(0, 12)}\n\nMore\n\n{prose(0, 4, 12)}"
    assert example.target_place.section == title


def test_conclusions_are_marked_for_a_look(tmp_path):
    write(tmp_path, {"a.md": f"# Light\n\n{prose(0, 12)}\n\n## Conclusions\n\n{SUMMARY}"})
    (example,) = of_origin(made(tmp_path), "section")
    assert "Conclusions" in example.doubts[0]


def test_of_several_summaries_of_one_text_the_plainest_is_used_and_none_is_left_in_it(tmp_path):
    abstract = "An abstract which says that light becomes energy in sugars and that oxygen leaves."
    text = f"# Light\n\n## Abstract\n\n{abstract}\n\n## Growth\n\n{prose(0, 12)}\n\n## Riassunto\n\n{SUMMARY}"
    write(tmp_path, {"a.md": text})
    built = made(tmp_path)
    (example,) = of_origin(built, "section")
    assert example.target == SUMMARY
    assert all(abstract not in e.text and SUMMARY not in e.text for e in built.examples)


def test_the_summary_of_a_chapter_sums_up_that_chapter(tmp_path):
    chapters = "\n\n".join(
        f"# Chapter {n}: {title}\n\n{prose(n, 12)}\n\n## In breve\n\n{prose(n, 2, 50)}"
        for n, title in enumerate(("Light", "Fire", "Trade"), start=1)
    )
    write(tmp_path, {"a.md": chapters})
    examples = of_origin(made(tmp_path), "section")
    assert [example.text for example in examples] == [prose(n, 12) for n in (1, 2, 3)]


def test_summaries_on_the_level_of_the_chapters_sum_up_what_stands_before_each(tmp_path):
    text = "\n\n".join(
        f"## {title}\n\n{prose(n, 12)}\n\n## Riassunto\n\n{prose(n, 2, 50)}"
        for n, title in enumerate(("Light", "Fire"))
    )
    write(tmp_path, {"a.md": text})
    examples = of_origin(made(tmp_path), "section")
    assert [example.text for example in examples] == [f"Light\n\n{prose(0, 12)}", f"Fire\n\n{prose(1, 12)}"]


def test_in_a_plain_text_the_heading_of_a_summary_is_enough(tmp_path):
    write(tmp_path, {"a.txt": f"THE LIGHT\n\n{prose(0, 12)}\n\nRIASSUNTO\n\n{SUMMARY}\n\nThe fire\n\n{prose(1, 12)}"})
    (example,) = of_origin(made(tmp_path), "section")
    assert example.target == SUMMARY
    assert SUMMARY not in example.text


def test_an_abstract_above_a_text_without_headings_is_its_first_paragraph(tmp_path):
    write(tmp_path, {"a.txt": f"Abstract\n\n{SUMMARY}\n\n{prose(0, 12)}\n\n{prose(0, 60, 12)}"})
    (example,) = of_origin(made(tmp_path), "section")
    assert example.target == SUMMARY
    assert SUMMARY not in example.text


def test_conclusions_as_long_as_a_chapter_are_a_chapter(tmp_path):
    write(tmp_path, {"a.md": f"# Light\n\n{prose(0, 60)}\n\n# Conclusioni\n\n{prose(1, 50)}"})
    assert not of_origin(made(tmp_path), "section")


def test_a_summary_with_the_headings_of_its_note_goes_with_it_section_by_section(tmp_path):
    note = "\n\n".join(f"## {title}\n\n{prose(n, 10)}" for n, title in enumerate(("Light", "Fire", "Trade")))
    summary = "\n\n".join(f"## {title}\n\n{prose(n, 2, 50)}" for n, title in enumerate(("Light", "Trade")))
    write(tmp_path, {"a.md": note, "a.summary.md": summary})
    examples = of_origin(made(tmp_path), "sidecar")
    assert [(e.text, e.target) for e in examples] == [(prose(0, 10), prose(0, 2, 50)), (prose(2, 10), prose(1, 2, 50))]


def test_bullets_are_written_as_the_model_is_asked_to(tmp_path):
    bullets = "- Light becomes energy in sugars.\n- Oxygen leaves the plant on the way."
    write(tmp_path, {"a.md": prose(0, 12), "a.summary.md": bullets})
    (example,) = of_origin(made(tmp_path), "sidecar")
    assert example.target == bullets


def long_text() -> list[str]:
    paragraphs = [prose(n % 2, 10, 10 * n) for n in range(30)]
    paragraphs[17] = f"The sonnet has a volta behind its octave. {prose(7, 8)}"
    return paragraphs


def test_a_long_text_keeps_the_paragraphs_that_its_summary_is_about(tmp_path):
    summary = "The sonnet has its volta behind the octave, between octave and sestet."
    write(tmp_path, {"a.md": "\n\n".join(long_text()), "a.summary.md": summary})
    (example,) = of_origin(made(tmp_path), "sidecar")
    assert long_text()[17] in example.text
    assert len(example.text.split()) <= 900
    assert not example.doubts


def test_a_summary_that_a_long_text_hardly_bears_out_is_marked(tmp_path):
    summary = "Glaciers grind valleys into the shape of troughs, and leave moraines where they melt."
    write(tmp_path, {"a.md": "\n\n".join(long_text()), "a.summary.md": summary})
    (example,) = of_origin(made(tmp_path), "sidecar")
    assert "much of the summary is not in" in example.doubts[0]


# --- what the document says best itself -------------------------------------------------------------------------


def test_a_paragraph_that_says_it_is_the_abstract_is_an_extracted_example(tmp_path):
    write(tmp_path, {"a.txt": f"On Light\n\nAbstract. {SUMMARY}\n\n{prose(0, 12)}"})
    (example,) = of_origin(made(tmp_path), "abstract")
    assert (example.tier, example.target) == ("B", SUMMARY)
    assert SUMMARY not in example.text


def test_a_closing_paragraph_sums_up_what_leads_to_it(tmp_path):
    closing = "in conclusion, light becomes energy that a plant stores in its sugars, and oxygen leaves."
    text = f"# Light\n\n{prose(0, 12)}\n\n{closing.capitalize()}\n\n# Fire\n\n{prose(1, 12)}"
    write(tmp_path, {"a.md": text})
    (example,) = of_origin(made(tmp_path), "abstract")
    assert example.target == "Light becomes energy that a plant stores in its sugars, and oxygen leaves."
    assert example.text == prose(0, 12)


def test_principal_sentences_are_not_left_in_their_text(tmp_path):
    write(tmp_path, {"a.md": "\n\n".join(f"## Part {n}\n\n{prose(n, 24)}" for n in range(3))})
    examples = of_origin(made(tmp_path), "principal")
    assert examples
    for example in examples:
        assert (example.task, example.tier) == ("key_sentences", "B")
        assert all(sentence not in example.text for sentence in example.target.split(". "))


def test_a_telling_title_is_to_be_written_from_its_section(tmp_path):
    write(tmp_path, {"a.md": f"# 2.1 The lava of a volcano\n\n{prose(1, 12)}\n\n# Introduzione\n\n{prose(1, 12, 20)}"})
    (example,) = of_origin(made(tmp_path), "title")
    assert (example.task, example.target) == ("title", "The lava of a volcano")
    assert example.text == prose(1, 12)


def test_a_title_that_its_text_does_not_speak_of_is_none(tmp_path):
    write(tmp_path, {"a.md": f"# Half old, half new\n\n{prose(1, 12)}\n\n# Why it matters\n\n{prose(0, 12)}"})
    assert not of_origin(made(tmp_path), "title")


def test_bibliographies_and_exercises_are_no_text_to_summarize(tmp_path):
    text = f"# Light\n\n{prose(0, 40)}\n\n# Bibliografia\n\nRossi, Maria. {prose(6, 8)}\n\n# Esercizi\n\n{prose(5, 8)}"
    write(tmp_path, {"a.md": text, "a.summary.md": SUMMARY})
    built = made(tmp_path)
    assert built.examples
    assert all("Rossi" not in e.text and "protein" not in e.text for e in built.examples)


def test_a_book_gives_a_bounded_number_of_examples_from_all_its_parts(tmp_path):
    chapters = [f"# The lava of volcano number{n}\n\n{prose(1, 26, 30 * n)}" for n in range(90)]
    write(tmp_path, {"book.md": "\n\n".join(chapters)})
    built = made(tmp_path)
    for origin in ("title", "principal"):
        examples = of_origin(built, origin)
        assert 30 <= len(examples) <= 60
        assert max(e.place.end for e in examples) > 0.9 * len("\n\n".join(chapters))


def test_with_few_documents_chapters_may_be_parted_with_many_only_documents(tmp_path):
    book = "\n\n".join(f"# Chapter about {n}\n\n{prose(n, 24)}" for n in range(3))
    write(tmp_path, {"book.md": book})
    assert {e.group for e in made(tmp_path).examples} == {"book.md#1", "book.md#2", "book.md#3"}
    write(tmp_path, {f"note{n}.md": prose(n, 24, 100) for n in range(5)})
    assert "book.md" in {e.group for e in made(tmp_path).examples}


# --- what is read, and what is passed over ----------------------------------------------------------------------


def test_tables_of_rows_are_human_examples(tmp_path):
    rows = "testo;riassunto\n" + "\n".join(f'"{prose(n, 6)}";"Summary number {n} of the text."' for n in range(3))
    write(tmp_path, {"rows.csv": rows + "\nonly one cell;\n"})
    built = made(tmp_path)
    assert [e.tier for e in of_origin(built, "row")] == ["A", "A", "A"]
    assert [(row.file, row.line) for row in built.broken] == [("rows.csv", 5)]


def test_a_table_of_measurements_among_notes_is_passed_over_with_its_reason(tmp_path):
    write(tmp_path, {"a.md": f"# Lava\n\n{prose(1, 24)}", "lab.csv": "t,v\n0,1\n1,2\n"})
    built = made(tmp_path)
    assert names(built.skipped) == ["lab.csv"]
    with pytest.raises(DatasetError):
        made(tmp_path / "lab.csv")


def test_a_summary_without_its_document_is_named(tmp_path):
    write(tmp_path, {"a.md": prose(0, 24), "lost.summary.md": SUMMARY, "riassunti/gone.md": SUMMARY})
    assert sorted(names(made(tmp_path).skipped)) == ["lost.summary.md", "riassunti/gone.md"]


def test_a_summary_as_long_as_its_text_is_named(tmp_path):
    write(tmp_path, {"a.md": prose(0, 12), "a.summary.md": prose(1, 12)})
    built = made(tmp_path)
    assert not of_origin(built, "sidecar")
    assert names(built.skipped) == ["a.summary.md"]


def test_documents_of_one_name_in_different_folders_are_told_apart(tmp_path):
    for folder in ("bio", "fis"):
        write(tmp_path, {f"{folder}/lesson.md": f"# Lava\n\n{prose(1, 12)}", f"{folder}/lesson.summary.md": SUMMARY})
    assert [e.place.document for e in of_origin(made(tmp_path), "sidecar")] == ["bio/lesson.md", "fis/lesson.md"]
    built = build([tmp_path / "bio", tmp_path / "fis" / "lesson.md"], read=read)
    assert set(built.read) == {"bio/lesson.md", "bio/lesson.summary.md", "fis/lesson.md"}


def test_two_documents_for_one_summary_are_said_to_be_two(tmp_path):
    write(tmp_path, {"lesson.md": prose(0, 12), "lesson.txt": prose(1, 12), "lesson.summary.md": SUMMARY})
    (example,) = of_origin(made(tmp_path), "sidecar")
    assert "lesson.md, lesson.txt" in example.doubts[0]


def test_where_nothing_can_be_read_each_reason_names_its_file_once(tmp_path):
    write(tmp_path, {"empty.md": ""})
    with pytest.raises(DatasetError) as caught:
        made(tmp_path)
    assert caught.value.message.count("empty.md") == 1
    assert not caught.value.message.endswith("..")


def test_what_cannot_be_read_is_named_and_the_rest_is_used(tmp_path):
    write(tmp_path, {"a.md": prose(0, 24), "b.summary.md": SUMMARY, "empty.md": "", "song.mp3": "x"})
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 nothing")
    built = made(tmp_path)
    assert built.read == ("a.md",)
    assert set(names(built.skipped)) == {"b.pdf", "b.summary.md", "empty.md", "*.mp3"}
    assert all(reason for _name, reason in built.skipped)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind here")
def test_a_file_one_may_not_read_is_named(tmp_path):
    write(tmp_path, {"a.md": prose(0, 24), "closed.md": prose(1, 24)})
    (tmp_path / "closed.md").chmod(0)
    assert names(made(tmp_path).skipped) == ["closed.md"]


def test_a_reader_that_breaks_down_costs_one_file(tmp_path):
    write(tmp_path, {"a.md": prose(0, 24), "b.md": prose(1, 24)})

    def break_down(path: Path):
        if path.name == "b.md":
            raise ZeroDivisionError("strange file")
        return read(path)

    assert names(build([tmp_path], read=break_down).skipped) == ["b.md"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_loops_of_links_end_and_links_out_of_the_folder_are_named(tmp_path):
    outside = write(tmp_path / "outside", {"secret.md": prose(2, 24)})
    inside = write(tmp_path / "inside", {"a.md": prose(0, 24)})
    (inside / "loop").symlink_to(inside)
    (inside / "away").symlink_to(outside)
    built = made(inside)
    assert built.read == ("a.md",)
    assert names(built.skipped) == ["away"]


@pytest.mark.parametrize("files", [{}, {"song.mp3": "x"}, {"empty.md": ""}, {"one.md": "Three little words."}])
def test_a_folder_without_anything_to_learn_says_so(tmp_path, files):
    write(tmp_path, files)
    with pytest.raises(DatasetError) as caught:
        made(tmp_path)
    assert str(tmp_path) in caught.value.message
    assert "summary" in caught.value.hint


def test_a_path_that_is_not_there_says_so(tmp_path):
    with pytest.raises(DatasetError, match="no file or folder"):
        made(tmp_path / "nowhere")


def test_files_about_files_are_no_notes(tmp_path):
    write(tmp_path, {"README.md": f"# Lava\n\n{prose(1, 24)}", "a.md": f"# Lava\n\n{prose(0, 24)}"})
    assert made(tmp_path).read == ("a.md",)
    assert made(tmp_path / "README.md").read == ("README.md",)


def test_only_the_tiers_and_the_language_asked_for_are_made(tmp_path):
    write(tmp_path, {"a.md": f"# Lava\n\n{prose(1, 24)}", "a.summary.md": SUMMARY})
    assert {e.tier for e in made(tmp_path, "A").examples} == {"A"}
    assert {e.tier for e in made(tmp_path, "B").examples} == {"B"}
    with pytest.raises(DatasetError):
        made(tmp_path, "AB", language="it")


def test_texts_that_nobody_summed_up_are_the_sources_of_tier_c(tmp_path):
    write(tmp_path, {"a.md": prose(0, 24), "a.summary.md": SUMMARY, "b.md": prose(1, 24)})
    built = made(tmp_path, "AC")
    assert {source.place.document for source in built.sources} == {"b.md"}
    assert made(tmp_path, "AB").sources == ()


def test_building_again_gives_the_same(tmp_path):
    write(tmp_path, {"a.md": f"# Lava\n\n{prose(1, 40)}", "a.summary.md": SUMMARY, "b.txt": prose(2, 40)})
    assert made(tmp_path) == made(tmp_path)


def test_it_says_how_far_it_is_and_can_be_stopped(tmp_path):
    write(tmp_path, {"a.md": prose(0, 24), "b.md": prose(1, 24)})
    said: list[tuple[int, int, str]] = []

    def on_progress(done: int, total: int, name: str) -> None:
        said.append((done, total, name))

    build([tmp_path], read=read, on_progress=on_progress)
    assert said == [(0, 2, "a.md"), (1, 2, "b.md"), (2, 2, "")]
    with pytest.raises(Stopped):
        build([tmp_path], BuildOptions(), read=read, should_stop=lambda: True)
