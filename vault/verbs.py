from django.utils.translation import gettext_lazy as _

VERBS = {
    "key.made": _("made a key"),
    "text.unreadable": _("met a text that could not be opened"),
}
