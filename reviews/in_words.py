"""Figures as sentences say them."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews import languages
from reviews.counting import ESSAY_CHARACTERS, ESSAY_WORDS, is_counted_in_characters
from reviews.lengths import Length
from reviews.models.kinds import Kind


def size(review):
    if is_counted_in_characters(review.language):
        said = ngettext("%(count)s character", "%(count)s characters", review.word_count)
    else:
        said = ngettext("%(count)s word", "%(count)s words", review.word_count)
    return said % {"count": intcomma(review.word_count)}


def size_so_far(review):
    """Of a draft, and beside it what makes an essay where that is still ahead."""
    if review.is_essay:
        return size(review)
    needed = {"count": intcomma(review.word_count), "needed": needed_for_essay(review)}
    if is_counted_in_characters(review.language):
        return _("%(count)s of %(needed)d characters") % needed
    return _("%(count)s of %(needed)d words") % needed


def needed_for_essay(review):
    return ESSAY_CHARACTERS if is_counted_in_characters(review.language) else ESSAY_WORDS


def time(review):
    said = ngettext("%(count)s minute", "%(count)s minutes", review.minutes)
    return said % {"count": review.minutes}


def length(review):
    return f"{time(review)}, {size(review)}"


def progress(review):
    """How long a text is while it is written, and what follows from that."""
    if review.is_essay:
        rest = _("%(time)s to read. An essay, so it needs a title.") % {"time": time(review)}
    elif review.published_at:
        rest = _("%(time)s to read. A note, and it stays one.") % {"time": time(review)}
    else:
        needed = needed_for_essay(review)
        rest = _(
            "%(time)s to read. A note. From %(needed)d, %(missing)d from here, it becomes an essay."
        ) % {
            "time": time(review),
            "needed": needed,
            "missing": max(0, needed - review.word_count),
        }
    return {"size": size(review), "time": time(review), "rest": rest}


def place(time_zone):
    """The name of a place, by whose time something happens."""
    return time_zone.rpartition("/")[2].replace("_", " ")


def chosen(choice, kind):
    """What is shown, as a sentence."""
    parts = [_("Essays") if kind == Kind.ESSAY else _("Notes")]
    if choice.language:
        parts[0] = f"{parts[0]} {_('in %s') % languages.english_name(choice.language)}"
    if choice.theme:
        parts.append(_("about %s") % choice.theme.name)
    if choice.country:
        parts.append(_("on films from %s") % choice.country.name)
    if choice.length:
        parts.append(str(Length[choice.length.upper()].label))
    if choice.spoilers:
        parts.append(_("none that tells the ending"))
    return ", ".join(parts)


def pieces_shown(page, total, is_exact, kind):
    """Which of how many a page has; `total` may be None."""
    if not page.items:
        return ""
    words = {"start": intcomma(page.start), "end": intcomma(page.end)}
    if kind == Kind.ESSAY:
        shown = _("Essays %(start)s to %(end)s") % words
    else:
        shown = _("Notes %(start)s to %(end)s") % words
    if total is None:
        return shown
    whole = _("%(shown)s of %(total)s") if is_exact else _("%(shown)s of more than %(total)s")
    return whole % {"shown": shown, "total": intcomma(total)}


def written_about(film):
    essays = ngettext("%(count)s essay", "%(count)s essays", film.essay_count)
    notes = ngettext("%(count)s note", "%(count)s notes", film.note_count)
    return ", ".join(
        [
            essays % {"count": intcomma(film.essay_count)},
            notes % {"count": intcomma(film.note_count)},
        ]
    )
