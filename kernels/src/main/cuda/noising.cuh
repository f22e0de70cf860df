// Rectified flow: noisy = (1 - t) x + t noise, with the noise of dev.mugv.kernels.CounterNoise.
#pragma once

#include "portable.cuh"

// Box-Muller in double on two pairs of words, as CounterNoise does it; logarithm, sine and cosine are the device's.
__device__ __forceinline__ void gaussians(uint64_t block, uint64_t stream, uint64_t key, float (&out)[PACK]) {
  uint32_t words[4];
  philox(block, stream, key, words);
#pragma unroll
  for (int pair = 0; pair < 2; pair++) {
    double u = (static_cast<double>(words[2 * pair]) + 1.0) * (1.0 / 4294967296.0);
    double angle = static_cast<double>(words[2 * pair + 1]) * (1.0 / 4294967296.0) * (2.0 * 3.14159265358979323846);
    double radius = sqrt(-2.0 * log(u));
    out[2 * pair] = static_cast<float>(radius * cos(angle));
    out[2 * pair + 1] = static_cast<float>(radius * sin(angle));
  }
}

// A thread a block of four numbers, samples in y. streams_B2 holds key and stream of every sample's CounterNoise, time_BF the
// noise level of every frame. Elements of a sample lie as channels, frames, places.
template <typename T>
__device__ __forceinline__ void noising(
    const T* latent_BCFP, const int64_t* streams_B2, const float* time_BF, T* noise_BCFP, T* noisy_BCFP, int64_t elements,
    int frames, int64_t places) {
  int64_t block = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  int64_t first = block * PACK;
  if (first >= elements) return;
  int64_t sample = blockIdx.y, left = elements - first;
  int64_t start = sample * elements + first;
  bool whole = packed(latent_BCFP, elements) && packed(noise_BCFP, elements) && packed(noisy_BCFP, elements);
  float noise[PACK], x[PACK];
  gaussians(block, static_cast<uint64_t>(streams_B2[2 * sample + 1]), static_cast<uint64_t>(streams_B2[2 * sample]), noise);
  load(latent_BCFP + start, left, whole, x);
  for (int i = 0; i < PACK && i < left; i++) {
    float time = time_BF[sample * frames + (first + i) / places % frames];
    x[i] = (1.0f - time) * x[i] + time * noise[i];
  }
  store(noise, noise_BCFP + start, left, whole);
  store(x, noisy_BCFP + start, left, whole);
}
