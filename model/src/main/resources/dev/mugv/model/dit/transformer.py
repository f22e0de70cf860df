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

# Adds y = dy^T x to the gradient of a matrix.
def product(self, w_grad: Tensor, dy_RO: Tensor, x_RI: Tensor) -> int:
  if torch.numel(w_grad) > 0:
    if ops.prim.dtype(dy_RO) == ops.prim.dtype(w_grad):
      torch.addmm_(w_grad, torch.t(dy_RO), x_RI)
    else:
      sums = torch.mm(torch.t(dy_RO), x_RI)
      # Converted in pieces that stay in the cache.
      rows, done = sums.size(0), 0
      piece = 1 + 262144 // sums.size(1)
      while done < rows:
        count = min(piece, rows - done)
        torch.add_(torch.narrow(w_grad, 0, done, count), torch.narrow(sums, 0, done, count))
        done = done + count
  return 0

# Of y = x w^T + b: adds to the gradients of w and b. The bias's sum over rows is a product with ones.
def linear_backward(self, dy_RO: Tensor, x_RI: Tensor, w_grad: Tensor, b_grad: Tensor, one_1R: Tensor) -> int:
  self.product(w_grad, dy_RO, x_RI)
  if torch.numel(b_grad) > 0:
    if ops.prim.dtype(dy_RO) == ops.prim.dtype(b_grad):
      torch.addmm_(b_grad, one_1R, dy_RO)
    else:
      # A sum that gives fp32 would convert all of dy first.
      torch.add_(b_grad, torch.mm(torch.to(one_1R, ops.prim.dtype(dy_RO)), dy_RO))
  return 0

# Adds to a gradient that is no matrix's.
def accumulate(self, grad: Tensor, value: Tensor) -> int:
  if torch.numel(grad) > 0:
    torch.add_(grad, value)
  return 0

# What an adapter's first matrix makes of its layer's input, times its factor.
def lowered(self, x_RI: Tensor, l: List[Tensor], at: int) -> Tensor:
  dtype = ops.prim.dtype(x_RI)
  return torch.mul(torch.mm(x_RI, torch.t(torch.to(l[at], dtype))), l[0])

# A linear layer of a block with its adapter, which stands at this place of l.
def linear(self, x_RI: Tensor, wt: Tensor, b: Tensor, l: List[Tensor], at: int) -> Tensor:
  y = torch.addmm(b, x_RI, wt)
  if len(l) > 0:
    if torch.numel(l[at]) > 0:
      y = torch.addmm_(y, self.lowered(x_RI, l, at), torch.t(torch.to(l[at + 1], ops.prim.dtype(x_RI))))
  return y

# Its way back: gives the gradient of x.
def linear_through(self, dy_RO: Tensor, x_RI: Tensor, w: Tensor, w_grad: Tensor, b_grad: Tensor, one_1R: Tensor, l: List[Tensor], lg: List[Tensor], at: int) -> Tensor:
  self.linear_backward(dy_RO, x_RI, w_grad, b_grad, one_1R)
  dx = torch.mm(dy_RO, w)
  if len(l) > 0:
    if torch.numel(l[at]) > 0:
      dtype = ops.prim.dtype(x_RI)
      dlowered = torch.mul(torch.mm(dy_RO, torch.to(l[at + 1], dtype)), l[0])
      if len(lg) > 0:
        self.product(lg[at + 1], dy_RO, self.lowered(x_RI, l, at))
        self.product(lg[at], dlowered, x_RI)
      dx = torch.addmm_(dx, dlowered, torch.to(l[at], dtype))
  return dx

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
    self.accumulate(grads[i], torch.select(sums_JK, 0, i))
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

# Tokens of a sample's patches from first on, count of them, between start and end token. p: both tokens, the patches' matrix and
# bias.
def embed_tokens(self, latent_BCFHW: Tensor, first: int, count: int, p: List[Tensor]) -> Tuple[Tensor, Tensor]:
  start, end, patch_wt, patch_b = p
  d = start.size(0)
  b = latent_BCFHW.size(0)
  # Patches of 1 x 2 x 2; an odd side is padded at its far end. A convolution whose stride is its kernel is this product.
  x = latent_BCFHW
  if x.size(3) % 2 + x.size(4) % 2 > 0:
    x = torch.constant_pad_nd(x, [0, x.size(4) % 2, 0, x.size(3) % 2], 0)
  c, f, h, w = x.size(1), x.size(2), x.size(3) // 2, x.size(4) // 2
  x = torch.permute(torch.reshape(x, [b, c, f, h, 2, w, 2]), [0, 2, 3, 5, 1, 4, 6])
  patch = torch.reshape(x, [b, f * h * w, c * 4])
  patch = torch.reshape(torch.narrow(patch, 1, first, count), [b * count, c * 4])
  x = torch.addmm(patch_b, patch, patch_wt)
  x = torch.cat([torch.expand(start, [b, 1, d]), torch.view(x, [b, count, d]), torch.expand(end, [b, 1, d])], 1)
  return (torch.view(x, [-1, d]), patch)

def embed_tokens_backward(self, dx_RD: Tensor, b: int, places: List[Tensor], patch: Tensor, g: List[Tensor]) -> int:
  d = dx_RD.size(1)
  dx_BTD = torch.view(dx_RD, [b, -1, d])
  patches = dx_BTD.size(1) - 2
  self.accumulate(g[0], torch.sum(torch.select(dx_BTD, 1, 0), [0]))
  self.accumulate(g[1], torch.sum(torch.select(dx_BTD, 1, -1), [0]))
  dpatch = torch.reshape(torch.narrow(dx_BTD, 1, 1, patches), [b * patches, d])
  self.linear_backward(dpatch, patch, g[2], g[3], torch.narrow(places[1], 1, 0, b * patches))
  return 0

# What does not depend on tokens. scalar: timesteps of all samples, timestep 0 (which clean tokens have), frame rates.
def condition(self, b: int, scalar: Tensor, frequency: Tensor, text_SI: Tensor, p: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor, List[Tensor]]:
  t0_wt, t0_b, t2_wt, t2_b, f0_wt, f0_b, f2_wt, f2_b, block_wt, block_b, y1_wt, y1_b, y2_wt, y2_b = p
  d = t2_b.size(0)
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
  keep = [t_wave, f_wave, t1, t1s, f1, f1s, scalars_BVD, s, text_SI, y, y_mean, y_rstd, y1, y1g, y2, y2_mean, y2_rstd]
  return (scalars_BVD, variants_JBVM, y_SD, keep)

# The gradient of the text is worked out only where something made from parameters stands there.
def condition_backward(self, dscalars_BVD: Tensor, dvariants_JBVM: Tensor, dy_SD: Tensor, places: List[Tensor], through_text: bool, keep: List[Tensor], p: List[Tensor], g: List[Tensor]) -> Tensor:
  t0_w, t0_b, t2_w, t2_b, f0_w, f0_b, f2_w, f2_b, block_w, block_b, y1_w, y1_b, y2_w, y2_b = p
  t_wave, f_wave, t1, t1s, f1, f1s, scalars_BVD, s, text_SI, y, y_mean, y_rstd, y1, y1g, y2, y2_mean, y2_rstd = keep
  one_1R, one_1S = places[1], places[2]
  b, d = scalars_BVD.size(0), t2_b.size(0)
  # With two tokens or more a sample there are ones for all rows that follow.
  one = torch.narrow(one_1R, 1, 0, 2 * b)
  dvariants = torch.reshape(torch.permute(dvariants_JBVM, [1, 2, 0, 3]), [2 * b, 6 * d])
  self.linear_backward(dvariants, s, g[8], g[9], one)
  ds_BVD = torch.silu_backward(torch.view(torch.mm(dvariants, block_w), [b, 2, d]), scalars_BVD)
  torch.add_(ds_BVD, dscalars_BVD)
  dnoisy, dclean = torch.unbind(ds_BVD, 1)
  df2 = dnoisy + dclean
  self.linear_backward(df2, f1s, g[6], g[7], torch.narrow(one, 1, 0, b))
  self.linear_backward(torch.silu_backward(torch.mm(df2, f2_w), f1), f_wave, g[4], g[5], torch.narrow(one, 1, 0, b))
  dt2 = torch.cat([dnoisy, torch.sum(dclean, [0], True)])
  self.linear_backward(dt2, t1s, g[2], g[3], torch.narrow(one, 1, 0, b + 1))
  self.linear_backward(torch.silu_backward(torch.mm(dt2, t2_w), t1), t_wave, g[0], g[1], torch.narrow(one, 1, 0, b + 1))
  dy2, _0, _1 = torch.native_layer_norm_backward(dy_SD, y2, [d], y2_mean, y2_rstd, None, None, [True, False, False])
  self.linear_backward(dy2, y1g, g[12], g[13], one_1S)
  dy1 = torch.gelu_backward(torch.mm(dy2, y2_w), y1, approximate="tanh")
  self.linear_backward(dy1, y, g[10], g[11], one_1S)
  dtext = torch.empty([0], device=ops.prim.device(text_SI))
  if through_text:
    dtext, _2, _3 = torch.native_layer_norm_backward(torch.mm(dy1, y1_w), text_SI, [text_SI.size(1)], y_mean, y_rstd, None, None, [True, False, False])
  return dtext

# Both at once. pt: parameters of embed_tokens; p: of condition.
def embed(self, latent_BCFHW: Tensor, first: int, count: int, scalar: Tensor, frequency: Tensor, text_SI: Tensor, pt: List[Tensor], p: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor, Tensor, List[Tensor]]:
  x_RD, patch = self.embed_tokens(latent_BCFHW, first, count, pt)
  scalars_BVD, variants_JBVM, y_SD, keep = self.condition(latent_BCFHW.size(0), scalar, frequency, text_SI, p)
  return (x_RD, scalars_BVD, variants_JBVM, y_SD, [patch] + keep)

def embed_backward(self, dx_RD: Tensor, dscalars_BVD: Tensor, dvariants_JBVM: Tensor, dy_SD: Tensor, places: List[Tensor], through_text: bool, keep: List[Tensor], p: List[Tensor], gt: List[Tensor], g: List[Tensor]) -> Tensor:
  self.embed_tokens_backward(dx_RD, dscalars_BVD.size(0), places, keep[0], gt)
  return self.condition_backward(dscalars_BVD, dvariants_JBVM, dy_SD, places, through_text, keep[1:], p, g)

# The mask as CUDA's kernel takes it: one row a query, rows on borders of 16 values.
def bias(self, mask: Optional[Tensor], q: Tensor) -> Optional[Tensor]:
  bias: Optional[Tensor] = None
  if mask is not None:
    mask_B11S = unchecked_cast(Tensor, mask)
    text = mask_B11S.size(3)
    padded = torch.constant_pad_nd(mask_B11S, [0, (16 - text % 16) % 16], 0)
    bias = torch.expand(torch.narrow(padded, 3, 0, text), [q.size(0), q.size(1), q.size(2), text])
  return bias

# Attention and the logarithms of its sums. On CUDA by the kernel that takes fp32, bf16 and a mask, heads of 72 too.
def attention(self, q: Tensor, key: Tensor, value: Tensor, mask: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
  if ops.prim.is_cuda(q):
    a_BTNK, sums, _0, _1, _2, _3 = torch._efficient_attention_forward(torch.transpose(q, 1, 2), torch.transpose(key, 1, 2), torch.transpose(value, 1, 2), self.bias(mask, q), None, None, None, None, 0., 0, True)
    a = torch.transpose(a_BTNK, 1, 2)
  else:
    a, sums = torch._scaled_dot_product_flash_attention_for_cpu(q, key, value, 0., False, attn_mask=mask)
  return (a, sums)

# Its way back: gradients of query, key and value.
def attention_backward(self, da: Tensor, q: Tensor, key: Tensor, value: Tensor, mask: Optional[Tensor], a: Tensor, sums: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  if ops.prim.is_cuda(q):
    # Nothing is dropped, so no random numbers were drawn.
    none = torch.empty([], dtype=4, device=ops.prim.device(q))
    dq_T, dkey_T, dvalue_T, _0 = torch._efficient_attention_backward(torch.transpose(da, 1, 2), torch.transpose(q, 1, 2), torch.transpose(key, 1, 2), torch.transpose(value, 1, 2), self.bias(mask, q), torch.transpose(a, 1, 2), None, None, q.size(2), key.size(2), sums, 0., none, none, 0, False)
    dq, dkey, dvalue = torch.transpose(dq_T, 1, 2), torch.transpose(dkey_T, 1, 2), torch.transpose(dvalue_T, 1, 2)
  else:
    dq, dkey, dvalue = torch._scaled_dot_product_flash_attention_for_cpu_backward(da, q, key, value, a, sums, 0., False, attn_mask=mask)
  return (dq, dkey, dvalue)

# Attention's gradients of query, key and value. In bf16 by products of pieces of the score matrix: the engine's own way back is no
# quicker there than in fp32. Scores are worked out again in fp32; what is taken away from scores and from their gradients goes
# into the products as further columns, in two bf16 numbers where one is too coarse, so that only differences are rounded.
def flash_backward(self, da: Tensor, q: Tensor, key: Tensor, value: Tensor, a: Tensor, sums: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  dtype, device = ops.prim.dtype(q), ops.prim.device(q)
  if dtype != 15:
    dq, dkey, dvalue = torch._scaled_dot_product_flash_attention_for_cpu_backward(da, q, key, value, a, sums, 0., False)
  else:
    b, heads, t, k = q.size(0), q.size(1), q.size(2), q.size(3)
    m = b * heads
    scale = k ** -0.5
    q, key, value, da = torch.reshape(q, [m, t, k]), torch.reshape(key, [m, t, k]), torch.reshape(value, [m, t, k]), torch.reshape(da, [m, t, k])
    share = torch.neg(torch.sum(torch.to(da, 6) * torch.to(torch.reshape(a, [m, t, k]), 6), [-1], True))
    q_x = torch.cat([torch.mul(torch.to(q, 6), scale), torch.neg(torch.reshape(sums, [m, t, 1]))], -1)
    key_x = torch.cat([torch.to(key, 6), torch.ones([m, t, 1], device=device)], -1)
    coarse, one = torch.to(share, dtype), torch.ones([m, t, 1], dtype=dtype, device=device)
    da_x = torch.cat([da, coarse, torch.to(share - torch.to(coarse, 6), dtype)], -1)
    value_x = torch.cat([value, one, one], -1)
    dq, dkey, dvalue = torch.zeros([m, t, k], device=device), torch.zeros([m, t, k], device=device), torch.zeros([m, t, k], device=device)
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
  if ops.prim.is_cuda(x) or ops.prim.dtype(x) == 7 or o % lanes > 0 or torch.numel(x) < 524288:
    y = torch.gelu(x, approximate="tanh")
  else:
    x_NCHW = torch.permute(torch.view(x, [1, rows, o // lanes, lanes]), [0, 3, 1, 2])
    one = torch.ones([lanes, 1, 1, 1], dtype=ops.prim.dtype(x))
    y = ops.mkldnn._convolution_pointwise(x_NCHW, one, None, [0, 0], [1, 1], [1, 1], lanes, "gelu", [], "tanh")
    y = torch.view(torch.permute(y, [0, 2, 3, 1]), [rows, o])
  return y

# Query and key with their norms and phases, and the value, from rows of (query, key, value), each of all heads.
def rotated(self, qkv: Tensor, rope_B1TP2: Tensor, epsilon: Tensor, b: int, heads: int, weight_JK: Tensor) -> List[Tensor]:
  dtype, full, t, k = ops.prim.dtype(qkv), ops.prim.dtype(weight_JK), qkv.size(0) // b, weight_JK.size(1)
  qkv_JBTNK = torch.permute(torch.view(qkv, [b, t, 3, heads, k]), [2, 0, 1, 3, 4])
  x = torch.to(torch.narrow(qkv_JBTNK, 0, 0, 2), full)
  r = self.unit(x, epsilon)
  u = torch.mul(x, r, out=torch.empty([2, b, t, heads, k], dtype=full, device=ops.prim.device(x)))
  pairs = torch.view_as_complex(torch.view(u * torch.view(weight_JK, [2, 1, 1, 1, k]), [2, b, t, heads, k // 2, 2]))
  qk_JBNTK = torch.empty([2, b, heads, t, k], dtype=full, device=ops.prim.device(x))
  turned = torch.view_as_complex(torch.view(qk_JBNTK, [2, b, heads, t, k // 2, 2]))
  torch.mul(torch.transpose(pairs, 2, 3), torch.view_as_complex(rope_B1TP2), out=turned)
  q, key = torch.unbind(torch.to(qk_JBNTK, dtype))
  value = torch.contiguous(torch.transpose(torch.select(qkv_JBTNK, 0, 2), 1, 2))
  return [r, u, q, key, value]

# Rows of all heads from what attention gave.
def heads_joined(self, a_BNTK: Tensor) -> Tensor:
  return torch.reshape(torch.transpose(a_BNTK, 1, 2), [a_BNTK.size(0) * a_BNTK.size(2), a_BNTK.size(1) * a_BNTK.size(3)])

# Gives the gradient of qkv.
def self_attention_backward(self, da: Tensor, back_B1TP2: Tensor, weight_JK: Tensor, keep: List[Tensor], grads: List[Tensor]) -> Tensor:
  r, u, q, key, value, a, sums = keep
  full, b, heads, t, k = ops.prim.dtype(weight_JK), q.size(0), q.size(1), q.size(2), q.size(3)
  da = torch.transpose(torch.view(da, [b, t, heads, k]), 1, 2)
  if ops.prim.is_cuda(q):
    dq, dkey, dvalue = self.attention_backward(da, q, key, value, None, a, sums)
  else:
    dq, dkey, dvalue = self.flash_backward(da, q, key, value, a, sums)
  back = torch.view_as_complex(back_B1TP2)
  dw_JBTNK = torch.empty([2, b, t, heads, k], dtype=full, device=ops.prim.device(q))
  out = torch.transpose(torch.view_as_complex(torch.view(dw_JBTNK, [2, b, t, heads, k // 2, 2])), 2, 3)
  torch.mul(torch.view_as_complex(torch.unflatten(torch.to(dq, full), -1, [k // 2, 2])), back, out=torch.select(out, 0, 0))
  torch.mul(torch.view_as_complex(torch.unflatten(torch.to(dkey, full), -1, [k // 2, 2])), back, out=torch.select(out, 0, 1))
  dqkv = torch.empty([b * t, 3, heads, k], dtype=ops.prim.dtype(q), device=ops.prim.device(q))
  dqkv_JRNK = torch.transpose(dqkv, 0, 1)
  self.unit_backward(torch.view(dw_JBTNK, [2, b * t, heads, k]), torch.view(u, [2, b * t, heads, k]), torch.view(r, [2, b * t, heads, 1]), weight_JK, grads, torch.narrow(dqkv_JRNK, 0, 0, 2))
  torch.copy_(torch.view(torch.select(dqkv_JRNK, 0, 2), [b, t, heads, k]), torch.transpose(dvalue, 1, 2))
  return torch.view(dqkv, [b * t, 3 * heads * k])

# Query, key and value of attention to text, heads apart; every sample's own caption.
def normed(self, cq: Tensor, ckv: Tensor, textIndex_BS: Tensor, epsilon: Tensor, b: int, heads: int, q_norm: Tensor, k_norm: Tensor) -> List[Tensor]:
  dtype, full, rows, k = ops.prim.dtype(cq), ops.prim.dtype(q_norm), cq.size(0), q_norm.size(0)
  q = torch.to(torch.view(cq, [rows, heads, k]), full)
  q_r = self.unit(q, epsilon)
  q_u = q * q_r
  q = torch.to(torch.view(q_u * q_norm, [b, -1, heads, k]), dtype)
  key, value = torch.unbind(torch.view(ckv, [-1, 2, heads, k]), 1)
  key = torch.to(key, full)
  k_r = self.unit(key, epsilon)
  k_u = key * k_r
  key = torch.to(k_u * k_norm, dtype)
  if textIndex_BS.size(0) > 0:
    index = torch.flatten(textIndex_BS)
    key = torch.index_select(key, 0, index)
    value = torch.index_select(value, 0, index)
  q = torch.transpose(q, 1, 2)
  key = torch.transpose(torch.view(key, [b, -1, heads, k]), 1, 2)
  value = torch.transpose(torch.reshape(value, [b, -1, heads, k]), 1, 2)
  return [q_r, q_u, k_r, k_u, q, key, value]

def text_mask(self, textIndex_BS: Tensor, textMask_B11S: Tensor, dtype: int) -> Optional[Tensor]:
  mask: Optional[Tensor] = None
  if textIndex_BS.size(0) > 0:
    mask = torch.to(textMask_B11S, dtype)
  return mask

# Gives the gradients of x and kv.
def cross_attention_backward(self, da: Tensor, textIndex_BS: Tensor, textMask_B11S: Tensor, q_norm: Tensor, k_norm: Tensor, keep: List[Tensor], grads: List[Tensor]) -> Tuple[Tensor, Tensor]:
  q_r, q_u, k_r, k_u, q, key, value, a, sums = keep
  dtype, full, b, heads, t, k = ops.prim.dtype(q), ops.prim.dtype(q_norm), q.size(0), q.size(1), q.size(2), q.size(3)
  rows, text = b * t, k_u.size(0)
  da = torch.transpose(torch.view(da, [b, t, heads, k]), 1, 2)
  mask = self.text_mask(textIndex_BS, textMask_B11S, dtype)
  dq, dkey, dvalue = self.attention_backward(da, q, key, value, mask, a, sums)
  dx = torch.empty([rows, heads, k], dtype=dtype, device=ops.prim.device(q))
  dq = torch.to(torch.reshape(torch.transpose(dq, 1, 2), [1, rows, heads, k]), full)
  self.unit_backward(dq, torch.unsqueeze(q_u, 0), torch.unsqueeze(q_r, 0), torch.unsqueeze(q_norm, 0), [grads[0]], torch.unsqueeze(dx, 0))
  dkey = torch.to(torch.reshape(torch.transpose(dkey, 1, 2), [-1, heads, k]), full)
  dvalue = torch.reshape(torch.transpose(dvalue, 1, 2), [-1, heads, k])
  dkv = torch.empty([text, 2, heads, k], dtype=dtype, device=ops.prim.device(q))
  if textIndex_BS.size(0) > 0:
    # What stands behind a caption's end was masked and has the gradient zero.
    index = torch.flatten(textIndex_BS)
    dkey = torch.index_add_(torch.zeros([text, heads, k], dtype=full, device=ops.prim.device(q)), 0, index, dkey)
    dvalue = torch.index_add_(torch.zeros([text, heads, k], dtype=full, device=ops.prim.device(q)), 0, index, torch.to(dvalue, full))
  self.unit_backward(torch.unsqueeze(dkey, 0), torch.unsqueeze(k_u, 0), torch.unsqueeze(k_r, 0), torch.unsqueeze(k_norm, 0), [grads[1]], torch.unsqueeze(torch.select(dkv, 1, 0), 0))
  torch.copy_(torch.select(dkv, 1, 1), dvalue)
  return (torch.view(dx, [rows, heads * k]), torch.view(dkv, [text, 2 * heads * k]))

# The three layers of a block, each with its residual connection, and of each the part between its norm and its residual connection
# (core). keeping says what is kept for the way back: 0 nothing, 1 what costs a product or attention to have again (the way back
# works out the rest from it, to the same bits), 2 everything. variants_BVM: shifts, scales and gates for this layer.

# Norm and modulation, and the way back: the gradients of x (dx included) and of shift and scale.
def modulated(self, x: Tensor, shift: Tensor, scale: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  n, mean, rstd = torch.native_layer_norm(x, [x.size(1)], None, None, 1e-6)
  return (torch.addcmul(shift, n, scale), n, mean, rstd)

def modulated_backward(self, dx: Tensor, dh: Tensor, choice_BTV: Tensor, scale: Tensor, x: Tensor, n: Tensor, mean: Tensor, rstd: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  dshift, dscale = self.by_variant(choice_BTV, dh), self.by_variant(choice_BTV, dh * n)
  dn, _0, _1 = torch.native_layer_norm_backward(torch.mul_(dh, scale), x, [x.size(1)], mean, rstd, None, None, [True, False, False])
  return (torch.add_(dx, dn), dshift, dscale)

# Gives the layer's output, what selective keeping needs, and the rest.
def attend_core(self, h: Tensor, places: List[Tensor], heads: int, p: List[Tensor], l: List[Tensor]) -> Tuple[Tensor, List[Tensor], List[Tensor]]:
  b, rope_B1TP2, epsilon = places[0].size(0), places[3], places[7]
  qkv = self.linear(h, p[1], p[2], l, 1)
  r, u, q, key, value = self.rotated(qkv, rope_B1TP2, epsilon, b, heads, torch.stack([p[3], p[4]]))
  attended, sums = self.attention(q, key, value, None)
  a = self.heads_joined(attended)
  return (self.linear(a, p[5], p[6], l, 3), [qkv, attended, sums], [a, r, u, q, key, value, attended, sums])

def attend_core_again(self, keep: List[Tensor], places: List[Tensor], p: List[Tensor]) -> List[Tensor]:
  qkv, attended, sums = keep
  r, u, q, key, value = self.rotated(qkv, places[3], places[7], attended.size(0), attended.size(1), torch.stack([p[3], p[4]]))
  return [self.heads_joined(attended), r, u, q, key, value, attended, sums]

# Gives the gradient of h.
def attend_core_backward(self, do: Tensor, h: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor], l: List[Tensor], lg: List[Tensor]) -> Tensor:
  one_1R, back_B1TP2 = places[1], places[4]
  if len(keep) == 3:
    keep = self.attend_core_again(keep, places, p)
  a, r, u, q, key, value, attended, sums = keep
  da = self.linear_through(do, a, p[5], g[5], g[6], one_1R, l, lg, 3)
  dqkv = self.self_attention_backward(da, back_B1TP2, torch.stack([p[3], p[4]]), [r, u, q, key, value, attended, sums], [g[3], g[4]])
  return self.linear_through(dqkv, h, p[1], g[1], g[2], one_1R, l, lg, 1)

def attend(self, x: Tensor, variants_BVM: Tensor, places: List[Tensor], heads: int, keeping: int, p: List[Tensor], l: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  shift, scale, gate = self.modulation(places[0], variants_BVM, 3)
  h, n, mean, rstd = self.modulated(x, shift, scale)
  h = torch.to(h, ops.prim.dtype(p[1]))
  o, some, rest = self.attend_core(h, places, heads, p, l)
  keep = annotate(List[Tensor], [])
  if keeping == 2:
    keep = [x, o, n, mean, rstd, h] + rest
  elif keeping == 1:
    keep = [x, o] + some
  return (torch.addcmul(x, gate, o), keep)

def attend_backward(self, dx: Tensor, variants_BVM: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor], l: List[Tensor], lg: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  choice_BTV = places[0]
  shift, scale, gate = self.modulation(choice_BTV, variants_BVM, 3)
  if len(keep) == 5:
    h, n, mean, rstd = self.modulated(keep[0], shift, scale)
    keep = [keep[0], keep[1], n, mean, rstd, torch.to(h, ops.prim.dtype(p[1]))] + keep[2:]
  x, o, n, mean, rstd, h = keep[:6]
  dgate = self.by_variant(choice_BTV, dx * o)
  do = torch.to(dx * gate, ops.prim.dtype(p[5]))
  dh = torch.to(self.attend_core_backward(do, h, places, keep[6:], p, g, l, lg), ops.prim.dtype(dx))
  dx, dshift, dscale = self.modulated_backward(dx, dh, choice_BTV, scale, x, n, mean, rstd)
  return (dx, [dshift, dscale, dgate])

def text_core(self, h: Tensor, y: Tensor, places: List[Tensor], heads: int, p: List[Tensor], l: List[Tensor]) -> Tuple[Tensor, List[Tensor], List[Tensor]]:
  b, textIndex_BS, textMask_B11S, epsilon = places[0].size(0), places[5], places[6], places[7]
  cq, ckv = self.linear(h, p[9], p[10], l, 5), self.linear(y, p[11], p[12], l, 7)
  q_r, q_u, k_r, k_u, q, key, value = self.normed(cq, ckv, textIndex_BS, epsilon, b, heads, p[13], p[14])
  attended, sums = self.attention(q, key, value, self.text_mask(textIndex_BS, textMask_B11S, ops.prim.dtype(cq)))
  a = self.heads_joined(attended)
  return (self.linear(a, p[15], p[16], l, 9), [cq, ckv, attended, sums], [a, q_r, q_u, k_r, k_u, q, key, value, attended, sums])

def text_core_again(self, keep: List[Tensor], places: List[Tensor], p: List[Tensor]) -> List[Tensor]:
  cq, ckv, attended, sums = keep
  return [self.heads_joined(attended)] + self.normed(cq, ckv, places[5], places[7], attended.size(0), attended.size(1), p[13], p[14]) + [attended, sums]

# The gradient of the text is added to dy_SD.
def text_core_backward(self, do: Tensor, h: Tensor, y: Tensor, dy_SD: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor], l: List[Tensor], lg: List[Tensor]) -> Tensor:
  one_1R, one_1S = places[1], places[2]
  if len(keep) == 4:
    keep = self.text_core_again(keep, places, p)
  a, q_r, q_u, k_r, k_u, q, key, value, attended, sums = keep
  da = self.linear_through(do, a, p[15], g[15], g[16], one_1R, l, lg, 9)
  dcq, dckv = self.cross_attention_backward(da, places[5], places[6], p[13], p[14], [q_r, q_u, k_r, k_u, q, key, value, attended, sums], [g[13], g[14]])
  dh = self.linear_through(dcq, h, p[9], g[9], g[10], one_1R, l, lg, 5)
  torch.add_(dy_SD, self.linear_through(dckv, y, p[11], g[11], g[12], one_1S, l, lg, 7))
  return dh

def attend_text(self, x: Tensor, y_SD: Tensor, places: List[Tensor], heads: int, keeping: int, p: List[Tensor], l: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  n, mean, rstd = torch.native_layer_norm(x, [x.size(1)], p[7], p[8], 1e-6)
  h = torch.to(n, ops.prim.dtype(p[9]))
  y = torch.to(y_SD, ops.prim.dtype(p[9]))
  o, some, rest = self.text_core(h, y, places, heads, p, l)
  keep = annotate(List[Tensor], [])
  if keeping == 2:
    keep = [x, mean, rstd, h, y] + rest
  elif keeping == 1:
    keep = [x] + some
  return (x + o, keep)

def text_norm_backward(self, dx: Tensor, dh: Tensor, x: Tensor, mean: Tensor, rstd: Tensor, p: List[Tensor], g: List[Tensor]) -> Tensor:
  dn, dnorm_w, dnorm_b = torch.native_layer_norm_backward(dh, x, [x.size(1)], mean, rstd, p[7], p[8], [True, True, True])
  self.accumulate(g[7], dnorm_w)
  self.accumulate(g[8], dnorm_b)
  return torch.add_(dx, dn)

def attend_text_backward(self, dx: Tensor, y_SD: Tensor, dy_SD: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor], l: List[Tensor], lg: List[Tensor]) -> Tensor:
  if len(keep) == 5:
    n, mean, rstd = torch.native_layer_norm(keep[0], [dx.size(1)], p[7], p[8], 1e-6)
    keep = [keep[0], mean, rstd, torch.to(n, ops.prim.dtype(p[9])), torch.to(y_SD, ops.prim.dtype(p[9]))] + keep[1:]
  x, mean, rstd, h, y = keep[:5]
  do = torch.to(dx, ops.prim.dtype(p[9]))
  dh = self.text_core_backward(do, h, y, dy_SD, places, keep[5:], p, g, l, lg)
  return self.text_norm_backward(dx, torch.to(dh, ops.prim.dtype(dx)), x, mean, rstd, p, g)

def feed_core(self, h: Tensor, p: List[Tensor], l: List[Tensor]) -> Tuple[Tensor, List[Tensor], List[Tensor]]:
  z = self.linear(h, p[17], p[18], l, 11)
  a = self.gelu(z)
  return (self.linear(a, p[19], p[20], l, 13), [z], [z, a])

def feed_core_backward(self, do: Tensor, h: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor], l: List[Tensor], lg: List[Tensor]) -> Tensor:
  one_1R, z = places[1], keep[0]
  if len(keep) == 1:
    keep = [z, self.gelu(z)]
  da = self.linear_through(do, keep[1], p[19], g[19], g[20], one_1R, l, lg, 13)
  dz = torch.gelu_backward(da, z, approximate="tanh")
  return self.linear_through(dz, h, p[17], g[17], g[18], one_1R, l, lg, 11)

def feed(self, x: Tensor, variants_BVM: Tensor, places: List[Tensor], keeping: int, p: List[Tensor], l: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  shift, scale, gate = self.modulation(places[0], variants_BVM, 3)
  h, n, mean, rstd = self.modulated(x, shift, scale)
  h = torch.to(h, ops.prim.dtype(p[17]))
  o, some, rest = self.feed_core(h, p, l)
  keep = annotate(List[Tensor], [])
  if keeping == 2:
    keep = [x, o, n, mean, rstd, h] + rest
  elif keeping == 1:
    keep = [x, o] + some
  return (torch.addcmul(x, gate, o), keep)

def feed_backward(self, dx: Tensor, variants_BVM: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor], l: List[Tensor], lg: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  choice_BTV = places[0]
  shift, scale, gate = self.modulation(choice_BTV, variants_BVM, 3)
  if len(keep) == 3:
    h, n, mean, rstd = self.modulated(keep[0], shift, scale)
    keep = [keep[0], keep[1], n, mean, rstd, torch.to(h, ops.prim.dtype(p[17]))] + keep[2:]
  x, o, n, mean, rstd, h = keep[:6]
  dgate = self.by_variant(choice_BTV, dx * o)
  do = torch.to(dx * gate, ops.prim.dtype(p[17]))
  dh = torch.to(self.feed_core_backward(do, h, places, keep[6:], p, g, l, lg), ops.prim.dtype(dx))
  dx, dshift, dscale = self.modulated_backward(dx, dh, choice_BTV, scale, x, n, mean, rstd)
  return (dx, [dshift, dscale, dgate])

def block(self, x: Tensor, variants_JBVM: Tensor, places: List[Tensor], y_SD: Tensor, heads: int, keeping: int, p: List[Tensor], l: List[Tensor]) -> Tuple[Tensor, List[Tensor], List[Tensor], List[Tensor]]:
  first, second = torch.unbind(variants_JBVM + p[0])
  x, keep0 = self.attend(x, first, places, heads, keeping, p, l)
  x, keep1 = self.attend_text(x, y_SD, places, heads, keeping, p, l)
  x, keep2 = self.feed(x, second, places, keeping, p, l)
  return (x, keep0, keep1, keep2)

# dx turns in place from the gradient of the result into that of x; the gradients of variants and text are added to.
def block_backward(self, dx: Tensor, dvariants_JBVM: Tensor, dy_SD: Tensor, variants_JBVM: Tensor, y_SD: Tensor, places: List[Tensor], keep0: List[Tensor], keep1: List[Tensor], keep2: List[Tensor], p: List[Tensor], g: List[Tensor], l: List[Tensor], lg: List[Tensor]) -> int:
  first, second = torch.unbind(variants_JBVM + p[0])
  dx, dsecond = self.feed_backward(dx, second, places, keep2, p, g, l, lg)
  dx = self.attend_text_backward(dx, y_SD, dy_SD, places, keep1, p, g, l, lg)
  dx, dfirst = self.attend_backward(dx, first, places, keep0, p, g, l, lg)
  b, m = variants_JBVM.size(1), variants_JBVM.size(3)
  sums_JBVM = torch.permute(torch.view(torch.cat(dfirst + dsecond, -1), [b, 2, 2, m]), [2, 0, 1, 3])
  torch.add_(dvariants_JBVM, sums_JBVM)
  self.accumulate(g[0], torch.sum(sums_JBVM, [1, 2], True))
  return 0

# A part of a block before its core, on a rank's own tokens.
def enter(self, part: int, x: Tensor, variants_JBVM: Tensor, places: List[Tensor], p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  if part == 1:
    h, mean, rstd = torch.native_layer_norm(x, [x.size(1)], p[7], p[8], 1e-6)
    keep = [mean, rstd]
  else:
    shift, scale, gate = self.modulation(places[0], torch.select(variants_JBVM + p[0], 0, part // 2), 3)
    h, n, mean, rstd = self.modulated(x, shift, scale)
    keep = [n, mean, rstd]
  return (h, keep)

# The core on all tokens, with a rank's own heads or columns: a summand of the layer's output.
def core(self, part: int, h: Tensor, y_SD: Tensor, places: List[Tensor], heads: int, keeping: int, p: List[Tensor], l: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  dtype = ops.prim.dtype(p[1])
  h = torch.to(h, dtype)
  if part == 0:
    o, some, rest = self.attend_core(h, places, heads, p, l)
  elif part == 1:
    o, some, rest = self.text_core(h, torch.to(y_SD, dtype), places, heads, p, l)
  else:
    o, some, rest = self.feed_core(h, p, l)
  keep = annotate(List[Tensor], [])
  if keeping == 2:
    keep = rest
  elif keeping == 1:
    keep = some
  return (torch.to(o, ops.prim.dtype(p[0])), keep)

# A part behind its core, on a rank's own tokens.
def leave(self, part: int, x: Tensor, o: Tensor, variants_JBVM: Tensor, places: List[Tensor], p: List[Tensor]) -> Tensor:
  if part == 1:
    out = x + o
  else:
    gate = self.modulation(places[0], torch.select(variants_JBVM + p[0], 0, part // 2), 3)[2]
    out = torch.addcmul(x, gate, o)
  return out

# Adds to the gradients of one of the three vectors of a part's modulation, and of the block's table.
def add_variant(self, part: int, vector: int, value_BVD: Tensor, dvariants_JBVM: Tensor, table_grad: Tensor) -> int:
  d = value_BVD.size(2)
  torch.add_(torch.narrow(torch.select(dvariants_JBVM, 0, part // 2), 2, vector * d, d), value_BVD)
  if torch.numel(table_grad) > 0:
    torch.add_(torch.narrow(torch.select(table_grad, 0, part // 2), 2, vector * d, d), torch.sum(value_BVD, [0, 1], True))
  return 0

# The gradient of what the core gave.
def leave_backward(self, part: int, dx: Tensor, o: Tensor, variants_JBVM: Tensor, dvariants_JBVM: Tensor, places: List[Tensor], p: List[Tensor], g: List[Tensor]) -> Tensor:
  if part == 1:
    do = dx
  else:
    gate = self.modulation(places[0], torch.select(variants_JBVM + p[0], 0, part // 2), 3)[2]
    self.add_variant(part, 2, self.by_variant(places[0], dx * o), dvariants_JBVM, g[0])
    do = dx * gate
  return do

# A summand of the gradient of the core's input.
def core_backward(self, part: int, do: Tensor, h: Tensor, y_SD: Tensor, dy_SD: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor], l: List[Tensor], lg: List[Tensor]) -> Tensor:
  dtype, full = ops.prim.dtype(p[1]), ops.prim.dtype(do)
  do, h = torch.to(do, dtype), torch.to(h, dtype)
  if part == 0:
    dh = self.attend_core_backward(do, h, places, keep, p, g, l, lg)
  elif part == 1:
    dh = self.text_core_backward(do, h, torch.to(y_SD, dtype), dy_SD, places, keep, p, g, l, lg)
  else:
    dh = self.feed_core_backward(do, h, places, keep, p, g, l, lg)
  return torch.to(dh, full)

# dx turns in place into the gradient of the part's input; dh is overwritten.
def enter_backward(self, part: int, dx: Tensor, dh: Tensor, x: Tensor, variants_JBVM: Tensor, dvariants_JBVM: Tensor, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor]) -> int:
  if part == 1:
    self.text_norm_backward(dx, dh, x, keep[0], keep[1], p, g)
  else:
    shift, scale, gate = self.modulation(places[0], torch.select(variants_JBVM + p[0], 0, part // 2), 3)
    _0, dshift, dscale = self.modulated_backward(dx, dh, places[0], scale, x, keep[0], keep[1], keep[2])
    self.add_variant(part, 0, dshift, dvariants_JBVM, g[0])
    self.add_variant(part, 1, dscale, dvariants_JBVM, g[0])
  return 0

# All tokens in order, out of all ranks' own: start token, patches, end token of every sample. Of a token's copies one counts, the
# first rank's start and the last one's end.
def joined(self, x_WBTD: Tensor) -> Tensor:
  w, b, t, d = x_WBTD.size(0), x_WBTD.size(1), x_WBTD.size(2), x_WBTD.size(3)
  start, end = torch.narrow(torch.select(x_WBTD, 0, 0), 1, 0, 1), torch.narrow(torch.select(x_WBTD, 0, w - 1), 1, t - 1, 1)
  patches = torch.reshape(torch.transpose(torch.narrow(x_WBTD, 2, 1, t - 2), 0, 1), [b, w * (t - 2), d])
  return torch.view(torch.cat([start, patches, end], 1), [-1, d])

# Every rank's own tokens out of all of them: with a copy of start and end token for each, or (in a gradient) with zeros but where the
# copy counts.
def parted(self, x_RD: Tensor, w: int, b: int, copies: bool) -> Tensor:
  x_BTD = torch.view(x_RD, [b, -1, x_RD.size(1)])
  n, d = x_BTD.size(1) - 2, x_BTD.size(2)
  patches = torch.transpose(torch.view(torch.narrow(x_BTD, 1, 1, n), [b, w, n // w, d]), 0, 1)
  start, end = torch.unsqueeze(torch.narrow(x_BTD, 1, 0, 1), 0), torch.unsqueeze(torch.narrow(x_BTD, 1, n + 1, 1), 0)
  if copies:
    start, end = torch.expand(start, [w, b, 1, d]), torch.expand(end, [w, b, 1, d])
  else:
    none = torch.expand(torch.zeros_like(start), [w - 1, b, 1, d])
    start, end = torch.cat([start, none]), torch.cat([none, end])
  return torch.cat([start, patches, end], 2)

# The table is added to the scalars' embedding itself, not to what t_block makes of it. Start and end token are left out.
def head_tokens(self, x_RD: Tensor, scalars_BVD: Tensor, places: List[Tensor], p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
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
  return (torch.addmm(linear_b, h, linear_wt), [x, scale, n, mean, rstd, h])

# A velocity out of its patches: of every rank's share of each sample, one rank behind the other.
def unpatched(self, v: Tensor, ranks: int, b: int, frames: int, height: int, width: int) -> Tensor:
  rows, columns = (height + 1) // 2, (width + 1) // 2
  if ranks > 1:
    v = torch.reshape(torch.transpose(torch.view(v, [ranks, b, frames * rows * columns // ranks, -1]), 0, 1), [b * frames * rows * columns, -1])
  v = torch.permute(torch.view(v, [b, frames, rows, columns, 2, 2, -1]), [0, 6, 1, 2, 4, 3, 5])
  v = torch.reshape(v, [b, -1, frames, 2 * rows, 2 * columns])
  if height % 2 + width % 2 > 0:
    v = torch.narrow(torch.narrow(v, 3, 0, height), 4, 0, width)
  return v

def head(self, x_RD: Tensor, scalars_BVD: Tensor, places: List[Tensor], frames: int, height: int, width: int, p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
  v, keep = self.head_tokens(x_RD, scalars_BVD, places, p)
  return (self.unpatched(v, 1, scalars_BVD.size(0), frames, height, width), keep)

# Gives the gradients of x and of the scalars' embedding, from that of the whole velocity; first: of a rank's own patches of a sample.
def head_backward(self, dv_BCFHW: Tensor, first: int, places: List[Tensor], keep: List[Tensor], p: List[Tensor], g: List[Tensor]) -> Tuple[Tensor, Tensor]:
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
  dv = torch.reshape(torch.narrow(torch.reshape(dv, [b, f * rows * columns, 4 * c]), 1, first, tokens), [b * tokens, 4 * c])
  self.linear_backward(dv, h, g[1], g[2], torch.narrow(one_1R, 1, 0, b * tokens))
  dh = torch.mm(dv, linear_w)
  choice = torch.narrow(choice_BTV, 1, 1, tokens)
  dshift, dscale = self.by_variant(choice, dh), self.by_variant(choice, dh * n)
  if torch.numel(g[0]) > 0:
    torch.add_(torch.select(g[0], 0, 0), torch.sum(dshift, [0, 1]))
    torch.add_(torch.select(g[0], 0, 1), torch.sum(dscale, [0, 1]))
  dn, _0, _1 = torch.native_layer_norm_backward(torch.mul_(dh, scale), x, [d], mean, rstd, None, None, [True, False, False])
  dx = torch.constant_pad_nd(torch.view(dn, [b, tokens, d]), [0, 0, 1, 1], 0)
  return (torch.view(dx, [-1, d]), dshift + dscale)
