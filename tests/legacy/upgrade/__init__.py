"""``whorl upgrade``: the rules one by one, whole programs, and what happens to the files."""
