# The transformer (mugv.md, section 3), as TorchScript: every piece forward, and beside it the same piece backward. Backward
# passes are written out instead of recorded: they add the gradients of weights straight into the parameters' own memory (g, in
# the order of p), keep what they need and nothing else, and cost no bookkeeping an operation. Run with recording off.
#
# Axes are those of the tensor package's legend; further: R tokens of all samples one behind the other (B T), M values of all
# six modulation vectors (6 D), V the two variants of a modulation (0 for noisy, 1 for clean tokens), J tensors that share code
# but not weights, I and O a linear layer's input and output.
#
# places holds what depends on where tokens lie: choice_BTV (1 where a token is of a variant, else 0), ones for sums over tokens
# and text tokens, rope_B1TP2 (one complex number a pair, as real and imaginary) and its conjugate, textIndex_BS (the packed row of
# every caption's token) and textMask_B11S (0, or minus infinity behind a caption's end), both empty when all captions are equally
# long, and the norms' epsilon.
#
# Parameters come as a forward pass needs them, matrices transposed (wt), or as a backward pass does, as they are (w); gradients
# of biases are rows (1 O). Variants and a block's table are split into attention's half of M and the MLP's, the first axis.
#
# Precision: the weights of a block's matrix products come in fp32 or bf16, and decide it. In bf16 these products and
# attention take and give bf16 (they sum in fp32 inside). In both the residual stream, norms, rotation, modulation, and what
# is added to gradients of weights are fp32. In fp32 the conversions (torch.to) do nothing.

# A block's parameters, given as its backward pass takes them, with those of its products (product is 1) as new tensors of bf16: for
# the backward and for the forward pass, which share them.
def rounded(self, p: List[Tensor], product: List[int]) -> Tuple[List[Tensor], List[Tensor]]:
  backward, forward = annotate(List[Tensor], []), annotate(List[Tensor], [])
  for i in range(len(p)):
    x = p[i]
    if product[i] == 1:
      x = torch.to(x, 15)
    y = x
    if x.dim() == 2:
      y = torch.t(x)
    backward, forward = backward + [x], forward + [y]
  return (backward, forward)

# Rounds the same parameters again, into the same tensors.
def round_again(self, p: List[Tensor], product: List[int], backward: List[Tensor]) -> int:
  for i in range(len(p)):
    if product[i] == 1:
      torch.copy_(backward[i], p[i])
  return 0

# Of y = x w^T + b: adds to the gradients of w and b. The bias's sum over rows is a product with ones.
def linear_backward(self, dy_RO: Tensor, x_RI: Tensor, w_grad: Tensor, b_grad: Tensor, one_1R: Tensor) -> int:
  if ops.prim.dtype(dy_RO) == 6:
    torch.addmm_(w_grad, torch.t(dy_RO), x_RI)
    torch.addmm_(b_grad, one_1R, dy_RO)
  else:
    # A sum that gives fp32 would convert all of dy first.
    torch.add_(b_grad, torch.mm(torch.to(one_1R, ops.prim.dtype(dy_RO)), dy_RO))
    sums = torch.mm(torch.t(dy_RO), x_RI)
    # Converted in pieces that stay in the cache.
    rows, done = sums.size(0), 0
    piece = 1 + 262144 // sums.size(1)
    while done < rows:
      count = min(piece, rows - done)
      torch.add_(torch.narrow(w_grad, 0, done, count), torch.narrow(sums, 0, done, count))
      done = done + count
  return 0

# RMSNorm over the last axis is w u with u = x r; this is r.
def unit(self, x: Tensor, epsilon: Tensor) -> Tensor:
  length = torch.linalg_vector_norm(x, 2, [-1], True)
  return torch.rsqrt_(torch.addcmul(epsilon, length, length, value=1. / x.size(-1)))

# Its way back: dy is overwritten, the gradient of x is left in dx, those of the weights are added.
def unit_backward(self, dy_JRNK: Tensor, u_JRNK: Tensor, r_JRN1: Tensor, weight_JK: Tensor, grads: List[Tensor], dx_JRNK: Tensor) -> int:
  j, rows, k = dy_JRNK.size(0), dy_JRNK.size(1) * dy_JRNK.size(2), dy_JRNK.size(3)
  product = torch.reshape(dy_JRNK * u_JRNK, [j, rows, k])
  share_JRN1 = torch.view(torch.bmm(product, torch.unsqueeze(weight_JK, 2)), [j, dy_JRNK.size(1), dy_JRNK.size(2), 1])
  sums_JK = torch.sum(product, [1])
  for i in range(j):
    torch.add_(grads[i], torch.select(sums_JK, 0, i))
  torch.mul_(dy_JRNK, torch.view(weight_JK, [j, 1, 1, k]))
  torch.addcmul_(dy_JRNK, u_JRNK, share_JRN1, value=-1. / k)
  torch.mul(dy_JRNK, r_JRN1, out=dx_JRNK)
  return 0

# Sums of rows by the variant that they took.
def by_variant(self, choice_BTV: Tensor, x_RD: Tensor) -> Tensor:
  return torch.bmm(torch.transpose(choice_BTV, 1, 2), torch.view(x_RD, [choice_BTV.size(0), -1, x_RD.size(1)]))

# Shift, scale and gate of every token: a product with rows (1, 0) and (0, 1), which is exact.
def modulation(self, choice_BTV: Tensor, variants_BVM: Tensor, count: int) -> List[Tensor]:
  return torch.chunk(torch.flatten(torch.bmm(choice_BTV, variants_BVM), 0, 1), count, 1)

# Waves of scalars: cosines, then sines.
def waves(self, value_B: Tensor, frequency: Tensor) -> Tensor:
  angle = torch.unsqueeze(value_B, 1) * frequency
  return torch.cat([torch.cos(angle), torch.sin(angle)], -1)

# scalar_B3: timesteps of all samples, timestep 0 (which clean tokens have), frame rates.
def embed(self, latent_BCFHW: Tensor, scalar: Tensor, frequency: Tensor, text_SI: Tensor, p: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor, Tensor, List[Tensor]]:
  start, end, patch_wt, patch_b, t0_wt, t0_b, t2_wt, t2_b, f0_wt, f0_b, f2_wt, f2_b, block_wt, block_b, y1_wt, y1_b, y2_wt, y2_b = p
  d = start.size(0)
  b = latent_BCFHW.size(0)
  # Patches of 1 x 2 x 2; an odd side is padded at its far end. A convolution whose stride is its kernel is this product.
  x = latent_BCFHW
  if x.size(3) % 2 + x.size(4) % 2 > 0:
    x = torch.constant_pad_nd(x, [0, x.size(4) % 2, 0, x.size(3) % 2], 0)
  c, f, h, w = x.size(1), x.size(2), x.size(3) // 2, x.size(4) // 2
  x = torch.permute(torch.reshape(x, [b, c, f, h, 2, w, 2]), [0, 2, 3, 5, 1, 4, 6])
  patch = torch.reshape(x, [b * f * h * w, c * 4])
  x = torch.addmm(patch_b, patch, patch_wt)
  x = torch.cat([torch.expand(start, [b, 1, d]), torch.view(x, [b, f * h * w, d]), torch.expand(end, [b, 1, d])], 1)
  wave = self.waves(scalar, frequency)
  t_wave, f_wave = torch.narrow(wave, 0, 0, b + 1), torch.narrow(wave, 0, b + 1, b)
  t1 = torch.addmm(t0_b, t_wave, t0_wt)
  t1s = torch.silu(t1)
  t2 = torch.addmm(t2_b, t1s, t2_wt)
  f1 = torch.addmm(f0_b, f_wave, f0_wt)
  f1s = torch.silu(f1)
  f2 = torch.addmm(f2_b, f1s, f2_wt)
  scalars_BVD = torch.stack([torch.narrow(t2, 0, 0, b), torch.expand(torch.narrow(t2, 0, b, 1), [b, d])], 1)
  scalars_BVD = torch.add_(scalars_BVD, torch.unsqueeze(f2, 1))
  s = torch.silu(torch.view(scalars_BVD, [2 * b, d]))
  variants = torch.addmm(block_b, s, block_wt)
  # Scales multiply as 1 + scale; the one is added here for all blocks.
  variants_JBVM = torch.contiguous(torch.permute(torch.view(variants, [b, 2, 2, 3 * d]), [2, 0, 1, 3]))
  torch.add_(torch.narrow(variants_JBVM, 3, d, d), 1)
  y, y_mean, y_rstd = torch.native_layer_norm(text_SI, [text_SI.size(1)], None, None, 1e-6)
  y1 = torch.addmm(y1_b, y, y1_wt)
  y1g = torch.gelu(y1, approximate="tanh")
  y2 = torch.addmm(y2_b, y1g, y2_wt)
  y_SD, y2_mean, y2_rstd = torch.native_layer_norm(y2, [d], None, None, 1e-6)
  keep = [patch, t_wave, f_wave, t1, t1s, f1, f1s, scalars_BVD, s, text_SI, y, y_mean, y_rstd, y1, y1g, y2, y2_mean, y2_rstd]
  return (torch.view(x, [-1, d]), scalars_BVD, variants_JBVM, y_SD, keep)

# The gradient of the text is worked out only where something made from parameters stands there.
def embed_backward(self, dx_RD: Tensor, dscalars_BVD: Tensor, dvariants_JBVM: Tensor, dy_SD: Tensor, places: List[Tensor], through_text: bool, keep: List[Tensor], p: List[Tensor], g: List[Tensor]) -> Tensor:
  start, end, patch_w, patch_b, t0_w, t0_b, t2_w, t2_b, f0_w, f0_b, f2_w, f2_b, block_w, block_b, y1_w, y1_b, y2_w, y2_b = p
  patch, t_wave, f_wave, t1, t1s, f1, f1s, scalars_BVD, s, text_SI, y, y_mean, y_rstd, y1, y1g, y2, y2_mean, y2_rstd = keep
  choice_BTV, one_1R, one_1S, rope_B1TP2, back_B1TP2, textIndex_BS, textMask_B11S, epsilon = places
  b, d = scalars_BVD.size(0), start.size(0)
  dx_BTD = torch.view(dx_RD, [b, -1, d])
  patches = dx_BTD.size(1) - 2
  torch.add_(g[0], torch.sum(torch.select(dx_BTD, 1, 0), [0]))
  torch.add_(g[1], torch.sum(torch.select(dx_BTD, 1, -1), [0]))
  dpatch = torch.reshape(torch.narrow(dx_BTD, 1, 1, patches), [b * patches, d])
  self.linear_backward(dpatch, patch, g[2], g[3], torch.narrow(one_1R, 1, 0, b * patches))
  # With two tokens or more a sample there are ones for all rows that follow.
  one = torch.narrow(one_1R, 1, 0, 2 * b)
  dvariants = torch.reshape(torch.permute(dvariants_JBVM, [1, 2, 0, 3]), [2 * b, 6 * d])
  self.linear_backward(dvariants, s, g[12], g[13], one)
  ds_BVD = torch.silu_backward(torch.view(torch.mm(dvariants, block_w), [b, 2, d]), scalars_BVD)
  torch.add_(ds_BVD, dscalars_BVD)
  dnoisy, dclean = torch.unbind(ds_BVD, 1)
  df2 = dnoisy + dclean
  self.linear_backward(df2, f1s, g[10], g[11], torch.narrow(one, 1, 0, b))
  self.linear_backward(torch.silu_backward(torch.mm(df2, f2_w), f1), f_wave, g[8], g[9], torch.narrow(one, 1, 0, b))
  dt2 = torch.cat([dnoisy, torch.sum(dclean, [0], True)])
  self.linear_backward(dt2, t1s, g[6], g[7], torch.narrow(one, 1, 0, b + 1))
  self.linear_backward(torch.silu_backward(torch.mm(dt2, t2_w), t1), t_wave, g[4], g[5], torch.narrow(one, 1, 0, b + 1))
  dy2, _0, _1 = torch.native_layer_norm_backward(dy_SD, y2, [d], y2_mean, y2_rstd, None, None, [True, False, False])
  self.linear_backward(dy2, y1g, g[16], g[17], one_1S)
  dy1 = torch.gelu_backward(torch.mm(dy2, y2_w), y1, approximate="tanh")
  self.linear_backward(dy1, y, g[14], g[15], one_1S)
  dtext = torch.empty([0])
  if through_text:
    dtext, _2, _3 = torch.native_layer_norm_backward(torch.mm(dy1, y1_w), text_SI, [text_SI.size(1)], y_mean, y_rstd, None, None, [True, False, False])
  return dtext

# Attention's gradients of query, key and value. In bf16 by products of pieces of the score matrix: the engine's own way back is no
# quicker there than in fp32. Scores are worked out again in fp32; what is taken away from scores and from their gradients goes
# into the products as further columns, in two bf16 numbers where one is too coarse, so that only differences are rounded.
def flash_backward(self, da: Tensor, q: Tensor, key: Tensor, value: Tensor, a: Tensor, sums: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  dtype = ops.prim.dtype(q)
  if dtype != 15:
    dq, dkey, dvalue = torch._scaled_dot_product_flash_attention_for_cpu_backward(da, q, key, value, a, sums, 0., False)
  else:
    b, heads, t, k = q.size(0), q.size(1), q.size(2), q.size(3)
    m = b * heads
    scale = k ** -0.5
    q, key, value, da = torch.reshape(q, [m, t, k]), torch.reshape(key, [m, t, k]), torch.reshape(value, [m, t, k]), torch.reshape(da, [m, t, k])
    share = torch.neg(torch.sum(torch.to(da, 6) * torch.to(torch.reshape(a, [m, t, k]), 6), [-1], True))
    q_x = torch.cat([torch.mul(torch.to(q, 6), scale), torch.neg(torch.reshape(sums, [m, t, 1]))], -1)
    key_x = torch.cat([torch.to(key, 6), torch.ones([m, t, 1])], -1)
    coarse, one = torch.to(share, dtype), torch.ones([m, t, 1], dtype=dtype)
    da_x = torch.cat([da, coarse, torch.to(share - torch.to(coarse, 6), dtype)], -1)
    value_x = torch.cat([value, one, one], -1)
    dq, dkey, dvalue = torch.zeros([m, t, k]), torch.zeros([m, t, k]), torch.zeros([m, t, k])
    # About square pieces of a million scores: they stay in the cache, and a long video's do not grow.
    count = 1 + (t - 1) // 1536
    piece = 1 + (t - 1) // count
    for i in range(m):
      for row in range(count):
        r0 = row * piece
        rows = min(piece, t - r0)
        q_i, da_i = torch.narrow(torch.select(q, 0, i), 0, r0, rows), torch.narrow(torch.select(da, 0, i), 0, r0, rows)
        q_xi, da_xi = torch.narrow(torch.select(q_x, 0, i), 0, r0, rows), torch.narrow(torch.select(da_x, 0, i), 0, r0, rows)
        dq_i = torch.narrow(torch.select(dq, 0, i), 0, r0, rows)
        for column in range(count):
          c0 = column * piece
          columns = min(piece, t - c0)
          key_xi, value_xi = torch.narrow(torch.select(key_x, 0, i), 0, c0, columns), torch.narrow(torch.select(value_x, 0, i), 0, c0, columns)
          p = torch.to(torch.exp_(torch.mm(q_xi, torch.t(key_xi))), dtype)
          ds = torch.mul_(torch.mm(da_xi, torch.t(value_xi)), p)
          torch.add_(torch.narrow(torch.select(dvalue, 0, i), 0, c0, columns), torch.mm(torch.t(p), da_i))
          torch.add_(dq_i, torch.mm(ds, torch.narrow(torch.select(key, 0, i), 0, c0, columns)))
          torch.add_(torch.narrow(torch.select(dkey, 0, i), 0, c0, columns), torch.mm(torch.t(ds), q_i))
    torch.mul_(dq, scale)
    torch.mul_(dkey, scale)
    shape = [b, heads, t, k]
    dq, dkey, dvalue = torch.view(dq, shape), torch.view(dkey, shape), torch.view(dvalue, shape)
  return (dq, dkey, dvalue)

# GELU by tanh: the activation of a convolution that has one tap of one, which oneDNN computes faster than the engine's own.
def gelu(self, x: Tensor) -> Tensor:
  rows, o = x.size(0), x.size(1)
  lanes = 32
  # Starting it takes as long as the engine's own takes for some 200,000 values.
  if ops.prim.dtype(x) == 7 or o % lanes > 0 or torch.numel(x) < 524288:
    y = torch.gelu(x, approximate="tanh")
  else:
    x_NCHW = torch.permute(torch.view(x, [1, rows, o // lanes, lanes]), [0, 3, 1, 2])
    one = torch.ones([lanes, 1, 1, 1], dtype=ops.prim.dtype(x))
    y = ops.mkldnn._convolution_pointwise(x_NCHW, one, None, [0, 0], [1, 1], [1, 1], lanes, "gelu", [], "tanh")
    y = torch.view(torch.permute(y, [0, 2, 3, 1]), [rows, o])
  return y

# From rows of (query, key, value), each of all heads.
def self_attention(self, qkv: Tensor, rope_B1TP2: Tensor, epsilon: Tensor, b: int, heads: int, weight_JK: Tensor) -> Tuple[Tensor, List[Tensor]]:
  dtype, t, k = ops.prim.dtype(qkv), qkv.size(0) // b, weight_JK.size(1)
  qkv_JBTNK = torch.permute(torch.view(qkv, [b, t, 3, heads, k]), [2, 0, 1, 3, 4])
  x = torch.to(torch.narrow(qkv_JBTNK, 0, 0, 2), 6)
  r = self.unit(x, epsilon)
  u = torch.mul(x, r, out=torch.empty([2, b, t, heads, k]))
  pairs = torch.view_as_complex(torch.view(u * torch.view(weight_JK, [2, 1, 1, 1, k]), [2, b, t, heads, k // 2, 2]))
  qk_JBNTK = torch.empty([2, b, heads, t, k])
  rotated = torch.view_as_complex(torch.view(qk_JBNTK, [2, b, heads, t, k // 2, 2]))
  torch.mul(torch.transpose(pairs, 2, 3), torch.view_as_complex(rope_B1TP2), out=rotated)
  q, key = torch.unbind(torch.to(qk_JBNTK, dtype))
  value = torch.contiguous(torch.transpose(torch.select(qkv_JBTNK, 0, 2), 1, 2))
  a, sums = torch._scaled_dot_product_flash_attention_for_cpu(q, key, value)
  return (torch.reshape(torch.transpose(a, 1, 2), [b * t, heads * k]), [r, u, q, key, value, a, sums])

# Gives the gradient of qkv.
def self_attention_backward(self, da: Tensor, back_B1TP2: Tensor, weight_JK: Tensor, keep: List[Tensor], grads: List[Tensor]) -> Tensor:
  r, u, q, key, value, a, sums = keep
  b, heads, t, k = q.size(0), q.size(1), q.size(2), q.size(3)
  da = torch.transpose(torch.view(da, [b, t, heads, k]), 1, 2)
  dq, dkey, dvalue = self.flash_backward(da, q, key, value, a, sums)
  back = torch.view_as_complex(back_B1TP2)
  dw_JBTNK = torch.empty([2, b, t, heads, k])
  out = torch.transpose(torch.view_as_complex(torch.view(dw_JBTNK, [2, b, t, heads, k // 2, 2])), 2, 3)
  torch.mul(torch.view_as_complex(torch.unflatten(torch.to(dq, 6), -1, [k // 2, 2])), back, out=torch.select(out, 0, 0))
  torch.mul(torch.view_as_complex(torch.unflatten(torch.to(dkey, 6), -1, [k // 2, 2])), back, out=torch.select(out, 0, 1))
  dqkv = torch.empty([b * t, 3, heads, k], dtype=ops.prim.dtype(q))
  dqkv_JRNK = torch.transpose(dqkv, 0, 1)
  self.unit_backward(torch.view(dw_JBTNK, [2, b * t, heads, k]), torch.view(u, [2, b * t, heads, k]), torch.view(r, [2, b * t, heads, 1]), weight_JK, grads, torch.narrow(dqkv_JRNK, 0, 0, 2))
  torch.copy_(torch.view(torch.select(dqkv_JRNK, 0, 2), [b, t, heads, k]), torch.transpose(dvalue, 1, 2))
  return torch.view(dqkv, [b * t, 3 * heads * k])

# Every sample's rows to its own caption's.
def cross_attention(self, x_RD: Tensor, kv: Tensor, textIndex_BS: Tensor, textMask_B11S: Tensor, epsilon: Tensor, b: int, heads: int, q_norm: Tensor, k_norm: Tensor) -> Tuple[Tensor, List[Tensor]]:
  dtype, rows, k = ops.prim.dtype(x_RD), x_RD.size(0), q_norm.size(0)
  q = torch.to(torch.view(x_RD, [rows, heads, k]), 6)
  q_r = self.unit(q, epsilon)
  q_u = q * q_r
  q = torch.to(torch.view(q_u * q_norm, [b, -1, heads, k]), dtype)
  key, value = torch.unbind(torch.view(kv, [-1, 2, heads, k]), 1)
  key = torch.to(key, 6)
  k_r = self.unit(key, epsilon)
  k_u = key * k_r
  key = torch.to(k_u * k_norm, dtype)
  mask: Optional[Tensor] = None
  if textIndex_BS.size(0) > 0:
    index = torch.flatten(textIndex_BS)
    key = torch.index_select(key, 0, index)
    value = torch.index_select(value, 0, index)
    mask = torch.to(textMask_B11S, dtype)
  q = torch.transpose(q, 1, 2)
  key = torch.transpose(torch.view(key, [b, -1, heads, k]), 1, 2)
  value = torch.transpose(torch.reshape(value, [b, -1, heads, k]), 1, 2)
  a, sums = torch._scaled_dot_product_flash_attention_for_cpu(q, key, value, 0., False, attn_mask=mask)
  return (torch.reshape(torch.transpose(a, 1, 2), [rows, heads * k]), [q_r, q_u, k_r, k_u, q, key, value, a, sums])

# Gives the gradients of x and kv.
def cross_attention_backward(self, da: Tensor, textIndex_BS: Tensor, textMask_B11S: Tensor, q_norm: Tensor, k_norm: Tensor, keep: List[Tensor], grads: List[Tensor]) -> Tuple[Tensor, Tensor]:
  q_r, q_u, k_r, k_u, q, key, value, a, sums = keep
  dtype, b, heads, t, k = ops.prim.dtype(q), q.size(0), q.size(1), q.size(2), q.size(3)
  rows, text = b * t, k_u.size(0)
  da = torch.transpose(torch.view(da, [b, t, heads, k]), 1, 2)
  mask: Optional[Tensor] = None
  if textIndex_BS.size(0) > 0:
    mask = torch.to(textMask_B11S, dtype)
  dq, dkey, dvalue = torch._scaled_dot_product_flash_attention_for_cpu_backward(da, q, key, value, a, sums, 0., False, attn_mask=mask)
  dx = torch.empty([rows, heads, k], dtype=dtype)
  dq = torch.to(torch.reshape(torch.transpose(dq, 1, 2), [1, rows, heads, k]), 6)
  self.unit_backward(dq, torch.unsqueeze(q_u, 0), torch.unsqueeze(q_r, 0), torch.unsqueeze(q_norm, 0), [grads[0]], torch.unsqueeze(dx, 0))
  dkey = torch.to(torch.reshape(torch.transpose(dkey, 1, 2), [-1, heads, k]), 6)
  dvalue = torch.reshape(torch.transpose(dvalue, 1, 2), [-1, heads, k])
  dkv = torch.empty([text, 2, heads, k], dtype=dtype)
  if textIndex_BS.size(0) > 0:
    # What stands behind a caption's end was masked and has the gradient zero.
    index = torch.flatten(textIndex_BS)
    dkey = torch.index_add_(torch.zeros([text, heads, k]), 0, index, dkey)
    dvalue = torch.index_add_(torch.zeros([text, heads, k]), 0, index, torch.to(dvalue, 6))
  self.unit_backward(torch.unsqueeze(dkey, 0), torch.unsqueeze(k_u, 0), torch.unsqueeze(k_r, 0), torch.unsqueeze(k_norm, 0), [grads[1]], torch.unsqueeze(torch.select(dkv, 1, 0), 0))
  torch.copy_(torch.select(dkv, 1, 1), dvalue)
  return (torch.view(dx, [rows, heads * k]), torch.view(dkv, [text, 2 * heads * k]))

# The three layers of a block, each with its residual connection. What the way back needs is kept only where training asks.
# variants_BVM: shifts, scales and gates for this layer.
def attend(self, x: Tensor, variants_BVM: Tensor, places: List[Tensor], heads: int, training: bool, p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  choice_BTV, one_1R, one_1S, rope_B1TP2, back_B1TP2, textIndex_BS, textMask_B11S, epsilon = places
  table, qkv_wt, qkv_b, q_norm, k_norm, out_wt, out_b, norm_w, norm_b, cq_wt, cq_b, ckv_wt, ckv_b, cq_norm, ck_norm, cout_wt, cout_b, fc1_wt, fc1_b, fc2_wt, fc2_b = p
  shift, scale, gate = self.modulation(choice_BTV, variants_BVM, 3)
  n, mean, rstd = torch.native_layer_norm(x, [x.size(1)], None, None, 1e-6)
  h = torch.to(torch.addcmul(shift, n, scale), ops.prim.dtype(qkv_wt))
  a, keep = self.self_attention(torch.addmm(qkv_b, h, qkv_wt), rope_B1TP2, epsilon, choice_BTV.size(0), heads, torch.stack([q_norm, k_norm]))
  o = torch.addmm(out_b, a, out_wt)
  out = torch.addcmul(x, gate, o)
  if training:
    keep = [x, n, mean, rstd, h, a, o] + keep
  else:
    keep = annotate(List[Tensor], [])
  return (out, keep)

def attend_backward(self, dx: Tensor, variants_BVM: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  choice_BTV, one_1R, one_1S, rope_B1TP2, back_B1TP2, textIndex_BS, textMask_B11S, epsilon = places
  table, qkv_w, qkv_b, q_norm, k_norm, out_w, out_b, norm_w, norm_b, cq_w, cq_b, ckv_w, ckv_b, cq_norm, ck_norm, cout_w, cout_b, fc1_w, fc1_b, fc2_w, fc2_b = p
  x, n, mean, rstd, h, a, o, r, u, q, key, value, attended, sums = keep
  shift, scale, gate = self.modulation(choice_BTV, variants_BVM, 3)
  dgate = self.by_variant(choice_BTV, dx * o)
  do = torch.to(dx * gate, ops.prim.dtype(out_w))
  self.linear_backward(do, a, g[5], g[6], one_1R)
  dqkv = self.self_attention_backward(torch.mm(do, out_w), back_B1TP2, torch.stack([q_norm, k_norm]), [r, u, q, key, value, attended, sums], [g[3], g[4]])
  self.linear_backward(dqkv, h, g[1], g[2], one_1R)
  dh = torch.to(torch.mm(dqkv, qkv_w), 6)
  dshift, dscale = self.by_variant(choice_BTV, dh), self.by_variant(choice_BTV, dh * n)
  dn, _0, _1 = torch.native_layer_norm_backward(torch.mul_(dh, scale), x, [x.size(1)], mean, rstd, None, None, [True, False, False])
  return (torch.add_(dx, dn), [dshift, dscale, dgate])

def attend_text(self, x: Tensor, y_SD: Tensor, places: List[Tensor], heads: int, training: bool, p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  choice_BTV, one_1R, one_1S, rope_B1TP2, back_B1TP2, textIndex_BS, textMask_B11S, epsilon = places
  table, qkv_wt, qkv_b, q_norm, k_norm, out_wt, out_b, norm_w, norm_b, cq_wt, cq_b, ckv_wt, ckv_b, cq_norm, ck_norm, cout_wt, cout_b, fc1_wt, fc1_b, fc2_wt, fc2_b = p
  n, mean, rstd = torch.native_layer_norm(x, [x.size(1)], norm_w, norm_b, 1e-6)
  h = torch.to(n, ops.prim.dtype(cq_wt))
  y = torch.to(y_SD, ops.prim.dtype(cq_wt))
  a, keep = self.cross_attention(torch.addmm(cq_b, h, cq_wt), torch.addmm(ckv_b, y, ckv_wt), textIndex_BS, textMask_B11S, epsilon, choice_BTV.size(0), heads, cq_norm, ck_norm)
  out = x + torch.addmm(cout_b, a, cout_wt)
  if training:
    keep = [x, mean, rstd, h, y, a] + keep
  else:
    keep = annotate(List[Tensor], [])
  return (out, keep)

def attend_text_backward(self, dx: Tensor, dy_SD: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor]) -> Tensor:
  choice_BTV, one_1R, one_1S, rope_B1TP2, back_B1TP2, textIndex_BS, textMask_B11S, epsilon = places
  table, qkv_w, qkv_b, q_norm, k_norm, out_w, out_b, norm_w, norm_b, cq_w, cq_b, ckv_w, ckv_b, cq_norm, ck_norm, cout_w, cout_b, fc1_w, fc1_b, fc2_w, fc2_b = p
  x, mean, rstd, h, y, a, q_r, q_u, k_r, k_u, q, key, value, attended, sums = keep
  do = torch.to(dx, ops.prim.dtype(cq_w))
  self.linear_backward(do, a, g[15], g[16], one_1R)
  dcq, dckv = self.cross_attention_backward(torch.mm(do, cout_w), textIndex_BS, textMask_B11S, cq_norm, ck_norm, [q_r, q_u, k_r, k_u, q, key, value, attended, sums], [g[13], g[14]])
  self.linear_backward(dcq, h, g[9], g[10], one_1R)
  self.linear_backward(dckv, y, g[11], g[12], one_1S)
  torch.add_(dy_SD, torch.mm(dckv, ckv_w))
  dn, dnorm_w, dnorm_b = torch.native_layer_norm_backward(torch.to(torch.mm(dcq, cq_w), 6), x, [x.size(1)], mean, rstd, norm_w, norm_b, [True, True, True])
  torch.add_(g[7], dnorm_w)
  torch.add_(g[8], dnorm_b)
  return torch.add_(dx, dn)

def feed(self, x: Tensor, variants_BVM: Tensor, places: List[Tensor], training: bool, p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  choice_BTV, one_1R, one_1S, rope_B1TP2, back_B1TP2, textIndex_BS, textMask_B11S, epsilon = places
  table, qkv_wt, qkv_b, q_norm, k_norm, out_wt, out_b, norm_w, norm_b, cq_wt, cq_b, ckv_wt, ckv_b, cq_norm, ck_norm, cout_wt, cout_b, fc1_wt, fc1_b, fc2_wt, fc2_b = p
  shift, scale, gate = self.modulation(choice_BTV, variants_BVM, 3)
  n, mean, rstd = torch.native_layer_norm(x, [x.size(1)], None, None, 1e-6)
  h = torch.to(torch.addcmul(shift, n, scale), ops.prim.dtype(fc1_wt))
  z = torch.addmm(fc1_b, h, fc1_wt)
  a = self.gelu(z)
  o = torch.addmm(fc2_b, a, fc2_wt)
  out = torch.addcmul(x, gate, o)
  keep = annotate(List[Tensor], [])
  if training:
    keep = [x, n, mean, rstd, h, z, a, o]
  return (out, keep)

def feed_backward(self, dx: Tensor, variants_BVM: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  choice_BTV, one_1R, one_1S, rope_B1TP2, back_B1TP2, textIndex_BS, textMask_B11S, epsilon = places
  table, qkv_w, qkv_b, q_norm, k_norm, out_w, out_b, norm_w, norm_b, cq_w, cq_b, ckv_w, ckv_b, cq_norm, ck_norm, cout_w, cout_b, fc1_w, fc1_b, fc2_w, fc2_b = p
  x, n, mean, rstd, h, z, a, o = keep
  shift, scale, gate = self.modulation(choice_BTV, variants_BVM, 3)
  dgate = self.by_variant(choice_BTV, dx * o)
  do = torch.to(dx * gate, ops.prim.dtype(fc1_w))
  self.linear_backward(do, a, g[19], g[20], one_1R)
  dz = torch.gelu_backward(torch.mm(do, fc2_w), z, approximate="tanh")
  self.linear_backward(dz, h, g[17], g[18], one_1R)
  dh = torch.to(torch.mm(dz, fc1_w), 6)
  dshift, dscale = self.by_variant(choice_BTV, dh), self.by_variant(choice_BTV, dh * n)
  dn, _0, _1 = torch.native_layer_norm_backward(torch.mul_(dh, scale), x, [x.size(1)], mean, rstd, None, None, [True, False, False])
  return (torch.add_(dx, dn), [dshift, dscale, dgate])

def block(self, x: Tensor, variants_JBVM: Tensor, places: List[Tensor], y_SD: Tensor, heads: int, training: bool, p: List[Tensor]) -> Tuple[Tensor, List[Tensor], List[Tensor], List[Tensor]]:
  first, second = torch.unbind(variants_JBVM + p[0])
  x, keep0 = self.attend(x, first, places, heads, training, p)
  x, keep1 = self.attend_text(x, y_SD, places, heads, training, p)
  x, keep2 = self.feed(x, second, places, training, p)
  return (x, keep0, keep1, keep2)

# dx turns in place from the gradient of the result into that of x; the gradients of variants and text are added to.
def block_backward(self, dx: Tensor, dvariants_JBVM: Tensor, dy_SD: Tensor, variants_JBVM: Tensor, places: List[Tensor], keep0: List[Tensor], keep1: List[Tensor], keep2: List[Tensor], p: List[Tensor], g: List[Tensor]) -> int:
  first, second = torch.unbind(variants_JBVM + p[0])
  dx, dsecond = self.feed_backward(dx, second, places, keep2, p, g)
  dx = self.attend_text_backward(dx, dy_SD, places, keep1, p, g)
  dx, dfirst = self.attend_backward(dx, first, places, keep0, p, g)
  b, m = variants_JBVM.size(1), variants_JBVM.size(3)
  sums_JBVM = torch.permute(torch.view(torch.cat(dfirst + dsecond, -1), [b, 2, 2, m]), [2, 0, 1, 3])
  torch.add_(dvariants_JBVM, sums_JBVM)
  torch.add_(g[0], torch.sum(sums_JBVM, [1, 2], True))
  return 0

# The table is added to the scalars' embedding itself, not to what t_block makes of it. Start and end token are left out.
def head(self, x_RD: Tensor, scalars_BVD: Tensor, places: List[Tensor], frames: int, height: int, width: int, p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  table, linear_wt, linear_b = p
  b, d = scalars_BVD.size(0), x_RD.size(1)
  x = torch.view(x_RD, [b, -1, d])
  tokens = x.size(1) - 2
  x = torch.reshape(torch.narrow(x, 1, 1, tokens), [b * tokens, d])
  variants = torch.flatten(torch.unsqueeze(scalars_BVD, 2) + table, 2)
  torch.add_(torch.narrow(variants, 2, d, d), 1)
  shift, scale = self.modulation(torch.narrow(places[0], 1, 1, tokens), variants, 2)
  n, mean, rstd = torch.native_layer_norm(x, [d], None, None, 1e-6)
  h = torch.addcmul(shift, n, scale)
  v = torch.addmm(linear_b, h, linear_wt)
  rows, columns = (height + 1) // 2, (width + 1) // 2
  v = torch.permute(torch.view(v, [b, frames, rows, columns, 2, 2, -1]), [0, 6, 1, 2, 4, 3, 5])
  v = torch.reshape(v, [b, -1, frames, 2 * rows, 2 * columns])
  if height % 2 + width % 2 > 0:
    v = torch.narrow(torch.narrow(v, 3, 0, height), 4, 0, width)
  return (v, [x, scale, n, mean, rstd, h])

# Gives the gradients of x and of the scalars' embedding.
def head_backward(self, dv_BCFHW: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor]) -> Tuple[Tensor, Tensor]:
  table, linear_w, linear_b = p
  x, scale, n, mean, rstd, h = keep
  choice_BTV, one_1R = places[0], places[1]
  b, d = choice_BTV.size(0), x.size(1)
  tokens = x.size(0) // b
  dv = dv_BCFHW
  if dv.size(3) % 2 + dv.size(4) % 2 > 0:
    dv = torch.constant_pad_nd(dv, [0, dv.size(4) % 2, 0, dv.size(3) % 2], 0)
  c, f, rows, columns = dv.size(1), dv.size(2), dv.size(3) // 2, dv.size(4) // 2
  dv = torch.permute(torch.reshape(dv, [b, c, f, rows, 2, columns, 2]), [0, 2, 3, 5, 4, 6, 1])
  dv = torch.reshape(dv, [b * tokens, 4 * c])
  self.linear_backward(dv, h, g[1], g[2], torch.narrow(one_1R, 1, 0, b * tokens))
  dh = torch.mm(dv, linear_w)
  choice = torch.narrow(choice_BTV, 1, 1, tokens)
  dshift, dscale = self.by_variant(choice, dh), self.by_variant(choice, dh * n)
  torch.add_(torch.select(g[0], 0, 0), torch.sum(dshift, [0, 1]))
  torch.add_(torch.select(g[0], 0, 1), torch.sum(dscale, [0, 1]))
  dn, _0, _1 = torch.native_layer_norm_backward(torch.mul_(dh, scale), x, [d], mean, rstd, None, None, [True, False, False])
  dx = torch.constant_pad_nd(torch.view(dn, [b, tokens, d]), [0, 0, 1, 1], 0)
  return (torch.view(dx, [-1, d]), dshift + dscale)
