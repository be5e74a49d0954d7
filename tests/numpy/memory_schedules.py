"""Reductions and memory by schedules, against NumPy."""
import itertools

import numpy as np

SIZES = (0, 1, 2, 3, 7, 8, 9, 31, 33)

SUMS = """input A: {0}[M, K]
output y[i] = sum[k](A[i, k])
schedule y {{ reduce(k, {1}) }}"""

# Half of the keys are masked: rows of few keys have none left, and are not a number.
ATTENTION = """input x: f32[M, K], v: f32[K, 5]
s = where(x > 0, x, -inf)
m = max(s, -1, keep = true, initial = -inf)
e = exp(s - m)
total = sum(e, -1, keep = true)
w = e / total
output o = w @ v
schedule o {{
  inline(w); compute_at(total, i0)
  inline(e); compute_at(m, i0); inline(s)
  online(m, total{0})
}}"""

PRODUCT = """input A: f32[M, K], B: f32[K, N]
output C[i, j] = sum[k](A[i, k] * B[k, j])
schedule C {
  i.o, i.i = split(i, 4); j.o, j.i = split(j, 16)
  reorder(i.o, j.o, k, i.i, j.i)
  pack(B, [i1 // 16, i0, i1 % 16], at = j.o, on_first_use = i.o)
  cache_write(register, at = j.o)
  prefetch(A, at = k, ahead = 4)
  vectorize(j.i); unroll(i.i)
  store(nontemporal)
}
schedule C.cache { vectorize(i1) }
schedule B.packed { vectorize(i1.i) }"""


def sums(runner, generator, expect):
    """Sums as trees: integers exactly, floats within rounding."""
    levels = ("1", "8", "vector(16)", "vector(16), tree", "5, 2")
    for level, k in itertools.product(levels, SIZES):
        A = generator.integers(-100, 100, (3, k)).astype(np.int32)
        got = runner.run(SUMS.format("i32", level), {"A": A}, "y")
        expect(got, A.sum(1, dtype=np.int32), f"reduce(k, {level}) of {k}")
        A = generator.uniform(-1, 1, (3, k))
        got = runner.run(SUMS.format("f64", level), {"A": A}, "y")
        expect(got, A.sum(1), f"reduce(k, {level}) of {k}", 1e-14 * (k + 1))


def online(runner, generator, expect):
    """Attention in one pass, masked rows included."""
    for block, k in itertools.product(("", ", block = 4", ", block = 8"), SIZES):
        x = generator.uniform(-2, 2, (4, k)).astype(np.float32)
        v = generator.uniform(-1, 1, (k, 5)).astype(np.float32)
        s = np.where(x > 0, x, np.float32(-np.inf))
        with np.errstate(all="ignore"):
            e = np.exp(s - s.max(1, keepdims=True, initial=-np.inf))
            wanted = (e / e.sum(1, keepdims=True)) @ v
        got = runner.run(ATTENTION.format(block), {"x": x, "v": v}, "o")
        expect(got, wanted.astype(np.float32), f"online{block} of {k}", 5e-6)


def memory(runner, generator, expect):
    """A product with packed panels, a register tile, prefetches and non-temporal stores."""
    for m, k, n in itertools.product((0, 1, 4, 9), (0, 1, 7), (0, 1, 16, 33)):
        A = generator.uniform(-1, 1, (m, k)).astype(np.float32)
        B = generator.uniform(-1, 1, (k, n)).astype(np.float32)
        got = runner.run(PRODUCT, {"A": A, "B": B}, "C")
        expect(got, A @ B, f"packed product of {m}, {k}, {n}", 2e-6)


GROUPS = (sums, online, memory)
