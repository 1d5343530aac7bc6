"""As much of Protocol Buffers' wire format as it takes to find names in an ONNX file and to ask for more outputs.

The runtime does without the onnx package. Encoding: protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field; numbers of fixed size are passed over. ValueError where it breaks off."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        match key & 7:
            case 0:
                value, place = _varint(message, place)
                yield key >> 3, value
            case 2:
                size, place = _varint(message, place)
                if place + size > len(message):
                    raise ValueError("a field is longer than its message")
                yield key >> 3, message[place : place + size]
                place += size
            case 1:
                place += 8
            case 5:
                place += 4
            case kind:
                raise ValueError(f"fields of kind {kind} are unknown")


def field(number: int, payload: bytes) -> bytes:
    """A field of bytes, text or a message."""
    return _encoded(number << 3 | 2) + _encoded(len(payload)) + payload


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """A number, and the place behind it."""
    value = shift = 0
    while True:
        if place >= len(message):
            raise ValueError("a number breaks off")
        byte = message[place]
        value |= (byte & 127) << shift
        shift, place = shift + 7, place + 1
        if byte < 128:
            return value, place


def _encoded(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
