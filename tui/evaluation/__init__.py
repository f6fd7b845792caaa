"""What the app makes of a report, without drawing it: no widget is imported here.

rows       a line to stand on, and its card         sections   the whole report as such rows, in the order it is read
verdict, numbers, knowledge, texts, lineage         a part of it each
bars       intervals drawn with characters          words      short words and marks for lists
work       the measuring, whether one looks or not  blind      a blind comparison as it is gone through
on_card    what an adapter's card keeps of it
"""
