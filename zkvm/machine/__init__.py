"""The Python machine: the executable specification of the ZK-VM."""

from zkvm.machine.run import execute, execute_json, result

__all__ = ["execute", "execute_json", "result"]
