from django.urls import path
from django.http import HttpResponse
app_name = "films"
def v(request, **kw): return HttpResponse("x")
urlpatterns = [path("films/", v, name="browse"), path("films/<slug>/", v, name="film"), path("themes/", v, name="themes"), path("themes/<slug>/", v, name="theme"), path("countries/", v, name="countries"), path("countries/<slug>/", v, name="country"), path("images/<key>/", v, name="image"), path("films/add/", v, name="film_add")]
