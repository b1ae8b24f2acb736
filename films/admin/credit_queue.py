"""Pictures whose licence nobody has read yet, beside those that they are like."""

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from films.looks import BANDS
from films.models import Image
from films.models.image import TAKEN_DOWN
from films.models.twins import twins_of
from users.moderation import Verb
from users.moderation_admin import AT_ONCE, UNSEEN, WORDS
from users.paging import bounded_count
from users.staff_admin import change_url, changelist_url

SHOWN = 12
BITS = BANDS * 16
VERBS = (Verb.HIDE, Verb.REMOVE)


def credit_queue(modeladmin, request):
    """The page of the queue. A POST says of one picture that its licence holds."""
    if not modeladmin.has_view_permission(request):
        raise PermissionDenied
    if request.method == "POST":
        key = request.POST.get("image", "")
        found = Image.objects.published().filter(pk=key if key.isdecimal() else None)
        check(request, [get_object_or_404(found)])
        return redirect(request.path)
    images = list(Image.objects.unchecked().for_review()[:SHOWN])
    count, is_exact = bounded_count(Image.objects.unchecked())
    rows = rows_of(images)
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": _("Pictures to look at"),
        "opts": modeladmin.opts,
        "count": count,
        "is_exact": is_exact,
        "twins": sum(bool(row["twin"]) for row in rows),
        "rows": rows,
        "verbs": [(verb.value, WORDS[verb].button) for verb in VERBS],
        "can_decide": request.user.can_moderate,
        "checkbox": ACTION_CHECKBOX_NAME,
        "list_url": changelist_url(Image),
    }
    return TemplateResponse(request, "admin/credit_queue.html", context)


def rows_of(images):
    twins = twins_of(images)
    return [row_of(image, twins[image.pk]) for image in images]


def row_of(image, twins):
    twin = twins[0] if twins else None
    return {
        "image": image,
        "seen": image.updated_at.isoformat(),
        "url": change_url(image),
        "twin": twin,
        "likeness": likeness(twin) if twin else "",
        "others": [(likeness(other), other.image, change_url(other.image)) for other in twins[1:]],
        "record": compared(image, twin and twin.image),
        "checks": list(checks(twins)),
    }


def likeness(twin):
    if twin.is_same_file:
        return _("the same file")
    return _("alike in %(same)s of %(all)s points") % {"same": BITS - twin.bits, "all": BITS}


def checks(twins):
    for twin in twins:
        if twin.image.status in TAKEN_DOWN:
            words = {"title": twin.image, "why": twin.image.takedown_reason or ""}
            yield _("“%(title)s” was taken down. %(why)s") % words


def compared(image, twin):
    """(what, that of the picture, that of its twin, whether they differ)"""
    of_twin = facts_of(twin) if twin else facts_of(image)
    return [
        (label, this, that, this != that)
        for (label, this), (_label, that) in zip(facts_of(image), of_twin, strict=True)
    ]


def facts_of(image):
    return [
        (_("Title"), image.title),
        (_("Made by"), _("Not known") if image.creator_is_unknown else image.creator_name),
        (_("Source page"), image.source_url),
        (_("Licence"), str(image.license or "")),
        (_("Own work"), _("Yes") if image.is_own_work else _("No")),
        (_("Permission"), image.permission),
        (_("Its proof"), image.proof or ""),
        (_("Changes"), image.changes),
        (_("Size"), f"{image.width} × {image.height}"),
        (_("Added"), image.created_at.date().isoformat()),
        (_("State"), image.get_status_display()),
    ]


def check_credits(modeladmin, request, queryset):
    """The action of the list: nothing happens before its page has been sent back."""
    if not request.user.can_moderate:
        raise PermissionDenied
    images = list(queryset.published().filter(checked_at=None).for_review()[: AT_ONCE + 1])
    if len(images) > AT_ONCE:
        messages.error(request, _("Choose at most %(limit)s at once.") % {"limit": AT_ONCE})
    elif not images:
        messages.warning(request, _("Of these, nobody waits to be looked at. Nothing was changed."))
    elif "post" in request.POST:
        check(request, images)
    else:
        return check_page(modeladmin, request, images)
    return None


def check_page(modeladmin, request, images):
    own = [image for image in images if image.is_owned_by(request.user)]
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": _("The licence holds"),
        "opts": modeladmin.opts,
        "action": "check_credits",
        "rows": rows_of([image for image in images if image not in own]),
        "own": own,
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/check_credits.html", context)


def check(request, images):
    done = 0
    for image in images:
        try:
            image.check_credit(by=request.user, seen=request.POST.get(f"seen-{image.pk}", ""))
        except PermissionDenied:
            messages.error(request, _("It is yours: somebody else decides about it."))
        except ValidationError as error:
            messages.error(request, f"{image}: {error.message}")
        else:
            done += 1
    if done:
        words = ngettext("Looked at: %(n)s picture.", "Looked at: %(n)s pictures.", done)
        messages.success(request, words % {"n": done})


def twins_shown_of(image):
    """What the page of one picture says of its twins; nothing where there is none."""
    twins = twins_of([image])[image.pk]
    if not twins or image.status in UNSEEN:
        return None
    return row_of(Image.objects.for_review().get(pk=image.pk), twins)
