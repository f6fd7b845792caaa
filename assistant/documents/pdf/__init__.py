"""PDF files. In the child: `reading`, `engines`, `lines`, `quality`. In our own process: `reader`, `cleaning`."""
