"""Static files: hashed names, compressed copies, served for a year without asking Django."""

import fcntl
import hashlib
from importlib.metadata import version
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.handlers.asgi import ASGIHandler
from django.core.management import call_command
from servestatic import ServeStaticASGI
from servestatic.compress import Compressor
from servestatic.storage import CompressedManifestStaticFilesStorage

HASHED_NAME = r"^.+\.[0-9a-f]{12}\.[^/]+$"
UNHASHED_SECONDS = 60


class QuickCompressor(Compressor):  # type: ignore[misc]  # untyped
    """Brotli at a tenth of its slowest setting's time, for files a few per cent larger.

    The slowest takes ten seconds for the admin's scripts alone, which a first start has not.
    """

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Compressed at quality 9 of 11."""
        compressed: bytes = brotli.compress(data, quality=9)
        return compressed


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Hashed names also inside ES modules' imports."""

    support_js_module_import_aggregation = True

    def create_compressor(self, **kwargs: object) -> QuickCompressor:
        """The compressor of every collected file."""
        return QuickCompressor(**kwargs)


def with_static_files(application: ASGIHandler) -> ServeStaticASGI:
    """An ASGI application that answers static files itself and passes on everything else."""
    return ServeStaticASGI(
        application,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        max_age=UNHASHED_SECONDS,
        immutable_file_test=HASHED_NAME,
        allow_all_origins=False,
    )


def collect_if_changed() -> bool:
    """Collect static files unless the last collection was of the same ones; whether it did.

    Raises what `collectstatic` raises, for a style sheet that names a missing file for example.
    """
    folder = Path(settings.VAR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "static.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, found = folder / "static.stamp", _fingerprint()
        if stamp.exists() and stamp.read_text() == found and Path(settings.STATIC_ROOT).is_dir():
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(found)
        return True


def _fingerprint() -> str:
    """Changes when a source file does, or the code that hashes and compresses them."""
    digest = hashlib.sha256(f"{version('django')} {version('servestatic')}".encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
