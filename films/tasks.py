from django_tasks import task

from films.models.file_errand import FileErrand


@task(priority=-10)
def write_files(pk):
    FileErrand.objects.carry_out(pk)
