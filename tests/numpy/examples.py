"""The programs of examples/ against the same formulas in NumPy."""
import pathlib
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples"


def uniform(generator, *shape):
    return generator.uniform(-1, 1, shape).astype(np.float32)


def run(runner, name, arrays=None, inputs=()):
    """All outputs of a program."""
    command = [runner.tcc, "run", FOLDER / name, "-o", runner.folder / "out.npz", *inputs]
    for array_name, array in (arrays or {}).items():
        path = runner.folder / f"{array_name}.npy"
        np.save(path, array)
        command += ["-i", f"{array_name}={path}"]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    runner.count += 1
    with np.load(runner.folder / "out.npz") as archive:
        return {key: archive[key] for key in archive.files}


def close(got, wanted, where, tolerance=2e-5):
    assert got.shape == wanted.shape, f"{where}: {got.shape}, not {wanted.shape}"
    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance, err_msg=where)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def networks(runner, generator):
    x = np.arange(3)[:, None] * np.arange(4) + np.array([1000.0, 0, 0])[:, None]
    close(run(runner, "softmax.tc")["p"], softmax(x), "softmax")

    for rows, columns in ((1, 1), (3, 5), (31, 64)):
        x, w, b = uniform(generator, rows, columns), uniform(generator, columns), uniform(generator, columns)
        wanted = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * w + b
        close(run(runner, "layer_norm.tc", {"x": x, "weight": w, "bias": b})["y"], wanted, "layer_norm")

    for heads, length, d in ((1, 1, 1), (2, 4, 8), (3, 33, 16)):
        q, k, v = (uniform(generator, heads, length, d) for _ in range(3))
        scores = q @ k.swapaxes(1, 2) / np.sqrt(d)
        weights = softmax(np.where(np.tri(length, dtype=bool), scores, -np.inf))
        close(run(runner, "attention.tc", {"q": q, "k": k, "v": v})["o"], weights @ v, "attention")


def perceptron(runner, generator):
    arrays = {"x": uniform(generator, 16, 256), "W_out": uniform(generator, 256, 10)}
    for side, shape in (("up", (256, 512)), ("down", (512, 256))):
        arrays[f"W_{side}"] = uniform(generator, 12, *shape)
        arrays[f"b_{side}"] = uniform(generator, 12, shape[1])
    x = arrays["x"].astype(np.float64)
    squares = []
    for k in range(12):
        for side in ("up", "down"):
            weights, bias = arrays[f"W_{side}"][k].astype(np.float64), 0.1 * arrays[f"b_{side}"][k]
            x = np.maximum(np.sqrt(6 / len(weights)) * (x @ weights) + bias, 0)
        squares.append((x * x).mean())
    got = run(runner, "perceptron.tc", arrays)
    close(got["mean_square"], np.array(squares), "perceptron")
    close(got["scores"], x @ arrays["W_out"], "perceptron", 2e-4)


def digits(runner, _):
    folder = FOLDER / "digits"
    network = np.load(folder / "network.npz")
    images, labels = np.load(folder / "data/images.npy")[::4], np.load(folder / "data/labels.npy")[::4]
    inputs = ["-i", f"images={folder}/data/images.npy", "-i", f"labels={folder}/data/labels.npy"]
    x = images.reshape(-1, 64) / 16
    for layer in (1, 2, 3):
        x = x @ network[f"W{layer}"] + network[f"b{layer}"]
        x = np.maximum(x, 0) if layer < 3 else x
        for name in (f"W{layer}", f"b{layer}"):
            inputs += ["-i", f"{name}={folder}/network.npz:{name}"]
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (labels, x.argmax(1)), 1)
    got = run(runner, "digits/digits.tc", inputs=inputs)
    np.testing.assert_array_equal(got["confusion"], confusion)
    close(got["accuracy"], np.trace(confusion) / np.float64(len(labels)), "accuracy")


def around(x):
    """The 3 x 3 block of every cell, zeros outside: [3, 3, H, W]."""
    h, w = x.shape
    padded = np.pad(x, 1)
    return np.array([[padded[u : u + h, v : v + w] for v in range(3)] for u in range(3)])


def grids(runner, _):
    alive = np.zeros((8, 8), np.int64)
    alive[[0, 1, 2, 2, 2], [1, 2, 0, 1, 2]] = 1
    got = run(runner, "life.tc")
    for step in range(1, 5):
        block = around(alive).sum((0, 1))
        alive = ((block == 3) | ((block == 4) & (alive == 1))).astype(np.int64)
        if step % 2 == 0:
            np.testing.assert_array_equal(got[f"after_{step}"], alive)

    t = np.zeros((6, 8))
    t[:, 0] = 100
    got = run(runner, "heat.tc")
    for step in range(1, 76):
        weights = np.array([[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]])
        t[1:-1, 1:-1] = np.einsum("uvij,uv->ij", around(t), weights)[1:-1, 1:-1]
        if step in (25, 75):
            close(got[f"after_{step}"], t, "heat")


def convolution(runner, _):
    i, j = np.mgrid[0:10, 0:12]
    picture = np.where((i - 5) ** 2 + (j - 5) ** 2 < 14, 160.0, 0.0)
    binomial, slope = np.array([0.25, 0.5, 0.25]), np.array([-0.5, 0, 0.5])

    def filtered(w):
        return np.einsum("uvij,uv->ij", around(picture), w)

    blurred = filtered(np.outer(binomial, binomial))
    edges = np.hypot(filtered(np.outer(binomial, slope)), filtered(np.outer(slope, binomial)))
    got = run(runner, "convolution.tc")
    for name, wanted in (("picture", picture), ("blurred", blurred), ("edges", edges), ("small", blurred[::2, ::2])):
        np.testing.assert_array_equal(got[f"{name}_u8"], wanted.round().astype(np.uint8), err_msg=name)


def points(runner, generator):
    for n, m in ((0, 1), (1, 1), (6, 20), (200, 33)):
        x, y = uniform(generator, n, 3), uniform(generator, m, 3)
        distances = np.sqrt(((x[:, None] - y) ** 2).sum(-1))
        got = run(runner, "nearest.tc", {"x": x, "y": y})
        np.testing.assert_array_equal(got["nearest"], distances.argmin(1))
        close(got["distance"], distances.min(1), "nearest")


def rotation(axis, angle):
    """About x (0) or y (1), right-handed."""
    a, b = ((1, 2), (2, 0))[axis]
    r = np.eye(3)
    r[a, a] = r[b, b] = np.cos(angle)
    r[b, a] = np.sin(angle)
    r[a, b] = -np.sin(angle)
    return r


def unit(x):
    return x / np.sqrt((x * x).sum(-1, keepdims=True))


def mesh(us, vs):
    """Points, normals and triangles of the scene; the ground's two come last."""
    u, v = np.meshgrid(np.arange(us) * 2 * np.pi / us, np.arange(vs) * 2 * np.pi / vs, indexing="ij")
    facing = np.stack([np.cos(u) * np.cos(v), np.sin(u) * np.cos(v), np.sin(v)], -1).reshape(-1, 3)
    centre = np.stack([np.cos(u), np.sin(u), 0 * u], -1).reshape(-1, 3)
    turn = rotation(1, 0.4) @ rotation(0, 0.7)
    torus = 1.25 * (centre + 0.42 * facing) @ turn.T + [0, 1.1, 0]
    ground = np.array([[-60, -0.5, -3], [60, -0.5, -3], [-60, -0.5, 60], [60, -0.5, 60]])
    place = np.arange(us * vs).reshape(us, vs)
    right, down = np.roll(place, -1, 0), np.roll(place, -1, 1)
    both = np.roll(right, -1, 1)
    patches = np.stack([np.stack([place, right, down], -1), np.stack([both, down, right], -1)], 2)
    triangles = np.concatenate([patches.reshape(-1, 3), us * vs + np.array([[0, 1, 2], [1, 2, 3]])])
    normals = np.concatenate([facing @ turn.T, np.tile([0.0, 1.0, 0.0], (4, 1))])
    return np.concatenate([torus, ground]), normals, triangles


def through(origins, directions, corners):
    """Where rays meet triangles: distances [rays, triangles], infinite for none, and weights."""
    a, e1, e2 = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    with np.errstate(all="ignore"):
        h = np.cross(directions[:, None], e2)
        scale = 1 / (h * e1).sum(-1)
        s = origins[:, None] - a
        q = np.cross(s, e1)
        b1, b2 = (s * h).sum(-1) * scale, (directions[:, None] * q).sum(-1) * scale
        distance = (e2 * q).sum(-1) * scale
    inside = (b1 >= 0) & (b2 >= 0) & (b1 + b2 <= 1) & (distance > 0.02)
    return np.where(inside, distance, np.inf), np.stack([1 - b1 - b2, b1, b2], -1)


def torus(runner, _):
    """Rays through the pixels, where the program projects triangles: another way to the same picture."""
    height, width = 30, 40
    world, normals, triangles = mesh(32, 16)
    corners = world[triangles]
    eye, sun = np.array([0, 2.2, -4.6]), unit(np.array([0.55, 0.8, -0.5]))
    i, j = np.mgrid[0:height, 0:width]
    rays = np.stack([(2 * j + 1 - width) / height, (height - 1 - 2 * i) / height, 1.8 + 0.0 * i], -1)
    rays = rays.reshape(-1, 3) @ rotation(0, -0.25)
    distance, weights = through(np.tile(eye, (len(rays), 1)), rays, corners)
    seen, pixel = distance.argmin(1), np.arange(len(rays))
    hit = distance[pixel, seen] < np.inf
    blend = weights[pixel, seen][:, :, None]
    point = np.where(hit[:, None], (blend * corners[seen]).sum(1), 1.0)
    normal = unit(np.where(hit[:, None], (blend * normals[triangles[seen]]).sum(1), 1.0))
    dark = through(point, np.tile(sun, (len(rays), 1)), corners[:-2])[0].min(1) < np.inf
    ground = seen >= len(triangles) - 2

    direct = np.where(dark, 0, np.maximum(normal @ sun, 0))
    half_way = unit(unit(eye - point) + sun)
    highlight = np.where(dark | ground, 0, np.maximum((normal * half_way).sum(-1), 0) ** 40)
    chequer = np.where((np.floor(point[:, 0]) + np.floor(point[:, 2])) % 2 == 0, 0.75, 0.35)
    own = np.where(ground[:, None], chequer[:, None], [0.95, 0.45, 0.15])
    lit = own * (0.3 + 0.75 * direct)[:, None] + 0.5 * highlight[:, None]
    haze = np.where(hit, 1 - np.exp(-0.04 * np.maximum(point[:, 2], 0)), 1)[:, None]
    light = lit + haze * (np.array([0.65, 0.78, 0.95]) - lit)
    wanted = np.round(255 * np.clip(light, 0, 1) ** 0.8).reshape(height, width, 3)

    got = run(runner, "torus.tc", inputs=["--set", f"H={height}", "--set", f"W={width}"])
    assert abs(got["covered"] - (hit & ~ground).sum()) <= 2, got["covered"]
    off = (np.abs(got["img"] - wanted) > 2).any(-1).mean()
    assert off < 0.01, f"torus: {off:.1%} of the pixels differ"


GROUPS = (networks, perceptron, digits, grids, convolution, points, torus)
