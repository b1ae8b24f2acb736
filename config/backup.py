"""One file with everything that the site knows: the database, the pictures, and their checksums.

It is a tar archive, so that it can be opened without this software: `database.sqlite3` or
`database.dump` (pg_dump's custom format), `media/…`, and as its last member `manifest.json` with
the SHA-256 and size of every other and the number of rows in each table.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

FORMAT = 1
MANIFEST, MEDIA, PRIVATE = "manifest.json", "media/", "private"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
CHUNK = 1024 * 1024
# What waits for the worker at that moment. Brought back later, mail would go out a second time,
# with links that may be ways in; and copies of everything are files, which no backup has.
LEFT_OUT = ("django_tasks_database.DBTaskResult", "users.Letter", "reviews.Export")


class BackupError(Exception):
    """Says in words what is wrong; nothing was changed."""


# What is in the database now, of a later version too, which no dump knows of. Extensions stay with
# what is theirs, and so does `public`: it may belong to somebody else.
EMPTY = r"""
DO $$
DECLARE command text;
BEGIN
    FOR command IN
        SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
        WHERE nspname NOT IN ('public', 'information_schema') AND nspname NOT LIKE 'pg\_%'
        UNION ALL
        SELECT format('DROP %s IF EXISTS %I.%I CASCADE',
                      CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                          WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,
                      nspname, relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = 'public' AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
                            AND objid = c.oid AND deptype IN ('e', 'i'))
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
        WHERE nspname = 'public'
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass
                            AND objid = p.oid AND deptype = 'e')
    LOOP
        EXECUTE command;
    END LOOP;
END $$;
"""


# Writing


def write(path, progress=lambda name: None):
    """Write a backup to `path`, whole or not at all; the site may go on meanwhile. Gives its
    manifest. The pictures are read after the database: files come before their rows."""
    path = Path(path)
    if path.exists():
        raise BackupError(f"{path} is there already.")
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}.")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        manifest = write_archive(draft, path.suffix == ".gz", progress)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def write_archive(path, is_packed, progress):
    mode = "w:gz" if is_packed else "w"
    manifest = {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "database": connection.vendor,
        "migrations": applied_migrations(),
    }
    files = {}
    with path.open("xb") as out, tarfile.open(fileobj=out, mode=mode) as archive:
        os.chmod(path, 0o600)  # everybody's addresses are in it
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            name = DATABASES[connection.vendor]
            copy = Path(folder) / name
            manifest["rows"] = dump_database(copy)
            with copy.open("rb") as file:
                files[name] = add(archive, name, file, copy.stat().st_size)
            progress(name)
        for name in stored_files():
            if (member := add_stored(archive, name)) is not None:
                files[MEDIA + name] = member
                progress(name)
        manifest["files"] = files
        text = json.dumps(manifest, indent=1).encode()
        add(archive, MANIFEST, BytesIO(text), len(text))
        archive.close()
        out.flush()
        os.fsync(out.fileno())
    return manifest


def add(archive, name, file, size):
    """Copy `file` into the archive; gives its size and checksum."""
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(timezone.now().timestamp()), 0o600
    reader = Reader(file)
    archive.addfile(info, reader)
    return {"bytes": size, "sha256": reader.digest.hexdigest()}


def add_stored(archive, name):
    """As `add`, of a stored file; None of one that was taken down in this moment."""
    try:
        with default_storage.open(name) as file:
            return add(archive, MEDIA + name, file, file.size)
    except FileNotFoundError:
        return None


class Reader:
    """A file that is summed up while it is read."""

    def __init__(self, file):
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size=-1):
        data = self.file.read(size)
        self.digest.update(data)
        return data


def stored_files(folder=""):
    """Names of all stored files, sorted."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        if f"{folder}{name}" == PRIVATE:  # in a bucket that has both
            continue
        yield from stored_files(f"{folder}{name}/")


def applied_migrations():
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


def count_rows(execute):
    """{table: number of rows} of everything that a model has."""
    tables = sorted({
        model._meta.db_table for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    })  # fmt: skip
    emptied = left_out()
    return {
        table: 0 if table in emptied else execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
        for table in tables
    }


def left_out():
    return [apps.get_model(label)._meta.db_table for label in LEFT_OUT]


def dump_database(path):
    """Copy the database to `path`, as it stands at one moment; gives the rows of each table."""
    dump = dump_sqlite if connection.vendor == "sqlite" else dump_postgresql
    return dump(path)


def dump_sqlite(path):
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)  # waits for no writer and stops none
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA secure_delete = ON")
        for table in left_out():
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608
        copy.commit()
        return count_rows(lambda sql: copy.execute(sql).fetchone()[0])


def dump_postgresql(path):
    """The rows are counted in the snapshot that is dumped."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        run_tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges",
                 *(f"--exclude-table-data={table}" for table in left_out()),
                 f"--snapshot={snapshot}", f"--file={path}", f"--dbname={address()}")  # fmt: skip

        def execute(sql):
            cursor.execute(sql)
            return cursor.fetchone()[0]

        return count_rows(execute)


def address():
    """Where our own connection leads, for PostgreSQL's tools, with what DATABASE_URL says of TLS
    and of several hosts; without the password."""
    from psycopg import conninfo, pq

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - {"password"}
    ours = connection.get_connection_params()
    return conninfo.make_conninfo(**{name: ours[name] for name in ours.keys() & known})


def run_tool(tool, *arguments):
    """Run one of PostgreSQL's own tools on our database."""
    if (program := shutil.which(tool)) is None:
        raise BackupError(f"{tool} is not installed; it comes with PostgreSQL's client.")
    # Not on the command line, where others read it.
    password = str(connection.settings_dict["PASSWORD"])
    done = subprocess.run(  # noqa: S603
        [program, *map(str, arguments)],
        env={"PATH": os.defpath} | ({"PGPASSWORD": password} if password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{tool}: {done.stderr.strip()[-2000:]}")


# Reading


@contextmanager
def opened(path):
    try:
        with tarfile.open(path) as archive:
            yield archive
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}.") from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{path} cannot be read as a backup: {error}") from error


def verify(path, progress=lambda name: None):
    """Read every byte of a backup and hold it against its manifest, and the database against its
    own rules. Gives the manifest. Raises BackupError with all that is wrong."""
    with opened(path) as archive, tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
        found, manifest, database = {}, None, None
        for member in archive:
            file = archive.extractfile(member)
            if file is None:
                raise BackupError(f"{member.name} is no file.")
            if member.name == MANIFEST:
                manifest = read_manifest(file)
                continue
            reader = Reader(file)
            if member.name in DATABASES.values():
                database = Path(folder) / member.name
                with database.open("wb") as out:
                    shutil.copyfileobj(reader, out, CHUNK)
            else:
                while reader.read(CHUNK):
                    pass
            found[member.name] = {"bytes": member.size, "sha256": reader.digest.hexdigest()}
            progress(member.name)
        if manifest is None:
            raise BackupError(f"{path} has no {MANIFEST}: it is not whole, or no backup.")
        wrong = [*differences(manifest["files"], found), *faults_in(database, manifest)]
    if wrong:
        raise BackupError("\n".join(wrong))
    return manifest


def read_manifest(file):
    try:
        manifest = json.load(file)
        version = manifest["format"]
        _needed = manifest["files"], manifest["rows"], manifest["migrations"], manifest["database"]
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{MANIFEST} cannot be read.") from error
    if version != FORMAT:
        raise BackupError(f"The backup is of format {version}; this software reads {FORMAT}.")
    return manifest


def differences(wanted, found):
    for name in sorted(wanted.keys() - found.keys()):
        yield f"{name} is missing."
    for name in sorted(found.keys() - wanted.keys()):
        yield f"{name} is not in the manifest."
    for name in sorted(wanted.keys() & found.keys()):
        if wanted[name] != found[name]:
            yield f"{name} is not what was backed up."


def faults_in(database, manifest):
    if database is None:
        yield "The database is missing."
    elif database.name == DATABASES["postgresql"]:
        if shutil.which("pg_restore"):
            try:
                run_tool("pg_restore", "--list", database)
            except BackupError as error:
                yield str(error)
    else:
        yield from faults_in_sqlite(database, manifest["rows"])


def faults_in_sqlite(path, rows):
    try:
        with closing(sqlite3.connect(path)) as copy:
            (state,) = copy.execute("PRAGMA integrity_check").fetchone()
            if state != "ok":
                yield f"The database is damaged: {state}"
            if copy.execute("PRAGMA foreign_key_check").fetchone():
                yield "A row of the database points at one that is not there."
            for table, count in rows.items():
                if copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] != count:  # noqa: S608
                    yield f"{table} has not the rows that were backed up."
    except sqlite3.DatabaseError as error:
        yield f"The database is damaged: {error}"


# Restoring


def restore(path, *, replace=False, progress=lambda name: None):
    """Bring database and pictures back to what the backup holds: the database first, at one
    stroke, and then the pictures. Where the database stays, they stay.

    Raises BackupError, having changed nothing, where the backup is not whole, is of the other
    kind of database or of a newer version, or where somebody's data are here and `replace` does
    not say that they may go.
    """
    manifest = verify(path)
    if manifest["database"] != connection.vendor:
        raise BackupError(f"The backup is of {manifest['database']}, this is {connection.vendor}.")
    if unknown := set(manifest["migrations"]) - known_migrations():
        raise BackupError(f"The backup is of a newer version: {', '.join(sorted(unknown))}.")
    if not replace and has_data():
        raise BackupError("There are members here already. --replace lets them go.")
    with opened(path) as archive, tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        database = Path(folder) / DATABASES[connection.vendor]
        with database.open("wb") as out:
            shutil.copyfileobj(archive.extractfile(database.name), out, CHUNK)
        restore_database(database)
        progress(database.name)
        for member in archive:
            if member.name.startswith(MEDIA):
                restore_file(member.name.removeprefix(MEDIA), archive.extractfile(member))
                progress(member.name)
    return manifest


def known_migrations():
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations} | set(
        applied_migrations()
    )


def has_data():
    users = apps.get_model(settings.AUTH_USER_MODEL)
    tables = connection.introspection.table_names()
    return users._meta.db_table in tables and users._base_manager.exists()


def restore_file(name, file):
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise BackupError(f"{name} points out of the folder of pictures.")
    default_storage.delete(name)
    stored = default_storage.save(name, File(file))
    if stored != name:
        raise BackupError(f"{name} could not be put back under its name.")


def restore_database(path):
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        try:
            with closing(sqlite3.connect(path)) as copy:
                copy.backup(connection.connection)
        except sqlite3.OperationalError as error:
            raise BackupError(f"{error}: stop the site, then try again.") from error
        connection.close()
        return
    connection.close()
    script, emptying = path.with_suffix(".sql"), path.with_name("empty.sql")
    emptying.write_text(EMPTY)
    # A file and no pipe: of half a script, psql would keep the half.
    run_tool("pg_restore", "--no-owner", "--no-privileges", "--no-comments",
             f"--file={script}", path)  # fmt: skip
    run_tool("psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1",
             "--single-transaction", f"--file={emptying}", f"--file={script}",
             f"--dbname={address()}")  # fmt: skip
