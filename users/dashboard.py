"""The first page of the staff side: what waits, and what was done lately."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from users.models import ModerationAction, Report, User
from users.moderation_admin import DecidingAdmin
from users.paging import bounded_count
from users.staff_admin import changelist_url

DAYS = 30
ROWS_SHOWN = 4
ACTIONS_SHOWN = 6
MEMBERS_SHOWN = 4


def dashboard(site, request):
    visible = [a for a in site._registry.values() if a.has_view_permission(request)]
    kinds = {entry.model for entry in visible}
    ContentType.objects.get_for_models(*kinds)  # all at once, kept for each list that asks
    figures = [figure for entry in visible for figure in figures_of(entry, request)]
    cases = [case for entry in visible for case in cases_of(entry, request)]
    found = {
        "figures": figures,
        "waiting_count": sum(figure["count"] for figure in figures),
        "waiting_is_exact": all(figure["is_exact"] for figure in figures),
        "cases": sorted(cases, key=lambda case: case["since"]),
    }
    if ModerationAction in kinds:
        found |= strip() | {
            "actions": ModerationAction.objects.for_log()[:ACTIONS_SHOWN],
            "log_url": changelist_url(ModerationAction),
        }
    if User in kinds:
        newest = User.objects.members().order_by("-date_joined", "-pk")
        found |= {"members": newest[:MEMBERS_SHOWN], "members_url": changelist_url(User)}
    return found


def figures_of(entry, request):
    for heap in entry.waiting(request):
        count, is_exact = bounded_count(heap.rows)
        yield {"label": heap.label, "url": heap.url, "count": count, "is_exact": is_exact}


def cases_of(entry, request):
    """The first few of what waits for a decision, the longest wait first."""
    if isinstance(entry, DecidingAdmin):
        for heap in entry.waiting(request):
            for row in heap.rows[:ROWS_SHOWN]:
                yield entry.case(row)


def strip():
    """Reports and decisions of each of the last thirty days."""
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    reports, actions = by_day(Report, first), by_day(ModerationAction, first)
    dates = [first + timedelta(days=number) for number in range(DAYS)]
    days = [
        {"date": date, "reports": reports.get(date, 0), "actions": actions.get(date, 0)}
        for date in dates
    ]
    return {
        "days": days,
        "today": dates[-1],
        "sum_reports": sum(reports.values()),
        "sum_actions": sum(actions.values()),
        "max_reports": max(1, *reports.values(), 1),
        "max_actions": max(1, *actions.values(), 1),
    }


def by_day(model, first):
    since = timezone.make_aware(timezone.datetime(first.year, first.month, first.day))
    rows = (
        model.objects.filter(created_at__gte=since)
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values("day")
        .annotate(count=Count("pk"))
        .values_list("day", "count")
    )
    return dict(rows)
