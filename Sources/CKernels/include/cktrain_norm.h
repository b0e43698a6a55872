// Training's passes over pixels between the convolutions: batch norm, ReLU, 2x2 maximum, dropout, and their gradients.
//
// All work on one row of NHWC pixels (or a pair of rows), whose channels are a multiple of 8. Sums and products are
// in single precision whatever the numbers in memory are, without fused multiply-add and in an order that the row alone
// decides, so that every tier gives the same bytes.
#ifndef CKTRAIN_NORM_H
#define CKTRAIN_NORM_H

#include "cktrain.h"

/// A row of pixels, and the norm's factors: z = y * scale + shift is what enters the ReLU.
typedef struct ck_norm_row {
  int32_t pixels, channels;
  const float *scale, *shift;  ///< [2 * channels]: all channels, twice
} ck_norm_row;

/// The passes for one kind of elements. y: the convolution's result; a: the activation; g: the gradient by the
/// activation, then by y. dz is g where the ReLU was open (z > 0), else 0.
typedef struct ck_norm_table {
  /// a = max(0, z).
  void (*forward)(const ck_norm_row *row, const void *y, void *a);
  /// Rows 2y and 2y + 1 of a, and row y of pooled, which has half as many pixels; pixels is even.
  void (*forward_pool)(const ck_norm_row *row, const void *const y[2], void *const a[2], void *pooled);
  /// Adds the gradient of the 2x2 maximum to that of the first of the four that was largest.
  void (*unpool)(const ck_norm_row *row, const void *const y[2], void *const g[2], const void *pooled);
  /// Adds the sums of y and of y * y by channel to sums [2, channels].
  void (*moments)(const ck_norm_row *row, const void *y, double *sums);
  /// Adds the sums of dz and of dz * y by channel to sums [2, channels].
  void (*sums)(const ck_norm_row *row, const void *y, const void *g, double *sums);
  /// g = dz * factors[0] + y * factors[1] + factors[2], factors as scale and shift.
  void (*backward)(const ck_norm_row *row, const float *const factors[3], const void *y, void *g);
  /// g = 0 where a is 0, over count elements: a ReLU without a norm.
  void (*close)(int64_t count, const void *a, void *g);
  /// values = 0 where the element's number (first + i, hashed with key) is below threshold, else values * scale.
  void (*drop)(int64_t count, uint32_t key, uint32_t first, uint32_t threshold, float scale, void *values);
  /// The same elements as f32, and back.
  void (*widen)(int64_t count, const void *values, float *out);
  void (*narrow)(int64_t count, const float *values, void *out);
} ck_norm_table;

/// The passes of a tier for one type of numbers; those of tier `c` where this build has no such tier.
///
/// The CPU must have the tier: `ck_train_table_for` tells.
const ck_norm_table *ck_norm_table_for(ck_train_tier tier, ck_real real);

#endif
