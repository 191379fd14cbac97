"""GMime (libgmime-3.0), as far as judging a message needs it. By ctypes, because its GObject bindings
leave out the callback that tells of a message's faults."""
import ctypes

_lib = ctypes.CDLL('libgmime-3.0.so.0')
_warn = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)

# GMimeParserWarning, from 1 on.
_WARNINGS = ['duplicated header', 'duplicated parameter', 'unencoded 8-bit header', 'invalid content type',
             'invalid RFC 2047 header', 'invalid parameter', 'malformed multipart', 'truncated message',
             'malformed message', 'invalid header name', 'invalid address list']


class _ByteArray(ctypes.Structure):
    _fields_ = [('data', ctypes.POINTER(ctypes.c_uint8)), ('len', ctypes.c_uint)]


def _function(name, result, *arguments):
    function = getattr(_lib, 'g_mime_' + name)
    function.restype, function.argtypes = result, arguments
    return function


_object = ctypes.c_void_p
_options_new = _function('parser_options_new', _object)
_set_warning = _function('parser_options_set_warning_callback', None, _object, _warn, _object)
_stream_new = _function('stream_mem_new', _object)
_stream_with = _function('stream_mem_new_with_buffer', _object, ctypes.c_char_p, ctypes.c_size_t)
_stream_bytes = _function('stream_mem_get_byte_array', ctypes.POINTER(_ByteArray), _object)
_parser_new = _function('parser_new_with_stream', _object, _object)
_construct = _function('parser_construct_message', _object, _object, _object)
_mime_part = _function('message_get_mime_part', _object, _object)
_count = _function('multipart_get_count', ctypes.c_int, _object)
_part = _function('multipart_get_part', _object, _object, ctypes.c_int)
_content = _function('part_get_content', _object, _object)
_write = _function('data_wrapper_write_to_stream', ctypes.c_ssize_t, _object, _object)
_multipart_type = _function('multipart_get_type', ctypes.c_size_t)
_is_a = ctypes.CDLL('libgobject-2.0.so.0').g_type_check_instance_is_a
_is_a.restype, _is_a.argtypes = ctypes.c_int, (_object, ctypes.c_size_t)
_function('init', None)()


def parse(raw):
    """The message, and a line for each thing that GMime warned of."""
    warnings = []

    @_warn
    def warn(offset, code, item, _):
        what = _WARNINGS[code - 1] if 1 <= code <= len(_WARNINGS) else f'warning {code}'
        warnings.append(f'{what} at byte {offset}: {item!r}')

    options = _options_new()
    _set_warning(options, warn, None)
    return _construct(_parser_new(_stream_with(raw, len(raw))), options), warnings


def _is_multipart(part):
    return _is_a(part, _multipart_type())


def _leaves(part):
    if not _is_multipart(part):
        yield part
        return
    for i in range(_count(part)):
        yield from _leaves(_part(part, i))


def parts(message):
    """The decoded bytes of the parts that are no multipart, in their order."""
    for part in _leaves(_mime_part(message)):
        stream = _stream_new()
        _write(_content(part), stream)
        array = _stream_bytes(stream).contents
        yield ctypes.string_at(array.data, array.len)
