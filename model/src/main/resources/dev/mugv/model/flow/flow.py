# Rectified flow (mugv.md, section 4), as TorchScript.

def noisy(self, latent_BCFHW: Tensor, noise_BCFHW: Tensor, time_BF: Tensor) -> Tensor:
  time = time_BF[:, None, :, None, None]
  return (1 - time) * latent_BCFHW + time * noise_BCFHW

# share_BF: what part of its sample's mean a frame is; 0 for a clean frame.
def loss(self, velocity: Tensor, latent_BCFHW: Tensor, noise_BCFHW: Tensor, share_BF: Tensor, weight_B: Tensor) -> Tuple[Tensor, Tensor]:
  error = torch.narrow(velocity, 1, 0, latent_BCFHW.size(1)) - (latent_BCFHW - noise_BCFHW)
  sample_B = torch.sum(torch.mean(torch.square(error), [1, 3, 4]) * share_BF, [1])
  return (torch.mean(sample_B * weight_B), sample_B)
