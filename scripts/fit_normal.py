#!/usr/bin/env python3
"""Computes the coefficients of `normal_of` in frontend/library.tc.

The inverse of the normal distribution at u is y P(w) with y = 2 u - 1 and w = -log(1 - y^2): the
form of Giles (Approximating the erfinv function, GPU Computing Gems, 2011), with coefficients of our
own. P is a polynomial in w - 2.5 up to w = 5, in sqrt(w) - 3 beyond. Remez exchange on the relative
error, as in scripts/fit_elementary.py; coefficients are rounded to f32. Needs mpmath:

    python3 scripts/fit_normal.py
"""
import math
import struct

from mpmath import erfc, erfinv, exp, expm1, mp, mpf, nstr, pi, sqrt

from fit_elementary import remez

mp.dps = 30


def central(v):
    w = v + mpf("2.5")
    if w < mpf(10) ** -12:
        return sqrt(pi / 2)
    y = sqrt(-expm1(-w))
    return sqrt(2) * erfinv(y) / y


def tail(v):
    w = (v + 3) ** 2
    y = sqrt(-expm1(-w))
    rest = exp(-w) / (1 + y)  # 1 - y, without cancellation
    x = sqrt(w) * mpf("0.9")
    for _ in range(60):  # Newton's method on erfc(x) = 1 - y
        step = (erfc(x) - rest) / (2 / sqrt(pi) * exp(-x * x))
        x += step
        if abs(step) < mpf(10) ** -25:
            break
    return sqrt(2) * x / y


def to_f32(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def print_polynomial(name, f, low, high, degree):
    p, worst = remez(f, lambda v: 1 / f(v), low, high, degree)
    print(f"{name}: error 2^{math.log2(worst):.1f}")
    for i, coefficient in enumerate(p):
        print(f"  v^{i}: {to_f32(coefficient)!r}")


if __name__ == "__main__":
    print_polynomial("w - 2.5", central, mpf("-2.5"), mpf("2.5"), 8)
    print_polynomial("sqrt(w) - 3", tail, sqrt(mpf(5)) - 3, mpf(1), 8)
