// The checks of one tier's kernels against tier `c`.
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "guarded.h"

/// A run of checks.
typedef struct check {
  const ck_table *table, *reference;
  uint64_t random;  ///< state of the generator
  int cases, failures;
} check;

/// Counts one case; a failed one is printed, in the words of `format`.
__attribute__((format(printf, 3, 4))) void check_note(check *run, bool passed, const char *format, ...);

/// A random number below `bound`.
/// Source: Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators".
uint32_t check_random(check *run, uint32_t bound);
void check_random_bytes(check *run, uint8_t *bytes, size_t count);

/// The content of a layer's source and weights.
typedef enum content {
  UNIFORM,
  EXTREME_LOW,   ///< 255 x -128
  EXTREME_HIGH,  ///< 255 x 127
  IMPULSE,       ///< one byte is 255, the rest the zero point
  ZERO_POINT,
  TIES,   ///< small integers with a multiplier of 0.5: every other result is a tie
  LARGE,  ///< accumulators that single precision rounds, and products far outside of 0...255
  CONTENTS,
} content;

extern const char *const content_names[CONTENTS];
/// Every edge of a register tile, from one pixel to more than two of the widest.
extern const int32_t checked_widths[];
extern const int32_t checked_channels[];

/// Fills the pixels of a view; its border holds the zero point.
void fill_view(check *run, const guarded_view *view, content what, uint8_t zero_point);

/// The parameters of a layer, bias and multipliers padded with zeros to a multiple of 16.
typedef struct layer_data {
  guarded weights, bias, multiplier;
} layer_data;

/// \param depth products per output
layer_data layer_data_make(check *run, content what, int32_t depth, int32_t outputs);
void layer_data_free(layer_data *data);

void check_conv3x3(check *run);
void check_conv3x3_stride2(check *run);
void check_winograd3x3(check *run);
void check_upconv2x2(check *run);
void check_upconv4x4(check *run);
void check_head(check *run);
void check_blend_u8(check *run);
void check_blend_u16(check *run);
void check_count_labels(check *run);
void check_peak(check *run);

#endif
