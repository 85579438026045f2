# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of a simulated world: who is where, who holds what, what lies where and why, and what everybody believes about it. Later
sentences depend on facts told many sentences before, which is what a language model can know and an n-gram cannot."""
import vocabulary as V

HELD_OUT = 7  # of every eleven (name, thing) pairs one never occurs together in the training text


def held_out(name, thing):
    """Whether this person never owns, wants or seeks such a thing in training."""
    return (V.NAMES.index(name) * 5 + V.THINGS.index(thing) * 3) % 11 == HELD_OUT


class Person:
    def __init__(self, entry):
        self.entry, self.name, self.pronoun, self.zh = entry, entry[0], entry[1], entry[2]
        self.place, self.holds, self.believes, self.feeling, self.reason = None, [], {}, None, None

    @property
    def him(self):
        return "her" if self.pronoun == "she" else "him"

    @property
    def his(self):
        return "her" if self.pronoun == "she" else "his"


class Thing:
    def __init__(self, kind, quality):
        self.kind, self.word, self.zh = kind, f"{quality[0]} {kind[0]}", f"{quality[1]}色的{kind[1]}" if quality[0] in COLOURS else f"{quality[1]}{kind[1]}"
        self.place, self.holder, self.owner, self.by, self.why = None, None, None, None, None

    @property
    def a(self):
        return ("an " if self.word[0] in "aeiou" else "a ") + self.word


COLOURS = {"red", "blue", "green", "yellow", "white", "black"}


class World:
    """Draws every choice from `rng`; `fresh` takes only held-out pairs of people and what they own, training only the others."""

    def __init__(self, rng, fresh=False):
        self.rng, self.fresh = rng, fresh
        self.setting = rng.choice(list(V.SETTINGS))
        self.places = rng.sample(V.SETTINGS[self.setting], rng.randint(3, 5))
        self.people = [Person(e) for e in rng.sample(V.NAMES, rng.randint(2, 4))]
        self.things, kinds = [], rng.sample(V.THINGS, 14)
        qualities = rng.sample(V.QUALITIES, 8)
        for p in self.people:
            p.place = rng.choice(self.places)
            kind = next((k for k in kinds if held_out(p.entry, k) == fresh and k not in [t.kind for t in self.things]), None)
            if kind:
                t = Thing(kind, qualities[len(self.things)])
                t.owner = p
                self.things.append(t)
        free = [k for k in kinds if k not in [t.kind for t in self.things] and not any(held_out(p.entry, k) for p in self.people)]
        for kind in free[:rng.randint(1, 2)]:
            self.things.append(Thing(kind, qualities[len(self.things)]))
        self.holders = {p[1]: rng.choice(V.HOLDERS) for p in self.places}
        for t in self.things:
            if t.owner and rng.random() < 0.5:
                t.owner.holds.append(t)
            else:
                t.place, t.holder = rng.choice(self.places), rng.random() < 0.6
        for p in self.people:
            for t in self.things:
                p.believes[t] = self.where(t)

    def where(self, t):
        """(place, inside the holder there?) or the person that holds it."""
        for p in self.people:
            if t in p.holds:
                return p
        return (t.place, t.holder)

    def seen_by(self, place):
        return [p for p in self.people if p.place is place]

    def learn(self, t, place):
        for p in self.seen_by(place):
            p.believes[t] = self.where(t)


def at(place, inside, holder):
    return f"in the {holder[0]} {place[0]}" if inside else place[0]


ZH_SIDE = {"阳台": "上", "码头": "上", "海滩": "上", "渡船": "上", "城墙": "上", "小山": "上", "操场": "上", "水井": "边", "老橡树": "下", "河边": "", "空地": "上"}


def at_zh(place, inside, holder):
    """Where a thing lies, with the word of place that Chinese wants."""
    return f"{place[2]}的{holder[1]}里" if inside else place[2] + ZH_SIDE.get(place[2], "里")


class Teller:
    """Turns events into English sentences; avoids repeating a name that was just said."""

    def __init__(self, world):
        self.w, self.rng, self.last = world, world.rng, None

    def he(self, p):
        if self.last is p and self.rng.random() < 0.65:
            return p.pronoun.capitalize()
        self.last = p
        return p.name

    def pick(self, *options):
        return self.rng.choice(options)

    def spot(self, t):
        return at(t.place, t.holder, self.w.holders[t.place[1]])

    def opening(self):
        w, pick = self.w, self.pick
        setting = V.SETTING_WORDS[w.setting][0]
        names = [p.name for p in w.people]
        joined = ", ".join(names[:-1]) + " and " + names[-1]
        out = [pick(f"Once upon a time, {joined} lived in {setting}.", f"{joined} were spending the day in {setting}.",
                    f"This is a story about {joined}, who lived in {setting}.", f"In {setting} there lived {len(names)} friends: {joined}.",
                    f"It was a quiet morning in {setting}. {joined} were already awake.")]
        for t in w.things:
            if t.owner:
                out.append(pick(f"{t.owner.name} had {t.a}.", f"{t.owner.name} owned {t.a} and loved it very much.",
                                f"The {t.word} belonged to {t.owner.name}.", f"{t.owner.name} had got {t.a} from {t.owner.his} "
                                + pick("grandmother", "uncle", "aunt", "teacher", "sister", "brother") + "."))
            where = w.where(t)
            if isinstance(where, Person):
                out.append(pick(f"{where.name} carried it everywhere.", f"{where.name} kept it in {where.his} hand.") if t.owner is where else
                           f"{where.name} was carrying the {t.word}.")
            else:
                out.append(pick(f"The {t.word} was {self.spot(t)}.", f"There was {t.a} {self.spot(t)}." if not t.owner else f"It lay {self.spot(t)}."))
        for p in w.people:
            if self.rng.random() < 0.6:
                out.append(pick(f"{p.name} was {p.place[0]}.", f"{p.name} sat {p.place[0]}.", f"{p.name} was waiting {p.place[0]}."))
        self.last = None
        return out

    def weather(self):
        phrase = self.rng.choice(V.WEATHER)[0]
        return [self.pick(phrase.capitalize() + ".", f"Then {phrase}.", f"Suddenly {phrase}.", f"Outside, {phrase}.")]

    def mood(self):
        p = self.rng.choice(self.w.people)
        feeling = self.rng.choice(V.FEELINGS)[0]
        who = self.he(p)
        return [self.pick(f"{who} felt {feeling}.", f"{who} was {feeling} and " + self.pick("sang a song", "said nothing", "sat down", "thought of home",
                          "looked at the sky", "counted to ten", "laughed", "sighed") + ".", f"{who} looked {feeling}.")]

    def pet(self):
        kind, _, sound = self.rng.choice(V.PETS)
        return [self.pick(f"A {kind} ran past.", f'"{sound.capitalize()}!" said the {kind}.', f"The {kind} wanted to play, but nobody had time.",
                          f"A {kind} was asleep " + self.rng.choice(self.w.places)[0] + ".")]

    def move(self):
        w = self.w
        p = self.rng.choice(w.people)
        place = self.rng.choice([x for x in w.places if x is not p.place])
        p.place = place
        who = self.he(p)
        out = [self.pick(f"{who} went to {place[1]}.", f"{who} walked to {place[1]}.", f"{who} ran to {place[1]}.", f"{who} hurried over to {place[1]}.",
                         f"After a while {who if who == p.name else who.lower()} went to {place[1]}.")]
        others = [q for q in w.seen_by(place) if q is not p]
        if others and self.rng.random() < 0.5:
            q = self.rng.choice(others)
            out.append(self.pick(f"{q.name} was there too.", f'"Hello, {q.name}!" said {p.name}.', f"{q.name} smiled at {p.him}."))
        for t in w.things:
            if t.place is place and not t.holder:
                p.believes[t] = w.where(t)
                if self.rng.random() < 0.4:
                    out.append(self.pick(f"{p.name} saw the {t.word} there.", f"The {t.word} lay there."))
        return out

    def take(self):
        w = self.w
        here = [(p, t) for p in w.people for t in w.things if t.place is p.place and t not in p.holds and len(p.holds) < 2 and w.where(t) == (t.place, t.holder)]
        if not here:
            return self.move()
        p, t = self.rng.choice(here)
        spot, place = self.spot(t), t.place
        t.place = None
        p.holds.append(t)
        w.learn(t, place)
        who = self.he(p)
        out = [self.pick(f"{who} took the {t.word}.", f"{who} picked up the {t.word}.", f"{who} found the {t.word} {spot} and took it.",
                         f"{who} reached for the {t.word} and put it in {p.his} pocket.")]
        if t.owner and t.owner is not p and self.rng.random() < 0.5:
            out.append(self.pick(f"It belonged to {t.owner.name}.", f"{t.owner.name} would not like that.",
                                 f'"{t.owner.name} will be looking for it," {p.pronoun} thought.'))
        return out

    def put(self):
        w = self.w
        full = [(p, t) for p in w.people for t in p.holds]
        if not full:
            return self.take()
        p, t = self.rng.choice(full)
        p.holds.remove(t)
        t.place, t.holder, t.by = p.place, self.rng.random() < 0.6, p
        t.why = self.pick("so that nobody would find it", "because it was too heavy", "because it was getting late", "to keep it safe",
                          "because " + p.pronoun + " was tired", "as a surprise")
        w.learn(t, p.place)
        who, spot = self.he(p), self.spot(t)
        return [self.pick(f"{who} put the {t.word} {spot}.", f"{who} left the {t.word} {spot} {t.why}.", f"{who} hid the {t.word} {spot} {t.why}.",
                          f"{who} laid the {t.word} down {spot}.")]

    def give(self):
        w = self.w
        pairs = [(p, q, t) for p in w.people for t in p.holds for q in w.seen_by(p.place) if q is not p]
        if not pairs:
            return self.put() if self.rng.random() < 0.5 else self.move()
        p, q, t = self.rng.choice(pairs)
        p.holds.remove(t)
        q.holds.append(t)
        w.learn(t, p.place)
        who = self.he(p)
        self.last = q
        thanks = self.pick(f'"Thank you, {p.name}," said {q.name}.', f"{q.name} was very happy.", f'"How kind of you!" {q.name} said.', f"{q.name} nodded.")
        back = t.owner is q
        return [self.pick(f"{who} gave the {t.word} to {q.name}.", f"{who} handed {q.name} the {t.word}.") if not back else
                self.pick(f"{who} gave the {t.word} back to {q.name}.", f"{who} returned the {t.word} to {q.name}, because it was {q.his} {t.kind[0]}."), thanks]

    def search(self):
        """Somebody goes where they believe the thing to be, and finds it or does not."""
        w = self.w
        wish = [(p, t) for p in w.people for t in w.things if t.owner is p and t not in p.holds]
        if not wish:
            return self.give()
        p, t = self.rng.choice(wish)
        belief, truth = p.believes[t], w.where(t)
        out = [self.pick(f"{self.he(p)} wanted to have {p.his} {t.word}.", f'"Where is my {t.word}?" asked {p.name}.', f"{p.name} needed the {t.word}.",
                         f"{p.name} was looking for {p.his} {t.word}.")]
        if isinstance(belief, Person):
            if belief is p:
                return out
            out.append(self.pick(f"{p.name} thought that {belief.name} had it.", f"{p.name} went to ask {belief.name}."))
            p.place = belief.place
            if truth is belief:
                belief.holds.remove(t)
                p.holds.append(t)
                out.append(self.pick(f'"Here it is," said {belief.name}, and gave it to {p.him}.', f"{belief.name} gave the {t.word} back."))
            else:
                out.append(self.pick(f'"I do not have it any more," said {belief.name}.', f'"No," said {belief.name}, "ask somebody else."'))
                p.believes[t] = truth if not isinstance(truth, Person) else truth
                if isinstance(truth, Person):
                    out.append(f'"I gave it to {truth.name}," {belief.pronoun} said.' if truth is not p else "")
                else:
                    out.append(f'"It is {at(truth[0], truth[1], w.holders[truth[0][1]])}," {belief.pronoun} said.')
        else:
            place, inside = belief
            p.place = place
            out.append(self.pick(f"{p.name} went to {place[1]} and looked {at(place, inside, w.holders[place[1]])}.",
                                 f"{p.name} remembered that it was {at(place, inside, w.holders[place[1]])}, and went there."))
            if truth == belief:
                t.place = None
                p.holds.append(t)
                w.learn(t, place)
                out.append(self.pick(f"There it was! {p.name} took it.", f"And there was the {t.word}. {p.name} picked it up."))
            else:
                out.append(self.pick("But it was not there.", f"But the {t.word} was gone.", f"The {w.holders[place[1]][0]} was empty." if inside else "There was nothing."))
                if isinstance(truth, Person):
                    out.append(self.pick(f"{truth.name} had it.", f"{truth.name} had taken it, but {p.name} did not know that.",
                                         f"Nobody told {p.him} that {truth.name} had it."))
                else:
                    who = t.by.name if t.by else "Somebody"
                    out.append(f"{who} had put it {self.spot(t)}" + (f" {t.why}." if t.why and self.rng.random() < 0.5 else "."))
        self.last = p
        return [s for s in out if s]

    def ask(self):
        """Two people in one place; one tells where a thing is, and the other believes it."""
        w = self.w
        pairs = [(p, q) for p in w.people for q in w.people if p is not q and p.place is q.place]
        if not pairs:
            return self.move()
        p, q = self.rng.choice(pairs)
        t = self.rng.choice(w.things)
        belief = q.believes[t]
        out = [self.pick(f'"Do you know where the {t.word} is?" {p.name} asked {q.name}.', f'{p.name} asked {q.name}: "Where is the {t.word}?"',
                         f'"Have you seen the {t.word}?" asked {p.name}.')]
        if belief is q:
            out.append(self.pick(f'"I have it here," said {q.name}.', f'"In my pocket," {q.name} answered.'))
        elif isinstance(belief, Person):
            out.append(self.pick(f'"{belief.name} has it," said {q.name}.', f'"I think {belief.name} has it," {q.name} answered.') if belief is not p else
                       self.pick(f'"But you have it yourself!" said {q.name}.', f'{q.name} laughed. "You have it, {p.name}!"'))
        else:
            spot = at(belief[0], belief[1], w.holders[belief[0][1]])
            out.append(self.pick(f'"It is {spot}," said {q.name}.', f'"I saw it {spot}," {q.name} answered.', f'"Look {spot}," said {q.name}.'))
        p.believes[t] = belief
        self.last = None
        return out

    def meal(self):
        p = self.rng.choice(self.w.people)
        food = self.rng.choice(V.FOODS)[0]
        a = "some cheese" if food == "cheese" else ("an " if food[0] in "aeiou" else "a ") + food
        who = self.he(p)
        return [self.pick(f"{who} ate {a}.", f"{who} shared {a} with everybody {p.place[0]}.", f"{who} had {a} for lunch.", f"{who} was hungry and looked for {a}.")]

    EVENTS = [("move", 5), ("take", 4), ("put", 4), ("give", 3), ("search", 4), ("ask", 3), ("meal", 1), ("weather", 1), ("mood", 2), ("pet", 1)]

    def ending(self):
        w, out = self.w, []
        if self.rng.random() < 0.5:
            for t in self.rng.sample(w.things, min(len(w.things), self.rng.randint(1, 3))):
                where = w.where(t)
                answer = f"{where.name} has it" if isinstance(where, Person) else f"It is {self.spot(t)}"
                why = f", because {t.by.name} put it there" if not isinstance(where, Person) and t.by else ""
                out.append(f"Question: Where is the {t.word}? Answer: {answer}{why}.")
            for p in self.rng.sample(w.people, 1):
                out.append(f"Question: Where is {p.name}? Answer: {p.name} is {p.place[0]}.")
        else:
            for p in w.people:
                has = " and ".join("the " + t.word for t in p.holds)
                out.append(self.pick(f"In the evening {p.name} was {p.place[0]}" + (f" with {has}." if has else "."),
                                     f"At last {p.name} " + (f"had {has}" if has else "had nothing") + f" and stayed {p.place[0]}."))
            out.append(self.pick("And so the day ended.", "Then they all went to sleep.", "The end.", "Everybody was happy."))
        return out


def english(rng, fresh=False):
    world = World(rng, fresh)
    teller = Teller(world)
    names, weights = zip(*Teller.EVENTS)
    paragraphs = [teller.opening()]
    for _ in range(rng.randint(2, 4)):
        paragraph = []
        for name in rng.choices(names, weights, k=rng.randint(3, 7)):
            paragraph += getattr(teller, name)()
        paragraphs.append(paragraph)
    if rng.random() < 0.85:
        paragraphs.append(teller.ending())
    return "\n\n".join(" ".join(p) for p in paragraphs)


def chinese(rng, fresh=False):
    """The same world told in Chinese, with fewer kinds of events."""
    w = World(rng, fresh)
    pick = rng.choice
    names = "、".join(p.zh for p in w.people)
    out = [pick([f"从前，{names}住在{V.SETTING_WORDS[w.setting][1]}里。", f"{names}在{V.SETTING_WORDS[w.setting][1]}里玩。"])]
    for t in w.things:
        where = w.where(t)
        if t.owner:
            out.append(pick([f"{t.owner.zh}有一个{t.zh}。", f"{t.zh}是{t.owner.zh}的。"]))
        out.append(f"{where.zh}拿着它。" if isinstance(where, Person) else f"{t.zh}在{at_zh(t.place, t.holder, w.holders[t.place[1]])}。")
    for _ in range(rng.randint(6, 14)):
        p, r = pick(w.people), rng.random()
        here = [t for t in w.things if t.place is p.place]
        if r < 0.3 or (not p.holds and not here):
            p.place = pick([x for x in w.places if x is not p.place])
            out.append(pick([f"{p.zh}去了{p.place[2]}。", f"{p.zh}走到{p.place[2]}。", f"后来{p.zh}来到{p.place[2]}。"]))
        elif r < 0.6 and here:
            t = pick(here)
            t.place = None
            p.holds.append(t)
            out.append(pick([f"{p.zh}拿起了{t.zh}。", f"{p.zh}找到了{t.zh}。"]))
        elif r < 0.85 and p.holds:
            t = pick(p.holds)
            p.holds.remove(t)
            t.place, t.holder, t.by = p.place, rng.random() < 0.6, p
            out.append(pick([f"{p.zh}把{t.zh}放在{at_zh(t.place, t.holder, w.holders[t.place[1]])}。", f"{p.zh}把{t.zh}藏在{at_zh(t.place, t.holder, w.holders[t.place[1]])}。"]))
        elif r < 0.93:
            out.append(f"{p.zh}觉得很{pick(V.FEELINGS)[1]}。")
        else:
            out.append(pick(V.WEATHER)[1] + "。")
    for t in rng.sample(w.things, min(2, len(w.things))):
        where = w.where(t)
        out.append(f"问：{t.zh}在哪里？答：" + (f"在{where.zh}那里。" if isinstance(where, Person) else f"在{at_zh(t.place, t.holder, w.holders[t.place[1]])}。"))
    return "".join(out)
