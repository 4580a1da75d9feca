"""Reads what a cubin says of its kernels, with nothing but Python: registers, stack, shared memory, launch bounds, and
the instructions of the disassembly that count here. For compute capabilities 7.0 to 9.0, whose instructions are 128 bits
wide with the operation in the lowest nine."""

import dataclasses
import struct
import subprocess

# Lowest nine bits -> operation. The rest is shown as ?xxx and counted as other.
OPERATIONS = {
    0x23: "FFMA", 0x21: "FADD", 0x20: "FMUL", 0x2b: "DFMA", 0x29: "DADD", 0x28: "DMUL", 0x2a: "DSETP",
    0x24: "IMAD", 0x25: "IMAD", 0x27: "IMAD", 0x10: "IADD3", 0x36: "VIADD", 0x48: "VIMNMX", 0x11: "LEA", 0x12: "LOP3",
    0x19: "SHF", 0x0b: "FSETP", 0x0c: "ISETP", 0x09: "FMNMX", 0x08: "FSEL", 0x07: "SEL", 0x02: "MOV", 0x17: "IMNMX",
    0x108: "MUFU", 0x105: "F2I", 0x106: "I2F", 0x107: "FRND", 0x45: "I2FP", 0x102: "FCHK", 0x104: "F2F", 0x109: "POPC",
    0x181: "LDG", 0x184: "LDS", 0x183: "LDL", 0x186: "STG", 0x188: "STS", 0x187: "STL", 0x189: "SHFL", 0x1a1: "MATCH",
    0x18c: "ATOMS", 0x18e: "RED", 0x18a: "ATOMG", 0x11d: "BAR", 0x182: "LDC", 0xb9: "ULDC", 0x1c3: "S2UR",
    0x119: "S2R", 0x118: "NOP", 0x141: "BSYNC", 0x145: "BSSY", 0x142: "BREAK", 0x144: "CALL", 0x147: "BRA",
    0x148: "WARPSYNC", 0x14d: "EXIT", 0x150: "RET", 0x1c: "PLOP3", 0x35: "HFMA2", 0x82: "UMOV", 0x90: "UIADD3",
    0x91: "ULEA", 0x99: "USHF", 0x92: "ULOP3", 0xa4: "UIMAD", 0x8c: "UISETP", 0x06: "VOTE", 0x86: "VOTEU",
    0x1af: "LDGDEPBAR", 0x80: "UFLO", 0x16: "PRMT", 0x1b: "LEPC", 0x3c: "HMMA",
}
MEMORY = ("LDS", "STS", "LDG", "STG", "LDL", "STL")


@dataclasses.dataclass
class Instruction:
    address: int
    name: str            # LDS.128 for a wide access
    target: int | None   # of a branch


@dataclasses.dataclass
class Kernel:
    symbol: str
    name: str = ""
    registers: int = 0
    stack: int = 0
    static_shared: int = 0
    threads: int = 0     # of __launch_bounds__
    instructions: list = dataclasses.field(default_factory=list)

    def count(self, *names):
        return sum(i.name.split(".")[0] in names for i in self.instructions)

    def loops(self):
        """The innermost loops as (first, last) address, the longest first."""
        all_loops = [(i.target, i.address) for i in self.instructions
                     if i.name == "BRA" and i.target is not None and i.target < i.address]
        inner = [a for a in all_loops if not any(b != a and a[0] <= b[0] and b[1] <= a[1] for b in all_loops)]
        return sorted(inner, key=lambda loop: loop[0] - loop[1])

    def body(self, loop):
        return [i for i in self.instructions if loop[0] <= i.address <= loop[1]]


def decode(code, architecture):
    instructions = []
    for address in range(0, len(code), 16):
        low, high = struct.unpack_from("<QQ", code, address)
        name = OPERATIONS.get(low & 0x1FF, f"?{low & 0x1FF:03x}")
        target = None
        if name in MEMORY:
            name += {6: ".128", 5: ".64"}.get(high >> 9 & 7, "")
        if name == "BRA":
            offset = (low | high << 64) >> 34 & (1 << 48) - 1
            offset -= (offset >> 47) << 48
            if architecture >= 90:  # eight more bits, elsewhere
                offset = offset << 8 | (low >> 16 & 0xFF)
            target = address + 16 + offset * 4
        instructions.append(Instruction(address, name, target))
    return instructions


def read(path, architecture):
    """The kernels of a cubin for a compute capability, 90 for 9.0, in the order of their names."""
    data = open(path, "rb").read()
    section_table, = struct.unpack_from("<Q", data, 40)
    entry_size, entries, names_at = struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQIIQQ", data, section_table + i * entry_size) for i in range(entries)]

    def text(at):
        return data[at:data.index(b"\0", at)].decode()

    sections = {text(headers[names_at][4] + h[0]): h for h in headers}

    def content(name):
        return data[sections[name][4]:sections[name][4] + sections[name][5]]

    symbols = content(".symtab")
    symbol_names = [text(sections[".strtab"][4] + struct.unpack_from("<I", symbols, at)[0])
                    for at in range(0, len(symbols), 24)]
    kernels = {name[6:]: Kernel(name[6:]) for name in sections if name.startswith(".text.")}
    for symbol, kernel in kernels.items():
        kernel.instructions = decode(content(".text." + symbol), architecture)
        shared = ".nv.shared." + symbol
        if shared in sections:
            # From 9.0 on the driver's own kilobyte is part of it; occupancy counts that for every card.
            kernel.static_shared = sections[shared][5] - (1024 if architecture >= 90 else 0)
        for attribute, value in attributes(content(".nv.info." + symbol)):
            if attribute == 0x05:  # EIATTR_MAX_THREADS
                kernel.threads, = struct.unpack_from("<I", value)
    for attribute, value in attributes(content(".nv.info")):
        if attribute in (0x2F, 0x11) and len(value) == 8:  # EIATTR_REGCOUNT, EIATTR_FRAME_SIZE
            symbol, number = struct.unpack("<II", value)
            if symbol_names[symbol] in kernels:
                setattr(kernels[symbol_names[symbol]], "registers" if attribute == 0x2F else "stack", number)
    plain = subprocess.run(["c++filt"], input="\n".join(kernels), capture_output=True, text=True, check=True)
    for kernel, name in zip(kernels.values(), plain.stdout.split("\n")):
        kernel.name = name.removeprefix("void ").replace("posthoc::gpu_cuda::", "").split("(")[0]
    return sorted(kernels.values(), key=lambda k: k.name)


def attributes(info):
    at = 0
    while at < len(info):
        form, attribute, size = struct.unpack_from("<BBH", info, at)
        at += 4
        if form == 4:  # the size is that of a value that follows
            yield attribute, info[at:at + size]
            at += size
