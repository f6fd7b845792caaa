"""What the fine-tune screen knows and says, without drawing it: no widget is imported here.

rows       what the handlers answer, as the screen lists it     settings   what can be set, kept as a draft
live       a training as its events tell it                     work       what goes on whether one looks or not
curve      losses drawn with block characters                   words      sentences and numbers
"""
