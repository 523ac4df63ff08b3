import numpy as np
import pytest

from nemo_nb.studio.render.layer import Layer, faded, lay, nothing, spread, straight, with_alpha
from nemo_nb.studio.render.warp import Picture, mirrored, moved


def noise(width=256, height=160, seed=1):
    rng = np.random.default_rng(seed)
    luma = rng.integers(16, 236, (height, width), dtype=np.uint8)
    chroma = [rng.integers(90, 160, (height // 2, width // 2), dtype=np.uint8) for _ in range(2)]
    return luma, *chroma


def scaling(factor):
    return np.array([[factor, 0.0, 0.0], [0.0, factor, 0.0]])


def shifting(across, down):
    return np.array([[1.0, 0.0, across], [0.0, 1.0, down]])


def test_a_map_that_changes_nothing_changes_nothing():
    layer = Layer(noise())
    same = Picture(layer).through(scaling(1.0), layer.size)
    assert all(np.array_equal(a, b) for a, b in zip(same.planes, layer.planes, strict=True))


def test_luma_and_chroma_move_together_by_even_pixels():
    layer = Layer(noise())
    shown = Picture(layer).through(shifting(6, 4), (128, 96))
    assert np.array_equal(shown.planes[0], layer.planes[0][4:100, 6:134])
    assert np.array_equal(shown.planes[1], layer.planes[1][2:50, 3:67])


def test_a_flipped_view_is_warped_as_what_it_shows():
    planes = tuple(plane[:, ::-1] for plane in noise())
    written = tuple(np.ascontiguousarray(plane) for plane in planes)
    matrix = np.array([[0.9, 0.1, 3.3], [-0.1, 0.9, 20.2]])
    views, copies = (Picture(Layer(p)).through(matrix, (120, 80)) for p in (planes, written))
    assert all(np.array_equal(a, b) for a, b in zip(views.planes, copies.planes, strict=True))


@pytest.mark.parametrize("edge", [1.25, 2.5, 5.0])
def test_going_further_away_nothing_pops(edge):
    picture = Picture(Layer(noise(512, 320)))
    size = 64, 40
    near, far = (
        picture.through(scaling(edge * step), size).planes[0].astype(float)
        for step in (0.9999, 1.0001)
    )
    assert np.abs(near - far).mean() < 1.5


def test_far_away_noise_is_its_mean():
    picture = Picture(Layer(noise(1024, 640)))
    shown = picture.through(scaling(16.0), (64, 40)).planes[0]
    assert shown.mean() == pytest.approx(125.5, abs=1)
    assert shown.std() < 9


def test_nothing_comes_in_from_beyond_but_its_mirror_image():
    layer = Layer(noise())
    gone = moved(layer, shifting(-300, 0))
    assert gone.alphas[0].max() == 0
    assert gone.planes[0].max() == 0
    turned = mirrored(layer, shifting(-128, 0))
    assert turned.alphas is None
    assert np.array_equal(turned.planes[0][:, :128], layer.planes[0][:, :128][:, ::-1])


def half_there():
    alpha = np.zeros((160, 256), np.uint8)
    alpha[:, 64:128] = 255
    alpha[:, 128:192] = 128
    return alpha


def test_laying_over_mixes_by_alpha_and_opacity():
    planes = tuple(
        np.full_like(plane, value) for plane, value in zip(noise(), (200, 90, 160), strict=True)
    )
    for opacity in (1.0, 0.5):
        under = tuple(np.full_like(p, v) for p, v in zip(noise(), (50, 150, 100), strict=True))
        lay(under, with_alpha(planes, half_there()), opacity)
        for plane, below, above, step in zip(
            under, (50, 150, 100), (200, 90, 160), (1, 2, 2), strict=True
        ):
            shares = [plane[10, x // step] for x in (10, 90, 150)]
            expected = [below + (above - below) * a * opacity for a in (0, 1, 128 / 255)]
            assert np.allclose(shares, expected, atol=1.5)


def test_an_opaque_layer_that_fades_is_laid_alike_by_both_ways():
    layer, one, other = Layer(noise()), noise(seed=2), noise(seed=2)
    lay(one, layer, 0.3)
    lay(other, faded(layer, 0.3))
    assert all(np.abs(a.astype(int) - b).max() <= 2 for a, b in zip(one, other, strict=True))


def test_what_shows_can_be_had_without_its_alpha():
    layer = with_alpha(noise(), half_there())
    luma, u, _ = straight(layer)
    assert np.array_equal(luma[:, 64:128], noise()[0][:, 64:128])
    assert np.abs(luma[:, 130:190].astype(int) - noise()[0][:, 130:190]).max() <= 2
    assert np.all(luma[:, :60] == 16)
    assert np.all(u[:, :30] == 128)


def test_a_small_layer_is_spread_over_nothing():
    small = Layer(noise(64, 40))
    assert spread(small, 0, 0, (64, 40)) is small
    wide = spread(small, 10, 20, (256, 160))
    assert wide.alphas[0].sum() == 255 * 64 * 40
    assert wide.alphas[1].sum() == 255 * 32 * 20
    under, expected = noise(seed=2), noise(seed=2)
    lay(under, wide)
    expected[0][20:60, 10:74] = small.planes[0]
    assert np.array_equal(under[0], expected[0])
    lay(under, nothing((256, 160)))
    assert np.array_equal(under[0], expected[0])
