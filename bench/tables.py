"""Rows as text: for the terminal and for RESULTS.md."""
import math

TEXT = ("row", "what", "on", "peer", "result")  # columns of text
NS_A_SCORE = 25  # the target of row 3, which is a time and no ratio


def time_text(seconds):
    if seconds is None:
        return ""
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if seconds * factor >= 1:
            break
    digits = 3 - len(str(int(seconds * factor)))
    return f"{seconds * factor:.{max(digits, 0)}f} {unit}"


def number(value, digits=0, unit=""):
    return "" if value is None or not math.isfinite(value) else f"{value:.{digits}f}{unit}"


def each_text(row):
    return time_text(row["ns_per_item"] and row["ns_per_item"] * 1e-9)


def print_table(header, lines):
    """For the terminal: text columns to the left, the others to the right."""
    widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]
    for line in [header, ["-" * width for width in widths], *lines]:
        print("  ".join(f"{cell:<{width}}" if name in TEXT else f"{cell:>{width}}"
                        for cell, width, name in zip(line, widths, header)).rstrip())


def markdown(header, lines):
    bars = ["---" if name in TEXT else "---:" for name in header]
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, bars, *lines])


def of_rows(rows):
    """Header and lines of the rows of `bench/run.sh`."""
    header = ["row", "what", "on", "threads", "median", "spread", "GFLOP/s", "of peak", "each", "speed-up",
              "MiB", "result"]
    lines = []
    for row in sorted(rows, key=lambda row: row["row"] or 99):
        spread = "" if row["seconds"] is None else number(100 * row["spread"] / row["seconds"], 1, " %")
        each = f"{each_text(row)} a {row['item']}" if row["ns_per_item"] else ""
        lines.append([str(row["row"] or "part"), row["what"], row["case"], str(row["threads"]),
                      time_text(row["seconds"]), spread, number(row["gflops"], 1), number(row["percent_of_peak"], 0, " %"),
                      each, number(row["speedup"], 2), number(row["peak_memory_mib"]),
                      "right" if row["verified"] else f"WRONG: {row['error']}"])
    return header, lines


def of_ratios(compared):
    """Header and lines of the rows of `bench/peers/run.sh`."""
    header = ["row", "what", "on", "ours", "limit", "peer", "its time", "ratio", "target", "result"]
    lines = []
    for row in compared:
        target = number(row["target_ratio"], 0, "x")
        if row["row"] == 3:
            target = f"{each_text(row)} of {NS_A_SCORE}"
        ratio = number(row["ratio"], 0 if (row["ratio"] or 0) >= 100 else 1, "x")
        lines.append([str(row["row"]), row["what"], row["case"], time_text(row["seconds"]),
                      time_text(row["limit_seconds"]), row["peer"], time_text(row["peer_seconds"]),
                      ratio, target, "same" if row["verified"] else f"DIFFERS: {row['error']}"])
    return header, lines
