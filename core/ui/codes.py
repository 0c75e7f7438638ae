"""The square code an authenticator app reads, as plain SVG (no image data in the page)."""

from __future__ import annotations

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString


def qr_code(text: str, label: str) -> SafeString:
    """`{% qr_code totp_url label %}`: one path, black on white in both themes."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}">'
        '<path shape-rendering="crispEdges" d="{}"/></svg>',
        label,
        len(matrix),
        len(matrix),
        squares,
    )
