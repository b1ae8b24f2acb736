from django_tasks import task

from users.letters import Letter


class NotSentError(Exception):
    """Names what went wrong and not to whom: a mail server's own words quote the address, and
    this is logged."""


@task(priority=10)
def send_letter(pk):
    try:
        Letter.objects.attempt(pk, Letter.send)
    except Exception as error:
        raise NotSentError(type(error).__name__) from None
