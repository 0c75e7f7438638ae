from django.utils.translation import gettext_lazy as _

VERBS = {
    "work.listed": _("looked at what needs doing"),
    "page.printed": _("printed a page"),
}
