#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole comparison of assets/segmentation/models/README.md by one command: TinyPrompt with and without its GCN block, disk,
flood fill and geodesic distance by the program's own bench, and GrabCut of OpenCV, under the same simulated clicks on the same
pictures: three generated sets that are made here from their seeds, and the photographs of the tests.

    /usr/bin/python3 assets/segmentation/compare.py --cli build/orrery-cli --out out/compare [--weights FILE] [--only NAME ...]

Every result is a file in the folder; what is there already is not measured again, so that a run may be stopped and taken up.
tables.md holds the tables. Needs what training/evaluate.py needs."""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TRAINING = os.path.join(HERE, "training")
PHOTOGRAPHS = os.path.join(HERE, "..", "..", "tests", "segmentation", "photographs")
SETS = {"a-known": "(a) generated, families of the training",
        "b-shapes": "(b) generated, held-out shapes (rings, mirrored outlines)",
        "c-textures": "(c) generated, held-out textures (Worley, wood) under harder light",
        "photographs": "(d) 47 photographs, masks drawn by hand"}


def made(path, command, **environment):
    """The command's output in a file, which appears only when it is complete."""
    if os.path.exists(path):
        return path
    print(os.path.basename(path), flush=True)
    with open(path + ".part", "wb") as out:
        subprocess.run(command, stdout=out, check=True, env={**os.environ, **environment})
    os.replace(path + ".part", path)
    return path


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--cli", default="build/orrery-cli", help="the program")
    p.add_argument("--out", required=True)
    p.add_argument("--weights", help="another model, measured beside the built-in one")
    p.add_argument("--only", nargs="+", choices=list(SETS), default=list(SETS))
    a = p.parse_args()
    python = [sys.executable, "-B"]
    sets = os.path.join(a.out, "sets")
    os.makedirs(a.out, exist_ok=True)
    if not os.path.exists(os.path.join(sets, "complete")):
        subprocess.run([*python, os.path.join(TRAINING, "evaluate.py"), "sets", "--out", sets], check=True)
        open(os.path.join(sets, "complete"), "w").close()
    rows = []
    for name in a.only:
        folder = PHOTOGRAPHS if name == "photographs" else os.path.join(sets, name)
        own = made(os.path.join(a.out, name + ".json"), [a.cli, "bench", "segmentation", "--json"],
                   ORRERY_PICTURES=folder + ("@" + os.path.abspath(a.weights) if a.weights else ""))
        peer = made(os.path.join(a.out, name + ".jsonl"),
                    [*python, os.path.join(TRAINING, "evaluate.py"), "measure", folder, "--peer", "grabcut"])
        rows.append(f"{SETS[name]}={own},{peer}")
    tables = os.path.join(a.out, "tables.md")
    with open(tables, "wb") as out:
        subprocess.run([*python, os.path.join(TRAINING, "table.py"), *rows], stdout=out, check=True)
    print(open(tables).read())


if __name__ == "__main__":
    main()
