"""Loops split, fused and tiled by schedules, at sizes that no tile divides, against NumPy."""
import itertools

import numpy as np

DTYPES = (np.float16, np.float32, np.float64, np.int8, np.int32, np.int64, np.uint8, np.uint64)
SIZES = ((0, 3), (1, 1), (5, 7), (8, 16), (33, 17), (100, 31))

TRANSPOSED = {
    "peel": "o, i = split(i1, 8, tail = peel); vectorize(i); parallel(i0)",
    "balance": "o, i = split(i1, 8, tail = balance); vectorize(i); parallel(o)",
    "shift": "when N >= 16 { o, i = split(i0, 16, tail = shift); unroll(i) }",
    "fuse": "f = fuse(i0, i1); o, i = split(f, 16); vectorize(i); parallel(o)",
    "tile": "io, jo, ii, ji = tile(i0, i1, 4, 8, tail = balance); f = fuse(io, jo); parallel(f)",
}
PRODUCT = {
    "peel": "io, ii = split(i0, 4, tail = peel); reorder(io, k0, ii, i1); unroll(ii)",
    "balance": "jo, ji = split(i1, 8, tail = balance); reorder(i0, jo, k0, ji); vectorize(ji)",
    "shift": "when M >= 4 { io, ii = split(i0, 4, tail = shift); reorder(io, k0, ii, i1) }",
    "fuse": "f = fuse(i0, i1); parallel(f)",
    "tile": "io, jo, ii, ji = tile(i0, i1, 4, 8); reorder(io, jo, k0, ii, ji); vectorize(ji)",
}


def schedules(runner, generator, expect):
    for dtype, (m, n) in itertools.product(DTYPES, SIZES):
        x = generator.integers(0, 5, (m, n)).astype(dtype)
        name = {np.float16: "f16", np.float32: "f32", np.float64: "f64"}.get(dtype)
        name = name or np.dtype(dtype).name.replace("uint", "u").replace("int", "i")
        for rewrite, commands in TRANSPOSED.items():
            text = f"input x: {name}[M, N]\ny = x.T + x.T\nschedule y {{ {commands} }}"
            expect(runner.run(text, {"x": x}, "y"), x.T + x.T, f"{rewrite}, {name}, {m}x{n}")
        text = f"input x: {name}[M, N]\nt = x * x\ny = t + x\noutput t, y\nschedule y {{ kernel(t) }}"
        expect(runner.run(text, {"x": x}, "y"), x * x + x, f"kernel, {name}, {m}x{n}")
        if dtype not in (np.float32, np.float64, np.int32, np.int64, np.uint64):
            continue
        right = generator.integers(0, 5, (n, 13)).astype(dtype)
        for rewrite, commands in PRODUCT.items():
            text = f"input A: {name}[M, K], B: {name}[K, N]\nC = A @ B\nschedule C {{ {commands} }}"
            got = runner.run(text, {"A": x, "B": right}, "C")
            expect(got, x @ right, f"{rewrite} of a product, {name}, {m}x{n}x13")
