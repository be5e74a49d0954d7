#!/usr/bin/env python3
"""Computes ir/math/coefficients.h: minimax polynomials and split constants.

Method: Remez exchange on the weighted relative error (Remez 1934; Muller, Elementary Functions,
2016, chapter 3), in 60 decimal digits, then each coefficient is rounded to f64. The degree is the
lowest whose error is under the target: 2^-58 for f64 results, 2^-30 for f32 ones, which are
computed in f64 too. Needs mpmath:  python3 scripts/fit_elementary.py > ir/math/coefficients.h
"""
from mpmath import (acos, asin, atan, atanh, cbrt, cos, erf, erfc, exp, expm1, fabs, floor, frexp,
                    ldexp, linspace, log, lu_solve, matrix, mp, mpf, nstr, pi, polyval, sin, sqrt)

mp.dps = 60
FULL, SINGLE = mpf(2) ** -58, mpf(2) ** -30


def remez(f, weight, low, high, degree, rounds=12):
    """Coefficients, lowest first, of the polynomial p that minimises max |weight * (p - f)|."""
    n = degree + 2
    points = [(low + high) / 2 - (high - low) / 2 * cos(pi * i / (n - 1)) for i in range(n)]
    for _ in range(rounds):
        rows = matrix(n, n)
        values = matrix(n, 1)
        for i, x in enumerate(points):
            for j in range(degree + 1):
                rows[i, j] = x ** j
            rows[i, degree + 1] = (-1) ** i / weight(x)
            values[i] = f(x)
        solution = lu_solve(rows, values)
        p = [solution[i] for i in range(degree + 1)]
        error = lambda x: weight(x) * (polyval(p[::-1], x) - f(x))
        grid = linspace(low, high, 40 * n)
        errors = [error(x) for x in grid]
        extrema, start = [], 0
        for i in range(1, len(grid) + 1):
            if i == len(grid) or (errors[i] > 0) != (errors[start] > 0):
                extrema.append(max(range(start, i), key=lambda k: fabs(errors[k])))
                start = i
        while len(extrema) > n:
            extrema.pop(0 if fabs(errors[extrema[0]]) < fabs(errors[extrema[-1]]) else -1)
        worst = max(fabs(e) for e in errors)
        if len(extrema) < n or worst < fabs(solution[degree + 1]) * mpf("1.02"):
            break
        points = [grid[i] for i in extrema]
    return p, worst


def fit(f, weight, low, high, target, first=2):
    for degree in range(first, 40):
        p, worst = remez(f, weight, low, high, degree)
        if worst < target:
            return p, worst
    raise SystemExit("no degree does")


def hex_of(x):
    return float(x).hex()


def near_zero(f, series):
    """f, and below 1e-9 its Taylor series, where the formula cancels."""
    return lambda z: f(z) if fabs(z) > mpf(10) ** -9 else polyval(series[::-1], z)


one = lambda x: mpf(1)
half_ln2 = log(2) / 2 * mpf("1.001")
log_end = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * mpf("1.001")
trig_end = (pi / 4 * mpf("1.001")) ** 2
atan_end = (sqrt(2) - 1) ** 2 * mpf("1.001")
root = lambda f: lambda z: f(sqrt(z))
erfc_shift = mpf(2)
erfc_low, erfc_high = 1 / (mpf(28) + erfc_shift), 1 / (mpf("0.5") + erfc_shift)


def scaled_erfc(t):
    x = 1 / t - erfc_shift
    return exp(x * x) * erfc(x) / t


POLYNOMIALS = [
    ("exp_tail", "(e^r - 1 - r) / r^2 on |r| <= ln(2) / 2",
     near_zero(lambda r: (expm1(r) - r) / r ** 2, [mpf(1) / 2, mpf(1) / 6, mpf(1) / 24]),
     lambda r: r ** 2 + mpf(10) ** -6, -half_ln2, half_ln2, 4),
    ("log_tail", "(2 atanh(s) - 2 s) / s^3 in s^2, m = (1 + s) / (1 - s) in [1/sqrt(2), sqrt(2)]",
     near_zero(root(lambda s: (2 * atanh(s) - 2 * s) / s ** 3), [mpf(2) / 3, mpf(2) / 5, mpf(2) / 7]),
     lambda z: z / 2 + mpf(10) ** -6, mpf(0), log_end, 2),
    ("log_tail5", "(2 atanh(s) - 2 s - 2/3 s^3) / s^5 in s^2",
     near_zero(root(lambda s: (2 * atanh(s) - 2 * s - 2 * s ** 3 / 3) / s ** 5),
               [mpf(2) / 5, mpf(2) / 7, mpf(2) / 9]),
     lambda z: z ** 2 * 64 + mpf(10) ** -6, mpf(0), log_end, 2),
    ("sin_tail", "(sin r - r) / r^3 in r^2, |r| <= pi/4",
     near_zero(root(lambda r: (sin(r) - r) / r ** 3), [-mpf(1) / 6, mpf(1) / 120, -mpf(1) / 5040]),
     lambda z: z + mpf(10) ** -6, mpf(0), trig_end, 2),
    ("cos_tail", "(cos r - 1 + r^2/2) / r^4 in r^2, |r| <= pi/4",
     near_zero(root(lambda r: (cos(r) - 1 + r ** 2 / 2) / r ** 4),
               [mpf(1) / 24, -mpf(1) / 720, mpf(1) / 40320]),
     lambda z: z ** 2 + mpf(10) ** -6, mpf(0), trig_end, 2),
    ("atan_tail", "(atan z - z) / z^3 in z^2, |z| <= sqrt(2) - 1",
     near_zero(root(lambda z: (atan(z) - z) / z ** 3), [-mpf(1) / 3, mpf(1) / 5, -mpf(1) / 7]),
     lambda z: z + mpf(10) ** -6, mpf(0), atan_end, 3),
    ("asin_tail", "(asin x - x) / x^3 in x^2, |x| <= 1/2",
     near_zero(root(lambda x: (asin(x) - x) / x ** 3), [mpf(1) / 6, mpf(3) / 40, mpf(5) / 112]),
     lambda z: z + mpf(10) ** -6, mpf(0), mpf("0.2501"), 3),
    ("erf_ratio", "erf(x) / x - 1 in x^2, |x| <= 1",
     near_zero(root(lambda x: erf(x) / x - 1),
               [2 / sqrt(pi) - 1, -2 / sqrt(pi) / 3, 2 / sqrt(pi) / 10]),
     one, mpf(0), mpf("1.001"), 4),
    ("scaled_erfc", "e^(x^2) erfc(x) (x + 2) in 1 / (x + 2) - 1/5, 1/2 <= x <= 28",
     lambda u: scaled_erfc(u + mpf(1) / 5), one, erfc_low - mpf(1) / 5, erfc_high - mpf(1) / 5, 5),
]


def main():
    print("// Minimax polynomials and split constants of the elementary functions; written by\n"
          "// scripts/fit_elementary.py, which says how. Coefficients, that of the lowest power first.\n"
          "#pragma once\n\n#include <array>\n#include <cstdint>\n\nnamespace tcc::ir::math {\n")
    for name, what, f, weight, low, high, first in POLYNOMIALS:
        for suffix, target in (("f64", FULL), ("f32", SINGLE)):
            if name == "log_tail5" and suffix == "f32":
                continue
            p, worst = fit(f, weight, low, high, target, first)
            print(f"/// {what}: error {nstr(log(worst) / log(2), 4)} bits.")
            print(f"inline constexpr std::array<double, {len(p)}> {name}_{suffix} = {{")
            for c in p:
                print(f"    {hex_of(c)},")
            print("};")
    p, worst = remez(lambda m: cbrt(m), lambda m: 1 / cbrt(m), mpf(1), mpf(8), 5)
    print(f"/// cbrt(m) on [1, 8]: relative error {nstr(log(worst) / log(2), 4)} bits.")
    print(f"inline constexpr std::array<double, {len(p)}> cbrt_start = {{")
    for c in p:
        print(f"    {hex_of(c)},")
    print("};\n")
    constants = [("ln2", log(2), 2), ("log2_e", 1 / log(2), 2), ("log10_e", 1 / log(10), 2),
                 ("log10_2", log(2) / log(10), 2), ("half_pi", pi / 2, 3), ("pi", pi, 2),
                 ("quarter_pi", pi / 4, 2), ("three_quarter_pi", 3 * pi / 4, 2),
                 ("two_over_pi", 2 / pi, 1), ("two_thirds", mpf(2) / 3, 2)]
    print("// Numbers as sums of f64: NAME_1 + NAME_2 + ..")
    for name, value, parts in constants:
        for part in range(parts):
            print(f"inline constexpr double {name}_{part + 1} = {hex_of(value)};")
            value = value - mpf(float(value))
    print("\n/// The bits of 2/pi behind the binary point, 64 zeros first.")
    mp.prec = 1600
    bits = int(floor(ldexp(2 / pi, 64 * 20)))
    words = [0] + [(bits >> (64 * (19 - i))) & (2 ** 64 - 1) for i in range(20)]
    print(f"inline constexpr std::array<std::uint64_t, {len(words)}> two_over_pi_words = {{")
    for word in words:
        print(f"    0x{word:016x},")
    print("};\n\n}  // namespace tcc::ir::math")


if __name__ == "__main__":
    main()
