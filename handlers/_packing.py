"""Files that are too large for a platform are packed."""

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from bot.messages import File


def packed(files: Sequence[File], largest: int) -> Sequence[File]:
    """The files as they are if they are no larger than `largest` bytes together, else in one ZIP file. None, if that is
    too large as well."""
    if sum(len(file.content) for file in files) <= largest:
        return files
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as whole:
        for file in files:
            whole.writestr(file.name, file.content)
    name = f"{files[0].name.rpartition('.')[0]}.zip"
    return (File(name, buffer.getvalue()),) if buffer.tell() <= largest else ()
