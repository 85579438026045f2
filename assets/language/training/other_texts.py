# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not a story: records that copy themselves (lists, tables, JSON, code), sums and sorting written out, dialogues that obey."""
import json

import vocabulary as V


def _person(rng):
    return rng.choice(V.NAMES)[0]


def _item(rng):
    return f"{rng.choice(V.QUALITIES)[0]} {rng.choice(V.THINGS)[0]}"


def json_record(rng):
    rows = [{"id": rng.randint(100, 999), "name": _person(rng), "item": _item(rng), "count": rng.randint(1, 20),
             "place": rng.choice(V.SETTINGS[rng.choice(list(V.SETTINGS))])[1][4:]} for _ in range(rng.randint(2, 5))]
    text = json.dumps(rows, indent=1)
    total = sum(r["count"] for r in rows)
    again = json.dumps(sorted(rows, key=lambda r: r["name"]), indent=1)
    return f"{text}\nSorted by name:\n{again}\nTotal: {total}"


def table(rng):
    people = rng.sample(V.NAMES, rng.randint(3, 6))
    rows = [(p[0], _item(rng), rng.randint(1, 99)) for p in people]
    lines = ["| name | item | price |", "|---|---|---|"] + [f"| {a} | {b} | {c} |" for a, b, c in rows]
    a, b, c = rng.choice(rows)
    low = min(rows, key=lambda r: r[2])
    return "\n".join(lines) + f"\n\n{a} has the {b}, which costs {c}.\nThe cheapest is the {low[1]} of {low[0]}, which costs {low[2]}."


def packing_list(rng):
    things = [_item(rng) for _ in range(rng.randint(4, 8))]
    name = _person(rng)
    out = [f"{name} packs:"] + [f"- {t}" for t in things]
    gone = rng.choice(things)
    out += [f"{name} loses the {gone}. What is left:"] + [f"- {t}" for t in things if t is not gone]
    return "\n".join(out)


def code(rng):
    thing, other = (t[0] for t in rng.sample(V.THINGS, 2))
    op, word = rng.choice([("+", "sum"), ("-", "difference"), ("*", "product")])
    a, b = rng.randint(1, 12), rng.randint(1, 12)
    value = {"+": a + b, "-": a - b, "*": a * b}[op]
    return (f"def {word}_of_{thing}s({thing}, {other}):\n    result = {thing} {op} {other}\n    return result\n\n"
            f"# {word}_of_{thing}s({a}, {b}) gives {value}\nfor {thing} in range({a}):\n    print({word}_of_{thing}s({thing}, {b}))")


def sums(rng):
    lines = []
    for _ in range(rng.randint(3, 8)):
        kind = rng.random()
        if kind < 0.4:
            a, b = rng.randint(1, 999), rng.randint(1, 999)
            lines.append(f"{a} + {b} = {a + b}")
        elif kind < 0.6:
            a, b = rng.randint(1, 999), rng.randint(1, 999)
            a, b = max(a, b), min(a, b)
            lines.append(f"{a} - {b} = {a - b}")
        elif kind < 0.8:
            a, b = rng.randint(2, 12), rng.randint(2, 12)
            lines.append(f"{a} x {b} = {a * b}")
        else:
            start, step = rng.randint(1, 50), rng.randint(1, 9)
            lines.append("Count: " + ", ".join(str(start + step * i) for i in range(rng.randint(5, 10))))
    return "\n".join(lines)


def sorting(rng):
    values = rng.sample(range(1, 100), rng.randint(4, 7))
    out = ["Sort " + " ".join(map(str, values))]
    for i in range(len(values)):
        k = min(range(i, len(values)), key=values.__getitem__)
        if k != i:
            values[i], values[k] = values[k], values[i]
            out.append("swap: " + " ".join(map(str, values)))
    return "\n".join(out + ["done: " + " ".join(map(str, values))])


def dialogue(rng):
    """Turns marked by the two special tokens; what is asked for can be done from the words of the question."""
    out = []
    for _ in range(rng.randint(1, 4)):
        name, item, place = _person(rng), _item(rng), rng.choice(V.SETTINGS[rng.choice(list(V.SETTINGS))])
        kind = rng.randint(0, 6)
        if kind == 0:
            ask, answer = f"Please repeat: {name} left the {item} {place[0]}.", f"{name} left the {item} {place[0]}."
        elif kind == 1:
            ask, answer = f"{name} left the {item} {place[0]}. Where is the {item}?", f"The {item} is {place[0]}."
        elif kind == 2:
            words = [t[0] for t in rng.sample(V.THINGS, rng.randint(3, 5))]
            ask, answer = "Say these words backwards: " + ", ".join(words), ", ".join(reversed(words))
        elif kind == 3:
            ask, answer = f"Spell the word {item.split()[1]}.", "-".join(item.split()[1])
        elif kind == 4:
            a, b = rng.randint(1, 99), rng.randint(1, 99)
            ask, answer = f"How much is {a} plus {b}?", f"{a} plus {b} is {a + b}."
        elif kind == 5:
            ask, answer = f"Write a sentence with {name} and {item}.", rng.choice(
                [f"{name} has lost the {item}.", f"The {item} belongs to {name}.", f"Yesterday {name} bought the {item}.", f"{name} dreams of the {item}."])
        else:
            zh = rng.choice(V.THINGS)
            ask, answer = rng.choice([(f"What is {zh[0]} in Chinese?", zh[1]), (f"“{zh[1]}”用英语怎么说？", zh[0])])
        out.append(f"<|user|>{ask}<|assistant|>{answer}")
    return "\n".join(out)
