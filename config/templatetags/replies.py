"""The replies to a piece, drawn here: there are scores of them, and as templates they would be a
third of what its page costs."""

from html import escape

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.templatetags.entries import written_by
from config.templatetags.languages import lang_attrs
from config.templatetags.moments import minute
from users.addresses import address
from users.models import Status

register = template.Library()


@register.simple_tag
def comment_thread(thread, review, user):
    return Pen(review, user).thread(thread)


def quiet(words):
    return f'<span class="quiet">{words}</span>'


class Pen:
    """Draws the replies to `review` for `user`. What it writes often it looks up once. Every text
    in it is escaped, but for the replies themselves, which were sanitised when they came."""

    def __init__(self, review, user):
        self.review = review
        self.user = user
        self.is_member = user.is_authenticated
        self.zone = timezone.get_current_timezone()
        self.by_writer, self.edited = quiet(_("the writer")), quiet(_("edited"))
        self.this = _("this reply")

    def thread(self, lines):
        may_reply = self.review.takes_replies
        drawn = "\n".join(self.item(line, may_reply) for line in lines)
        return SafeString(f'<ol class="thread">\n{drawn}\n</ol>')

    def item(self, line, may_reply):
        answers = [f"<li>{self.comment(reply, False)}</li>" for reply in line.replies]
        if line.is_cut:
            words = _("All answers to this reply")
            answers.append(f'<li><a href="?under={line.comment.pk}#comments">{words}</a></li>')
        below = '\n<ol class="thread">\n{}\n</ol>'.format("\n".join(answers)) if answers else ""
        return f"<li>{self.comment(line, may_reply)}{below}</li>"

    def comment(self, line, may_reply):
        row = line.comment
        anchor = f"comment-{row.id}"
        place = f'<a href="#{anchor}">{minute(row.created_at.astimezone(self.zone))}</a>'
        if not line.is_shown:
            return (
                f'<article class="comment removed" id="{anchor}">\n'
                f'  <p class="byline"><span>{_("A member")}</span>{place}</p>\n'
                f'  <div class="body"><p>{self.decision(line)}</p></div>\n'
                "</article>"
            )
        writer = self.by_writer if line.is_by_writer else ""
        edited = self.edited if row.edited_at else ""
        state = "" if row.is_published else self.state(line)
        acts = self.acts(line, may_reply) if self.is_member and row.is_published else ""
        return (
            f'<article class="comment" id="{anchor}">\n'
            f'  <p class="byline">{written_by(row)}{writer}{place}{edited}</p>\n'
            f'  {state}<div class="body"{lang_attrs(row.language)}>{line.html}</div>{acts}\n'
            "</article>"
        )

    def decision(self, line):
        """What stands in the place of a text, or over it where its reader may see it still."""
        context = {"comment": line.comment, "action": line.action}
        return get_template("reviews/_stub_words.html").render(context).strip()

    def state(self, line):
        """Over a text that only some read."""
        row = line.comment
        if row.status == Status.DRAFT:
            parts = self.waiting(row), _("Only you read it here."), self.delete(row)
        elif row.author_id == self.user.pk:
            parts = self.decision(line), _("Only you and the moderators read it here.")
        else:
            parts = (self.decision(line),)
        return f'<p class="small quiet">{" ".join(parts)}</p>\n  '

    def waiting(self, row):
        if row.is_waiting:
            words = _("Waits for <bdi>%(name)s</bdi>.")
        else:
            words = _("<bdi>%(name)s</bdi> did not let it appear.")
        return words % {"name": escape(self.review.author.name)}

    def acts(self, line, may_reply):
        row, found = line.comment, []
        if may_reply:
            to = _("to %(name)s") % {"name": escape(row.author.name)}
            found.append(act(f"?reply={row.pk}#reply", _("Reply"), to))
        if row.author_id != self.user.pk:
            report = address("users:report", "comment", row.pk)
            found.append(act(report, _("Report"), self.this, ' rel="nofollow"'))
        else:
            if row.may_be_edited:
                found.append(act(row.get_edit_url(), _("Edit"), self.this))
            found.append(self.delete(row))
        return f'\n  <p class="acts no-print">{"".join(found)}</p>'

    def delete(self, row):
        return act(address("reviews:comment_delete", row.pk), _("Delete"), self.this)


def act(href, words, which, more=""):
    return f'<a href="{href}"{more}>{words}<span class="visually-hidden"> {which}</span></a>'
