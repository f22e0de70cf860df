# The encoder of T5-v1.1, as TorchScript. One text at a time, without padding: S tokens of width D. Weights may have 16 bits;
# every product is computed in fp32 (type 6), which costs nothing where they have 32.

def wide(self, weight: Tensor) -> Tensor:
  return torch.to(weight, 6)

# RMSNorm without mean and bias, as T5 calls layer norm.
def unit(self, x: Tensor, weight: Tensor) -> Tensor:
  return x * torch.rsqrt(torch.mean(x * x, [-1], True) + 1e-6) * self.wide(weight)

def linear(self, x: Tensor, weight: Tensor) -> Tensor:
  return torch.linear(x, self.wide(weight), None)

def embed(self, id_S: Tensor, table: Tensor) -> Tensor:
  return self.wide(torch.embedding(table, id_S))

# What attention adds to its scores for the distance of two tokens; made by the first block, used by all.
def bias(self, bucket_SS: Tensor, table: Tensor) -> Tensor:
  return torch.contiguous(torch.permute(self.wide(torch.embedding(table, bucket_SS)), [2, 0, 1]))[None]

# Scores are not divided by the root of the head width: T5 has it in its weights.
def block(self, x_SD: Tensor, bias_1NSS: Tensor, heads: int, p: List[Tensor]) -> Tensor:
  norm1, q_w, k_w, v_w, o_w, norm2, gate_w, in_w, out_w = p
  h = self.unit(x_SD, norm1)
  s = h.size(0)
  q = torch.transpose(torch.reshape(self.linear(h, q_w), [1, s, heads, -1]), 1, 2)
  k = torch.transpose(torch.reshape(self.linear(h, k_w), [1, s, heads, -1]), 1, 2)
  v = torch.transpose(torch.reshape(self.linear(h, v_w), [1, s, heads, -1]), 1, 2)
  a = torch.scaled_dot_product_attention(q, k, v, bias_1NSS, 0., False, scale=1.)
  x = x_SD + self.linear(torch.reshape(torch.transpose(a, 1, 2), [s, -1]), o_w)
  h = self.unit(x, norm2)
  h = torch.gelu(self.linear(h, gate_w), approximate="tanh") * self.linear(h, in_w)
  return x + self.linear(h, out_w)
