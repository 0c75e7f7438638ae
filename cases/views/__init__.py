"""Pages of the case file, by what they show."""
