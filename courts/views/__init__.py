"""Pages of the courts' part of a case."""
