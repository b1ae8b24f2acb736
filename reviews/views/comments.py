from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews.forms import CommentForm
from reviews.models import Comment, Review
from reviews.threads import number_in
from users.humans import objection_to_use
from users.limits import spend
from users.moderation import Status


@require_POST
@login_required
def comment_add(request, pk):
    review = get_object_or_404(Review.objects.published().select_related("film"), pk=pk)
    parent = parent_of(request, review)
    form = CommentForm(request.POST, instance=Comment(review=review))
    if not form.is_valid():
        return answer_page(request, form, review, parent=parent)
    about = _("On “%(piece)s”.") % {"piece": review}
    spend("comment", request.user, field="body", about=about, back=review.get_absolute_url())
    reply = {"review": review, "parent": parent, "author": request.user, **form.cleaned_data}
    if objection := objection_to_use(request.POST):
        if same := Comment.objects.visible_to(request.user).filter(**reply).last():
            return redirect(same)  # a second click
        form.add_error(None, objection)
        return answer_page(request, form, review, parent=parent)
    comment = Comment.objects.add(**reply)
    if comment.is_waiting:
        messages.success(request, _("%(name)s reads replies before they appear; yours waits.")
                         % {"name": review.author.name})  # fmt: skip
    return redirect(comment)


def parent_of(request, review):
    """What is answered, or None. One level: who answers a reply answers what that replies to."""
    number = number_in(request.POST, "parent")
    parent = number and review.comments.published().filter(pk=number).first()
    return parent and (parent.parent or parent)


def answer_page(request, form, review, **more):
    context = {"form": form, "review": review} | more
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "reviews/comment_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def comment_edit(request, pk):
    comment = own_comment(request, pk)
    if not comment.may_be_edited:
        messages.error(request, _("After 15 minutes a reply stays as it is."))
        return redirect(comment)
    if request.method != "POST":
        return answer_page(request, CommentForm(instance=comment), comment.review, comment=comment)
    form = CommentForm(request.POST, instance=comment)
    if not form.is_valid():
        return answer_page(request, form, comment.review, comment=comment)
    comment.rewrite(form.cleaned_data["body"])
    return redirect(comment)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def comment_delete(request, pk):
    comment = own_comment(request, pk)
    if request.method != "POST":
        return render(request, "reviews/comment_delete.html", {"comment": comment})
    comment.delete_by_owner(by=request.user)
    messages.success(request, _("Your reply is deleted. Replies to it stay."))
    return redirect(f"{comment.review.get_absolute_url()}#comments")


@require_POST
@login_required
def comment_approve(request, pk):
    comment = waiting_comment(request, pk)
    try:
        comment.approve(by=request.user, read_as=moment(request.POST.get("edited", "")))
    except ValidationError as changed:
        messages.error(request, changed.messages[0])
        return back_from(request, comment)
    messages.success(request, _("The reply has appeared.") if comment.is_published
                     else _("A moderator will look at the reply first."))  # fmt: skip
    return back_from(request, comment)


def moment(text):
    """The time that a form of ours gives back, or None."""
    try:
        return parse_datetime(text)
    except ValueError:
        return None


@require_POST
@login_required
def comment_decline(request, pk):
    comment = waiting_comment(request, pk)
    comment.decline(by=request.user)
    messages.success(request, _("The reply does not appear. Only its writer can still read it."))
    return back_from(request, comment)


def waiting_comment(request, pk):
    rows = Comment.objects.waiting().on_published().filter(review__author=request.user)
    return get_object_or_404(rows.select_related("review", "author", "parent__author"), pk=pk)


def back_from(request, comment):
    if request.POST.get("from") == "desk":
        return redirect("reviews:desk")
    return redirect(f"{comment.review.get_absolute_url()}#comments")


def own_comment(request, pk):
    """A comment that its author may change: on a piece that can be read, and not under a
    decision of staff."""
    comments = Comment.objects.by(request.user).visible_to(request.user).on_published()
    comment = get_object_or_404(comments.select_related("review", "author"), pk=pk)
    if not (comment.is_published or comment.status == Status.DRAFT):
        raise PermissionDenied
    return comment
