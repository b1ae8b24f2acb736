"""What is told to a member: on the site, in a digest once a day, or by mail at once.

`Notification.objects.tell` writes it, in the transaction of its cause; mail goes out afterwards.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from users.addresses import origin
from users.letters import Letter
from users.names import clean_name
from users.site_settings import SiteSettings

logger = logging.getLogger("afterimage.mail")

HERE, DIGEST, MAIL = "h", "d", "m"
A_DAY = timedelta(hours=23)  # a digest comes at about the same hour
AN_HOUR = timedelta(hours=1)  # until one that could not be sent is tried again
LINES = 30  # of a digest
SALT = "mail-of-a-kind"
THINGS = {
    "review": gettext_lazy("an essay or note"),
    "comment": gettext_lazy("a comment"),
    "afterthought": gettext_lazy("an afterthought"),
    "image": gettext_lazy("a picture"),
    "film": gettext_lazy("a film"),
    "theme": gettext_lazy("a theme"),
    "person": gettext_lazy("a person’s page"),
    "user": gettext_lazy("a member’s page"),
}
DONE = {
    "publish": gettext_lazy("published"),
    "keep": gettext_lazy("left as it is"),
    "label": gettext_lazy("labelled"),
    "unlabel": gettext_lazy("changed: its label is taken off"),
    "hold": gettext_lazy("held"),
    "hide": gettext_lazy("hidden"),
    "remove": gettext_lazy("removed"),
    "restore": gettext_lazy("restored"),
    "hide_passage": gettext_lazy("changed: a passage is hidden"),
    "show_passage": gettext_lazy("changed: a hidden passage is shown again"),
}


class Kind(models.TextChoices):
    REPLY = "reply", gettext_lazy("Somebody replies to you")
    WAITING = "waiting", gettext_lazy("A reply waits for you to let it appear")
    ANSWER = "answer", gettext_lazy("Somebody answers you with an essay")
    OUTCOME = "outcome", gettext_lazy("Something comes of your report")
    REPORT = "report", gettext_lazy("Something is reported")
    DECISION = "decision", gettext_lazy("Something is decided about your writing")
    EXPORT = "export", gettext_lazy("The copy of everything that you asked for is ready")
    STILL = "still", gettext_lazy("A film asks whether it is still with you")


USUAL = {Kind.REPLY: HERE + DIGEST, Kind.WAITING: HERE + DIGEST,
         Kind.ANSWER: HERE + DIGEST, Kind.OUTCOME: HERE, Kind.REPORT: HERE + DIGEST,
         Kind.EXPORT: HERE + MAIL, Kind.STILL: HERE + DIGEST}  # fmt: skip
# They say nothing of what is not public any more.
FOLLOWING = {Kind.REPLY, Kind.ANSWER, Kind.STILL}
ALWAYS = {Kind.DECISION: HERE + MAIL}


def channels_of(member, kind):
    """By which ways a kind of notice reaches a member: letters of HERE, DIGEST and MAIL."""
    return ALWAYS.get(kind) or member.channels.get(kind, USUAL.get(kind, ""))


def unmailed_kinds(member):
    """Whom mail reaches at once still hears in a digest of what waits for one."""
    return [kind for kind in USUAL if not {DIGEST, MAIL} & set(channels_of(member, kind))]


class NotificationQuerySet(models.QuerySet):
    def tell(self, members, kind, target, *, actor=None, action=None, at=None):
        """Tell each of `members` (but not the actor, and nobody who has left). What happened
        long ago, where a history is loaded, is told without mail."""
        is_news = at is None or timezone.now() - at < A_DAY
        members = {who.pk: who for who in members if who and who != actor and who.is_active}
        for member in members.values():
            ways = channels_of(member, kind)
            if not ways or member.left_at:
                continue
            row = self.create(
                member=member,
                kind=kind,
                content_type=ContentType.objects.get_for_model(target),
                object_id=target.pk,
                actor=actor,
                action=action,
                created_at=at or timezone.now(),
                is_shown=HERE in ways,
                is_due=is_news and DIGEST in ways and MAIL not in ways,
            )
            if HERE in ways:
                member.__class__.objects.filter(pk=member.pk).update(
                    unread_count=F("unread_count") + 1
                )
            if is_news and MAIL in ways and member.email:
                if settings.WORKER:
                    Letter.objects.post(member, notice=row)
                else:
                    transaction.on_commit(row.send, robust=True)

    def shown(self):
        return self.filter(is_shown=True)

    def unread(self):
        return self.shown().filter(read_at__isnull=True)

    def drop_due(self, member, kinds):
        """Let no digest tell `member` of what is of these kinds and waits for one. The site does,
        of those that they hear of in any other way."""
        due = self.filter(member=member, is_due=True, kind__in=kinds)
        heard = [kind for kind in kinds if channels_of(member, kind)]
        count = due.filter(kind__in=heard, is_shown=False).update(is_due=False, is_shown=True)
        due.update(is_due=False)
        member.__class__.objects.filter(pk=member.pk).update(unread_count=F("unread_count") + count)

    def for_lines(self):
        return self.select_related("actor", "action__rule", "content_type")

    @transaction.atomic
    def mark_read(self, member, until):
        """All that `member` had before their eyes: nothing that came later."""
        self.filter(member=member, created_at__lte=until).unread().update(read_at=timezone.now())
        left = self.filter(member=member).unread().count()
        member.__class__.objects.filter(pk=member.pk).update(unread_count=left)


class Notification(models.Model):
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="notifications",
        verbose_name=gettext_lazy("member"),
    )
    kind = models.CharField(gettext_lazy("kind"), max_length=10, choices=Kind)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.ForeignKey(
        "users.ModerationAction", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(gettext_lazy("date"), default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    is_shown = models.BooleanField(default=True)
    is_due = models.BooleanField(default=False)  # for the next digest

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = gettext_lazy("notice")
        verbose_name_plural = gettext_lazy("notices")
        indexes = [
            models.Index(fields=["member", "is_shown", "-created_at", "-id"], name="notice_newest"),
            models.Index(
                fields=["member", "created_at"],
                condition=models.Q(is_due=True),
                name="notice_due",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.member_id}"

    def message(self):
        (line,) = lines_for([self])
        return mail(self.member, self.kind, line.text, [line])

    def send(self):
        """By mail, at once. One that cannot be sent stays on the site."""
        try:
            self.message().send()
        except OSError as error:
            # Not the error itself: a mail server's own words quote the address.
            logger.error("A notice could not be sent: %s", type(error).__name__)


# Saying


@dataclass(frozen=True)
class Line:
    """A notice in words. `thing` is what it is about, while its reader may see that."""

    notice: Notification
    thing: object = None

    @property
    def text(self):
        return {
            Kind.REPLY: self.of_reply,
            Kind.WAITING: self.of_waiting,
            Kind.ANSWER: self.of_answer,
            Kind.DECISION: self.of_decision,
            Kind.OUTCOME: self.of_outcome,
            Kind.REPORT: self.of_report,
            Kind.EXPORT: self.of_export,
            Kind.STILL: self.of_still,
        }[self.notice.kind]()

    def of_reply(self):
        if self.thing is None:
            return _("A reply that was written to you has been taken back.")
        names = {"name": self.notice.actor.name, "piece": str(self.thing.review)}
        return _("%(name)s replied to “%(piece)s”.") % names

    def of_waiting(self):
        if self.thing is None:
            return _("A reply that waited for you waits no more.")
        names = {"name": self.notice.actor.name, "piece": str(self.thing.review)}
        return _("%(name)s replied to “%(piece)s”, and waits for you to let it appear.") % names

    def of_answer(self):
        if self.thing is None:
            return _("An essay that answered you has been taken back.")
        names = {"name": self.notice.actor.name, "piece": str(self.thing)}
        return _("%(name)s answered you with an essay, “%(piece)s”.") % names

    def of_decision(self):
        names = {"done": self.done, "rule": self.rule}
        if self.thing is None:
            return _("Something of yours was %(done)s%(rule)s.") % names
        return _("“%(title)s” was %(done)s%(rule)s.") % (names | {"title": str(self.thing)})

    def of_outcome(self):
        names = {"done": self.done, "rule": self.rule, "thing": self.kind_of_thing}
        return (
            _("What you reported was looked at: %(thing)s was %(done)s%(rule)s. Thank you.") % names
        )

    def of_report(self):
        if self.thing is None:
            return _("Something was reported.")
        return _("Reported: %(title)s. %(reason)s") % {
            "title": self.thing.target_title,
            "reason": self.thing.get_reason_display(),
        }

    def of_export(self):
        if self.thing is None:
            return _("A copy of everything that you made was ready.")
        if self.thing.given_up_at:
            return _("The copy of everything that you made could not be made. Ask once more.")
        day = date_format(timezone.localtime(self.thing.expires_at), "j F Y")
        return _("The copy of everything that you made is ready, until %(day)s.") % {"day": day}

    def of_still(self):
        if self.thing is None:
            return _("You were asked whether a film is still with you.")
        after = self.thing.told_at(self.notice.created_at).label
        names = {"after": capfirst(after), "piece": str(self.thing.review)}
        return _("%(after)s: is “%(piece)s” still with you?") % names

    @property
    def done(self):
        if self.notice.action.is_of_withdrawn:
            return _("taken away by its author")
        return DONE.get(self.notice.action.verb, self.notice.action.get_verb_display())

    @property
    def rule(self):
        rule = self.notice.action.rule
        return _(" under rule %(number)s") % {"number": rule.number} if rule else ""

    @property
    def kind_of_thing(self):
        return THINGS.get(self.notice.content_type.model, _("something"))

    @property
    def address(self):
        if self.notice.kind == Kind.OUTCOME:
            return self.notice.action.get_absolute_url()
        if self.thing is None:
            return ""
        if self.notice.kind == Kind.REPORT:
            return reverse("admin:users_report_change", args=[self.thing.pk])
        if self.notice.kind == Kind.WAITING:
            return f"{self.thing.review.get_absolute_url()}#waiting"
        return self.thing.get_absolute_url()


def lines_for(notices):
    """Lines of the notices, in their order; one query for each kind of thing among them."""
    wanted = defaultdict(set)
    for notice in notices:
        wanted[notice.content_type].add(notice.object_id)
    found = {}
    for kind, keys in wanted.items():
        manager = kind.model_class()._default_manager
        rows = manager.for_log() if hasattr(manager, "for_log") else manager
        found |= {(kind.pk, row.pk): row for row in rows.filter(pk__in=keys).order_by()}
    lines = []
    for notice in notices:
        thing = found.get((notice.content_type_id, notice.object_id))
        if thing is not None and not is_there(notice.kind, thing):
            thing = None
        lines.append(Line(notice, thing))
    return lines


def is_there(kind, thing):
    if kind == Kind.WAITING:
        return thing.is_waiting
    return kind not in FOLLOWING or thing.is_public


# Mail


def off_token(member, kind):
    return signing.dumps([member.pk, kind], salt=SALT)


def read_off_token(token):
    """(member's key, kind). Raises signing.BadSignature."""
    pk, kind = signing.loads(token, salt=SALT)
    return pk, kind


def mail(member, kind, subject, lines, later=0):
    """A message with the lines; `kind` is "digest" for several kinds at once. So many more come
    `later`."""
    token = off_token(member, kind)
    off = origin() + reverse("users:mail_off", args=[token])
    context = {"lines": lines, "origin": origin(), "off": off, "kind": kind, "name": member.name,
               "later": later}  # fmt: skip
    headers = {}
    if kind not in ALWAYS:
        headers["List-Unsubscribe"] = f"<{off}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # One line, whatever a title holds.
    subject = clean_name(" ".join(str(subject).split()))[:200]
    body = render_to_string("emails/notices.txt", context)
    return EmailMessage(subject, body, to=[member.email], headers=headers)


def stop_mail(member, kind):
    """No more mail of this kind (of any, for "digest"); on the site it goes on, or begins."""
    kinds = list(USUAL) if kind == "digest" else [kind]
    off = {DIGEST} if kind == "digest" else {DIGEST, MAIL}
    for one in kinds:
        ways = channels_of(member, one)
        left = "".join(way for way in ways if way not in off)
        member.channels[one] = left or (HERE if ways else "")
    with transaction.atomic():
        member.save(update_fields=["channels"])
        Notification.objects.drop_due(member, kinds)


def send_digests(members, limit):
    """One mail to each member with something due, once a day at most. How many were sent; raises
    RuntimeError once all were tried, if one could not be."""
    since = timezone.now() - A_DAY
    due = Notification.objects.filter(is_due=True, member=models.OuterRef("pk"))
    waiting = members.filter(models.Exists(due)).exclude(email="")
    waiting = waiting.filter(models.Q(digest_at=None) | models.Q(digest_at__lte=since))
    sent, stuck = 0, 0
    # Whom none reached an hour ago come last: they keep nobody waiting.
    for member in waiting.order_by(F("digest_at").asc(nulls_first=True), "pk")[:limit]:
        try:
            sent += send_digest(member, since)
        except Exception as error:  # whose words may quote the address
            name = type(error).__name__
            logger.error("The digest of the member with the key %s failed: %s", member.pk, name)
            stuck += 1
    if stuck:
        raise RuntimeError(f"{stuck} digests could not be sent, {sent} were.")
    return sent


def send_digest(member, since):
    """Where it cannot be sent, all of it is due again in an hour, as if the last one had come
    then after `since`."""
    with transaction.atomic():
        rows = Notification.objects.select_for_update(of=("self",)).filter(
            member=member, is_due=True
        )
        notices = list(rows.for_lines().order_by("created_at", "pk")[:LINES])
        if not notices:
            return 0
        message = digest(member, notices, later=rows.count() - len(notices))
        # First noted, then sent: better one too few than the same one every five minutes.
        note_digest(member, notices, is_due=False, at=timezone.now())
    try:
        return message.send() if message else 0
    except Exception:
        note_digest(member, notices, is_due=True, at=since + AN_HOUR)
        drop_ended(member)
        raise


def drop_ended(member):
    """Who ended digests while one was on its way gets no other."""
    member.refresh_from_db(fields=["channels"])
    Notification.objects.drop_due(member, unmailed_kinds(member))


def digest(member, notices, later):
    """None where nothing of it is there any more."""
    lines = [line for line in lines_for(notices) if line.address]
    if not lines:
        return None
    subject = (
        lines[0].text
        if len(lines) == 1
        else _("What happened on %(site)s") % {"site": SiteSettings.current().name}
    )
    return mail(member, "digest", subject, lines, later=later)


@transaction.atomic
def note_digest(member, notices, *, is_due, at):
    Notification.objects.filter(pk__in=[row.pk for row in notices]).update(is_due=is_due)
    member.__class__.objects.filter(pk=member.pk).update(digest_at=at)
