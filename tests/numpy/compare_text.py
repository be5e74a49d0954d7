"""Compares the text of arrays that `tcc run` prints with NumPy's, character by character.

    compare_text.py TCC      the executable; scripts/compare_with_numpy.sh calls this
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

FLOATS = (np.float16, np.float32, np.float64)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
SHAPES = [(), (1,), (7,), (1000,), (1001,), (3, 4), (0,), (0, 3), (3, 0), (2, 0, 2), (2, 3, 4), (1, 1, 1, 1),
          (40, 40), (7, 200), (6, 200), (2, 600), (1, 1, 2000), (12, 12, 12), (2, 2, 2, 2, 130)]


def magnitudes(generator, dtype, shape):
    """Floats of one sort or another, so that each rule of printing is met."""
    count = int(np.prod(shape))
    largest = np.log10(float(np.finfo(dtype).max)) - 1
    sort = generator.integers(0, 8)
    if sort == 0:
        values = generator.uniform(-1, 1, count)
    elif sort == 1:
        values = generator.integers(-1000, 1000, count)
    elif sort == 2:
        values = 10.0 ** generator.uniform(-largest, largest, count)
    elif sort == 3:
        values = generator.uniform(1, 999, count) * 10.0 ** generator.integers(-4, 4)
    elif sort == 4:
        values = generator.integers(-8, 8, count) / 8 * 10.0 ** generator.integers(-3, 9)
    elif sort == 5:
        values = generator.choice([0.0, -0.0, 1.0, 1e-4, 9.9e-5, 1e3, 1e6, 1e8, 999999.0, 1e-45], count)
    elif sort == 6:
        bits = generator.integers(0, 256, count * np.dtype(dtype).itemsize, dtype=np.uint8)
        values = bits.view(dtype).copy()
    else:
        values = generator.uniform(0, 1, count)
    with np.errstate(all="ignore"):
        array = np.asarray(values).astype(dtype)
    if count and generator.integers(0, 4) == 0:
        special = generator.choice([np.nan, np.inf, -np.inf])
        array[generator.integers(0, count)] = special
    return array.reshape(shape)


def arrays(generator, rounds, floats):
    for _ in range(rounds):
        for shape in SHAPES:
            for dtype in floats:
                yield magnitudes(generator, dtype, shape)
            for dtype in INTEGERS:
                info = np.iinfo(dtype)
                limit = 10 ** int(generator.integers(1, 19))
                low, high = max(info.min, -limit), min(info.max, limit)
                yield generator.integers(low, high, shape, dtype=dtype, endpoint=True)
            yield generator.integers(0, 2, shape).astype(np.bool_)
    if np.float16 not in floats:
        return
    # Every f16, a hundred at a time and one by one within that.
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)
    yield from halves.reshape(-1, 128)
    yield from halves[::37].reshape(-1, 1)


class Printer:
    """Programs of many outputs, so that one process prints many arrays."""

    def __init__(self, tcc, folder):
        self.tcc = tcc
        self.folder = pathlib.Path(folder)

    def print(self, batch):
        archive = self.folder / "a.npz"
        np.savez(archive, **{f"x{i}": array for i, array in enumerate(batch)})
        text = "; ".join(f"y{i} = x{i}" for i in range(len(batch)))
        command = [self.tcc, "run", "-e", text]
        for i in range(len(batch)):
            command += ["-i", f"x{i}={archive}:x{i}"]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return printed


def expected(batch):
    names = {"float": "f", "uint": "u", "int": "i"}
    text = ""
    for i, array in enumerate(batch):
        name = array.dtype.name
        for long, short in names.items():
            if name.startswith(long):
                name = name.replace(long, short)
                break
        extents = ", ".join(str(n) for n in array.shape)
        text += f"y{i}: {name}[{extents}]\n" if array.ndim else f"y{i}: {name}\n"
        text += np.array_str(array) + "\n"
    return text


def main():
    generator = np.random.default_rng(20260102)
    probe = [sys.argv[1], "check", "-e", "input x: f16[2]; y = x"]
    knows_f16 = subprocess.run(probe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    everything = list(arrays(generator, 12, FLOATS if knows_f16 else FLOATS[1:]))
    with tempfile.TemporaryDirectory() as folder:
        printer = Printer(sys.argv[1], folder)
        for begin in range(0, len(everything), 50):
            batch = everything[begin:begin + 50]
            got, wanted = printer.print(batch).split("\n"), expected(batch).split("\n")
            for line, (mine, theirs) in enumerate(zip(got, wanted)):
                assert mine == theirs, f"batch {begin}, line {line}:\n{mine}\nNumPy:\n{theirs}"
            assert len(got) == len(wanted)
    print(f"{len(everything)} arrays are printed as NumPy {np.__version__} prints them")


if __name__ == "__main__":
    main()
