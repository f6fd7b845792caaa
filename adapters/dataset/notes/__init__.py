"""What the notes of a folder hold: which files belong together, and all examples that one document gives.

files         which files are notes, which are summaries of which, which are tables
note          all that one document gives
whole_text    a document as one text in which every character has a place
parts         its sections as spans; `names`: how people call summaries
sections      tier A and B: summaries inside the document; `front_matter`: in front of it
principal     tier B: principal sentences taken out of their text; `titles`: titles of sections
drafts        making an example; `fitting`: the part of a long text that its summary draws on
"""
