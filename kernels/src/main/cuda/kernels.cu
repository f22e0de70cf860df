// The entry points: one for every combination of types, named operation_types, S before T (modulation.cuh), P before G
// (optimizer.cuh). Java finds them by these names and checks its arguments against the PTX's parameters.
#include "attention.cuh"
#include "gelu.cuh"
#include "hash.cuh"
#include "modulation.cuh"
#include "noising.cuh"
#include "optimizer.cuh"
#include "reduction.cuh"

#define MODULATION_KERNELS(S, T, TYPES)                                                                                          \
  KERNEL(gated_residual_forward_##TYPES)(                                                                                        \
      const T* branch_RD, const float* bias_D, const float* modulation, const uint8_t* clean_R, const S* residual_RD, S* out_RD, \
      int tokens, int width, int stride, int vectors) {                                                                          \
    gated_residual_forward<S, T>(                                                                                                \
        branch_RD, bias_D, modulation, clean_R, residual_RD, out_RD, tokens, width, stride, vectors);                            \
  }                                                                                                                              \
  REGISTER(gated_residual_forward_##TYPES)                                                                                       \
  KERNEL(gated_residual_backward_##TYPES)(                                                                                       \
      const S* dout_RD, const T* branch_RD, const float* bias_D, const float* modulation, const uint8_t* clean_R, T* dbranch_RD, \
      float* partials, int tokens, int width, int stride, int vectors) {                                                         \
    gated_residual_backward<S, T>(                                                                                               \
        dout_RD, branch_RD, bias_D, modulation, clean_R, dbranch_RD, partials, tokens, width, stride, vectors);                  \
  }                                                                                                                              \
  REGISTER(gated_residual_backward_##TYPES)                                                                                      \
  KERNEL(layer_norm_forward_##TYPES)(                                                                                            \
      const S* x_RD, const float* modulation, const uint8_t* clean_R, T* out_RD, float* mean_R, float* rstd_R, int tokens,       \
      int width, int stride, float epsilon) {                                                                                    \
    layer_norm_forward<S, T>(x_RD, modulation, clean_R, out_RD, mean_R, rstd_R, tokens, width, stride, epsilon);                 \
  }                                                                                                                              \
  REGISTER(layer_norm_forward_##TYPES)                                                                                           \
  KERNEL(layer_norm_backward_##TYPES)(                                                                                           \
      const T* dout_RD, const S* x_RD, const float* modulation, const uint8_t* clean_R, const float* mean_R,                     \
      const float* rstd_R, S* dx_RD, int tokens, int width, int stride) {                                                        \
    layer_norm_backward<S, T>(dout_RD, x_RD, modulation, clean_R, mean_R, rstd_R, dx_RD, tokens, width, stride);                 \
  }                                                                                                                              \
  REGISTER(layer_norm_backward_##TYPES)                                                                                          \
  KERNEL(layer_norm_modulation_backward_##TYPES)(                                                                                \
      const T* dout_RD, const S* x_RD, const uint8_t* clean_R, const float* mean_R, const float* rstd_R, float* partials,        \
      int tokens, int width) {                                                                                                   \
    layer_norm_modulation_backward<S, T>(dout_RD, x_RD, clean_R, mean_R, rstd_R, partials, tokens, width);                       \
  }                                                                                                                              \
  REGISTER(layer_norm_modulation_backward_##TYPES)

MODULATION_KERNELS(float, float, fp32_fp32)
MODULATION_KERNELS(float, bf16, fp32_bf16)
MODULATION_KERNELS(bf16, bf16, bf16_bf16)

#define ELEMENT_KERNELS(T, TYPE)                                                                                                 \
  KERNEL(norm_rotate_forward_##TYPE)(                                                                                            \
      const T* qkv_R3NK, const float* weight_JK, const int32_t* position_R3, const float* angles, T* out_JBNTK, float* rstd_JRN, \
      int64_t rows, int tokens, int heads, int width, float epsilon) {                                                           \
    norm_rotate_forward<T>(                                                                                                      \
        qkv_R3NK, weight_JK, position_R3, angles, out_JBNTK, rstd_JRN, rows, tokens, heads, width, epsilon);                     \
  }                                                                                                                              \
  REGISTER(norm_rotate_forward_##TYPE)                                                                                           \
  KERNEL(norm_rotate_backward_##TYPE)(                                                                                           \
      const T* dout_JBNTK, const T* qkv_R3NK, const float* weight_JK, const int32_t* position_R3, const float* angles,           \
      const float* rstd_JRN, T* dqkv_R3NK, float* partials, int64_t rows, int tokens, int heads, int width) {                    \
    norm_rotate_backward<T>(                                                                                                     \
        dout_JBNTK, qkv_R3NK, weight_JK, position_R3, angles, rstd_JRN, dqkv_R3NK, partials, rows, tokens, heads, width);        \
  }                                                                                                                              \
  REGISTER(norm_rotate_backward_##TYPE)                                                                                          \
  KERNEL(gelu_forward_##TYPE)(const T* x_RI, const float* bias_I, T* out_RI, int width) {                                        \
    gelu_forward<T>(x_RI, bias_I, out_RI, width);                                                                                \
  }                                                                                                                              \
  REGISTER(gelu_forward_##TYPE)                                                                                                  \
  KERNEL(gelu_backward_##TYPE)(                                                                                                  \
      const T* dout_RI, const T* x_RI, const float* bias_I, T* dx_RI, float* partials, int64_t rows, int width) {                \
    gelu_backward<T>(dout_RI, x_RI, bias_I, dx_RI, partials, rows, width);                                                       \
  }                                                                                                                              \
  REGISTER(gelu_backward_##TYPE)                                                                                                 \
  KERNEL(noising_##TYPE)(                                                                                                        \
      const T* latent_BCFP, const int64_t* streams_B2, const float* time_BF, T* noise_BCFP, T* noisy_BCFP, int64_t elements,     \
      int frames, int64_t places) {                                                                                              \
    noising<T>(latent_BCFP, streams_B2, time_BF, noise_BCFP, noisy_BCFP, elements, frames, places);                              \
  }                                                                                                                              \
  REGISTER(noising_##TYPE)                                                                                                       \
  KERNEL(sum_values_##TYPE)(const T* values, double* partials, int64_t count) {                                                  \
    sum_values<T, false>(values, partials, count);                                                                               \
  }                                                                                                                              \
  REGISTER(sum_values_##TYPE)                                                                                                    \
  KERNEL(sum_squares_##TYPE)(const T* values, double* partials, int64_t count) {                                                 \
    sum_values<T, true>(values, partials, count);                                                                                \
  }                                                                                                                              \
  REGISTER(sum_squares_##TYPE)                                                                                                   \
  KERNEL(sum_parts_##TYPE)(const T* parts, T* out, int64_t count, int number, int64_t part_stride) {                             \
    sum_parts<T>(parts, out, count, number, part_stride);                                                                        \
  }                                                                                                                              \
  REGISTER(sum_parts_##TYPE)                                                                                                     \
  KERNEL(hash_values_##TYPE)(                                                                                                    \
      const T* values, uint64_t* sums, int64_t rows, int64_t columns, int64_t row_stride, int64_t offset, uint64_t key) {        \
    hash_values<T>(values, sums, rows, columns, row_stride, offset, key);                                                        \
  }                                                                                                                              \
  REGISTER(hash_values_##TYPE)

ELEMENT_KERNELS(float, fp32)
ELEMENT_KERNELS(bf16, bf16)

KERNEL(sum_partials)(const double* partials, double* out, int64_t count, int columns) {
  sum_of_partials(partials, out, count, columns);
}
REGISTER(sum_partials)

KERNEL(add_columns)(
    const float* partials, float* out, int chunks, int slots, int first_slot, int width, int vectors, int64_t row_stride,
    int64_t group_stride) {
  add_to_columns(partials, out, chunks, slots, first_slot, width, vectors, row_stride, group_stride);
}
REGISTER(add_columns)

#define ADAMW_KERNEL(P, G, TYPES)                                                                                                \
  KERNEL(adamw_##TYPES)(                                                                                                         \
      P* parameter, const G* gradient, float* first, float* second, float* average, bf16* copy, double* partials,                \
      float gradient_scale, float beta1, float gain1, float beta2, float gain2, float keep, float step_size,                     \
      float second_scale, float epsilon, float average_keep, float average_gain, int64_t count, int64_t base, uint64_t key,      \
      uint64_t stream) {                                                                                                         \
    AdamWCoefficients c = {gradient_scale, beta1, gain1, beta2, gain2, keep, step_size, second_scale, epsilon, average_keep,     \
                           average_gain};                                                                                        \
    adamw<P, G>(parameter, gradient, first, second, average, copy, partials, c, count, base, key, stream);                       \
  }                                                                                                                              \
  REGISTER(adamw_##TYPES)

ADAMW_KERNEL(float, float, fp32_fp32)
ADAMW_KERNEL(float, bf16, fp32_bf16)
ADAMW_KERNEL(bf16, bf16, bf16_bf16)
