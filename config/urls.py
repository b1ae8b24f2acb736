"""The address space: every app's URLs and the pages that need them all."""

urlpatterns = []
