"""The same insert with its record by django-auditlog, by django-pghistory and by this product.

A settings module and an app of their own: the product has neither. What is measured against is
installed for development only (requirements-dev.in).
"""
