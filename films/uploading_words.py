"""What the script of the page for pictures says."""

from django.utils.translation import gettext as _


def words():
    return {
        "waits": _("Waits for its turn"),
        "sent": _("{done} of {all} MB"),
        "seconds": _("about {seconds} seconds left"),
        "looked": _("It is being looked at"),
        "refused": _("Not taken."),
        "lost": _("It did not arrive. You may be offline, or signed out."),
        "again": _("Try again"),
        "drop": _("Take it off the list"),
        "here": _("{count} here"),
        "coming": _("{count} on the way"),
        "notTaken": _("{count} not taken"),
        "kept": _("The file is here."),
        "off": _("Take the file off"),
        "along": _("It did not arrive by itself. It goes with the text when you send that."),
        "large": _("The file is too large: a picture may have 20 MB at most."),
    }
