"""Is it still with you? The question, its answers, and what of them stands under an essay."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from films.milestones import Milestone
from reviews.forms import AfterthoughtForm
from reviews.markdown import first_line
from reviews.models import Afterthought, LeftText, Question
from reviews.models.afterthought import Answered
from reviews.threads import actions_on
from users.limits import spend
from users.paging import bounded_count

MORE = 99
KEPT = gettext_lazy("What you had typed is kept on your desk for thirty days.")
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
    rows = []
    # What everybody reads counts in the figures of the film.
    if request.user.is_authenticated or review.film.answers:
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
    questions = Question.objects.by(request.user).for_asking()
    if request.method != "POST":
        return still_page(request, get_object_or_404(questions.on_published(), review__slug=slug))
    question, form = get_object_or_404(questions, review__slug=slug), AfterthoughtForm(request.POST)
    is_right = form.is_valid()
    if not question.is_public:
        return not_taken(request, question.review, form)
    now, aside = timezone.now(), ASIDE.get(request.POST.get("still", ""))
    if aside:
        return put_aside(request, question, form, *aside)
    milestone = question.reached(now)
    if not is_right or not milestone:
        return still_page(request, question, form)
    try:
        spend_one(request, question.review, question.get_absolute_url())
        row = Afterthought.objects.answer(question, milestone, **form.answer())
    except Answered as error:
        return already(request, error.row, form)
    return told_where(request, row)


def spend_one(request, review, back):
    about = _("On “%(piece)s”.") % {"piece": review}
    spend("afterthought", request.user, field="text", about=about, back=back)


def put_aside(request, question, form, act, words):
    act(question, timezone.now())
    messages.success(request, words)
    if leave(question.review, form):
        messages.success(request, KEPT)
    return redirect("reviews:desk")


def already(request, row, form):
    """An answer to what was answered in another window: both beside each other, if they differ."""
    if row.says(**form.answer()):
        return told_where(request, row)
    if not row.may_be_changed:
        return not_taken(request, row.review, form)
    leave(row.review, form)
    return edit_page(request, row, AfterthoughtForm.beside(row, request.POST), stands=row)


def not_taken(request, review, form):
    """What cannot be taken any more is given back, and kept like a text that was not chosen."""
    text = form["text"].value() or ""
    if not text.strip():
        raise Http404
    context = {"review": review, "text": text, "is_left": leave(review, form)}
    return render(request, "reviews/still_not_taken.html", context, status=HTTPStatus.CONFLICT)


def leave(review, form):
    return LeftText.objects.leave_words(form.cleaned_data.get("text", ""), of=review)


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
    elif form:
        context["text"] = form["text"].value()
    rows = Afterthought.objects.by(request.user).standing().filter(review=review)
    context["answers"] = sorted(rows, key=lambda row: row.place)
    context["is_refused"] = form is not None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None else HTTPStatus.OK
    return render(request, "reviews/still.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def afterthought_edit(request, pk):
    if request.method != "POST":
        row = own_afterthought(request, pk)
        return edit_page(request, row, AfterthoughtForm(instance=row))
    row = get_object_or_404(own_afterthoughts(request), pk=pk)
    form = AfterthoughtForm(request.POST, instance=row)
    is_right = form.is_valid()
    if not row.may_be_changed:
        return not_taken(request, row.review, form)
    if not is_right:
        return edit_page(request, row, form)
    spend_one(request, row.review, row.get_edit_url())
    try:
        row.rewrite(**form.change())
    except Answered as error:
        return already(request, error.row, form)
    return told_where(request, row)


def edit_page(request, row, form, stands=None):
    context = {"form": form, "row": row, "review": row.review, "stands": stands}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    status = HTTPStatus.CONFLICT if stands else status
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
    row = get_object_or_404(own_afterthoughts(request).standing(), pk=pk)
    if not row.may_be_changed:
        raise PermissionDenied
    return row


def own_afterthoughts(request):
    return Afterthought.objects.by(request.user).select_related("review", "author")
