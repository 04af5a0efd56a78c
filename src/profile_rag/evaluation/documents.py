"""Where the documents of a case stand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Documents:
    """Finds the folder that a case means by `corpus`, `people/NAME` or `pool/FILE`."""

    root: Path
    """The folder that holds the folder of cases."""
    corpus: Path | None = None
    """Stands in for `corpus`, and for cases that name none."""
    pool: Path | None = None
    """Folder of single-file profiles; unset means the one beside the checkout."""

    @classmethod
    def beside(cls, cases: Path, *, corpus: Path | None = None, pool: Path | None = None) -> Documents:
        """Those that belong to a folder, or file, of cases."""
        folder = cases.resolve() if cases.is_dir() else cases.resolve().parent
        return cls(folder.parent, corpus, pool)

    @property
    def pool_folder(self) -> Path:
        """The folder of single-file profiles."""
        return self.pool or self.root.parent.parent / "shared" / "data" / "profiles" / "pool"

    def find(self, name: str, scratch: Path) -> Path | None:
        """The folder with the documents, or none where they are absent.

        Args:
            name: As a case gives it.
            scratch: Where a file of the pool gets a folder of its own.
        """
        kind, _, file = name.partition("/")
        if kind == "pool":
            return _alone(self.pool_folder / file, scratch)
        if self.corpus is not None and name in {"", "corpus"}:
            return self.corpus if self.corpus.is_dir() else None
        # `corpus` is the checkout's own, which stands beside eval/.
        places = (self.root / name, self.root.parent / name) if name else ()
        return next((place for place in places if place.is_dir()), None)


def hash_documents(folder: Path) -> str:
    """One hash over the names and contents of all files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _alone(file: Path, scratch: Path) -> Path | None:
    if not file.is_file():
        return None
    folder = scratch / file.name
    folder.mkdir(exist_ok=True)
    (folder / file.name).write_bytes(file.read_bytes())
    return folder
