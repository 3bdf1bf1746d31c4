"""Places: datums, boundaries, areas, grid cells, point → cell, layers. Decides where a thing is, never what it means."""
