"""Taking a paper's file in: what it is, what is refused, and what is made of it.

Nothing here knows a case, a person or a database. PDF and DOCX are read in a process of their own
(`process` starts it, `child` is what runs there, `lockdown` shuts it in), which gets the bytes and
gives back a fresh PDF of black and white pages, or plain text. See docs/papers.md.
"""
