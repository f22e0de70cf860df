# Values that are held by the host and computed with on a device, as TorchScript. to and of may lie on different devices.

def upload(self, to: List[Tensor], of: List[Tensor]) -> int:
  for i in range(len(to)):
    torch.copy_(to[i], of[i])
  return 0

# Adds what a device has summed to the host's sums, and begins the device's anew.
def add(self, to: List[Tensor], of: List[Tensor]) -> int:
  for i in range(len(to)):
    torch.add_(to[i], torch.to(of[i], ops.prim.device(to[i]), ops.prim.dtype(to[i])))
    torch.zero_(of[i])
  return 0
