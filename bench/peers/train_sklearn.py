"""The peer of `bench train`: the same recipe in scikit-learn, from the CSV file to all fitted models.

Usage: train_sklearn.py FILE JOBS. Prints one JSON object (see bench/train-output.ts). The variance
inflation factors come from one matrix inverse a round, as fast as NumPy gets them.
"""

import json
import platform
import sys
import time

started = time.perf_counter()

import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import ElasticNet, LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.preprocessing import StandardScaler

NUMERIC = ["temperature", "fuel_price", "cpi", "unemployment"]
CATEGORICAL = ["holiday_flag", "year", "month", "weekday", "store"]
steps = {}


def step(name):
    global started
    now = time.perf_counter()
    steps[name] = (now - started) * 1000
    started = now


def load(path):
    frame = pd.read_csv(path)
    frame.columns = [name.lower() for name in frame.columns]
    frame["date"] = pd.to_datetime(frame["date"], format="%d-%m-%Y")
    frame = frame.sort_values(["store", "date"]).reset_index(drop=True)
    frame["year"] = frame["date"].dt.year
    frame["month"] = frame["date"].dt.month
    frame["weekday"] = frame["date"].dt.day_of_week
    return frame


def without_outliers(frame):
    for column in ["weekly_sales", *NUMERIC]:
        first, third = frame[column].quantile([0.25, 0.75])
        margin = 1.5 * (third - first)
        frame = frame[frame[column].between(first - margin, third + margin)]
    return frame.reset_index(drop=True)


def uncorrelated(train):
    correlation = train.corr().abs().to_numpy()
    twins = (np.triu(correlation, k=1) > 0.95).any(axis=0)
    return [column for column, twin in zip(train.columns, twins) if not twin]


def select(train):
    columns, dropped = uncorrelated(train), []
    while True:
        factors = np.diag(np.linalg.inv(np.corrcoef(train[columns].to_numpy().T)))
        worst = factors.argmax()
        if factors[worst] <= 5:
            return columns, dropped
        dropped.append(columns.pop(worst))


def figures(kind, model, train, validation, parameters):
    return {
        "kind": kind,
        "trainR2": model.score(*train),
        "validationR2": model.score(*validation),
        "validationMse": mean_squared_error(validation[1], model.predict(validation[0])),
        "parameters": parameters,
    }


def main(path, jobs):
    step("start")
    frame = load(path)
    step("read")
    frame = without_outliers(frame)
    blocks = [
        pd.get_dummies(frame[c], prefix=c, drop_first=True, dtype=float) for c in CATEGORICAL
    ]
    encoded = pd.concat([frame[NUMERIC], *blocks], axis=1)
    x, x_test, y, _ = train_test_split(
        encoded, frame["weekly_sales"], test_size=0.2, random_state=42
    )
    scaler = StandardScaler().fit(x)
    x = pd.DataFrame(scaler.transform(x), columns=encoded.columns)
    x_test = pd.DataFrame(scaler.transform(x_test), columns=encoded.columns)
    columns, dropped = select(x)
    step("prepare")

    a, u, b, v = train_test_split(x[columns].to_numpy(), y, test_size=0.2, random_state=42)
    train, validation = (a, b), (u, v)
    linear = LinearRegression().fit(a, b)
    net = GridSearchCV(
        ElasticNet(max_iter=1000, tol=1e-4),
        {"alpha": [0.1, 0.5, 1, 2], "l1_ratio": [0.1, 0.5, 0.9]},
        cv=3,
    ).fit(a, b)
    step("lines")
    forest = GridSearchCV(
        RandomForestRegressor(random_state=42, n_jobs=jobs),
        {"n_estimators": [50, 100], "max_depth": [10, 20], "min_samples_split": [2, 5]},
        cv=3,
    ).fit(a, b)
    step("forest")
    best = forest.best_params_
    models = [
        figures("linear", linear, train, validation, {}),
        figures("elasticNet", net, train, validation, {
            "alpha": net.best_params_["alpha"], "l1Ratio": net.best_params_["l1_ratio"],
        }),
        figures("randomForest", forest, train, validation, {
            "trees": best["n_estimators"],
            "maxDepth": best["max_depth"],
            "minSamplesSplit": best["min_samples_split"],
        }),
    ]
    step("measure")
    print(json.dumps({
        "rows": {
            "clean": len(frame), "train": len(a), "validation": len(u), "test": len(x_test),
        },
        "dropped": dropped,
        "features": len(columns),
        "models": models,
        "steps": steps,
        "versions": {
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
        },
    }))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
