"""Was it worth it? What an adapter is worth beside the base, what it cost, and whether it works at all.

report        the words of a report, as JSON: what all the others make or show
evaluation    one evaluation from beginning to end: held_out, planning, systems, measuring, comparing, lineage and
              assembling are its parts, store keeps what comes of it

metrics       what is measured of an answer: words, rouge, chrf, copying and grounded take it
statistics    how sure a number is; intervals: the numerics, and why they are to be trusted
probes        general knowledge in two languages; forgetting: what became of it, as a traffic light

verification  whether an adapter works as it was saved, before it is published; fresh: the process that looks
saved         what its files were then
diagnosis     what is wrong with it; faults: the names of that
"""
