"""The parts pages are made of. Each function here is a template tag (`{% load ui %}`), each has
one file under `templates/components/`, and `/styleguide/` shows them all."""
