"""Is it still with you? The question, its answers, and what of them stands under an essay."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from films.milestones import Milestone
from reviews.forms import AfterthoughtForm
from reviews.markdown import first_line
from reviews.models import Afterthought, Question
from reviews.threads import actions_on
from users.limits import spend
from users.paging import bounded_count

MORE = 99
# What can be said instead of an answer, each with one press.
ASIDE = {
    "later": (Question.defer, gettext_lazy("We ask again in a month.")),
    "skip": (Question.skip, gettext_lazy("We do not ask about this one again.")),
    "resume": (Question.resume, gettext_lazy("We ask about it again.")),
}


def asked_of(member):
    """What the desk of a member asks: the oldest question that is due, and how many more are."""
    if not member.is_asked:
        return {}
    now = timezone.now()
    due = Question.objects.by(member).due(now)
    question = due.for_asking().first()
    if question is None:
        return {}
    more, is_exact = bounded_count(due.exclude(pk=question.pk), MORE)
    return question_context(question, question.at(now)) | {"more": more, "is_exact": is_exact}


def question_context(question, milestone, form=None):
    since = milestone.since(question.review.published_at)
    return {
        "question": question,
        "milestone": milestone,
        "is_today": timezone.localtime(since).date() == timezone.localdate(),
        "quote": first_line(question.review.html, question.review.safe_text),
        "question_form": form or AfterthoughtForm(),
    }


def kept_by(member, limit):
    return Afterthought.objects.by(member).for_desk()[:limit]


def under_essay(request, review):
    """What stands under an essay: answers, and when its writer is asked next."""
    rows = review.afterthoughts.visible_to(request.user).standing().for_essay()
    rows = sorted(rows, key=lambda row: row.place)
    actions = actions_on([row for row in rows if not row.is_published and not row.is_kept])
    question = getattr(review, "question", None)
    is_asked = question is not None and review.is_public and review.author.is_asked
    due_at = question.due_at if is_asked else None
    waits = due_at is not None and due_at <= timezone.now()
    is_author = review.author_id == request.user.pk
    return {
        "afterthoughts": [(row, actions.get(row.pk)) for row in rows],
        "next_asked": (Milestone(question.milestone).label, due_at)
        if due_at and not waits
        else None,
        "asks_now": question if waits and is_author else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def still(request, slug):
    questions = Question.objects.by(request.user).on_published().for_asking()
    question = get_object_or_404(questions, review__slug=slug)
    if request.method != "POST":
        return still_page(request, question)
    now, aside = timezone.now(), ASIDE.get(request.POST.get("still", ""))
    if aside:
        act, words = aside
        act(question, now)
        messages.success(request, words)
        return redirect("reviews:desk")
    milestone, form = question.to_answer(now), AfterthoughtForm(request.POST)
    if milestone is None or not form.is_valid():
        return still_page(request, question, form)
    about = _("On “%(piece)s”.") % {"piece": question.review}
    back = question.get_absolute_url()
    spend("afterthought", request.user, field="text", about=about, back=back)
    row = Afterthought.objects.answer(question, milestone, **form.answer())
    return told_where(request, row)


def told_where(request, row):
    row = Afterthought.objects.select_related("review").get(pk=row.pk)
    if row.is_kept:
        messages.success(request, _("Your answer is kept here, for you alone."))
        return redirect("reviews:desk")
    if row.is_published:
        messages.success(request, _("Your answer stands under the essay."))
    else:
        messages.success(request, _("Your answer waits until a moderator has looked at it."))
    return redirect(row)


def still_page(request, question, form=None):
    now = timezone.now()
    milestone = question.to_answer(now)
    review = question.review
    context = {"question": question, "review": review, "milestone": None}
    if milestone:
        context |= question_context(question, milestone, form)
    rows = Afterthought.objects.by(request.user).standing().filter(review=review)
    context["answers"] = sorted(rows, key=lambda row: row.place)
    context["is_refused"] = form is not None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None else HTTPStatus.OK
    return render(request, "reviews/still.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def afterthought_edit(request, pk):
    row = own_afterthought(request, pk)
    if request.method != "POST":
        return edit_page(request, row, AfterthoughtForm(instance=row))
    form = AfterthoughtForm(request.POST, instance=row)
    if not form.is_valid():
        return edit_page(request, row, form)
    about = _("On “%(piece)s”.") % {"piece": row.review}
    spend("afterthought", request.user, field="text", about=about, back=row.get_edit_url())
    row.rewrite(**form.answer())
    return told_where(request, row)


def edit_page(request, row, form):
    context = {"form": form, "row": row, "review": row.review}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "reviews/afterthought_edit.html", context, status=status)


@require_POST
@login_required
def afterthought_withdraw(request, pk):
    row = own_afterthought(request, pk)
    row.delete_by_owner(by=request.user)
    messages.success(request, _("Your answer is withdrawn."))
    return redirect(row.review)


def own_afterthought(request, pk):
    """An answer that its writer may change: not while staff keep it, or its piece, from readers."""
    rows = Afterthought.objects.by(request.user).standing().select_related("review", "author")
    row = get_object_or_404(rows, pk=pk)
    if not row.may_be_changed:
        raise PermissionDenied
    return row
