# Distance between Gaussians that have the moments of two sets of features, as TorchScript; everything in fp64.

def covariance(self, x_ND: Tensor) -> Tensor:
  centred = x_ND - torch.mean(x_ND, [0], True)
  return torch.matmul(torch.transpose(centred, 0, 1), centred) / (x_ND.size(0) - 1)

# Of a symmetric matrix without negative eigenvalues but for rounding.
def root(self, c_DD: Tensor) -> Tensor:
  value, vector = torch.linalg_eigh(c_DD)
  scaled = vector * torch.sqrt(torch.clamp(value, 0.))
  return torch.matmul(scaled, torch.transpose(vector, 0, 1))

# The eigenvalues of A B are those of sqrt(A) B sqrt(A), which is symmetric.
def distance(self, x_ND: Tensor, y_ND: Tensor) -> Tensor:
  a = self.covariance(x_ND)
  b = self.covariance(y_ND)
  root_a = self.root(a)
  product = torch.matmul(torch.matmul(root_a, b), root_a)
  value, vector = torch.linalg_eigh((product + torch.transpose(product, 0, 1)) / 2)
  difference = torch.mean(x_ND, [0]) - torch.mean(y_ND, [0])
  return torch.sum(difference * difference) + torch.trace(a) + torch.trace(b) - 2 * torch.sum(torch.sqrt(torch.clamp(value, 0.)))
