#!/usr/bin/env python3
"""What can be said of the CUDA kernels without a GPU: compiles them, reads the result, and models the rest.

  bench/cuda/static_evidence.py             writes bench/cuda/STATIC.md
  bench/cuda/static_evidence.py --check     writes nothing; ends with 1 if a kernel spills or has a stack, if one of the
                                            fused kernels has fewer blocks a multiprocessor than it was made for, or if
                                            exact kernels hold arithmetic that is not rounded to nearest

Needs python3, c++filt and nvcc ($CUDACXX, on the PATH, or where NVIDIA puts it)."""

import argparse
import collections
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import cubin

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUSED = "debias/fused/cuda/trial_kernels.cu"
EXACT = [FUSED, "tensor/cuda/random.cu"]  # bit by bit what the host computes


@dataclasses.dataclass
class Card:
    """Published numbers of a card; `lanes` are operations per clock and multiprocessor."""
    name: str
    architecture: int
    multiprocessors: int
    clock: float            # GHz, boost
    bandwidth: float        # GB/s
    warps: int
    blocks: int
    shared: int             # bytes of a multiprocessor
    lanes: dict


H100 = Card("H100 SXM", 90, 132, 1.98, 3350, 64, 32, 233472,
            {"fp32": 128, "fp64": 64, "int": 64, "special": 16, "issue": 128})
RTX_4090 = Card("RTX 4090", 89, 128, 2.52, 1008, 48, 24, 102400,
                {"fp32": 128, "fp64": 2, "int": 64, "special": 16, "issue": 128})
CARDS = [H100, RTX_4090]

PIPES = {
    "fp32": {"FFMA", "FADD", "FMUL"},
    "fp64": {"DFMA", "DADD", "DMUL", "DSETP"},
    "int": {"IMAD", "IADD3", "VIADD", "VIMNMX", "IMNMX", "LEA", "LOP3", "SHF", "ISETP", "SEL", "FMNMX", "FSETP", "FSEL",
            "I2FP", "PLOP3", "PRMT"},
    "special": {"MUFU", "F2I", "I2F", "FRND", "FCHK", "F2F", "POPC", "?110"},
}
# Published data sets of the study (rows of the validation set, features), and its network: depth 10, width 32.
TASKS = {"Adult": (9044, 98), "Bank": (6098, 57), "COMPAS": (1234, 401)}
TRIALS, DEPTH, WIDTH = 201, 10, 32

# Dynamic shared memory of a launch, and blocks that a multiprocessor of compute capability 9.0 should hold.
LAUNCHES = {
    "perturb_trials": (0, 8), "fold_layers": (0, 8), "forward_narrow<32, 2>": (2 * 32 * 32 * 4, 3),
    "forward_narrow<64, 1>": (2 * 64 * 64 * 4, 2), "forward_wide": (2 * 256 * 32 * 4 + 256 * 16 * 4, 2),
    "sweep_trials<false>": (8192, 3), "sweep_trials<true>": (8192 + 2 * 9044 * 4, 2), "best_trial": (0, 8),
}


def nvcc():
    found = os.environ.get("CUDACXX") or shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    if not pathlib.Path(found).exists():
        sys.exit("static_evidence.py: error: no nvcc; set CUDACXX to it")
    return found


def compiled(source, folder, architecture, *kind):
    output = folder / f"{source.replace('/', '_')}.{architecture}{kind[0]}"
    subprocess.run([nvcc(), "-std=c++20", "--fmad=false", f"-arch=sm_{architecture}", f"-I{ROOT}", kind[0], "-o", output,
                    ROOT / source], check=True)
    return output


def occupancy(card, kernel, dynamic_shared):
    """Blocks a multiprocessor, and what limits them: the rules of NVIDIA's occupancy calculator."""
    warps = -(-kernel.threads // 32)
    per_warp = -(-kernel.registers * 32 // 256) * 256
    shared = -(-(kernel.static_shared + dynamic_shared + 1024) // 128) * 128
    limits = {"warps": card.warps // warps, "registers": 65536 // per_warp // 4 * 4 // warps,
              "shared memory": card.shared // shared, "blocks": card.blocks}
    blocks = min(limits.values())
    return blocks, warps, " and ".join(name for name, limit in limits.items() if limit == blocks)


def hot_loop(kernel):
    """The loop with the most arithmetic, but for loops around one that has nearly all of it."""
    def arithmetic(loop):
        return sum(i.name in PIPES["fp32"] | PIPES["fp64"] for i in kernel.body(loop))

    loops = [(i.target, i.address) for i in kernel.instructions
             if i.name == "BRA" and i.target is not None and i.target < i.address]
    best = None
    for loop in sorted(loops, key=lambda l: l[1] - l[0]):
        if best is None or arithmetic(loop) > 2 * arithmetic(best):
            best = loop
    return best


def mix(body):
    return collections.Counter(i.name for i in body)


def clocks(counts, card, broadcast):
    """Clocks of a multiprocessor for one pass of one warp, by what it keeps busy. A read of 16 bytes from shared memory
    takes `broadcast` of them: 1 if what all lanes read is passed on once, 4 if once for every lane's 16 bytes."""
    result = {}
    for pipe, names in PIPES.items():
        result[pipe] = 32 * sum(n for name, n in counts.items() if name in names) / card.lanes[pipe]
    result["memory"] = sum(n * (broadcast if name == "LDS.128" else {".128": 4, ".64": 2}.get(name[3:], 1))
                           for name, n in counts.items() if name[:3] in ("LDS", "STS", "LDG", "STG")
                           or name in ("SHFL", "ATOMS", "MATCH"))
    result["issue"] = 32 * sum(counts.values()) / card.lanes["issue"]
    return result


def table_of(card, kernels):
    rows = ["| kernel | registers | spills | shared memory | threads | blocks | occupancy | limit | hot loop |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for kernel in kernels:
        dynamic = LAUNCHES[kernel.name][0]
        blocks, warps, limit = occupancy(card, kernel, dynamic)
        loop = hot_loop(kernel)
        text = "none"
        if loop:
            counts = mix(kernel.body(loop))
            total = sum(counts.values())
            text = f"{total}: " + ", ".join(f"{name} {100 * n / total:.0f} %" for name, n in counts.most_common(4))
        spills = kernel.stack + kernel.count("LDL", "STL")
        rows.append(f"| `{kernel.name}` | {kernel.registers} | {spills if spills else 'none'} | "
                    f"{kernel.static_shared + dynamic} | {kernel.threads} | {blocks} | "
                    f"{100 * blocks * warps / card.warps:.0f} % | {limit} | {text} |")
    return rows


def forward_times(card, kernel):
    """Milliseconds for each task with either belief of what a broadcast costs, and the share of the FMA peak."""
    hidden = hot_loop(kernel)
    # The loop over the first layer's inputs: for each, WIDTH multiply-adds for both rows of a thread.
    first = next(l for l in kernel.loops() if l != hidden and
                 sum(i.name == "FFMA" for i in kernel.body(l)) >= 2 * WIDTH)
    blocks, _, _ = occupancy(card, kernel, LAUNCHES[kernel.name][0])
    per_input = sum(i.name == "FFMA" for i in kernel.body(first)) / (2 * WIDTH)  # passes of an unrolled loop
    rows = []
    for task, (n, features) in TASKS.items():
        tiles = -(-n // (kernel.threads * 2))
        flop = 2.0 * n * (WIDTH * features + DEPTH * WIDTH * WIDTH + WIDTH) * TRIALS
        cells = [task, f"{flop / 1e9:.1f}"]
        at_peak = flop / (2 * card.lanes["fp32"] * card.multiprocessors * card.clock * 1e9) * 1e3
        cells.append(f"{at_peak:.2f}")
        for broadcast in (1, 4):
            warp = (max(clocks(mix(kernel.body(hidden)), card, broadcast).values()) * DEPTH +
                    max(clocks(mix(kernel.body(first)), card, broadcast).values()) * features / per_input)
            warps = kernel.threads // 32
            waves = -(-tiles * TRIALS // (card.multiprocessors * blocks))  # whole ones: the last has no other work
            milliseconds = waves * blocks * warps * warp / (card.clock * 1e6)
            cells.append(f"{milliseconds:.2f} ({100 * at_peak / milliseconds:.0f} %)")
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def parameters_of(features):
    return (features + 1) * WIDTH + DEPTH * (WIDTH + 1) * WIDTH + (DEPTH + 1) * 2 * WIDTH + WIDTH + 1


def other_times(card, kernels):
    """Milliseconds of the noise and, at most, of the walk over the sorted rows, the loop with the objective in float64:
    its body counted whole, with the branches of all measures."""
    perturb, sweep = (next(k for k in kernels if k.name == name) for name in ("perturb_trials", "sweep_trials<true>"))
    rows = []
    for task, (n, features) in TASKS.items():
        cells = [task]
        for kernel, passes in ((perturb, -(-parameters_of(features) // 128)), (sweep, -(-n // 32))):
            busiest = clocks(mix(kernel.body(hot_loop(kernel))), card, 1)
            pipe = max(busiest, key=busiest.get)
            milliseconds = passes * TRIALS * busiest[pipe] / (card.multiprocessors * card.clock * 1e6)
            cells.append(f"{milliseconds:.3f} ({pipe})")
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def traffic():
    rows = []
    for task, (n, features) in TASKS.items():
        weights = parameters_of(features)
        flop = 2.0 * n * (WIDTH * features + DEPTH * WIDTH * WIDTH + WIDTH) * TRIALS
        tiles = -(-n // 256)
        cache = 4.0 * TRIALS * (n * features + 3 * weights + tiles * weights + 2 * n)
        memory = 4.0 * (n * features + weights) + TRIALS * 40
        rows.append(f"| {task} | {flop / 1e9:.1f} | {cache / 1e6:.0f} | {flop / cache:.0f} | {memory / 1e6:.1f} | "
                    f"{memory / (H100.bandwidth * 1e3):.1f} |")
    return rows


def other_kernels(folder):
    rows = []
    for source in sorted((ROOT / "tensor/cuda").glob("*.cu")):
        kernels = cubin.read(compiled(f"tensor/cuda/{source.name}", folder, 90, "-cubin"), 90)
        if kernels:
            rows.append(f"| `{source.name}` | {len(kernels)} | {max(k.registers for k in kernels)} | "
                        f"{sum(k.stack + k.count('LDL', 'STL') for k in kernels) or 'none'} |")
    return rows


def inexact(ptx):
    """Lines of arithmetic that is not rounded to nearest, or not rounded at all in a way that both sides share."""
    bad = []
    for line in ptx.read_text().splitlines():
        instruction = line.strip().split(" ")[0].split("\t")[0].rstrip(";")
        if not re.search(r"\.f(32|64)$", instruction):
            continue
        name = instruction.split(".")[0]
        if name in ("add", "sub", "mul", "fma", "div", "sqrt", "rcp", "mad") and ".rn" not in instruction:
            bad.append(line.strip())
        if name in ("ex2", "lg2", "sin", "cos", "tanh", "rsqrt") or ".approx" in instruction or ".ftz" in instruction:
            bad.append(line.strip())
    return bad


def check(folder):
    wrong = []
    kernels = cubin.read(compiled(FUSED, folder, 90, "-cubin"), 90)
    for kernel in kernels:
        if kernel.stack or kernel.count("LDL", "STL"):
            wrong.append(f"{kernel.name} spills registers or has a stack")
        if kernel.name not in LAUNCHES:
            wrong.append(f"{kernel.name} has no line in LAUNCHES")
            continue
        dynamic, wanted = LAUNCHES[kernel.name]
        blocks, _, limit = occupancy(H100, kernel, dynamic)
        if blocks < wanted:
            wrong.append(f"{kernel.name} has {blocks} blocks a multiprocessor, limited by {limit}; wanted {wanted}")
    for name in LAUNCHES.keys() - {kernel.name for kernel in kernels}:
        wrong.append(f"{name} has a line in LAUNCHES and is not there")
    for source in EXACT:
        if (ROOT / source).exists():
            wrong += [f"{source}: {line}" for line in inexact(compiled(source, folder, 90, "-ptx"))]
    for line in wrong:
        print(f"static_evidence.py: {line}", file=sys.stderr)
    print(f"static_evidence.py: {len(kernels)} fused kernels, {len(wrong)} objections")
    return 1 if wrong else 0


def report(folder):
    by_card = {card.name: cubin.read(compiled(FUSED, folder, card.architecture, "-cubin"), card.architecture)
               for card in CARDS}
    forward = {name: next(k for k in kernels if k.name == "forward_narrow<32, 2>") for name, kernels in by_card.items()}
    lines = [
        "# CUDA kernels: what the compiler's output says", "",
        "**Nothing on this page was measured on a GPU.** The first three tables are read from the machine code; the times are",
        "**predictions** of a simple model, to be replaced by `RESULTS.md`. Written by `bench/cuda/static_evidence.py`; what the",
        "kernels do is in [docs/cuda.md](../../docs/cuda.md).", "",
    ]
    for card in CARDS:
        lines += [f"## {card.name} (compute capability {card.architecture // 10}.{card.architecture % 10})", ""]
        lines += table_of(card, by_card[card.name]) + [""]
    lines += [
        "Blocks are those that fit one multiprocessor, occupancy its warps of all that it can hold; shared memory, in bytes, is of a",
        "launch for Adult's rows, and 256 wide for `forward_wide`. The hot loop is one pass of its (unrolled) body.", "",
        "Kernels of `tensor/cuda`, compute capability 9.0:", "",
        "| file | kernels | registers, at most | spills |", "| --- | --- | --- | --- |", *other_kernels(folder), "",
        "## Work and traffic of a search", "",
        f"{TRIALS} trials, depth {DEPTH}, width {WIDTH}. Cache is what all blocks together read and write, were nothing kept in",
        "registers between blocks; it stays in the second-level cache. Memory is what has to cross its border once.", "",
        "| task | GFLOP | cache, MB | FLOP a byte | memory, MB | us at H100's bandwidth |",
        "| --- | --- | --- | --- | --- | --- |", *traffic(), "",
        "An H100 balances at 20 FLOP a byte of memory and at about 12 of the cache: the forward pass is bound by arithmetic or by shared",
        "memory, not by either.", "",
        "## Predicted times of the forward kernel", "",
        "The model: the clocks that the busiest part of a multiprocessor needs for the loops' instructions, whole waves of blocks,",
        "boost clock. Its weakest belief is what a read of 16 bytes costs that all lanes of a warp share: one clock, or four.",
        "The truth lies between the columns or beyond the right one, by what latency is not hidden. Milliseconds, and in brackets the share of the FMA peak.", "",
    ]
    for card in CARDS:
        lines += [f"{card.name}:", "", "| task | GFLOP | at the peak | predicted, one clock | predicted, four clocks |",
                  "| --- | --- | --- | --- | --- |", *forward_times(card, forward[card.name]), ""]
    lines += [
        "The other kernels, in milliseconds, and what keeps them: the noise, and at most the walk over the sorted rows, whose objective is",
        "in float64. The sort before it is bound by the latency of its passes, which this model does not know.", "",
        "| task | " + " | ".join(f"{what}, {card.name}" for card in CARDS for what in ("noise", "walk")) + " |",
        "| --- | --- | --- | --- | --- |",
        *[f"{first} {second.split('|', 2)[2].strip()}"
          for first, second in zip(*(other_times(card, by_card[card.name]) for card in CARDS))], "",
        "To measure first: `ncu` on `forward_narrow<32, 2>`, which of the columns holds. If it is the right one, three rows a thread",
        "(about 224 registers, two blocks) do 12 multiply-adds a read in place of 8.", "",
    ]
    (ROOT / "bench/cuda/STATIC.md").write_text("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.check:
            return check(pathlib.Path(folder))
        report(pathlib.Path(folder))
        return 0


if __name__ == "__main__":
    sys.exit(main())
