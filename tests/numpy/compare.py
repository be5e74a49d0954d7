"""Compares `tcc run` with NumPy on programs that both can say: values, types, shapes.

    compare.py TCC      the executable; scripts/compare_with_numpy.sh calls this
"""
import itertools
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import examples
import neural
import order
import schedules

SIZES = [(n, n, n) for n in (0, 1, 3, 31, 64, 127)] + [(512, 256, 512), (0, 3, 2), (3, 0, 2), (5, 1, 7)]
FLOATS = (np.float32, np.float64)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)

NAMES = {np.dtype(np.float16): "f16", np.dtype(np.float32): "f32", np.dtype(np.float64): "f64", np.dtype(np.bool_): "bool"}
NAMES |= {np.dtype(t): np.dtype(t).name.replace("uint", "u").replace("int", "i") for t in INTEGERS}


class Runner:
    """Runs programs on arrays, with a verification of its own each time."""

    def __init__(self, tcc, folder):
        self.tcc = tcc
        self.folder = pathlib.Path(folder)
        self.count = 0

    def run(self, text, arrays, output):
        command = [self.tcc, "run", "-e", text, "--verify"]
        for name, array in arrays.items():
            path = self.folder / f"{name}.npy"
            np.save(path, array)
            command += ["-i", f"{name}={path}"]
        result = self.folder / "result.npy"
        subprocess.run(command + ["-o", f"{output}={result}"], check=True, stdout=subprocess.DEVNULL)
        self.count += 1
        return np.load(result)


def random(generator, shape, dtype):
    if np.issubdtype(dtype, np.floating):
        return generator.uniform(-1, 1, shape).astype(dtype)
    if dtype == np.bool_:
        return generator.integers(0, 2, shape).astype(dtype)
    return generator.integers(0, 100, shape).astype(dtype)


def expect(got, wanted, where, tolerance=0.0):
    assert got.dtype == wanted.dtype, f"{where}: {got.dtype}, not {wanted.dtype}"
    assert got.shape == wanted.shape, f"{where}: {got.shape}, not {wanted.shape}"
    if np.issubdtype(wanted.dtype, np.floating):
        np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance, err_msg=where)
    else:
        np.testing.assert_array_equal(got, wanted, err_msg=where)


def products(runner, generator):
    """C = A @ B + bias at every size, free names and one text of symbolic sizes."""
    for dtype, (m, k, n) in itertools.product(FLOATS, SIZES):
        arrays = {
            "A": random(generator, (m, k), dtype),
            "B": random(generator, (k, n), dtype),
            "bias": random(generator, (n,), dtype),
        }
        wanted = arrays["A"] @ arrays["B"] + arrays["bias"]
        name = NAMES[np.dtype(dtype)]
        declared = f"input A: {name}[M, K], B: {name}[K, N], bias: {name}[N]\n"
        tolerance = 2 * (k + 2) * np.finfo(dtype).eps
        for head in ("", declared):
            got = runner.run(head + "C = A @ B + bias", arrays, "C")
            expect(got, wanted, f"C = A @ B + bias, {name}, {m}x{k}x{n}", tolerance)


def batches(runner, generator):
    shapes = [((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)),
              ((5, 2, 3), (5, 3, 4)), ((5, 1, 2, 3), (6, 3, 4)), ((3,), (5, 3, 4))]
    for dtype, (left, right) in itertools.product(FLOATS, shapes):
        arrays = {"A": random(generator, left, dtype), "B": random(generator, right, dtype)}
        got = runner.run("C = A @ B", arrays, "C")
        expect(got, np.asarray(arrays["A"] @ arrays["B"]), f"{left} @ {right}", 1e-5)


def reductions(runner, generator):
    shape = (4, 5, 6)
    for dtype, axis, keep in itertools.product(FLOATS, (None, 0, 1, 2, -1, (0, 2)), (False, True)):
        x = random(generator, shape, dtype)
        for name, function in (("sum", np.sum), ("max", np.max), ("min", np.min), ("prod", np.prod)):
            written = "" if axis is None else f", axis = {list(axis) if isinstance(axis, tuple) else axis}"
            text = f"y = {name}(x{written}{', keep = true' if keep else ''})"
            wanted = np.asarray(function(x, axis=axis, keepdims=keep))
            expect(runner.run(text, {"x": x}, "y"), wanted, text, 1e-5)


def integers(runner, generator):
    """Wrapping arithmetic and floor division of every width."""
    for dtype in INTEGERS:
        a, b = random(generator, (17,), dtype), random(generator, (17,), dtype) + dtype(1)
        for text, wanted in (("a + b", a + b), ("a * b", a * b), ("a - b", a - b), ("a // b", a // b),
                             ("a % b", a % b), ("maximum(a, b)", np.maximum(a, b)), ("a < b", a < b),
                             ("a | b", a | b), ("a & ~b", a & ~b), ("a ^ b", a ^ b), ("a ** 3 + b", a ** 3 + b),
                             ("a << (b % 7)", a << (b % 7)), ("a >> (b % 7)", a >> (b % 7))):
            where = f"{text}, {np.dtype(dtype).name}"
            expect(runner.run(f"y = {text}", {"a": a, "b": b}, "y"), wanted, where)


def files(runner, generator):
    """Archives of either sort, orders of either sort, in and out."""
    for dtype, shape in itertools.product(FLOATS + INTEGERS + (np.bool_,), ((), (3, 4), (0, 2), (2, 3, 4))):
        x = np.asarray(random(generator, shape, dtype))
        swapped = np.array(x.astype(x.dtype.newbyteorder(">")), order="F")
        for save in (np.savez, np.savez_compressed):
            archive = runner.folder / "in.npz"
            save(archive, x=x, swapped=swapped, **{"a/b": x})
            result = runner.folder / "out.npz"
            subprocess.run(
                [runner.tcc, "run", "-e", "y = x; z = s; w = t", "-i", f"x={archive}:x", "-i",
                 f"s={archive}:swapped", "-i", f"t={archive}:a/b", "-o", result], check=True)
            runner.count += 1
            with np.load(result) as loaded:
                assert sorted(loaded.files) == ["w", "y", "z"], loaded.files
                for name in loaded.files:
                    expect(loaded[name], x, f"{name} of {save.__name__}, {x.dtype}{shape}")


def elementary(runner, generator):
    """Functions by their NumPy names, division that floors, what is not a number."""
    same = ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh",
            "cbrt", "sqrt", "floor", "ceil", "trunc", "sign", "isnan", "isinf", "isfinite")
    others = {"asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "round": np.rint, "abs": np.abs}
    special = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 0.5, -2.5]
    for dtype in (np.float16, np.float32, np.float64):
        x = np.concatenate([random(generator, (40,), dtype) * dtype(3), np.array(special, dtype)])
        y = generator.permutation(x)
        tolerance = 8 * np.finfo(dtype).eps
        with np.errstate(all="ignore"):
            for name in same + tuple(others):
                wanted = others.get(name, getattr(np, name, None))(x)
                expect(runner.run(f"z = {name}(x)", {"x": x}, "z"), wanted, f"{name}, {x.dtype}", tolerance)
            for text, wanted in (("x // y", x // y), ("x % y", x % y), ("atan2(x, y)", np.arctan2(x, y)),
                                 ("hypot(x, y)", np.hypot(x, y)), ("abs(x) ** y", np.abs(x) ** y),
                                 ("x ** 3 + 0 * y", x * x * x + 0 * y), ("clamp(x, -1, y)", np.clip(x, dtype(-1), y))):
                expect(runner.run(f"z = {text}", {"x": x, "y": y}, "z"), wanted, f"{text}, {x.dtype}", tolerance)


def shapes(runner, generator):
    """Slices and functions of shapes."""
    for dtype in (np.float32, np.int16, np.bool_):
        x = random(generator, (4, 6, 5), dtype)
        y = random(generator, (4, 2, 5), dtype)
        ids = generator.integers(0, 6, (2, 3))
        cases = {
            "x[1:, ::2, -1]": x[1:, ::2, -1], "x[0]": x[0], "x[..., None, 2:4]": x[..., None, 2:4],
            "x[-1, 1:-1]": x[-1, 1:-1], "x[2:2]": x[2:2], "x.T": np.swapaxes(x, 1, 2),
            "transpose(x, [2, 0, 1])": x.transpose(2, 0, 1), "transpose(x)": x.transpose(),
            "reshape(x, [24, -1])": x.reshape(24, -1), "reshape(x, [2, 2, 30])": x.reshape(2, 2, 30),
            "reshape(x, [-1])": x.reshape(-1), "reshape(x, [6, 4, 5])": x.reshape(6, 4, 5),
            "concat([x, y, x], 1)": np.concatenate([x, y, x], 1), "stack([x, x], -1)": np.stack([x, x], -1),
            "stack([x[0, 0, 0], x[1, 2, 3]])": np.stack([x[0, 0, 0], x[1, 2, 3]]),
            "reshape(x, x.T.shape)": x.reshape(4, 5, 6), "broadcast_to(x[0], x.shape)": np.broadcast_to(x[0], x.shape),
            "pad(x, [[1, 0], [0, 2], [1, 1]])": np.pad(x, [[1, 0], [0, 2], [1, 1]]),
            "flip(x)": np.flip(x), "flip(x, [0, 2])": np.flip(x, (0, 2)),
            "broadcast_to(x[0, :, :1], [3, 6, 5])": np.broadcast_to(x[0, :, :1], (3, 6, 5)),
            "take(x, ids, 1)": np.take(x, ids, 1), "x[:, :0]": x[:, :0],
            "x[::9223372036854775807, 1:1:9223372036854775807]": x[:1, :0],
            "reshape(x, [x.T.shape[2], x[0].T.shape[0], -1])": x.reshape(6, 5, 4),
            "tril(x)": np.tril(x), "triu(x)": np.triu(x),
        }
        for text, wanted in cases.items():
            if dtype == np.bool_ and text.startswith("tri"):
                continue  # where(c, bool, 0) is i64
            arrays = {"x": x, "y": y, "ids": ids}
            arrays = {name: array for name, array in arrays.items() if name in text.replace("max", "")}
            expect(runner.run(f"z = {text}", arrays, "z"), np.ascontiguousarray(wanted), f"{text}, {x.dtype}")
    for text, operands in (("ik,kj->ij", "ab"), ("bik,bkj->bij", "cd"), ("ij->ji", "a"), ("ii->i", "e"), ("ii", "e"),
                           ("ij,ij", "aa"), ("i,j->ij", "fg"), ("bik,kj", "cb")):
        arrays = {"a": (3, 4), "b": (4, 5), "c": (2, 3, 4), "d": (2, 4, 5), "e": (4, 4), "f": (3,), "g": (5,)}
        arrays = {name: random(generator, arrays[name], np.float32) for name in set(operands)}
        wanted = np.asarray(np.einsum(text, *(arrays[name] for name in operands)))
        call = f'z = einsum("{text}", {", ".join(operands)})'
        expect(runner.run(call, arrays, "z"), wanted, call, 1e-5)


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def library(runner, generator):
    """Functions that are written in the language."""
    for dtype, shape in itertools.product(FLOATS, ((3, 7), (1, 1), (5, 33))):
        x = random(generator, shape, dtype) * dtype(4)
        w, b = random(generator, shape[-1:], dtype), random(generator, shape[-1:], dtype)
        centered = x - x.mean(-1, keepdims=True)
        normal = centered / np.sqrt((centered * centered).mean(-1, keepdims=True) + dtype(1e-5))
        cases = {
            "mean(x)": x.mean(), "mean(x, 0)": x.mean(0), "var(x, -1, keep = true)": x.var(-1, keepdims=True),
            "argmax(x, 1)": x.argmax(1), "argmin(x)": x.argmin(), "any(x > 3, 0)": (x > 3).any(0),
            "all(x > -3, [0, 1])": (x > -3).all(), "logsumexp(x, 1)": np.log(np.exp(x).sum(1)),
            "softmax(x)": softmax(x, -1), "softmax(x, 0)": softmax(x, 0), "log_softmax(x)": np.log(softmax(x, -1)),
            "sigmoid(x)": 1 / (1 + np.exp(-x)), "silu(x)": x / (1 + np.exp(-x)), "softplus(x)": np.logaddexp(0, x),
            "elu(x)": np.where(x > 0, x, np.expm1(x)), "layer_norm(x, w, b)": normal * w + b,
            "rms_norm(x, w)": x / np.sqrt((x * x).mean(-1, keepdims=True) + dtype(1e-5)) * w,
            "outer(w, b)": np.outer(w, b), "dot(w, b)": np.dot(w, b), "one_hot(argmax(x, 1), 9)": None,
        }
        for text, wanted in cases.items():
            arrays = {"x": x, "w": w, "b": b}
            used = {name: array for name, array in arrays.items() if name in text.replace("softmax", "").replace("max", "")}
            if text.startswith(("softmax", "log_softmax", "argmax", "one_hot")):
                used["x"] = x
            if wanted is None:
                used, text = {"x": x}, "one_hot(argmax(x, 1) % 9, 9)"
                wanted = np.eye(9, dtype=np.float32)[x.argmax(1) % 9]
            wanted = np.asarray(wanted)
            wanted = wanted.astype(dtype) if wanted.dtype.kind == "f" and not text.startswith("one") else wanted
            got = runner.run(f"z = {text}", used, "z")
            expect(got, wanted, f"{text}, {x.dtype}{shape}", 3e-5 if dtype == np.float32 else 1e-12)


def main():
    generator = np.random.default_rng(20260101)
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(sys.argv[1], folder)
        for group in (products, batches, reductions, integers, files, elementary, shapes, library):
            group(runner, generator)
            print(f"{group.__name__}: agree")
        for group in (order.order, order.places, neural.attention, neural.positions, neural.randoms, neural.updates, *schedules.GROUPS):
            group(runner, generator, expect)
            print(f"{group.__name__}: agree")
        for group in examples.GROUPS:
            group(runner, generator)
            print(f"examples, {group.__name__}: agree")
        print(f"{runner.count} runs agree with NumPy {np.__version__}")


if __name__ == "__main__":
    main()
