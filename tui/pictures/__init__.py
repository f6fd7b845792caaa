"""Pictures in the terminal: what it can show, and how a picture is told to it.

Written here rather than taken from textual-image, whose licence is no permissive one (LGPL) and which questions the
terminal whenever it is imported.
"""
