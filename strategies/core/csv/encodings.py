"""Files in other encodings, as text in UTF-8 and back, with no byte lost on the way."""

import codecs
import os
import sys
from collections.abc import Iterator
from typing import IO

from strategies.core.csv.packing import BLOCK
from strategies.core.errors import SourceError


def with_order(encoding: str, head: bytes) -> str:
    """Return UTF-16 or UTF-32 with the order of bytes that a file's mark says, which is kept.

    `head` is how the file begins. Other encodings are returned as they are.
    """
    name = codecs.lookup(encoding).name
    if name not in {"utf-16", "utf-32"}:
        return encoding
    if head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        return f"{name}-be"
    if head.startswith(codecs.BOM_UTF16_LE):  # so begins that of UTF-32, too
        return f"{name}-le"
    return f"{name}-{sys.byteorder[0]}e"


def utf_8_blocks(file: IO[bytes], name: str, encoding: str) -> Iterator[bytes]:
    """Yield the text of a stream in UTF-8, piece by piece; raises SourceError about the name.

    Also where the text, written in the same encoding, would have other bytes: they are to stay.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    encoder = codecs.getincrementalencoder(encoding)()
    expected, read = b"", 0  # bytes whose text has not come yet; bytes in all
    while True:
        data = file.read(BLOCK)
        read += len(data)
        expected += data
        try:
            text = decoder.decode(data, not data)
            written = encoder.encode(text, not data)
        except UnicodeError as error:
            raise _not_so_encoded(name, encoding, read, error) from error
        if not expected.startswith(written) or (not data and written != expected):
            kept = len(os.path.commonprefix([expected, written]))  # noqa: RUF071 - bytes, no paths
            message = (
                f"{name}: behind byte {read - len(expected) + kept}, the text could be written "
                f"with other bytes in {encoding}, too, and bytes are to stay; convert it first: "
                f"iconv -f {encoding} -t UTF-8"
            )
            raise SourceError(message)
        expected = expected[len(written) :]
        yield text.encode()
        if not data:
            return


def _not_so_encoded(name: str, encoding: str, read: int, error: UnicodeError) -> SourceError:
    """Return the error about the first byte for which the encoding has no character."""
    which = str(error.args[-1])
    if isinstance(error, UnicodeDecodeError):  # its object ends with the last byte that was read
        byte = read - len(error.object) + error.start
        which = f"byte {byte} is {error.object[error.start]:#04x}: {error.reason}"
    return SourceError(f"{name} is not in {encoding} ({which}); name its encoding with --encoding")
