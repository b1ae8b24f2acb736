import json
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, call_command
from tqdm import tqdm

from films.catalogue import import_catalogue
from films.models import Film
from reviews.demo import loading


class Command(BaseCommand):
    help = "Load the demo: the catalogue, its pictures and an invented community."

    def handle(self, *, verbosity, **options):
        self.verbosity = verbosity
        if not loading.is_loaded():
            self.load_catalogue()
            self.keep_sign_ins(loading.load(self.bar))
        elif verbosity:
            self.stdout.write("The demo is there already.")
        if verbosity:
            self.print_sign_ins()

    def load_catalogue(self):
        data = Path(settings.BASE_DIR) / "films" / "data"
        if Film.objects.exists():
            import_catalogue([data], skip_bad=True)
        else:
            call_command("import_catalogue", str(data), verbosity=self.verbosity)

    def bar(self, step, total):
        bar = tqdm(
            total=total,
            desc=step.replace("_", " "),
            leave=False,
            disable=None if self.verbosity else True,
        )
        return bar.update

    @property
    def sign_ins_file(self):
        return Path(settings.DATA_DIR) / "demo-sign-ins.json"

    def keep_sign_ins(self, sign_ins):
        self.sign_ins_file.parent.mkdir(parents=True, exist_ok=True)
        self.sign_ins_file.touch(mode=0o600)
        self.sign_ins_file.write_text(json.dumps(sign_ins))

    def print_sign_ins(self):
        if not self.sign_ins_file.exists():
            return
        self.stdout.write("\nSign in as")
        for role, username, password in json.loads(self.sign_ins_file.read_text()):
            self.stdout.write(f"  {role:<10} {username:<14} {password}")
