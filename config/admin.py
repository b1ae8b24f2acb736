from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from users.staff_admin import ReadOnlyAdmin


@admin.register(DBTaskResult)
class TaskAdmin(ReadOnlyAdmin):
    """What the worker was given. The words of an error stand in the log; here is its name."""

    ordering = ["-enqueued_at"]
    list_display = ["task_path", "status", "enqueued_at", "finished_at", "starts"]
    list_filter = ["status"]
    fields = readonly_fields = ["task_path", "status", "args_kwargs", "enqueued_at", "started_at",
                                "finished_at", "starts", "exception_class_path"]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).defer("traceback", "return_value")

    def changelist_view(self, request, extra_context=None):
        title = self.opts.app_config.verbose_name  # the model's own is "Task Results"
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    @admin.display(description=_("begun"))
    def starts(self, row):
        return len(row.worker_ids)
