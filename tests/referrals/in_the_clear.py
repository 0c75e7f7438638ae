"""Whether a word stands anywhere in the database in clear."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def tables_with(superuser: Any, word: str, *, but: Collection[str] = ()) -> list[str]:
    """The tables that hold `word`, in any case: in a text, or unsealed in a column of bytes.

    A row as text shows bytes in hexadecimal digits, where no word is ever found as it is written.
    """
    tables = superuser.execute(
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    assert len(tables) > 50
    patterns = [f"%{word}%", *(f"%{one.encode().hex()}%" for one in {word, word.lower()})]
    return [
        table
        for (table,) in tables
        if table not in but
        and superuser.execute(
            f"SELECT EXISTS (SELECT FROM {table} AS t WHERE t::text ILIKE ANY (%s))", [patterns]
        ).fetchone()[0]
    ]
