from django.urls import path
from django.http import HttpResponse
app_name = "reviews"
def v(request, **kw): return HttpResponse("x")
urlpatterns = [path("essays/", v, name="essays"), path("essays/<slug>/", v, name="essay"), path("notes/<pk>/", v, name="note"), path("write/", v, name="write"), path("write/<pk>/", v, name="edit"), path("desk/", v, name="desk")]
