from django.urls import path

from reviews.views import (
    afterthoughts,
    comments,
    desk,
    export,
    history,
    oembed,
    reading,
    taking,
    viewings,
    writing,
)

app_name = "reviews"

urlpatterns = [
    path("essays/", reading.essays, name="essays"),
    path("essays/<str:slug>/", reading.essay, name="essay"),
    path("essays/<str:slug>/still/", afterthoughts.still, name="still"),
    path("notes/<int:pk>/", reading.note, name="note"),
    path("essays/<str:slug>/markdown/", taking.essay_markdown, name="essay_markdown"),
    path("notes/<int:pk>/markdown/", taking.note_markdown, name="note_markdown"),
    path("essays/<str:slug>/history/", history.essay_history, name="essay_history"),
    path("notes/<int:pk>/", reading.note, name="note"),
    path("notes/<int:pk>/history/", history.note_history, name="note_history"),
    path("films/<str:slug>/essays/", reading.film_essays, name="film_essays"),
    path("films/<str:slug>/notes/", reading.film_notes, name="film_notes"),
    path("oembed/", oembed.oembed, name="oembed"),
    path("write/", writing.write, name="write"),
    path("write/<int:pk>/", writing.edit, name="edit"),
    path("write/<int:pk>/delete/", writing.delete, name="delete"),
    path("write/<int:pk>/publish/", writing.publish, name="publish"),
    path("write/<int:pk>/unpublish/", writing.unpublish, name="unpublish"),
    path("write/<int:pk>/undelete/", writing.undelete, name="undelete"),
    path("desk/", desk.desk, name="desk"),
    path("films/<str:slug>/rating/", viewings.rate, name="rate"),
    path("films/<str:slug>/seen/", viewings.see, name="see"),
    path("films/<str:slug>/later/", viewings.keep, name="keep"),
    path("later/", viewings.later, name="later"),
    path("settings/export/", export.export, name="export"),
    path("settings/export/state/", export.export_state, name="export_state"),
    path("settings/export/file/", export.export_file, name="export_file"),
    path("reviews/<int:pk>/comments/", comments.comment_add, name="comment_add"),
    path("afterthoughts/<int:pk>/", afterthoughts.afterthought_edit, name="afterthought_edit"),
    path(
        "afterthoughts/<int:pk>/withdraw/",
        afterthoughts.afterthought_withdraw,
        name="afterthought_withdraw",
    ),
    path("comments/<int:pk>/", comments.comment_edit, name="comment_edit"),
    path("comments/<int:pk>/delete/", comments.comment_delete, name="comment_delete"),
]
