"""Attention, rotary positions, random numbers and updates, against NumPy."""
import itertools
import statistics
import subprocess

import numpy as np


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True, initial=-1e30))
    return e / np.maximum(e.sum(-1, keepdims=True), 1e-300)


def attend(q, k, v, mask, causal):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf) if mask.dtype == np.bool_ else scores + mask
    if causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=np.bool_), scores, -np.inf)
    return softmax(scores) @ v


def attention(runner, generator, expect):
    """Masks of either sort, causal or not, queries and keys of other numbers, batches that broadcast."""
    shapes = [((3, 4), (5, 4), (5, 2)), ((2, 6, 8), (2, 6, 8), (2, 6, 8)), ((2, 3, 7, 5), (3, 4, 5), (3, 4, 1)),
              ((1, 1), (1, 1), (1, 1)), ((2, 3), (0, 3), (0, 2))]
    for (q, k, v), dtype in itertools.product(shapes, (np.float32, np.float64)):
        q, k, v = (generator.normal(size=shape).astype(dtype) for shape in (q, k, v))
        masks = {"None": None, "b": generator.integers(0, 4, (q.shape[-2], k.shape[-2])) > 0,
                 "a": generator.normal(size=(q.shape[-2], k.shape[-2])).astype(dtype)}
        for (name, mask), causal in itertools.product(masks.items(), (False, True)):
            arrays = {"q": q, "k": k, "v": v} | ({} if mask is None else {name: mask})
            text = f"y = attention(q, k, v, {name}, causal = {str(causal).lower()})"
            wide = [each.astype(np.float64) for each in (q, k, v)]
            wanted = attend(*wide, mask, causal).astype(dtype)
            expect(runner.run(text, arrays, "y"), wanted, f"{text}, {q.shape}", 1e-5 if dtype == np.float32 else 1e-12)


def positions(runner, generator, expect):
    for shape in ((5, 8), (2, 3, 7, 2), (1, 6), (2, 4, 0)):
        x = generator.normal(size=shape).astype(np.float32)
        half = shape[-1] // 2
        angle = np.arange(shape[-2])[:, None] * 500.0 ** (-2 * np.arange(half) / max(shape[-1], 1))
        low, high, c, s = x[..., :half], x[..., half:], np.cos(angle), np.sin(angle)
        wanted = np.concatenate([low * c - high * s, high * c + low * s], -1).astype(np.float32)
        expect(runner.run("y = rope(x, base = 500.0)", {"x": x}, "y"), wanted, f"rope of {shape}", 1e-6)


def philox(count, seed):
    """The first words of Philox 4x32-10, as its paper has it."""
    low = np.uint64(0xFFFFFFFF)
    counter = np.arange((count + 3) // 4, dtype=np.uint64)
    a, b, c, d = counter & low, counter >> np.uint64(32), np.zeros_like(counter), np.zeros_like(counter)
    k, l = np.uint64(seed % 2**32), np.uint64(seed // 2**32 % 2**32)
    for _ in range(10):
        p, q = a * np.uint64(0xD2511F53), c * np.uint64(0xCD9E8D57)
        a, b, c, d = (q >> np.uint64(32)) ^ b ^ k, q & low, (p >> np.uint64(32)) ^ d ^ l, p & low
        k, l = (k + np.uint64(0x9E3779B9)) & low, (l + np.uint64(0xBB67AE85)) & low
    return np.stack([a, b, c, d], -1).reshape(-1)[:count]


def randoms(runner, _, expect):
    normal = statistics.NormalDist()
    for shape, seed in itertools.product(((7,), (3, 0), (5, 33), (2, 3, 4)), (0, 12345, -1, 2**40 + 3)):
        bits = philox(int(np.prod(shape)), seed) >> np.uint64(8)
        uniform = (bits.astype(np.float64) * 2.0**-24).astype(np.float32).reshape(shape)
        text = f"y = random_uniform({list(shape)}, {seed})"
        expect(runner.run(text, {}, "y"), uniform, text)
        wanted = [normal.inv_cdf((int(k) + 0.5) * 2.0**-24) for k in bits]
        text = f"y = random_normal({list(shape)}, {seed})"
        expect(runner.run(text, {}, "y"), np.array(wanted, np.float32).reshape(shape), text, 1e-6)
        x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        text = f"y = dropout(x, 0.4, {seed})"
        expect(runner.run(text, {"x": x}, "y"), np.where(uniform >= np.float32(0.4), x / np.float32(0.6), 0), text, 1e-6)


def updates(runner, generator, expect):
    """Logistic regression by hand: batches, steps, params in files."""
    text = """param w: f32[D], b: f32; input x: f32[B, D], y: f32[B]
    error = sigmoid(x @ w + b) - y
    update w = w - 0.1 * (x.T @ error) / x.shape[0]
    update b = b - 0.1 * mean(error)
    output loss = mean(softplus(x @ w + b) - y * (x @ w + b))"""
    x = generator.normal(size=(50, 3)).astype(np.float32)
    y = (x[:, 0] > 0.3).astype(np.float32)
    start, end, loss = runner.folder / "start.npz", runner.folder / "end.npz", runner.folder / "loss.npy"
    np.savez(start, w=np.zeros(3, np.float32), b=np.float32(0))
    np.save(runner.folder / "x.npy", x)
    np.save(runner.folder / "y.npy", y)
    subprocess.run(
        [runner.tcc, "run", "-e", text, "-i", f"x={runner.folder / 'x.npy'}", "-i", f"y={runner.folder / 'y.npy'}",
         "--batch", "x=16", "--batch", "y=16", "--steps", "40", "--load-params", start, "--save-params", end, "--verify",
         "-o", f"loss={loss}"], check=True, stdout=subprocess.DEVNULL)
    runner.count += 1
    w, b = np.zeros(3), 0.0
    for step in range(40):
        rows = slice(step % 3 * 16, step % 3 * 16 + 16)
        scores = x[rows] @ w + b
        wanted = np.mean(np.logaddexp(0, scores) - y[rows] * scores)
        error = 1 / (1 + np.exp(-scores)) - y[rows]
        w, b = w - 0.1 * x[rows].T @ error / 16, b - 0.1 * error.mean()
    with np.load(end) as params:
        expect(params["w"], w.astype(np.float32), "w after 40 steps", 1e-5)
        expect(params["b"], np.asarray(b, np.float32), "b after 40 steps", 1e-5)
    expect(np.load(loss), np.asarray(wanted, np.float32), "loss of the last step", 1e-5)
