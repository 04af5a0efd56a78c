"""All settings, read once from the command line, the environment and `profile_rag.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from profile_rag.errors import ConfigurationError

DEFAULT_CONFIG = Path("profile_rag.toml")
DEFAULT_CORPUS = Path("corpus")
OWNERS_SUFFIX = ".private"
"""Of the folder of an index that holds what is marked private, beside that of the one which does not."""


FrameOrigin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.*-]+(?::\d+)?$")]


class Settings(BaseSettings):
    """Every setting; the same names stand in `profile_rag.toml` and, as `PROFILE_RAG_…`, in the environment."""

    model_config = SettingsConfigDict(env_prefix="PROFILE_RAG_", extra="forbid", frozen=True)

    # Where things are.
    corpus: Path | None = None
    """Folder of documents; unset means the corpus of the store, else `corpus`."""
    store: Path | None = None
    """Folder of the index; unset means `.profile_rag/NAME` beside the corpus folder NAME."""
    include_private: bool = False
    """Whether to use the owner's index, which holds what is marked private, too; it stands in a folder of its own."""

    # Embedding.
    embed_model: str = "all-MiniLM-L6-v2"
    """The packaged model, or a folder with a sentence-transformers model."""

    # Retrieval.
    top_k: int = Field(default=12, ge=1, le=100)
    """Chunks handed to the synthesizer; each retriever finds twice as many before fusion."""

    # The language model, if one is to put the answers into words.
    llm: str = ""
    """`ollama/NAME`, `openai/NAME`, `openai-like/NAME@URL` or `hf/FOLDER`; empty needs none. Keys are no settings: they
    stand in the environment alone."""
    llm_timeout: float = Field(default=20.0, gt=0, le=600)
    """Seconds until an answer without the model stands in, for all that the model says together."""
    llm_max_tokens: int = Field(default=400, ge=16, le=8192)
    """Tokens of one answer."""
    llm_daily_tokens: int = Field(default=0, ge=0)
    """Tokens that one process may spend in a day (UTC), questions and answers together; 0 means any number."""
    llm_concurrency: int = Field(default=2, ge=1, le=64)
    """Answers that the model writes at the same time."""

    # The door.
    max_question_characters: int = Field(default=2000, ge=1)

    # Answering.
    as_of: str = Field(default="", pattern=r"^(?:(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?)?$")
    """Year, or year and month, to which what goes on is counted; empty means the newest date in the documents."""

    # What strangers are told.
    withhold_contact: bool = True
    """Whether a served page leaves out mail addresses, telephone numbers and postal addresses."""
    contact: str = Field(default="", max_length=300, pattern=r"^[^\x00-\x1f\x7f<>]*$")
    """Where to ask the owner instead, such as the address of a contact form."""

    # The page.
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    auth: str = Field(default="", pattern=r"^(?:[^:\s]+:.+)?$")
    """`USER:PASSWORD` that the whole server asks for; empty lets everybody in."""
    frame_origins: tuple[FrameOrigin, ...] = ()
    """Sites that may show the page in a frame, such as `https://example.org`."""
    requests_per_minute: int = Field(default=60, ge=0)
    """How many requests one address may send; 0 means any number. This machine's own are not counted."""
    access_log: bool = False
    """A line of JSON for each request, on standard error."""
    log: Path | None = None
    """SQLite file that keeps what visitors ask; unset keeps nothing."""
    log_days: int = Field(default=90, ge=1)
    """How long a question is kept."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line over environment over file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))

    @property
    def corpus_folder(self) -> Path:
        """The corpus to ingest."""
        return self.corpus if self.corpus is not None else DEFAULT_CORPUS

    @property
    def store_folder(self) -> Path:
        """The folder that holds the index's generations."""
        corpus = self.corpus_folder.resolve()
        store = self.store if self.store is not None else corpus.parent / ".profile_rag" / (corpus.name or "corpus")
        return store.with_name(f"{store.name}{OWNERS_SUFFIX}") if self.include_private else store


def load_settings(config: Path | None = None, **overrides: object) -> Settings:
    """Read the settings once.

    Args:
        config: A TOML file; unset means `profile_rag.toml` in the working folder, if there is one.
        overrides: Values from the command line; `None` means not given.

    Raises:
        ConfigurationError: The file is missing or not TOML, or a value is unknown or impossible.
    """
    if config is not None and not config.is_file():
        raise ConfigurationError(config, "no such file", "Give --config an existing TOML file.")
    path = config if config is not None else DEFAULT_CONFIG

    class FileSettings(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    given: dict[str, Any] = {name: value for name, value in overrides.items() if value is not None}
    try:
        values = FileSettings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        if first["type"] == "extra_forbidden":
            step = f"Known settings: {', '.join(Settings.model_fields)}."
            raise ConfigurationError(name, "no such setting", step) from error
        problem = first["msg"][0].lower() + first["msg"][1:]
        step = f"Mend it in {path}, the environment or the command."
        raise ConfigurationError(name, problem, step) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        step = "Mend the file or give another with --config."
        raise ConfigurationError(path, f"not valid TOML ({error})", step) from error
    return Settings.model_construct(**values.model_dump())
