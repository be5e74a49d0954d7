"""Cumulative functions, sorting, and reductions that give places or truths, against NumPy."""
import itertools

import numpy as np

SHAPES = ((1,), (2, 3), (0, 4), (5, 1), (3, 33), (4, 31, 2), (7, 100))
DTYPES = (np.float16, np.float32, np.float64, np.int8, np.int32, np.int64, np.uint8, np.uint64)


def values(generator, shape, dtype, special):
    """Small numbers with many ties; of floats also what is not finite."""
    x = generator.integers(0 if np.issubdtype(dtype, np.unsignedinteger) else -3, 4, shape).astype(dtype)
    if special and np.issubdtype(dtype, np.floating) and x.size:
        x.flat[generator.integers(0, x.size, max(1, x.size // 8))] = np.nan
        x.flat[generator.integers(0, x.size, max(1, x.size // 8))] = -0.0
        x.flat[generator.integers(0, x.size, max(1, x.size // 8))] = -np.inf
    return x


def sum_type(dtype):
    """What sums are computed in."""
    if dtype == np.float16:
        return np.float32
    if not np.issubdtype(dtype, np.integer) or np.dtype(dtype).itemsize >= 4:
        return dtype
    return np.uint32 if np.issubdtype(dtype, np.unsignedinteger) else np.int32


def cumulative(function, x, axis):
    with np.errstate(all="ignore"):
        result = function(x, axis, dtype=sum_type(x.dtype))
        return result.astype(np.float16) if x.dtype == np.float16 else result


def descending(x, axis):
    """Largest first, NaN before it, equal ones in their order."""
    flipped = np.flip(x, axis)
    places = np.flip(np.argsort(flipped, axis=axis, kind="stable"), axis)
    return x.shape[axis] - 1 - places


def order(runner, generator, expect):
    for dtype, shape in itertools.product(DTYPES, SHAPES):
        for axis in range(len(shape)):
            x = values(generator, shape, dtype, special=True)
            plain = values(generator, shape, dtype, special=False)
            k = min(2, shape[axis])
            places = descending(x, axis)
            first = np.take(places, np.arange(k), axis)
            cases = {
                f"cumsum(x, {axis})": (plain, cumulative(np.cumsum, plain, axis)),
                f"cumprod(x, {axis})": (plain, cumulative(np.cumprod, plain, axis)),
                f"cummax(x, {axis})": (x, np.maximum.accumulate(x, axis)),
                f"cummin(x, {axis})": (x, np.minimum.accumulate(x, axis)),
                f"argsort(x, {axis})": (x, np.argsort(x, axis=axis, kind="stable")),
                f"sort(x, {axis})": (x, np.sort(x, axis=axis, kind="stable")),
                f"argsort(x, {axis}, descending = true)": (x, places),
            }
            for text, (operand, wanted) in cases.items():
                got = runner.run(f"y = {text}", {"x": operand}, "y")
                expect(got, wanted, f"{text}, {np.dtype(dtype)}{shape}", 1e-2 if dtype == np.float16 else 1e-6)
            where = f"topk(x, {k}, {axis}), {np.dtype(dtype)}{shape}"
            text = f"v, i = topk(x, {k}, {axis})"
            expect(runner.run(text + "\noutput i", {"x": x}, "i"), first, where)
            expect(runner.run(text + "\noutput v", {"x": x}, "v"), np.take_along_axis(x, first, axis), where)


def places(runner, generator, expect):
    """Reductions over variables; sizes of zero where there is a value."""
    for dtype, shape in itertools.product(DTYPES, ((2, 3), (1, 1), (0, 4), (5, 33), (3, 32))):
        x = values(generator, shape, dtype, special=True)
        plain = values(generator, shape, dtype, special=False)
        whole = np.issubdtype(dtype, np.integer)
        mean = plain.mean(1, dtype=np.float64).astype(
            dtype if not whole else np.float64 if np.dtype(dtype).itemsize == 8 else np.float32)
        cases = {
            "y[i] = argmax[k](x[i, k])": (x, x.argmax(1)),
            "y[i] = argmin[k](x[i, k])": (x, x.argmin(1)),
            "y = argmin(x, 1, keep = true)": (x, x.argmin(1, keepdims=True)),
            "y[i] = any[k](x[i, k] > 2)": (x, (x > 2).any(1)),
            "y[i] = all[k](x[i, k] < 3)": (x, (x < 3).all(1)),
            "y = any(x > 2, 0)": (x, (x > 2).any(0)),
            "y = all(x < 3)": (x, np.asarray((x < 3).all())),
            "y[i] = mean[k](x[i, k])": (plain, mean),
            "y = mean(x, 1)": (plain, mean),
        }
        if x.size:
            cases["y = argmax[i, k](x[i, k])"] = (x, np.asarray(x.argmax()))
            cases["y = argmax(x)"] = (x, np.asarray(x.argmax()))
        for text, (operand, wanted) in cases.items():
            got = runner.run(text, {"x": operand}, "y")
            expect(got, wanted, f"{text}, {np.dtype(dtype)}{shape}", 1e-3 if dtype == np.float16 else 1e-6)
    longest = np.full(4, 2**63 - 1, np.int64)
    expect(runner.run("y = mean(x)", {"x": longest}, "y"), np.asarray(longest.mean()), "a mean that a sum overflows")
    bytes_ = np.array([100, 2, 3, 4], np.int8)
    expect(runner.run("y = dot(x, x)", {"x": bytes_}, "y"), np.asarray(np.int32(10029)), "dot of i8")
    wide = np.array([2**31 - 1, 2**31 - 1], np.int32)
    expect(runner.run("y = mean(x)", {"x": wide}, "y"), np.float32(2**31 - 1).reshape(()), "a mean that a sum overflows")
    large = np.full(1000, 1000, np.float16)
    expect(runner.run("y = mean(x)", {"x": large}, "y"), np.float16(1000).reshape(()), "a mean that a sum overflows")
