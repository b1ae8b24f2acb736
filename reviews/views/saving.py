"""What a page's script keeps while somebody types, and what becomes of texts that were kept."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reviews import in_words, markdown
from reviews.autosaving import NotKept, keep_typed
from reviews.forms.fields import named_themes
from reviews.models import LeftText, Review, StaleCopy, WorkingCopy
from reviews.models.storing import StaleText
from reviews.sources import sources_in
from reviews.views.typed import new_piece


@require_POST
@login_required
def save_new(request):
    form_key = sent(request, "form_key") or None
    if sent(request, "answers"):
        begun, essay = asked_for(request, form_key=form_key)
        return kept(request, begun or new_piece(request), essay)
    piece = Review.objects.to_begin(new_piece(request), form_key=form_key, **named(request))
    return kept(request, piece, None)


@require_POST
@login_required
def save(request, pk):
    piece, essay = asked_for(request, pk=pk)
    if piece is None:
        raise Http404
    return kept(request, piece, essay)


def asked_for(request, **which):
    answering = sent(request, "answers")
    return Review.objects.to_save(by=request.user, answering=answering, **named(request), **which)


def named(request):
    """What its themes and pictures may be, to be looked up along with the piece."""
    return {
        "labels": named_themes(request.POST),
        "pictures": markdown.keys_named(sent(request, "body")),
    }


def sent(request, name):
    return request.POST.get(name, "").replace("\0", "")


def own_pieces(request):
    return Review.objects.by(request.user).editable().for_saving()


def kept(request, review, essay):
    review.author = request.user
    try:
        done = keep_typed(request.POST, review, essay)
    except NotKept as error:
        said = _("Not saved: %(why)s Your text is still here.") % {"why": " ".join(error.reasons)}
        return JsonResponse({"said": said}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (StaleText, StaleCopy):
        said = _("Not saved over: this text was saved in another window meanwhile.")
        return JsonResponse({"said": said}, status=HTTPStatus.CONFLICT)
    return JsonResponse(answer(done) if done else {})


def answer(done):
    piece = done.review
    time = {"time": date_format(timezone.localtime(), "H:i")}
    return {
        "said": (_("Saved at %(time)s, not published.") if piece.published_at or done.copy
                 else _("Saved at %(time)s.")) % time,
        "address": reverse("reviews:edit", args=[piece.pk]),
        "save": reverse("reviews:save", args=[piece.pk]),
        "version": piece.version,
        "copy": done.copy,
        "count": in_words.progress(piece),
        "sources": offered(sources_in(piece.body)),
    }  # fmt: skip


def offered(sources):
    return render_to_string("reviews/_sources.html", {"sources": sources}) if sources else ""


@require_POST
@login_required
def drop_changes(request, pk):
    """Changes that were never published."""
    piece = get_object_or_404(own_pieces(request), pk=pk)
    copies = WorkingCopy.objects.by(request.user).select_related("review__film")
    get_object_or_404(copies, review=piece).drop()
    messages.success(
        request, _("The changes are dropped. For thirty days you can bring them back.")
    )
    return redirect("reviews:edit", pk)


@require_POST
@login_required
def bring_back(request, pk):
    left = get_object_or_404(LeftText.objects.by(request.user).still_kept(), pk=pk)
    piece = left.bring_back()
    messages.success(request, _("It is a draft of its own now."))
    return redirect("reviews:edit", piece.pk)


@require_POST
@login_required
def forget_text(request, pk):
    left = get_object_or_404(LeftText.objects.by(request.user), pk=pk)
    left.delete()
    messages.success(request, _("That text is gone."))
    return redirect("reviews:desk")


@require_POST
@login_required
def hold_back(request, pk):
    piece = get_object_or_404(Review.objects.by(request.user).scheduled(), pk=pk)
    piece.hold_back()
    messages.success(request, _("It stays a draft until you publish it."))
    return redirect("reviews:desk")
