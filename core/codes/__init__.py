"""Code lists of standards: facts in small JSON files beside this one, and what reads them."""
