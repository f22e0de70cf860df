# Rectified flow (mugv.md, section 4), as TorchScript.

def noisy(self, latent_BCFHW: Tensor, noise_BCFHW: Tensor, time_BF: Tensor) -> Tensor:
  time = time_BF[:, None, :, None, None]
  return (1 - time) * latent_BCFHW + time * noise_BCFHW

# share_BF: what part of its sample's mean a frame is; 0 for a clean frame.
def loss(self, velocity: Tensor, latent_BCFHW: Tensor, noise_BCFHW: Tensor, share_BF: Tensor, weight_B: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  error = torch.narrow(velocity, 1, 0, latent_BCFHW.size(1)) - latent_BCFHW
  error = torch.add_(error, noise_BCFHW)
  sample_B = torch.sum(torch.mean(torch.square(error), [1, 3, 4]) * share_BF, [1])
  return (torch.mean(sample_B * weight_B), sample_B, error)

# The gradient of the velocity, of as many channels, out of that of every sample's own loss.
def loss_backward(self, gradient_B: Tensor, error_BCFHW: Tensor, share_BF: Tensor, channels: int) -> Tensor:
  b, c, f, h, w = error_BCFHW.size(0), error_BCFHW.size(1), error_BCFHW.size(2), error_BCFHW.size(3), error_BCFHW.size(4)
  factor_BF = torch.mul_(share_BF * torch.unsqueeze(gradient_B, 1), 2 / (c * h * w))
  gradient = torch.zeros([b, channels, f, h, w], dtype=ops.prim.dtype(error_BCFHW), device=ops.prim.device(error_BCFHW))
  torch.mul(error_BCFHW, torch.view(factor_BF, [b, 1, f, 1, 1]), out=torch.narrow(gradient, 1, 0, c))
  return gradient
