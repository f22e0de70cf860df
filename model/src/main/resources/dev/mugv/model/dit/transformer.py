# The graph pieces of the transformer (mugv.md, section 3), as TorchScript. Axes are those of the tensor package's legend;
# further: M values of all six modulation vectors (6 D), V the two variants of a modulation (0 for noisy, 1 for clean tokens).
#
# No subscripts with colons: TorchScript records one slice a dimension, also of full ones, and the gradient of each is a
# tensor of zeros with a copy in it. narrow, select, split and unsqueeze record what they do.

# Waves of a scalar: cosines, then sines, of 128 frequencies from 1 down to 1/10000.
def waves(self, value_B: Tensor) -> Tensor:
  frequency = torch.exp(-9.210340371976184 * torch.arange(128, dtype=6) / 128)
  angle = torch.unsqueeze(value_B, 1) * frequency
  return torch.cat([torch.cos(angle), torch.sin(angle)], -1)

# RMSNorm over the last axis.
def unit(self, x: Tensor, weight: Tensor) -> Tensor:
  return x * torch.rsqrt(torch.mean(x * x, [-1], True) + 1e-6) * weight

# Modulation vectors of every token, out of the two variants. The choice is a product with rows (1, 0) and (0, 1), which is
# exact, and whose gradient is one matrix product instead of six masked sums.
def chosen(self, variants_BVM: Tensor, choice_BTV: Tensor, count: int) -> List[Tensor]:
  return torch.chunk(torch.bmm(choice_BTV, variants_BVM), count, -1)

def embed(self, latent_BCFHW: Tensor, time_B: Tensor, fps_B: Tensor, text_SD: Tensor, p: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  start, end, patch_w, patch_b, t0_w, t0_b, t2_w, t2_b, f0_w, f0_b, f2_w, f2_b, block_w, block_b, y1_w, y1_b, y2_w, y2_b = p
  width = start.size(0)
  batch = latent_BCFHW.size(0)
  # Patches of 1 x 2 x 2; an odd side is padded at its far end. A convolution whose stride is its kernel is this product.
  x = latent_BCFHW
  if x.size(3) % 2 + x.size(4) % 2 > 0:
    x = torch.constant_pad_nd(x, [0, x.size(4) % 2, 0, x.size(3) % 2], 0)
  c, f, h, w = x.size(1), x.size(2), x.size(3) // 2, x.size(4) // 2
  x = torch.permute(torch.reshape(x, [batch, c, f, h, 2, w, 2]), [0, 2, 3, 5, 1, 4, 6])
  x = torch.linear(torch.reshape(x, [batch, f * h * w, c * 4]), torch.reshape(patch_w, [width, c * 4]), patch_b)
  x = torch.cat([torch.expand(start, [batch, 1, width]), x, torch.expand(end, [batch, 1, width])], 1)
  # One row more for timestep 0, which clean tokens have.
  t = self.waves(torch.cat([time_B, torch.zeros([1])]))
  t = torch.linear(torch.silu(torch.linear(t, t0_w, t0_b)), t2_w, t2_b)
  fps = torch.linear(torch.silu(torch.linear(self.waves(fps_B), f0_w, f0_b)), f2_w, f2_b)
  noisy, clean = torch.split_with_sizes(t, [batch, 1])
  scalars_BVD = torch.stack([noisy + fps, clean + fps], 1)
  # Scales multiply as 1 + scale; the one is added here for all blocks.
  zero, one = torch.zeros([width]), torch.ones([width])
  one_M = torch.cat([zero, one, zero, zero, one, zero])
  variants_BVM = torch.linear(torch.silu(scalars_BVD), block_w, block_b) + one_M
  y = torch.layer_norm(text_SD, [text_SD.size(1)], None, None, 1e-6)
  y = torch.linear(torch.gelu(torch.linear(y, y1_w, y1_b), approximate="tanh"), y2_w, y2_b)
  y = torch.layer_norm(y, [width], None, None, 1e-6)
  return (x, scalars_BVD, variants_BVM, y)

# rope_BT11N2: one complex number a pair, as (real, imaginary). textIndex_BS: the packed row of every caption's token, and
# textMask_B11S: 0, or minus infinity behind a caption's end; both empty when all captions are equally long.
def block(self, x: Tensor, variants_BVM: Tensor, choice_BTV: Tensor, rope_BT11N2: Tensor, y_SD: Tensor, textIndex_BS: Tensor, textMask_B11S: Tensor, heads: int, p: List[Tensor]) -> Tensor:
  table, qkv_w, qkv_b, q_norm, k_norm, out_w, out_b, norm_w, norm_b, cq_w, cq_b, ckv_w, ckv_b, cq_norm, ck_norm, cout_w, cout_b, fc1_w, fc1_b, fc2_w, fc2_b = p
  b, t, d = x.size(0), x.size(1), x.size(2)
  k = d // heads
  shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = self.chosen(variants_BVM + torch.flatten(table), choice_BTV, 6)
  # Self-attention over all tokens.
  h = torch.addcmul(shift_a, torch.layer_norm(x, [d], None, None, 1e-6), scale_a)
  qkv = torch.reshape(torch.linear(h, qkv_w, qkv_b), [b, t, 3, heads, k])
  qk, value = torch.split_with_sizes(qkv, [2, 1], 2)
  qk = self.unit(qk, torch.stack([torch.unsqueeze(q_norm, 0), torch.unsqueeze(k_norm, 0)]))
  pairs = torch.view_as_complex(torch.reshape(qk, [b, t, 2, heads, k // 2, 2]))
  qk = torch.flatten(torch.view_as_real(pairs * torch.view_as_complex(rope_BT11N2)), -2)
  q, key = torch.unbind(torch.permute(qk, [2, 0, 3, 1, 4]))
  a = torch.scaled_dot_product_attention(q, key, torch.transpose(torch.squeeze(value, 2), 1, 2), None, 0., False)
  a = torch.linear(torch.reshape(torch.transpose(a, 1, 2), [b, t, d]), out_w, out_b)
  x = torch.addcmul(x, gate_a, a)
  # Cross-attention, every sample to its own caption.
  c = torch.layer_norm(x, [d], norm_w, norm_b, 1e-6)
  q = self.unit(torch.reshape(torch.linear(c, cq_w, cq_b), [b, t, heads, k]), cq_norm)
  key, value = torch.chunk(torch.linear(y_SD, ckv_w, ckv_b), 2, -1)
  key = torch.flatten(self.unit(torch.reshape(key, [-1, heads, k]), ck_norm), 1)
  mask: Optional[Tensor] = None
  if textIndex_BS.size(0) > 0:
    index = torch.flatten(textIndex_BS)
    key = torch.index_select(key, 0, index)
    value = torch.index_select(value, 0, index)
    mask = textMask_B11S
  key = torch.transpose(torch.reshape(key, [b, -1, heads, k]), 1, 2)
  value = torch.transpose(torch.reshape(value, [b, -1, heads, k]), 1, 2)
  a = torch.scaled_dot_product_attention(torch.transpose(q, 1, 2), key, value, mask, 0., False)
  x = x + torch.linear(torch.reshape(torch.transpose(a, 1, 2), [b, t, d]), cout_w, cout_b)
  # MLP.
  h = torch.addcmul(shift_m, torch.layer_norm(x, [d], None, None, 1e-6), scale_m)
  h = torch.linear(torch.gelu(torch.linear(h, fc1_w, fc1_b), approximate="tanh"), fc2_w, fc2_b)
  return torch.addcmul(x, gate_m, h)

# The table is added to the scalars' embedding itself, not to what t_block makes of it.
def head(self, x: Tensor, scalars_BVD: Tensor, choice_BTV: Tensor, frames: int, height: int, width: int, p: List[Tensor]) -> Tensor:
  table, linear_w, linear_b = p
  b, d = x.size(0), x.size(2)
  variants_BVM = torch.flatten(torch.unsqueeze(scalars_BVD, 2) + table, 2)
  tokens = x.size(1) - 2
  shift, scale = self.chosen(variants_BVM, torch.narrow(choice_BTV, 1, 1, tokens), 2)
  h = torch.layer_norm(torch.narrow(x, 1, 1, tokens), [d], None, None, 1e-6)
  x = torch.addcmul(shift, h, 1 + scale)
  x = torch.linear(x, linear_w, linear_b)
  h, w = (height + 1) // 2, (width + 1) // 2
  x = torch.permute(torch.reshape(x, [b, frames, h, w, 2, 2, -1]), [0, 6, 1, 2, 4, 3, 5])
  x = torch.reshape(x, [b, -1, frames, 2 * h, 2 * w])
  if height % 2 + width % 2 > 0:
    x = torch.narrow(torch.narrow(x, 3, 0, height), 4, 0, width)
  return x
