from django.utils.translation import gettext_lazy as _

VERBS = {
    "key.made": _("made a key"),
    "key.escrowed": _("sealed the key-encryption keys to their holders"),
    "backup.started": _("began a backup"),
    "backup.written": _("wrote a backup"),
    "backup.restored": _("restored the workspace from a backup"),
    "epoch.began": _("began a new key-encryption key"),
    "epoch.replaced": _("replaced a key-encryption key everywhere"),
    "epoch.destroyed": _("destroyed an old key-encryption key"),
    "epoch.checked": _("looked for old key-encryption keys to destroy; none was due"),
    "keys.rewrapped": _("wrapped data keys anew"),
    "key.unreadable": _("met a data key that could not be opened"),
    "keys.many_opened": _("opened unusually many cases within an hour"),
    "text.unreadable": _("met a text that could not be opened"),
}
