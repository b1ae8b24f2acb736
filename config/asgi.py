import os

from django.core.asgi import get_asgi_application

from config.charsets import REFUSAL, is_readable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_asgi_application()
PLAIN = [(b"content-type", b"text/plain; charset=utf-8")]


async def application(scope, receive, send):
    content_type = dict(scope.get("headers", ())).get(b"content-type", b"").decode("latin-1")
    if is_readable(content_type):
        await site(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 400, "headers": PLAIN})
    await send({"type": "http.response.body", "body": REFUSAL})
