"""Pages that are images → text, with tesseract where it is installed.

In the child: `reading`, `bitmaps`, `running`, `hocr`. In our own process: `recognise` (PDF pages), `images` (files of
images), `image_header`, `tesseract` (is it there), `advice` (how to get it), `options` and `task` (what is wanted).
"""
