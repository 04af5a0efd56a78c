"""The one error family; the command line turns each into a single line and an exit code.

ProfileRagError                exit 2
├── ConfigurationError         exit 2   a setting is unknown or has an impossible value
├── CorpusError                exit 2   the corpus folder is missing, empty or unreadable
├── QuestionError              exit 2   the question is empty or too long
├── StoreError                 exit 2   the index folder cannot be written, or another writer holds it
├── AddressError               exit 2   the page cannot be served at this host and port
├── TranscriptError            exit 2   what is to be verified holds no answers of this program
├── LogError                   exit 2   the log of questions cannot be used
├── DatasetError               exit 2   an evaluation case cannot be read, or is not as it should be
├── IndexUnavailableError      exit 3
│   ├── IndexMissingError      exit 3   nothing has been ingested yet
│   ├── IndexForeignError      exit 3   built by another embedder, chunker, schema or from another corpus
│   └── IndexDamagedError      exit 3   files of the index are unreadable
└── ModelUnavailableError      exit 4   the embedding model's files are missing or not the published ones
    └── LanguageModelError     exit 4   a language model is named wrongly, not installed, or does not answer
"""


class ProfileRagError(Exception):
    """Root of all errors a user can cause or mend.

    Args:
        thing: What the error is about (a path, a setting, a question).
        problem: What is wrong with it.
        next_step: What the reader can do now.
    """

    exit_code = 2

    def __init__(self, thing: object, problem: str, next_step: str) -> None:
        self.thing = str(thing)
        self.problem = problem
        self.next_step = next_step
        super().__init__(f"{self.thing}: {problem}. {next_step}")


class ConfigurationError(ProfileRagError):
    """A setting is unknown or has an impossible value."""


class CorpusError(ProfileRagError):
    """The corpus folder is missing, empty or unreadable."""


class QuestionError(ProfileRagError):
    """The question is empty or too long."""


class StoreError(ProfileRagError):
    """The index folder cannot be written, or another writer holds it."""


class AddressError(ProfileRagError):
    """The page cannot be served at this host and port."""


class TranscriptError(ProfileRagError):
    """What is to be verified holds no answers of this program."""


class LogError(ProfileRagError):
    """The log of questions cannot be used."""


class DatasetError(ProfileRagError):
    """Evaluation cases cannot be read, or one of them is not as it should be."""


class IndexUnavailableError(ProfileRagError):
    """No index can be opened for this corpus."""

    exit_code = 3


class IndexMissingError(IndexUnavailableError):
    """Nothing has been ingested into this store yet."""


class IndexForeignError(IndexUnavailableError):
    """The index was built by another embedder, chunker or schema, or from another corpus."""


class IndexDamagedError(IndexUnavailableError):
    """Files of the index are unreadable."""


class ModelUnavailableError(ProfileRagError):
    """The embedding model's files are missing or are not the published ones."""

    exit_code = 4


class LanguageModelError(ModelUnavailableError):
    """A language model is named wrongly, its extra is not installed, or it did not answer as it should."""
