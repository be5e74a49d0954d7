"""NumPy's part of bench/cpu: reads one question a line, answers one line of JSON. See numpy.cpp.

Its argument is the core to run on, or -1.

    {"do": "prepare", "kind": .., "operands": [{"dtype": .., "shape": ..}, ..], "result": ..}
        answered at once; then the operands' bytes are read, and it is answered again
    {"do": "run", "calls": 3, "clock": "wall" or "processor"}       answered with seconds
    {"do": "fetch"}                                 answered, then the result's bytes are written
"""
import json
import os
import sys
import time

try:
    import numpy as np
except ImportError as error:
    sys.exit(str(error))

DTYPES = {"f32": np.float32, "f64": np.float64}


def relu_matmul(y, a, b, bias):
    np.matmul(a, b, out=y)
    np.add(y, bias, out=y)
    np.maximum(y, 0, out=y)


def tanh_chain(y, x, c):
    np.tanh(c, out=y)
    np.multiply(y, np.float32(0.3), out=y)
    np.add(y, np.float32(1.7) * x, out=y)


def softmax(y, x):
    np.subtract(x, x.max(axis=-1, keepdims=True), out=y)
    np.exp(y, out=y)
    np.divide(y, y.sum(axis=-1, keepdims=True), out=y)


def layer_norm(y, x, weight, bias):
    np.subtract(x, x.mean(axis=1, keepdims=True), out=y)
    variance = np.square(y).mean(axis=1, keepdims=True)
    np.multiply(y, 1 / np.sqrt(variance + np.float32(1e-5)), out=y)
    np.multiply(y, weight, out=y)
    np.add(y, bias, out=y)


def perceptron(y, x, *params):
    for weights, bias in zip(params[::2], params[1::2]):
        x = np.maximum(x @ weights + bias, 0)
    np.copyto(y, x)


def attention(y, q, k, v):
    scores = q @ k.transpose(0, 2, 1)
    scores *= np.float32(1 / np.sqrt(q.shape[-1]))
    softmax(scores, scores)
    np.matmul(scores, v, out=y)


WORKS = {
    "matmul": lambda y, a, b: np.matmul(a, b, out=y),
    "relu_matmul": relu_matmul,
    "tanh_chain": tanh_chain,
    "sum": lambda y, x: np.sum(x, out=y),
    "max": lambda y, x: np.max(x, out=y),
    "softmax": softmax,
    "layer_norm": layer_norm,
    "row_sum": lambda y, x: np.sum(x, axis=1, out=y),
    "column_sum": lambda y, x: np.sum(x, axis=0, out=y),
    "transpose": lambda y, x: np.copyto(y, x.T),
    "perceptron": perceptron,
    "attention": attention,
}


def blas():
    """The file name of the BLAS that NumPy has loaded."""
    with open("/proc/self/maps") as maps:
        files = {line.split("/", 1)[1].strip() for line in maps if "/" in line}
    names = sorted(os.path.basename(f) for f in files if "blas" in f.lower() or "mkl" in f)
    return ", ".join(n for n in names if "umath" not in n)


def main():
    questions, answers = sys.stdin.buffer, sys.stdout.buffer

    def answer(value, data=b""):
        answers.write(json.dumps(value).encode() + b"\n")
        answers.write(data)
        answers.flush()

    def read(tensor):
        array = np.empty(tensor["shape"], DTYPES[tensor["dtype"]])
        questions.readinto(memoryview(array.reshape(-1)).cast("B"))
        return array

    core = int(sys.argv[1])
    if core >= 0:
        os.sched_setaffinity(0, {core})
    answer(f"{np.__version__}, {blas()}")
    work = operands = result = None
    for line in questions:
        question = json.loads(line)
        if question["do"] == "prepare":
            answer("ready")
            work = WORKS[question["kind"]]
            operands = [read(tensor) for tensor in question["operands"]]
            result = np.empty(question["result"]["shape"], DTYPES[question["result"]["dtype"]])
            answer("read")
        elif question["do"] == "run":
            clock = time.perf_counter if question["clock"] == "wall" else time.thread_time
            begin = clock()
            for _ in range(question["calls"]):
                work(result, *operands)
            answer(clock() - begin)
        else:
            answer("result", result.tobytes())


main()
