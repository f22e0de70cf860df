# The Euler sampler (mugv.md, section 4.2), as TorchScript.

# One channel of a difference, its magnitude limited to a quantile of itself that is held between two numbers.
def limited_channel(self, delta_BCFHW: Tensor, channel: int, quantile: float, least: float, most: float) -> Tensor:
  own = torch.narrow(delta_BCFHW, 1, channel, 1)
  limit = torch.quantile(torch.flatten(torch.abs(own), 1), quantile, 1, True)
  limit = torch.clamp(limit, least, most)[:, :, None, None, None]
  return torch.clamp(own, torch.neg(limit), limit)

# Channels 4 and 8, and no others, are limited in the published sampler.
def limited(self, delta_BCFHW: Tensor, quantile: float, least: float, most: float) -> Tensor:
  return torch.cat([
    torch.narrow(delta_BCFHW, 1, 0, 4),
    self.limited_channel(delta_BCFHW, 4, quantile, least, most),
    torch.narrow(delta_BCFHW, 1, 5, 3),
    self.limited_channel(delta_BCFHW, 8, quantile, least, most),
    torch.narrow(delta_BCFHW, 1, 9, delta_BCFHW.size(1) - 9)], 1)

# From the velocities of the caption and of the negative prompt, in this order, to the one that is followed. All latent
# frames count in quantile and deviation, given ones too.
def guided(self, velocity: Tensor, scale: float, rescale: float, quantile: float, least: float, most: float) -> Tensor:
  caption, negative = torch.split(velocity, 1)
  delta = caption - negative
  if quantile > 0.:
    delta = self.limited(delta, quantile, least, most)
  v = negative + scale * delta
  if rescale > 0.:
    ratio = torch.std(caption, [1, 2, 3, 4], True, True) / torch.std(v, [1, 2, 3, 4], True, True)
    v = rescale * (v * ratio) + (1 - rescale) * v
  return v

# One step along the first half of the model's output; a batch of two is the caption's sample and the negative prompt's.
def step(self, latent_BCFHW: Tensor, velocity: Tensor, clean_BCFHW: Tensor, noisy_F: Tensor, length: float, scale: float, rescale: float, quantile: float, least: float, most: float) -> Tensor:
  v = velocity[:, :latent_BCFHW.size(1)]
  if v.size(0) == 2:
    v = self.guided(v, scale, rescale, quantile, least, most)
  return torch.where(noisy_F[:, None, None], latent_BCFHW + v * length, clean_BCFHW)
