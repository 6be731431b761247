"""Files of messages: docs.discord.com/developers/reference#uploading-files."""

from typing import Any

from .errors import invalid
from .ledger import Upload
from .state import World


def attachments_of(
    world: World, body: dict[str, Any], files: dict[int, Upload], kept: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What a message has afterwards: those that `attachments` names are kept, files are added.

    Without `attachments` all are kept: docs.discord.com/developers/resources/message#edit-message.
    """
    before = () if "attachments" in body else kept
    named = {int(one["id"]): one for one in (*before, *(body.get("attachments") or ()))}
    there = {int(one["id"]): one for one in kept}
    for number in named.keys() - there.keys() - files.keys():
        raise invalid(("attachments", str(number)), "ATTACHMENT_NOT_FOUND", "Attachment or file not found.")
    result = [there[number] | _told(one) for number, one in named.items() if number in there]
    for number, upload in files.items():
        about = named.get(number, {})
        name = about.get("filename") or upload.filename
        result.append(keep_file(world, Upload(name, upload.content_type, upload.data)) | _told(about))
    return result


def keep_file(world: World, upload: Upload) -> dict[str, Any]:
    """…/resources/message#attachment-object; the file can be had at its address."""
    number = world.clock.snowflake()
    path = f"/attachments/{number}/{upload.filename}"
    world.files[path] = upload
    return {
        "id": str(number),
        "filename": upload.filename,
        "size": len(upload.data),
        "url": world.url + path,
        "proxy_url": world.url + path,
        "content_type": upload.content_type,
    }


def _told(about: dict[str, Any]) -> dict[str, Any]:
    return {name: about[name] for name in ("description",) if about.get(name) is not None}
