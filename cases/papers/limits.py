"""How large and how long. Ours, whatever a server before us allows."""

MEGABYTE = 1_000_000
MOST_BYTES = 10 * MEGABYTE
MOST_PAGES = 20
MOST_TEXT = 1 * MEGABYTE
MOST_DOCX = 5 * MEGABYTE
# Points, 72 to the inch: from a receipt to a sheet of A3.
SHORTEST_SIDE, LONGEST_SIDE = 140, 1300
DPI = 200

# Of the process that reads a file.
ADDRESS_SPACE = 1_000 * MEGABYTE
CPU_SECONDS = 60
WALL_SECONDS = 90
# While somebody waits for the answer.
LOOK_SECONDS = 20
MOST_ANSWER = 24 * MEGABYTE
