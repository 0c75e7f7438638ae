"""Page-shaped reads of the courts' part of a case."""
