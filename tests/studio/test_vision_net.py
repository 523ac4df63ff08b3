"""Weights without torch: what is read, what is refused, and that the graph computes it."""

from __future__ import annotations

import io
import pickle
import struct

import numpy as np
import pytest

from nemo_nb.studio import vision_net


class _Named:
    """Pickles as a name of another module, called with *args* if there are any."""

    def __init__(self, module, name, *args):
        self.module, self.name, self.args = module, name, args


class _TableWriter(pickle._Pickler):
    """Writes what torch writes: storages by reference, names that need not exist here."""

    def save(self, obj, *args):
        if isinstance(obj, _Named):
            self.write(f"c{obj.module}\n{obj.name}\n".encode())
            if obj.args:
                self.save(obj.args)
                self.write(pickle.REDUCE)
        elif isinstance(obj, tuple) and obj[:1] == ("storage",):
            self.write(pickle.MARK)
            for item in obj:
                self.save(item)
            self.write(pickle.TUPLE + pickle.BINPERSID)
        else:
            super().save(obj, *args)


def legacy(table, storages, *, cut=0):
    out = io.BytesIO()
    for head in (vision_net._MAGIC, 1001, {"little_endian": True}):
        pickle.dump(head, out, 2)
    _TableWriter(out, 2).dump(table)
    pickle.dump([key for key, _ in storages], out, 2)
    for _, array in storages:
        out.write(struct.pack("<q", array.size) + array.tobytes())
    return io.BytesIO(out.getvalue()[: len(out.getvalue()) - cut])


def tensor(key, count, offset, shape, strides):
    storage = ("storage", _Named("torch", "FloatStorage"), key, "cpu", count, None)
    return _Named("torch._utils", "_rebuild_tensor_v2", storage, offset, shape, strides, 0, None)


DATA = np.arange(12, dtype="<f4")


def test_tensors_are_views_with_offset_and_strides():
    table = {"t": tensor("0", 12, 1, (2, 3), (1, 4)), "s": tensor("0", 12, 5, (), ())}
    weights = vision_net.read_weights(legacy(table, [("0", DATA)]))
    assert weights["t"].tolist() == [[1, 5, 9], [2, 6, 10]]
    assert weights["s"] == 5


@pytest.mark.parametrize(
    ("offset", "shape", "strides"), [(0, (13,), (1,)), (11, (2,), (1,)), (5, (2,), (-1,))]
)
def test_a_view_outside_its_storage_is_refused(offset, shape, strides):
    file = legacy({"t": tensor("0", 12, offset, shape, strides)}, [("0", DATA)])
    with pytest.raises(ValueError, match="outside"):
        vision_net.read_weights(file)


def test_a_cut_file_is_refused():
    file = legacy({"t": tensor("0", 12, 0, (12,), (1,))}, [("0", DATA)], cut=3)
    with pytest.raises(ValueError, match="cut short"):
        vision_net.read_weights(file)


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="legacy"):
        vision_net.read_weights(io.BytesIO(pickle.dumps(1)))


@pytest.mark.parametrize("name", [("os", "system"), ("builtins", "eval"), ("torch", "load")])
def test_other_names_are_never_resolved(name):
    file = legacy({"t": _Named(*name, "true")}, [])
    with pytest.raises(pickle.UnpicklingError, match="not read"):
        vision_net.read_weights(file)


def test_the_network_computes_what_its_first_layer_says():
    """The stem by hand, in numpy, against a model that ends there."""
    weights = {}
    rng = np.random.default_rng(3)
    weights["c.weight"] = rng.normal(size=(4, 3, 3, 3)).astype(np.float32)
    for name, value in (("weight", 1.5), ("bias", 0.3), ("running_mean", 0.2), ("running_var", 2)):
        weights[f"n.{name}"] = np.full(4, value, np.float32)
    graph = vision_net._Graph(weights)
    output, side = graph.conv("image", "c", "n", side=224, stride=2)
    assert side == 112
    model = graph.model(output)
    net = vision_net.cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
    image = rng.normal(size=(1, 3, 224, 224)).astype(np.float32)
    net.setInput(image)
    got = net.forward()
    padded = np.pad(image[0], ((0, 0), (0, 1), (0, 1)))
    window = padded[:, 20:23, 40:43]
    raw = np.einsum("oihw,ihw->o", weights["c.weight"], window)
    want = np.clip((raw - 0.2) * 1.5 / np.sqrt(2 + 1e-3) + 0.3, 0, 6)
    np.testing.assert_allclose(got[0, :, 10, 20], want, atol=1e-4)
