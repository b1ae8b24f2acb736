import tempfile

from django.utils import timezone
from django_tasks import task

from reviews.exporters import archive
from reviews.models import Export
from users.addresses import origin


@task()
def make_export(pk):
    Export.objects.attempt(pk, make)


def make(export):
    with tempfile.TemporaryFile() as file:
        archive.write(file, export.member, origin(), timezone.localdate().isoformat())
        export.keep(file)
