#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants faults into the embedding lab, one at a time, and asks the tests that should notice.

    tests/embedding/faults.py [--build build] [--list] [PART OF A NAME ...]

Each row: what is wrong, the file (in engine/labs/embedding), what stands there, what is put instead, the test, its function. A copy of
the file with the fault is compiled and linked in front of the library: sources and build folder stay as they are. A row whose text
stands there not exactly once, or that does not build, is an error of its own; so is a test that fails without a fault. A fault that no
test notices is a survivor: exit code 1. Tests that need scikit-learn's data are not counted on, unless a row says so ("sklearn" in its
name)."""
import argparse
import functools
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAULTS = [
    # principal components
    ("variance over n", "pca.cpp", "sum /= double(n - 1);", "sum /= double(n);", "pca", "threeHundredDimensions"),
    ("sign the other way", "pca.cpp", "if (v[largest] < 0) v = -v;", "if (v[largest] > 0) v = -v;", "pca", "threeHundredDimensions"),
    ("mean left in", "pca.cpp", "to[d] = row[d] - m[d];", "to[d] = row[d];", "pca", "threeHundredDimensions"),
    ("too few power iterations", "pca.cpp", "constexpr int iterations = 7;", "constexpr int iterations = 0;", "pca", "threeHundredDimensions"),
    ("an axis not to scale", "pca.cpp", "float(along[d] / along.squaredNorm())", "float(along[d] / along.norm())", "pca", "axesOfMyOwn"),
    ("random directions not to scale", "pca.cpp", "/ std::sqrt(double(components)));", ");", "pca", "randomDirectionsKeepDistances"),
    # neighbours
    ("ties the other way round", "neighbours.cpp", "std::partial_sort(sorted.begin(), sorted.begin() + k, sorted.end());", "std::partial_sort(sorted.begin(), sorted.begin() + k, sorted.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.second > b.second; });", "neighbours", "exactIsExact"),
    ("rounding not bounded", "neighbours_rows.cpp", "return 2 * double(D + 8) * 0x1p-24;", "return 0 * double(D);", "neighbours", "farFromTheOriginToo"),
    ("its own neighbour", "neighbours.cpp", "if (self.empty() || self[std::size_t(query)] != each.index)", "", "neighbours", "exactIsExact"),
    ("zeros have an angle", "neighbours.cpp", "return aa > 0 && bb > 0 ? 1 - sum / std::sqrt(aa * bb) : 1;", "return aa > 0 && bb > 0 ? 1 - sum / std::sqrt(aa * bb) : 0;", "neighbours", "degenerateTables"),
    # t-SNE: probabilities
    ("perplexity to four digits", "affinity.cpp", "if (std::abs(found - wanted) < 1e-12) break;", "if (std::abs(found - wanted) < 1e-5) break;", "tsne", "perplexityIsMetOrClamped"),
    ("perplexity in bits", "affinity.cpp", "const double wanted = std::log(perplexity);", "const double wanted = std::log2(perplexity);", "tsne", "twoNeighboursInClosedForm"),
    ("distances not squared", "affinity.cpp", "squared[std::size_t(j)] = d * d;", "squared[std::size_t(j)] = d;", "steps", "jointProbabilities"),
    ("P + P' not halved", "affinity.cpp", "scale * 0.5F * entry.second", "scale * entry.second", "steps", "jointProbabilities"),
    ("P' forgotten", "affinity.cpp", "= {std::int32_t(i), value};", "= {std::int32_t(i), 0.0F};", "steps", "jointProbabilities"),
    ("entropy over all entries as if equal", "affinity.cpp", "result.entropy += double(p) * std::log(double(p));", "result.entropy += double(p) * std::log(1 / double(n));", "tsne", "theFirstLossIsKnown"),
    # t-SNE: steps
    ("exaggerated one step too long", "tsne.cpp", "const double exaggeration = number < tuning.exaggerated ? tuning.exaggeration : tuning.laterExaggeration;\n    const double rate", "const double exaggeration = number <= tuning.exaggerated ? tuning.exaggeration : tuning.laterExaggeration;\n    const double rate", "steps", "tsneFollowsItsRules"),
    ("rate does not know of exaggeration", "tsne.cpp", "double(y.n) / (4 * std::max(1.0, exaggeration))", "double(y.n) / 4", "steps", "tsneFollowsItsRules"),
    ("momentum carried over the switch", "tsne.cpp", "number == tuning.exaggerated)", "number == -tuning.exaggerated)", "steps", "tsneFollowsItsRules"),
    ("momentum added to itself", "tsne.cpp", "speed[d][i] = rule.momentum * speed[d][i] -", "speed[d][i] = speed[d][i] -", "steps", "tsneFollowsItsRules"),
    ("gains grow by a tenth", "tsne.cpp", ": gains[d][i] + 0.2F;", ": gains[d][i] + 0.1F;", "steps", "tsneFollowsItsRules"),
    ("gains have no floor", "tsne.cpp", "0.8F * gains[d][i] + float(minimumGain)", "0.8F * gains[d][i]", "steps", "tsneFollowsItsRules"),
    ("gains the wrong way round", "tsne.cpp", "(g > 0 && speed[d][i] > 0) || (g < 0 && speed[d][i] < 0)", "(g > 0 && speed[d][i] < 0) || (g < 0 && speed[d][i] > 0)", "steps", "tsneFollowsItsRules"),
    ("what lies still counts as turned, on one side", "tsne.cpp", "(g > 0 && speed[d][i] > 0) || (g < 0 && speed[d][i] < 0)", "(g > 0) == (speed[d][i] > 0)", "steps", "aMirroredStartGivesTheMirroredPicture"),
    ("factor 2 in a step", "tsne.cpp", "const float g = 4 * (rule.pull", "const float g = 2 * (rule.pull", "steps", "tsneFollowsItsRules"),
    ("factor 2 in the gradient", "tsne.cpp", "out[d][i] = float(4 * (exaggeration", "out[d][i] = float(2 * (exaggeration", "tsne", "gradientIsTheSlope"),
    ("steps of any length", "tsne.cpp", "longestStep = 5,", "longestStep = 50,", "steps", "tsneFollowsItsRules"),
    ("not centred", "tsne.cpp", "    centre(y);\n}", "}", "steps", "tsneFollowsItsRules"),
    ("loss exaggerated", "tsne.cpp", "Loss Tsne::loss(const State& state, const Tuning&) {", "Loss Tsne::loss(const State& state, const Tuning& t) {\n    if (t.exaggeration > 2) return {};", "steps", "theLossIsNotExaggerated"),
    ("begins a hundred times too large", "tsne.cpp", "deviation > 0 ? 1e-4 / deviation : 1", "deviation > 0 ? 1e-2 / deviation : 1", "steps", "tsneBeginsSmall"),
    ("itself in Z", "repulsion.cpp", "double(sum8(sum)) - 1;", "double(sum8(sum));", "tsne", "gradientIsTheSlope"),
    ("w instead of w squared", "repulsion.cpp", "w2 = w * w;", "w2 = w;", "tsne", "gradientIsTheSlope"),
    ("itself in Z of the grid", "repulsion_grid.cpp", "const double self = offset > 0 ? 0 : 1;", "const double self = 0;", "tsne", "gridIsAllPairs"),
    ("grid read half a cell beside where it was spread", "repulsion_grid.cpp", "placeOf(origin, length)", "placeOf({origin[0] + spacing / 2, origin[1] + spacing / 2, origin[2]}, length)", "tsne", "gridIsAllPairs"),
    ("grid a quarter coarser", "repulsion.h", "double spacing = 0.2;", "double spacing = 0.25;", "tsne", "gridOfTightClusters"),
    ("splines of the next node", "grid_points.cpp", "((degree - i) * below + (i + 1) * own) / degree", "((degree - i) * below + i * own) / degree", "tsne", "gridIsAllPairs"),
    ("slope of another power", "grid_points.cpp", "slope = slope * t + value;", "slope = slope * t + t * value;", "tsne", "gridIsAllPairs"),
    ("axes exchanged when read", "grid_points.cpp", "slope[1][i] = scale * sum8(value * b.slope);", "slope[1][i] = scale * sum8(steep * b.weight);", "tsne", "gridIsAllPairs"),
    ("one spline's blur left in", "grid_kernel.cpp", "* wave / length), -2); }", "* wave / length), -1); }", "tsne", "gridIsAllPairs"),
    ("grid wraps around", "grid_kernel.cpp", "(a <= L / 2 ? a : a - L), 2);", "(a <= L / 4 ? a : a - L), 2);", "tsne", "gridIsAllPairs"),
    # UMAP
    ("curve without its offset", "curve.cpp", "std::exp(-(d - minDist) / spread)", "std::exp(-d / spread)", "umap", "curves"),
    ("union is a sum", "fuzzy.cpp", "sum - std::max(0.0, sum * sum - square) / 2", "sum", "umap", "membershipsAddUp"),
    ("log2 of one neighbour fewer", "fuzzy.cpp", "std::log2(double(distances.size()) + 1)", "std::log2(double(distances.size()))", "umap", "membershipsAddUp"),
    ("rho of a twin", "fuzzy.cpp", "if (d > 0 && (m.rho == 0 || d < m.rho)) m.rho = d;", "m.rho = distances[0];", "umap", "sigmaHasAFloor"),
    ("sigma without a floor", "fuzzy.cpp", "const double least = 1e-3 * (m.rho > 0 ? mean : meanOfAll);", "const double least = 1e-9 * (m.rho > 0 ? mean : meanOfAll);", "umap", "sigmaHasAFloor"),
    ("edges due half as often", "umap.cpp", "if (at >= rate[e]) continue;", "if (at >= rate[e] / 2) continue;", "steps", "umapPullsAndPushes"),
    ("one end of an edge moves", "umap.cpp", "pulls(own, c, true, 2)", "pulls(own, c, true, 1)", "steps", "umapPullsAndPushes"),
    ("forces clipped at eight", "umap.cpp", "most8(all(-4), least8(all(4), factor * delta[d]))", "most8(all(-8), least8(all(8), factor * delta[d]))", "steps", "umapPullsAndPushes"),
    ("pull without its derivative", "umap.cpp", "float(-2 * t.a * t.b)", "float(-2 * t.a)", "steps", "umapPullsAndPushes"),
    ("push ten times softer when near", "umap.cpp", "(square + 0.001F)", "(square + 0.01F)", "steps", "umapPullsAndPushes"),
    ("one point pushed too few", "umap.cpp", "p < due * std::uint64_t(negatives)", "p < due * std::uint64_t(negatives - 1)", "steps", "umapPullsAndPushes"),
    ("pushed by half of the points", "umap.cpp", "(word & 0xFFFFFFFF) * n >> 32", "(word & 0x7FFFFFFF) * n >> 32", "steps", "umapPullsAndPushes"),
    ("Adam remembers ten times longer", "umap.cpp", "second = 0.9F", "second = 0.99F", "steps", "umapMovesByAdam"),
    ("rate does not fall", "umap.cpp", "1 - double(number) / std::max(1, tuning.epochs)", "1.0", "steps", "umapMovesByAdam"),
    ("begins between 0 and 1", "umap.cpp", "high > low ? 10 / (high - low) : 0", "high > low ? 1 / (high - low) : 0", "steps", "umapBeginsBetweenZeroAndTen"),
    # how far a picture can be believed
    ("trustworthiness: another normaliser", "quality.cpp", "2 * double(n) - 3 * double(k) - 1", "2 * double(n) - 3 * double(k) + 1", "neighbours", "qualityByItsDefinition"),
    ("continuity is trustworthiness again", "quality.cpp", "misplaced(s.nearTable, k, s.picture.data(), n, kthPicture)", "misplaced(s.nearPicture, k, table, n, kthTable)", "neighbours", "qualityByItsDefinition"),
    ("recall counts the row itself", "quality.cpp", "std::numeric_limits<float>::infinity(); // not its own neighbour", "-1.0F;", "neighbours", "qualityByItsDefinition"),
    ("ranks begin at 0", "quality.cpp", "sum += double(nearer + 1 - k);", "sum += double(nearer - k);", "neighbours", "qualityByItsDefinition"),
    ("five votes (sklearn)", "quality.cpp", "constexpr std::int64_t votes = 10;", "constexpr std::int64_t votes = 5;", "neighbours", "digitsAreJudgedAsByScikit"),
    ("errors as if rows were drawn again and again", "quality.cpp", "* (1 - m / double(n))", "* 0.0001", "neighbours", "samplesSayHowSure"),
    # word vectors
    ("noise without its power", "words_sampling.cpp", "std::pow(double(counts[w]), power)", "double(counts[w])", "words_training", "noise"),
    ("alias gives away too little", "words_sampling.cpp", "share[std::size_t(large)] -= 1 - share[std::size_t(small)];", "share[std::size_t(large)] -= share[std::size_t(small)];", "words_training", "noise"),
    ("frequent words kept by the root alone", "words_sampling.cpp", "std::min(1.0, std::sqrt(t) + t)", "std::min(1.0, std::sqrt(t))", "words_training", "windowsAndSubsampling"),
    ("windows one word wider", "words_sampling.cpp", "m_settings.shrink ? 1 + (", "m_settings.shrink ? 2 + (", "words_training", "windowsAndSubsampling"),
    ("windows do not shrink", "words_sampling.cpp", "m_settings.shrink ?", "m_settings.window < 0 ?", "words_training", "windowsAndSubsampling"),
    ("the centre is pushed away where hits do not count", "words_sampling.cpp", "m_settings.countHits ? 1 : 0", "1", "words_training", "gradients"),
    ("words drawn twice count once", "words_sampling.cpp", "window.negative[std::size_t(entry)] += 1;", "window.negative[std::size_t(entry)] = 1;", "words_training", "skipGramIsShiftedPmi"),
    ("CBOW sums its context", "words_window.cpp", "addScaled(row, gradient, window.times[std::size_t(c)] / all, stride);", "addScaled(row, gradient, window.times[std::size_t(c)], stride);", "words_training", "gradients"),
    ("the rate does not fall", "words_negative.cpp", "std::max(1e-4, 1 - done)", "1", "words_rules", "theRateFallsInALine"),
    ("vectors begin twice as large", "words_negative.cpp", "float((unit - 0.5) / state.dims)", "float((2 * unit - 1) / state.dims)", "words_rules", "theBeginning"),
    ("GloVe: weight without its power", "words_glove.cpp", "std::pow(p.count / m_settings.most, m_settings.power)", "p.count / m_settings.most", "words_rules", "gloveFollowsItsRules"),
    ("GloVe: a bias forgotten", "words_glove.cpp", "+ b + c - std::log", "+ b - std::log", "words_rules", "gloveFollowsItsRules"),
    ("GloVe: biases without AdaGrad", "words_glove.cpp", "bb += factor * factor, cc += factor * factor;", "", "words_rules", "gloveFollowsItsRules"),
    ("GloVe: count for its logarithm", "words_glove.cpp", "- std::log(p.count);", "- std::log1p(p.count);", "words_rules", "gloveFollowsItsRules"),
    ("GloVe: near and far alike", "words_glove.cpp", "return 1.0 / distance;", "return 1.0 + 0 * distance;", "words_training", "pairCounts"),
    ("GloVe: the last pairs of a pass left out", "words_glove.cpp", "(count + m_perRound - 1) / m_perRound", "count / m_perRound", "words_rules", "glovePassesSeeEveryPairOnce"),
    ("PMI: marginal of the other side", "words_pmi.cpp", "marginal[std::size_t(w)] * marginal[std::size_t(c)]", "marginal[std::size_t(w)] * marginal[std::size_t(w)]", "words_training", "skipGramIsShiftedPmi"),
    ("a question's third word may answer it", "words_analogy.cpp", "row == question[0] || row == question[1] || row == question[2]", "row == question[0] || row == question[1]", "words_analogy", "askedWordsDoNotAnswer"),
    ("a question's second word may answer it", "words_analogy.cpp", "row == question[0] || row == question[1] || row == question[2]", "row == question[0] || row == question[2]", "words_analogy", "askedWordsDoNotAnswer"),
    ("asked words are counted in ranks without them", "words_analogy.cpp", "asked ? 0 : ++others", "++others", "words_analogy", "ranks"),
    ("3CosMul of bare cosines", "words_analogy.cpp", "return (1 + cosine) / 2 + epsilon;", "return cosine + epsilon;", "words_analogy", "ranks"),
    # files
    ("big-endian vectors pass", "read_vectors_binary.cpp", "4 * odd > seen && 8 * oddSwapped < odd", "odd > 9 * seen", "tables", "refused"),
    ("a line end belongs to the next word", "read_vectors_binary.cpp", "while (at < bytes.size() && bytes[at] == '\\n') ++at; // some", "// some", "tables", "everyFormatGivesTheSameBits"),
    ("infinite numbers pass", "read_vectors_binary.cpp", "if (!std::isfinite(out[d])) {", "if (false) {", "tables", "refused"),
    ("a header may announce too many words", "read_vectors_text.cpp", "if (header && there < header->rows && !enough)", "if (header && there + 1 < header->rows && !enough)", "tables", "refused"),
    ("a line of blanks is a row", "read_vectors_text.cpp", "while (!line.empty() && parting(line.back())) line.remove_suffix(1);", "", "vectors", "rowsStandInTheirPlace"),
    ("words end at their first blank", "read_vectors_text.cpp", "const std::string_view last = fields[first - 1];", "const std::string_view last = fields[0];", "tables", "wordsMayHoldAnything"),
    ("the mistake found first is told", "read_vectors_text.cpp", "if (std::size_t(i) < failed) failed", "if (failed == count || std::size_t(i) > failed) failed", "vectors", "theFirstMistakeIsTold"),
    ("pieces overlap by a row", "read_vectors_text.cpp", "part.first = there, there += part.rows;", "part.first = there, there += part.rows - (there > 0);", "vectors", "rowsStandInTheirPlace"),
    ("memory before a look at the lines", "read_vectors_text.cpp", "if (rows > rest.size() / (2 * dims)) reader.refuseShort(rest);", "", "vectors", "aHeaderThatLiesCostsNoMemory"),
    ("byte order mark stays", "text_scan.cpp", "text.remove_prefix(3);", "text.remove_prefix(0);", "tables", "wordsMayHoldAnything"),
    ("carriage return stays", "text_scan.cpp", "if (line.ends_with('\\r')) line.remove_suffix(1);", "", "tables", "everyFormatGivesTheSameBits"),
    ("Latin-1 for Windows-1252", "text_scan.cpp", "code = high[code - 0x80];", "code = code + 0 * high[0];", "tables", "wordsMayHoldAnything"),
    ("a number beyond float64 is 0", "text_scan.cpp", "power > 0;\n}", "power > 1'000'000;\n}", "vectors", "tooLargeAndTooSmall"),
    ("rounded twice", "quick_number.h", "== 0x10000000) return false;", "== 0x10000000 && digits == 0) return false;", "vectors", "theMiddleBetweenTwo"),
    ("digits beyond 53 bits", "quick_number.h", "digits > 1ULL << 53", "digits > 1ULL << 60", "vectors", "theMiddleBetweenTwo"),
    ("digits behind the end", "quick_number.h", "if (end - at >= 8)", "if (end - at >= 1)", "vectors", "digitsNextToTheEnd"),
    ("the other byte order taken as it lies", "read_tensor.cpp", "tensor.strides.empty() && !tensor.bigEndian &&", "tensor.strides.empty() &&", "vectors", "binaryForms"),
    ("columns first taken as they lie", "read_tensor.cpp", "tensor.strides.empty() && !tensor.bigEndian &&", "!tensor.bigEndian &&", "vectors", "binaryForms"),
    ("an empty field is a number", "read_delimited.cpp", "if (found != Number::good) fail(path, whole, line,", "if (found != Number::good && !field.empty()) fail(path, whole, line,", "tables", "refused"),
    ("rows of any length", "read_delimited.cpp", "        if (fields.size() != columns)\n            fail(path, whole, line,", "        if (fields.size() < columns)\n            fail(path, whole, line,", "tables", "refused"),
]


INCLUDED = {"quick_number.h": ("text_scan.cpp", "read_vectors_text.cpp"), "repulsion.h": ("repulsion_grid.cpp",)}  # where a header's fault is compiled


def run(*command, timeout=None):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)


class Build:
    """How ninja compiles the lab's files and links its tests."""

    def __init__(self, folder):
        self.folder = (ROOT / folder).resolve()

    @functools.cache
    def commands(self, target):
        return run("ninja", "-C", str(self.folder), "-t", "commands", target).stdout.splitlines()

    def passes(self, program, function):
        """What hangs or crashes has noticed something, too."""
        try:
            return run(str(program), function, timeout=300).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def with_fault(self, file, text, target, scratch):
        """The test with that text for that file; or what the compiler said."""
        place = pathlib.Path(scratch) / "engine/labs/embedding"
        place.mkdir(parents=True, exist_ok=True)
        (place / file).write_text(text)
        commands, objects = self.commands(target), []
        for source in INCLUDED.get(file, (file,)):
            path = ROOT / "engine/labs/embedding" / source
            line = next(c for c in commands if c.endswith(f"-c {path}"))
            out = place / (source + ".o")
            compiler = re.sub(r"^.*?ccache ", "", line).replace(f"-I{ROOT}", f"-I{scratch} -I{ROOT}", 1).replace("-O3", "-O1")
            compiler = re.sub(r" -MD .*$", "", compiler)
            copy = place / source
            if not copy.exists():
                copy.write_text(path.read_text())
            built = subprocess.run(shlex.split(compiler) + ["-o", str(out), "-c", str(copy)], cwd=self.folder, capture_output=True, text=True)
            if built.returncode != 0:
                return None, built.stderr
            objects.append(shlex.quote(str(out)))
        program = pathlib.Path(scratch) / target
        link = next(c for c in reversed(commands) if f"-o tests/{target}" in c).removeprefix(": && ").removesuffix(" && :")
        link = link.replace(f"-o tests/{target}", f"-o {shlex.quote(str(program))}").replace(" tests/CMakeFiles", " " + " ".join(objects) + " tests/CMakeFiles", 1)
        built = subprocess.run(link, shell=True, cwd=self.folder, capture_output=True, text=True)
        return (program, "") if built.returncode == 0 else (None, built.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    chosen = [f for f in FAULTS if not args.names or any(n in f[0] for n in args.names)]
    if args.list:
        for name, file, _, _, test, function in chosen:
            print(f"{name:52} {file:26} tst_embedding_{test} {function}")
        return 0
    build, survivors, broken = Build(args.build), [], []
    run("ninja", "-C", args.build, *sorted({f"tst_embedding_{f[4]}" for f in chosen}))
    for test, function in sorted({f[4:] for f in chosen}):  # all is well before: else a test that fails says nothing
        if not build.passes(build.folder / f"tests/tst_embedding_{test}", function):
            sys.exit(f"tst_embedding_{test} {function} does not pass before a fault is planted")
    for name, file, old, new, test, function in chosen:
        target, lab = f"tst_embedding_{test}", ROOT / "engine/labs/embedding"
        if (lab / file).read_text().count(old) == 0:  # it may have moved to another file
            file = next((f.name for f in sorted(lab.glob("*.cpp")) if f.read_text().count(old)), file)
        text = (lab / file).read_text()
        if text.count(old) != 1:
            broken.append(f"{name}: '{old}' stands {text.count(old)} times in {file}")
            continue
        with tempfile.TemporaryDirectory(prefix="orrery-fault-") as scratch:
            program, said = build.with_fault(file, text.replace(old, new), target, scratch)
            if program is None:
                broken.append(f"{name}: does not build: " + next((l for l in said.splitlines() if "error" in l), said[:200]))
            survived = program is not None and build.passes(program, function)
        if survived:
            survivors.append(f"{name}: {target} {function}")
        print(f"{'BROKEN' if program is None else 'SURVIVED' if survived else 'noticed':9}{name}", flush=True)
    noticed = len(chosen) - len(survivors) - len(broken)
    for each in broken + survivors:
        print(each)
    print(f"{noticed} of {len(chosen)} faults were noticed")
    return 1 if survivors or broken else 0


if __name__ == "__main__":
    sys.exit(main())
