"""Makes the arrays of examples/digits: the data as .npy files, and a small trained network.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 scikit-learn==1.9.1
    venv/bin/python examples/digits/train.py

The network is a perceptron, 64 -> 48 -> 32 -> 10, trained by Adam on the cross entropy with weight
decay. Every fourth image (0, 4, 8, ..; 450 of 1797) is held out: neither training nor any choice made
here looks at it. Seeds are fixed; with the versions above the same files come out.
"""
import pathlib

import numpy as np
from sklearn.datasets import load_digits

FOLDER = pathlib.Path(__file__).parent
WIDTHS = (64, 48, 32, 10)
EPOCHS = 120
BATCH = 64
RATE = 3e-3
DECAY = 1e-3


def forward(x, weights):
    """The inputs of every layer, and the scores."""
    layers = [x]
    for number, (w, b) in enumerate(weights):
        x = layers[-1] @ w + b
        layers.append(x if number + 1 == len(weights) else np.maximum(x, 0))
    return layers


def gradients(layers, weights, labels):
    """Of the mean cross entropy, for each layer's weights and bias."""
    scores = layers[-1]
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    d = e / e.sum(axis=1, keepdims=True)
    d[np.arange(len(labels)), labels] -= 1
    d /= len(labels)
    result = []
    for number in range(len(weights) - 1, -1, -1):
        x, w = layers[number], weights[number][0]
        result.insert(0, (x.T @ d + DECAY * w, d.sum(axis=0)))
        d = (d @ w.T) * (x > 0)
    return result


def train(x, labels):
    generator = np.random.default_rng(1)
    weights = [
        [generator.normal(0, np.sqrt(2 / n), (n, m)), np.zeros(m)] for n, m in zip(WIDTHS, WIDTHS[1:])
    ]
    moments = [[[np.zeros_like(p), np.zeros_like(p)] for p in layer] for layer in weights]
    step = 0
    for epoch in range(EPOCHS):
        rate = RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        order = generator.permutation(len(x))
        for begin in range(0, len(x), BATCH):
            rows = order[begin : begin + BATCH]
            step += 1
            all_gradients = gradients(forward(x[rows], weights), weights, labels[rows])
            for layer, gradient, moment in zip(weights, all_gradients, moments):
                for p, g, (first, second) in zip(layer, gradient, moment):
                    first += 0.1 * (g - first)
                    second += 0.001 * (g * g - second)
                    unbiased = first / (1 - 0.9**step), second / (1 - 0.999**step)
                    p -= rate * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)
    return weights


def main():
    digits = load_digits()
    images = digits.images.astype(np.uint8)  # 0 to 16
    labels = digits.target.astype(np.uint8)
    (FOLDER / "data").mkdir(exist_ok=True)
    np.save(FOLDER / "data" / "images.npy", images)
    np.save(FOLDER / "data" / "labels.npy", labels)

    held_out = np.arange(len(images)) % 4 == 0
    x = images.reshape(-1, 64) / 16.0
    weights = train(x[~held_out], labels[~held_out])
    arrays = {}
    for number, (w, b) in enumerate(weights, 1):
        arrays[f"W{number}"] = w.astype(np.float32)
        arrays[f"b{number}"] = b.astype(np.float32)
    np.savez(FOLDER / "network.npz", **arrays)

    classes = forward(x, weights)[-1].argmax(axis=1)
    for name, rows in (("trained", ~held_out), ("held out", held_out)):
        print(f"{name}: {(classes[rows] == labels[rows]).mean():.4f} of {rows.sum()}")


if __name__ == "__main__":
    main()
