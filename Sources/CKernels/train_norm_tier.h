// One tier's table of training's passes over pixels, for both types of numbers. Includes the loops: to be included
// where the tier's instruction set is switched on, with CK_NORM_TIER naming the tier.
#include "train_norm.h"

#define CK_NORM_NAME2(name, tier) name##_##tier
#define CK_NORM_NAME(name, tier) CK_NORM_NAME2(name, tier)

#define CK_NORM_PASSES(suffix, element)                                                                               \
  static void forward_##suffix(const ck_norm_row *row, const void *y, void *a) { norm_forward(element, row, y, a); }  \
  static void forward_pool_##suffix(const ck_norm_row *row, const void *const y[2], void *const a[2], void *pooled) { \
    norm_forward_pool(element, row, y, a, pooled);                                                                    \
  }                                                                                                                   \
  static void unpool_##suffix(const ck_norm_row *row, const void *const y[2], void *const g[2], const void *pooled) { \
    norm_unpool(element, row, y, g, pooled);                                                                          \
  }                                                                                                                   \
  static void moments_##suffix(const ck_norm_row *row, const void *y, double *sums) {                                 \
    norm_moments(element, row, y, sums);                                                                              \
  }                                                                                                                   \
  static void sums_##suffix(const ck_norm_row *row, const void *y, const void *g, double *sums) {                     \
    norm_sums(element, row, y, g, sums);                                                                              \
  }                                                                                                                   \
  static void backward_##suffix(const ck_norm_row *row, const float *const factors[3], const void *y, void *g) {      \
    norm_backward(element, row, factors, y, g);                                                                       \
  }                                                                                                                   \
  static void close_##suffix(int64_t count, const void *a, void *g) { norm_close(element, count, a, g); }             \
  static void drop_##suffix(int64_t count, uint32_t key, uint32_t first, uint32_t threshold, float scale,             \
                            void *values) {                                                                           \
    norm_drop(element, count, key, first, threshold, scale, values);                                                  \
  }                                                                                                                   \
  static void widen_##suffix(int64_t count, const void *values, float *out) {                                         \
    norm_widen(element, count, values, out);                                                                          \
  }                                                                                                                   \
  static void narrow_##suffix(int64_t count, const float *values, void *out) {                                        \
    norm_narrow(element, count, values, out);                                                                         \
  }

#define CK_NORM_TABLE(suffix)                                                                                   \
  {                                                                                                             \
    .forward = forward_##suffix, .forward_pool = forward_pool_##suffix, .unpool = unpool_##suffix,              \
    .moments = moments_##suffix, .sums = sums_##suffix, .backward = backward_##suffix, .close = close_##suffix, \
    .drop = drop_##suffix, .widen = widen_##suffix, .narrow = narrow_##suffix,                                  \
  }

CK_NORM_PASSES(f32, CK_REAL_F32)
CK_NORM_PASSES(bf16, CK_REAL_BF16)

const ck_norm_table CK_NORM_NAME(ck_norm_table, CK_NORM_TIER)[2] = {CK_NORM_TABLE(f32), CK_NORM_TABLE(bf16)};
