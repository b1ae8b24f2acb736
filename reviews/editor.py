"""What the script of the writing page says."""

from django.utils.translation import gettext as _


def words():
    return {
        "offline": _("Not saved: no connection. Your text is still here, and will be tried again."),
        "refused": _("Not saved: the site could not take it. Your text is still here."),
        "signedOut": _("Not saved: you are signed out. Your text is still here."),
        "signIn": _("Sign in, in another tab"),
        "someoneElse": _(
            "Not saved: somebody else is signed in here. Your text is still here; copy it, or sign "
            "in as yourself."
        ),
        "compare": _("Compare the two"),
        "gone": _("The draft was discarded in another window. What you write begins a new one."),
        "found": _("There is text here that did not reach the site."),
        "keep": _("Take it up again"),
        "discard": _("Discard it"),
        "toolbar": _("Marks in the text"),
        "bold": _("Bold"),
        "italic": _("Italic"),
        "link": _("Link"),
        "spoiler": _("Spoiler"),
        "footnote": _("Footnote"),
        "text": _("words"),
    }
