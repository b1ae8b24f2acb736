"""Leaving: fourteen days to think again, and then nothing personal is left of an account.

The row of a member is scrubbed, never deleted: so no record, statement or reply breaks. What the
apps above know of a member they scrub themselves; `config/leaving.py` calls them all.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils import timezone

from users.models import Letter, ModerationAction, Report, User
from users.sessions import end_keys

DAYS = 14
AS_NEW = ("about", "language", "time_zone", "display", "text_size", "measure", "spoilers",
          "text_license", "picture_license", "is_asked", "shows_diary", "channels", "unread_count", "digest_at",
          "last_login")  # fmt: skip


def ask_to_leave(member, *, keeps_pieces):
    member.leaving_at = timezone.now() + timedelta(days=DAYS)
    member.leaving_keeps_pieces = keeps_pieces
    member.save(update_fields=["leaving_at", "leaving_keeps_pieces"])


def stay(member):
    member.leaving_at = None
    member.save(update_fields=["leaving_at"])


def due_to_leave(now):
    return User.objects.filter(leaving_at__lte=now, left_at__isnull=True).order_by("leaving_at")


def forget_quotes(model, keys):
    """Take what was copied from the rows out of reports and out of the moderation record: the
    decisions stand, the words go."""
    kind = ContentType.objects.get_for_model(model)
    # Past the manager, which lets nobody change a record.
    for rows in (ModerationAction._base_manager, Report._base_manager):
        about = rows.filter(content_type=kind, object_id__in=keys)
        about.update(target_title="", passage="")


def former_name(member):
    """A username for who has left; "former-7" may be somebody's from before it was reserved."""
    name, number = f"former-{member.pk}", 2
    while User.objects.named(name).exclude(pk=member.pk).exists():
        name, number = f"former-{member.pk}-{number}", number + 1
    return name


def scrub(member):
    """The account itself. Runs in the transaction of `config.leaving.leave`."""
    known = EmailAddress.objects.filter(user=member).values_list("email", flat=True)
    Letter.objects.about(member, [member.email, *known]).delete()
    member.notifications.all().delete()
    member.reports.update(note="", passage="")
    forget_quotes(User, [member.pk])
    EmailAddress.objects.filter(user=member).delete()
    Authenticator.objects.filter(user=member).delete()
    end_sessions(member)
    about = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(member.pk)
    )
    about.update(object_repr="", change_message="")
    fresh = User()
    for field in AS_NEW:
        setattr(member, field, getattr(fresh, field))
    changed = {"username": former_name(member), "display_name": "", "email": "",
               "is_active": False, "is_superuser": False, "left_at": timezone.now(),
               "leaving_at": None}  # fmt: skip
    for field, value in changed.items():
        setattr(member, field, value)
    member.set_unusable_password()
    member.groups.clear()
    member.user_permissions.clear()
    member.save(update_fields=[*AS_NEW, *changed, "password"])  # not the counters


def end_sessions(member):
    keys = [
        session.session_key
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get("_auth_user_id") == str(member.pk)
    ]
    end_keys(keys)
    member.sessions.all().delete()
