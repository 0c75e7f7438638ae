"""Files of many cases: which columns, whose rows, and the bytes. Nothing here decides or writes."""
