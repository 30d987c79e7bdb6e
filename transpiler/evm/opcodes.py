"""THE EVM table: one aligned row per opcode up to Osaka. Every other fact about opcodes is derived from it.

Source: Yellow Paper appendix H and G; the EIPs named in the rows; execution-specs `vm/gas.py` of each fork.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from transpiler.errors import InputError
from transpiler.evm.expand import Expansion, expand
from zkvm.isa.table import FORKS

TABLE: Final = """
# code, name, pops, pushes, static gas (first rule set:price, later prices), instructions, notes (xN: a family of N rows)
00 STOP           0 0  Frontier:0                                        STOP                -
01 ADD            2 1  Frontier:3                                        ADD                 -
02 MUL            2 1  Frontier:5                                        MUL                 -
03 SUB            2 1  Frontier:3                                        SUB                 -
04 DIV            2 1  Frontier:5                                        DIV                 -
05 SDIV           2 1  Frontier:5                                        SDIV                -
06 MOD            2 1  Frontier:5                                        MOD                 -
07 SMOD           2 1  Frontier:5                                        SMOD                -
08 ADDMOD         3 1  Frontier:8                                        ADDMOD              -
09 MULMOD         3 1  Frontier:8                                        MULMOD              -
0a EXP            2 1  Frontier:10                                       EXPGAS(1)+EXP       dynamic gas per byte of exponent
0b SIGNEXTEND     2 1  Frontier:5                                        SIGNEXTEND          -
10 LT             2 1  Frontier:3                                        LT                  -
11 GT             2 1  Frontier:3                                        GT                  -
12 SLT            2 1  Frontier:3                                        SLT                 -
13 SGT            2 1  Frontier:3                                        SGT                 -
14 EQ             2 1  Frontier:3                                        EQ                  -
15 ISZERO         1 1  Frontier:3                                        ISZERO              -
16 AND            2 1  Frontier:3                                        AND                 -
17 OR             2 1  Frontier:3                                        OR                  -
18 XOR            2 1  Frontier:3                                        XOR                 -
19 NOT            1 1  Frontier:3                                        NOT                 -
1a BYTE           2 1  Frontier:3                                        BYTE                -
1b SHL            2 1  Constantinople:3                                  SHL                 EIP-145
1c SHR            2 1  Constantinople:3                                  SHR                 EIP-145
1d SAR            2 1  Constantinople:3                                  SAR                 EIP-145
1e CLZ            1 1  Osaka:5                                           CLZ                 EIP-7939
20 KECCAK256      2 1  Frontier:30                                       SHA3                dynamic gas per word
30 ADDRESS        0 1  Frontier:2                                        ENV.ADDRESS         -
31 BALANCE        1 1  Frontier:20,TangerineWhistle:400,Istanbul:700,Berlin:100 BALANCE             EIP-150, 1884, 2929
32 ORIGIN         0 1  Frontier:2                                        ENV.ORIGIN          -
33 CALLER         0 1  Frontier:2                                        ENV.CALLER          -
34 CALLVALUE      0 1  Frontier:2                                        ENV.CALLVALUE       -
35 CALLDATALOAD   1 1  Frontier:3                                        CALLDATALOAD        -
36 CALLDATASIZE   0 1  Frontier:2                                        ENV.CALLDATASIZE    -
37 CALLDATACOPY   3 0  Frontier:3                                        CALLDATACOPY        dynamic gas per word
38 CODESIZE       0 1  Frontier:2                                        ENV.CODESIZE        -
39 CODECOPY       3 0  Frontier:3                                        CODECOPY            dynamic gas per word
3a GASPRICE       0 1  Frontier:2                                        ENV.GASPRICE        -
3b EXTCODESIZE    1 1  Frontier:20,TangerineWhistle:700,Berlin:100       EXTCODESIZE         EIP-150, 2929
3c EXTCODECOPY    4 0  Frontier:20,TangerineWhistle:700,Berlin:100       EXTCODECOPY         EIP-150, 2929; dynamic gas per word
3d RETURNDATASIZE 0 1  Byzantium:2                                       ENV.RETURNDATASIZE  EIP-211
3e RETURNDATACOPY 3 0  Byzantium:3                                       RETURNDATACOPY      EIP-211; dynamic gas per word
3f EXTCODEHASH    1 1  Constantinople:400,Istanbul:700,Berlin:100        EXTCODEHASH         EIP-1052, 1884, 2929
40 BLOCKHASH      1 1  Frontier:20                                       BLOCKHASH           -
41 COINBASE       0 1  Frontier:2                                        ENV.COINBASE        -
42 TIMESTAMP      0 1  Frontier:2                                        ENV.TIMESTAMP       -
43 NUMBER         0 1  Frontier:2                                        ENV.NUMBER          -
44 DIFFICULTY     0 1  Frontier:2                                        ENV.DIFFICULTY      -
44 PREVRANDAO     0 1  Paris:2                                           ENV.PREVRANDAO      EIP-4399
45 GASLIMIT       0 1  Frontier:2                                        ENV.GASLIMIT        -
46 CHAINID        0 1  Istanbul:2                                        ENV.CHAINID         EIP-1344
47 SELFBALANCE    0 1  Istanbul:5                                        ENV.SELFBALANCE     EIP-1884
48 BASEFEE        0 1  London:2                                          ENV.BASEFEE         EIP-3198
49 BLOBHASH       1 1  Cancun:3                                          BLOBHASH            EIP-4844
4a BLOBBASEFEE    0 1  Cancun:2                                          ENV.BLOBBASEFEE     EIP-7516
50 POP            1 0  Frontier:2                                        -                   -
51 MLOAD          1 1  Frontier:3                                        MLOAD               -
52 MSTORE         2 0  Frontier:3                                        MSTORE              -
53 MSTORE8        2 0  Frontier:3                                        MSTORE8             -
54 SLOAD          1 1  Frontier:50,TangerineWhistle:200,Istanbul:800,Berlin:100 SLOAD               EIP-150, 1884, 2929
55 SSTORE         2 0  Frontier:0                                        SSTORE              all gas is dynamic
56 JUMP           1 0  Frontier:8                                        JMP|JMPR            -
57 JUMPI          2 0  Frontier:10                                       BNZ|BZ              -
58 PC             0 1  Frontier:2                                        -                   -
59 MSIZE          0 1  Frontier:2                                        MSIZE               -
5a GAS            0 1  Frontier:2                                        GAS                 -
5b JUMPDEST       0 0  Frontier:1                                        -                   -
5c TLOAD          1 1  Cancun:100                                        TLOAD               EIP-1153
5d TSTORE         2 0  Cancun:100                                        TSTORE              EIP-1153
5e MCOPY          3 0  Cancun:3                                          MCOPY               EIP-5656; dynamic gas per word
5f PUSH0          0 1  Shanghai:2                                        -                   EIP-3855
60 PUSH           0 1  Frontier:3                                        -                   x32
80 DUP            1 2  Frontier:3                                        -                   x16
90 SWAP           2 2  Frontier:3                                        -                   x16
a0 LOG0           2 0  Frontier:375                                      LOG.0               dynamic gas per byte
a1 LOG1           3 0  Frontier:750                                      LOG.1               dynamic gas per byte
a2 LOG2           4 0  Frontier:1125                                     LOG.2               dynamic gas per byte
a3 LOG3           5 0  Frontier:1500                                     LOG.3               dynamic gas per byte
a4 LOG4           6 0  Frontier:1875                                     LOG.4               dynamic gas per byte
f0 CREATE         3 1  Frontier:32000                                    CREATE.0            -
f1 CALL           7 1  Frontier:40,TangerineWhistle:700,Berlin:100       CALL.0              EIP-150, 2929
f2 CALLCODE       7 1  Frontier:40,TangerineWhistle:700,Berlin:100       CALL.1              EIP-150, 2929
f3 RETURN         2 0  Frontier:0                                        RETURN              -
f4 DELEGATECALL   6 1  Homestead:40,TangerineWhistle:700,Berlin:100      CALL.2              EIP-150, 2929
f5 CREATE2        4 1  Constantinople:32000                              CREATE.1            EIP-1014
fa STATICCALL     6 1  Byzantium:700,Berlin:100                          CALL.3              EIP-214
fd REVERT         2 0  Byzantium:0                                       REVERT              EIP-140
fe INVALID        0 0  Frontier:0                                        HALT                EIP-141
ff SELFDESTRUCT   1 0  Frontier:0,TangerineWhistle:5000                  SELFDESTRUCT        EIP-150, 6780
"""
"""Static gas from Berlin on holds the warm price; what is dynamic is charged by the instruction that causes it (ISA 3.6).

Instructions of the ISA: `NAME`, `NAME.c` with an immediate (of ENV by name), `NAME(i)` on the operand i alone, `A+B` one after the other, `A|B` as
the translation chooses; `-`: none. Growth of memory and rows of arguments follow from the ISA table (`expand.py`).
"""


@dataclass(frozen=True, slots=True)
class Opcode:
    """One opcode under one rule set.

    Shape: `immediate` bytes follow it; `gas` is static. Bytes without meaning have `defined` false: they halt exceptionally.
    """

    code: int
    name: str
    pops: int
    pushes: int
    gas: int
    immediate: int
    expansion: Expansion
    defined: bool

    @property
    def effects(self) -> str:
        """Letters of the ISA's `EFFECTS`."""
        return self.expansion.effects

    @property
    def ends_block(self) -> bool:
        """Nothing after it runs unless a jump leads there or (JUMPI) the condition is 0."""
        return self.expansion.ends_block

    @property
    def jumps(self) -> bool:
        """Whether it is JUMP or JUMPI."""
        return self.expansion.ends_block and not self.expansion.steps


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: an opcode with its history."""

    code: int
    name: str
    pops: int
    pushes: int
    prices: tuple[tuple[int, int], ...]
    since: int
    expansion: Expansion
    notes: str

    def under(self, fork: int) -> Opcode:
        """The opcode as the rule set with index `fork` has it."""
        gas = [price for start, price in self.prices if start <= fork][-1]
        immediate = self.code - 0x5F if 0x60 <= self.code <= 0x7F else 0
        return Opcode(self.code, self.name, self.pops, self.pushes, gas, immediate, self.expansion, True)


def _prices(text: str) -> tuple[tuple[int, int], ...]:
    changes = (change.split(":") for change in text.split(","))
    return tuple((FORKS.index(fork), int(gas)) for fork, gas in changes)


def _family(row: Row, count: int) -> list[Row]:
    """PUSH1.., DUP1.. (n deep), SWAP1.. (n + 1 deep) from the family's first row."""
    deeper = 0 if row.name == "PUSH" else 1
    return [
        replace(row, code=row.code + i, name=f"{row.name}{i + 1}", pops=row.pops + deeper * i, pushes=row.pushes + deeper * i)
        for i in range(count)
    ]


def _parse(table_text: str) -> tuple[Row, ...]:
    rows: list[Row] = []
    for line in table_text.strip().splitlines()[1:]:
        code, name, pops, pushes, history, instructions, note = line.split(None, 6)
        prices = _prices(history)
        expansion = expand(instructions, int(pops))
        row = Row(int(code, 16), name, int(pops), int(pushes), prices, prices[0][0], expansion, note)
        rows += _family(row, int(note[1:])) if note in ("x16", "x32") else [row]
    return tuple(rows)


ROWS: Final[tuple[Row, ...]] = _parse(TABLE)
"""All rows, families expanded; a code that got a new meaning (0x44) has a row for each, the newer one later."""

BY_NAME: Final[dict[str, Row]] = {row.name: row for row in ROWS}


@cache
def table(fork: str) -> tuple[Opcode, ...]:
    """The 256 opcodes under a rule set, by byte.

    Raises: InputError for a rule set that does not exist.
    """
    if fork not in FORKS:
        raise InputError("S2Z-FORK", f"there is no rule set {fork!r}", hint="one of " + ", ".join(FORKS))
    index = FORKS.index(fork)
    known = {row.code: row.under(index) for row in ROWS if row.since <= index}
    return tuple(known.get(code) or _undefined(code) for code in range(256))


def _undefined(code: int) -> Opcode:
    return Opcode(code, f"UNDEFINED_{code:02X}", 0, 0, 0, 0, expand("HALT", 0), False)
