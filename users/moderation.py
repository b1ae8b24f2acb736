"""What may happen to content: states, verbs, and the record that every verb leaves."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users import visitor_pages
from users.notifications import Kind, Notification

RESTORE_DAYS = 14


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    HELD = "held", _("held")
    HIDDEN = "hidden", _("hidden")
    REMOVED = "removed", _("removed")
    DELETED = "deleted", _("deleted by its author")


class Verb(models.TextChoices):
    PUBLISH = "publish", _("publish")
    UNPUBLISH = "unpublish", _("take back into drafts")
    DELETE = "delete", _("delete")
    UNDELETE = "undelete", _("bring back")
    KEEP = "keep", _("leave as it is")
    LABEL = "label", _("label")
    UNLABEL = "unlabel", _("take the label off")
    HOLD = "hold", _("hold")
    HIDE = "hide", _("hide")
    REMOVE = "remove", _("remove")
    RESTORE = "restore", _("restore")
    HIDE_PASSAGE = "hide_passage", _("hide a passage")
    SHOW_PASSAGE = "show_passage", _("show a passage again")


UNSEEN = (Status.DRAFT, Status.DELETED)  # private, or taken back: not for staff


class Transition(NamedTuple):
    sources: frozenset
    target: str  # "" keeps the status
    by_owner: bool = False
    by_moderator: bool = True


def _from(*sources):
    return frozenset(sources)


_S = Status
TRANSITIONS = {
    Verb.PUBLISH: Transition(_from(_S.DRAFT, _S.HELD), _S.PUBLISHED, by_owner=True),
    Verb.UNPUBLISH: Transition(_from(_S.PUBLISHED), _S.DRAFT, by_owner=True, by_moderator=False),
    Verb.DELETE: Transition(
        _from(_S.DRAFT, _S.PUBLISHED, _S.HELD, _S.HIDDEN, _S.REMOVED),
        _S.DELETED,
        by_owner=True,
        by_moderator=False,
    ),
    Verb.UNDELETE: Transition(_from(_S.DELETED, _S.REMOVED), "", by_owner=True, by_moderator=False),
    Verb.KEEP: Transition(_from(_S.PUBLISHED, _S.HELD, _S.HIDDEN, _S.REMOVED), ""),
    Verb.LABEL: Transition(_from(_S.PUBLISHED, _S.HELD, _S.HIDDEN), ""),
    Verb.UNLABEL: Transition(_from(_S.PUBLISHED, _S.HELD, _S.HIDDEN), ""),
    Verb.HOLD: Transition(_from(_S.DRAFT, _S.PUBLISHED), _S.HELD),
    Verb.HIDE: Transition(_from(_S.PUBLISHED, _S.HELD), _S.HIDDEN),
    Verb.REMOVE: Transition(_from(_S.PUBLISHED, _S.HELD, _S.HIDDEN, _S.DELETED), _S.REMOVED),
    Verb.RESTORE: Transition(_from(_S.HELD, _S.HIDDEN, _S.REMOVED), _S.PUBLISHED),
    Verb.HIDE_PASSAGE: Transition(_from(_S.PUBLISHED, _S.HELD, _S.HIDDEN), ""),
    Verb.SHOW_PASSAGE: Transition(_from(_S.PUBLISHED, _S.HELD, _S.HIDDEN), ""),
}
# What these do is on the page at once, though the status stays.
CHANGES_THE_PAGE = {Verb.LABEL, Verb.UNLABEL, Verb.HIDE_PASSAGE, Verb.SHOW_PASSAGE}
# They say nothing of the status: why a piece waits or is hidden stands in another entry.
OF_THE_TEXT = CHANGES_THE_PAGE
# What anybody but the owner does is recorded; these never reach the log.
OWNER_VERBS = {Verb.PUBLISH, Verb.UNPUBLISH, Verb.DELETE, Verb.UNDELETE}


def moved(counter, shift):
    """A stored counter moved by `shift`, and never below zero: a counter that had gone wrong
    must not keep a verb from its work."""
    return Greatest(F(counter) + shift, 0)


class TransitionError(ValidationError):
    """The verb does not apply to the row's present status."""


class ModeratedQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Status.PUBLISHED)

    def drafts(self):
        return self.filter(status=Status.DRAFT)

    def held(self):
        return self.filter(status=Status.HELD)

    def by(self, user):
        return self.filter(**{self.model.owner_field: user})

    def restorable(self):
        """Deleted by their owner, and still within the days in which they may come back."""
        since = timezone.now() - timedelta(days=RESTORE_DAYS)
        return self.filter(status=Status.DELETED, deleted_at__gte=since)

    def visible_to(self, user):
        """Rows whose own page `user` may read: the table of states, in one place."""
        seen = Q(status=Status.PUBLISHED)
        if user.is_authenticated:
            mine = Q(**{self.model.owner_field: user})
            since = timezone.now() - timedelta(days=RESTORE_DAYS)
            seen |= mine & (~Q(status=Status.DELETED) | Q(deleted_at__gte=since))
            if user.can_moderate:
                seen |= Q(status__in=[Status.HELD, Status.HIDDEN, Status.REMOVED])
        return self.filter(seen)

    def for_log(self):
        """What the public log needs of a row to name and link it, if it `is_public`."""
        return self

    def gone(self):
        """Rows whose address answers 410."""
        return self.filter(status__in=[Status.REMOVED, Status.DELETED])


class Moderated(models.Model):
    """A row with a status. Only `_moderate` writes `status`.

    A concrete model names `owner_field`, and gives `moderation_title()`.
    """

    owner_field = "author"
    may_moderate_own = False

    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    status_before_deletion = models.CharField(max_length=10, blank=True, editable=False)

    objects = ModeratedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="%(app_label)s_%(class)s_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED) | Q(published_at__isnull=False),
                name="%(app_label)s_%(class)s_published_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DELETED) | Q(deleted_at__isnull=False),
                name="%(app_label)s_%(class)s_deleted_has_date",
            ),
        ]

    @property
    def owner(self):
        return getattr(self, self.owner_field)

    @property
    def is_published(self):
        return self.status == Status.PUBLISHED

    @property
    def is_public(self):
        """Whether everybody may read it."""
        return self.is_published

    @property
    def restorable_until(self):
        return self.deleted_at and self.deleted_at + timedelta(days=RESTORE_DAYS)

    def moderation_title(self):
        raise NotImplementedError

    def gives_away(self, passage):
        """Whether a passage quoted from it is one that readers see only when they ask for it."""
        return False

    def conceals(self, text):
        """Whether these words of its own are kept from readers while it is public."""
        return False

    def moderation_actions(self):
        """The record of this row, newest first."""
        return ModerationAction.objects.on(self).order_by("-created_at", "-pk")

    def publish(self, *, by, at=None, **record):
        self._moderate(Verb.PUBLISH, by=by, at=at, **record)

    def unpublish(self, *, by):
        self._moderate(Verb.UNPUBLISH, by=by)

    def delete_by_owner(self, *, by, at=None):
        self._moderate(Verb.DELETE, by=by, at=at)

    def undelete(self, *, by):
        self._moderate(Verb.UNDELETE, by=by)

    def keep(self, *, by, **record):
        return self._moderate(Verb.KEEP, by=by, **record)

    def label(self, *, by, **record):
        return self._moderate(Verb.LABEL, by=by, **record)

    def hold(self, *, by=None, **record):
        return self._moderate(Verb.HOLD, by=by, **record)

    def hide(self, *, by, **record):
        return self._moderate(Verb.HIDE, by=by, **record)

    def remove(self, *, by, **record):
        return self._moderate(Verb.REMOVE, by=by, **record)

    def restore(self, *, by, **record):
        return self._moderate(Verb.RESTORE, by=by, **record)

    def _moderate(self, verb, *, by=None, at=None, **record):
        """Guard, lock, change, record.

        `record` is what a ModerationAction keeps: rule, reason, passage, passage_is_spoiler,
        and by_rule where software acts. Raises PermissionDenied, TransitionError, and
        ValidationError where a reason is due and missing. Content is never checked: a piece
        from before a rule became stricter can be moderated like any other.
        """
        with transaction.atomic():
            row = type(self)._base_manager.select_for_update().get(pk=self.pk)
            move = row._check_verb(verb, by=by, record=record)
            at = at or timezone.now()
            before = row.status
            row._apply(verb, move, at)
            row.save(update_fields=row._changed_fields())
            shift = (row.status == Status.PUBLISHED) - (before == Status.PUBLISHED)
            if shift < 0 or verb in CHANGES_THE_PAGE:
                visitor_pages.empty_when_done()  # before anything that may take its time
            if shift:
                row.count_publication(shift)
            action = None
            if not (verb in OWNER_VERBS and row.is_owned_by(by)):
                if row.gives_away(record.get("passage", "")):
                    record["passage_is_spoiler"] = True
                action = ModerationAction.record(row, verb, before, by=by, at=at, **record)
        for field in row._changed_fields():
            setattr(self, field, getattr(row, field))
        return action

    def report_by_rule(self, record, reason):
        """Tell staff of it, as a rule in the software wants."""
        Report.objects.file_by_rule(
            self, by_rule=record["by_rule"], reason=reason, note=record["reason"]
        )

    def is_owned_by(self, user):
        return user is not None and getattr(self, f"{self.owner_field}_id") == user.pk

    def may_be_moderated(self, verb, *, by):
        return by.can_moderate and (self.may_moderate_own or not self.is_owned_by(by))

    def _check_verb(self, verb, *, by, record):
        move = TRANSITIONS[verb]
        owned = self.is_owned_by(by)
        allowed = move.by_owner and owned
        if verb == Verb.PUBLISH and owned and self.status == Status.HELD:
            allowed = False
        if not allowed and move.by_moderator:
            if by is None:
                allowed = bool(record.get("by_rule"))
            else:
                allowed = self.may_be_moderated(verb, by=by)
            if allowed and not record.get("reason", "").strip():
                raise ValidationError(_("Give the reason."), code="reason_required")
        if not allowed:
            raise PermissionDenied
        if self.status not in move.sources:
            raise TransitionError(
                _("This is %(status)s: it cannot be changed in this way."),
                code="transition",
                params={"status": self.get_status_display()},
            )
        if verb == Verb.UNDELETE:
            self._check_undelete()
        return move

    def _check_undelete(self):
        if not self.deleted_at or timezone.now() > self.restorable_until:
            raise TransitionError(_("The days in which this could come back are over."), "late")

    def _apply(self, verb, move, at):
        if verb == Verb.DELETE:
            self.status_before_deletion, self.deleted_at = self.status, at
            if self.status == Status.REMOVED:
                return
        if verb == Verb.UNDELETE:
            if self.status == Status.DELETED:
                self.status = self.status_before_deletion
            self.status_before_deletion, self.deleted_at = "", None
            return
        if verb == Verb.RESTORE and self.deleted_at:
            # What its author deleted stays deleted, until its author brings it back.
            self.status, self.status_before_deletion = Status.DELETED, Status.PUBLISHED
            return
        if move.target:
            self.status = move.target
        if self.status == Status.PUBLISHED and not self.published_at:
            self.published_at = at
            self.on_first_publication()

    def _changed_fields(self):
        fields = [
            "status", "published_at", "deleted_at", "status_before_deletion", "updated_at",
        ]  # fmt: skip
        return [*fields, *self.publication_fields]

    publication_fields = ()

    def on_first_publication(self):
        """Settle what never changes afterwards; the fields go into `publication_fields`."""

    def count_publication(self, shift):
        """Move the stored counters by +1 or -1; runs in the verb's transaction."""


class Reportable:
    """What reports and their record need of a thing without states: it is there, and a decision
    about it changes nothing on its own."""

    may_moderate_own = True
    status = Status.PUBLISHED
    is_public = True
    owner = None

    def is_owned_by(self, user):
        return False

    def moderation_title(self):
        return str(self)

    def conceals(self, text):
        return False

    def keep(self, *, by, reason="", **record):
        """Settle what was reported about it: it stays, or was put right by hand."""
        is_own = self.is_owned_by(by) and not self.may_moderate_own
        if not by.can_moderate or is_own:
            raise PermissionDenied
        if not reason.strip():
            raise ValidationError(_("Give the reason."), code="reason_required")
        with transaction.atomic():
            return ModerationAction.record(
                self, Verb.KEEP, self.status, by=by, at=timezone.now(), reason=reason, **record
            )


class Rule(models.Model):
    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), max_length=1000)
    consequence = models.TextField(_("what follows"), max_length=500, blank=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)

    class Meta:
        ordering = ["number"]
        verbose_name = _("house rule")
        verbose_name_plural = _("house rules")

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return f"{reverse('rules')}#rule-{self.number}"


class ModerationActionQuerySet(models.QuerySet):
    """Rows are only added."""

    def on(self, target):
        kind = ContentType.objects.get_for_model(target)
        return self.filter(content_type=kind, object_id=target.pk)

    def on_any(self, targets):
        """Of several rows of one model."""
        kind = ContentType.objects.get_for_model(targets[0])
        return self.filter(content_type=kind, object_id__in=[target.pk for target in targets])

    def about_status(self):
        return self.exclude(verb__in=OF_THE_TEXT)

    def for_log(self):
        return self.select_related("rule", "moderator", "content_type")

    def chosen(self, rule="", outcome="", kind="", moderator=""):
        """Those under the rule of this number, of this verb, about this kind of thing, by this
        moderator; empty means any."""
        wanted = {
            "rule__number": rule,
            "verb": outcome,
            "content_type__model": kind,
            "moderator__username": moderator,
        }
        return self.filter(**{name: value for name, value in wanted.items() if value})

    def beside(self, action):
        """What else was done to the same thing, newest first."""
        same = self.filter(content_type=action.content_type_id, object_id=action.object_id)
        return same.exclude(pk=action.pk).order_by("-created_at", "-pk")

    def update(self, **kwargs):
        raise PermissionDenied("The moderation record is never changed.")

    def delete(self):
        raise PermissionDenied("The moderation record is never deleted.")


class ModerationAction(models.Model):
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    target_title = models.CharField(_("about"), max_length=250)
    verb = models.CharField(_("verb"), max_length=20, choices=Verb)
    from_status = models.CharField(_("from"), max_length=10, choices=Status)
    to_status = models.CharField(_("to"), max_length=10, choices=Status)
    rule = models.ForeignKey(
        Rule, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("rule")
    )
    rule_version = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=2000)
    passage = models.TextField(_("passage"), max_length=2000, blank=True)
    passage_is_spoiler = models.BooleanField(_("the passage gives something away"), default=False)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="moderation_actions",
        verbose_name=_("decided by"),
    )
    by_rule = models.CharField(_("decided by a rule in the software"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("date"), default=timezone.now, db_index=True)

    objects = ModerationActionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["content_type", "object_id", "-created_at", "-id"], name="action_target"
            ),
            models.Index(fields=["-created_at", "-id"], name="action_newest"),
            models.Index(fields=["rule", "-created_at", "-id"], name="action_rule"),
            models.Index(fields=["verb", "-created_at", "-id"], name="action_verb"),
            models.Index(fields=["content_type", "-created_at", "-id"], name="action_kind"),
            models.Index(fields=["moderator", "-created_at", "-id"], name="action_moderator"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(moderator__isnull=False, by_rule="")
                | (Q(moderator__isnull=True) & ~Q(by_rule="")),
                name="moderationaction_has_one_actor",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="moderationaction_has_reason"),
        ]
        permissions = [("moderate", _("Can hold, hide, remove and restore"))]
        verbose_name = _("moderation action")
        verbose_name_plural = _("moderation record")

    def __str__(self):
        return f"{self.get_verb_display()}: {self.target_title}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise PermissionDenied("The moderation record is never changed.")
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("users:log_entry", args=[self.pk])

    def delete(self, *args, **kwargs):
        raise PermissionDenied("The moderation record is never deleted.")

    @property
    def is_of_withdrawn(self):
        """Whether its author had taken it away before anybody decided."""
        return self.verb == Verb.KEEP and self.to_status in UNSEEN

    @property
    def entry(self):
        """Its name in the public log: M-0409."""
        return f"M-{self.pk:04}"

    @classmethod
    def record(cls, target, verb, from_status, *, by, at, rule=None, title=None, **texts):
        """Write what was done to `target`, and settle the open reports on it. `title` is what it
        was called, where its present title is nobody's business."""
        action = cls.objects.create(
            content_type=ContentType.objects.get_for_model(target),
            object_id=target.pk,
            target_title=(target.moderation_title() if title is None else title)[:250],
            verb=verb,
            from_status=from_status,
            to_status=target.status,
            rule=rule,
            rule_version=rule and rule.version,
            moderator=by,
            created_at=at,
            **texts,
        )
        reports = Report.objects.on(target).open().filter(created_at__lte=at)
        reporters = [report.reporter for report in reports.select_related("reporter")]
        reports.update(settled_by=action, settled_at=at)
        told = {"action": action, "actor": by, "at": at}
        if verb != Verb.KEEP:
            Notification.objects.tell([target.owner], Kind.DECISION, target, **told)
        Notification.objects.tell(reporters, Kind.OUTCOME, target, **told)
        return action


class ReportReason(models.TextChoices):
    SPOILER = "spoiler", _("It gives something away, unmarked")
    HARASSMENT = "harassment", _("It attacks a person")
    HATE = "hate", _("It incites hatred")
    PLAGIARISM = "plagiarism", _("It is somebody else’s text")
    CREDIT = "wrong_or_missing_credit", _("A picture’s credit is wrong or missing")
    SPAM = "spam", _("It is advertising")
    OFF_TOPIC = "off_topic", _("It is not about the film")
    OTHER = "other", _("Something else")


class ReportQuerySet(models.QuerySet):
    @transaction.atomic
    def file(self, target, *, by, reason, passage="", note=""):
        """Tell staff of `target`. Who has an open report on it already gets that one back."""
        report, is_new = self.get_or_create(
            content_type=ContentType.objects.get_for_model(target),
            object_id=target.pk,
            reporter=by,
            settled_by=None,
            defaults={
                "reason": reason,
                "passage": passage,
                "note": note,
                "target_title": target.moderation_title()[:250],
            },
        )
        if is_new:
            moderators = get_user_model().objects.moderators()
            Notification.objects.tell(moderators, Kind.REPORT, report, actor=by)
        return report

    def file_by_rule(self, target, *, by_rule, reason, note=""):
        """As `file`, where software tells staff; once while it is open."""
        if not self.on(target).open().filter(by_rule=by_rule).exists():
            report = self.create(target=target, target_title=target.moderation_title()[:250],
                                 by_rule=by_rule, reason=reason, note=note)  # fmt: skip
            moderators = get_user_model().objects.moderators()
            Notification.objects.tell(moderators, Kind.REPORT, report)

    def on(self, target):
        kind = ContentType.objects.get_for_model(target)
        return self.filter(content_type=kind, object_id=target.pk)

    def open(self):
        return self.filter(settled_by__isnull=True)


class Report(models.Model):
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    target_title = models.CharField(_("about"), max_length=250)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("by"),
    )
    by_rule = models.CharField(_("by a rule in the software"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=30, choices=ReportReason)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    passage = models.TextField(_("passage"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("date"), default=timezone.now)
    settled_by = models.ForeignKey(
        ModerationAction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="settled_reports",
        verbose_name=_("settled by"),
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="report_target"),
            models.Index(fields=["-created_at", "-id"], name="report_newest"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(settled_by__isnull=True),
                name="report_open_newest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "content_type", "object_id"],
                condition=Q(settled_by__isnull=True),
                name="report_once_while_open",
            ),
            models.CheckConstraint(
                condition=Q(reporter__isnull=False, by_rule="")
                | (Q(reporter__isnull=True) & ~Q(by_rule="")),
                name="report_has_one_source",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True)
                | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="report_settled_has_date",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("created_at")),
                name="report_settled_after_made",
            ),
        ]
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self):
        return f"{self.get_reason_display()}: {self.target_title}"

    def close_as_withdrawn(self, *, by, reason="", rule=None):
        """Settle what is about a thing that its author has taken away. Whoever reported it is
        told; of its text as it stands now nothing is recorded. Raises as `_moderate` does."""
        with transaction.atomic():
            target = self.target._meta.base_manager.select_for_update().get(pk=self.object_id)
            if not target.may_be_moderated(Verb.KEEP, by=by):
                raise PermissionDenied
            if not reason.strip():
                raise ValidationError(_("Give the reason."), code="reason_required")
            if target.status not in UNSEEN:
                raise TransitionError(_("It is there again."), code="transition")
            return ModerationAction.record(
                target, Verb.KEEP, target.status, by=by, at=timezone.now(), rule=rule,
                reason=reason, title=self.target_title,
            )  # fmt: skip
