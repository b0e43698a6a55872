// Addresses inside a view.
#ifndef CK_VIEW_H
#define CK_VIEW_H

#include "ckernels.h"

/// Pixel (y, x); both may be -1 and height or width.
static inline uint8_t *ck_pixel(const ck_view *view, ptrdiff_t y, ptrdiff_t x) {
  return view->data + y * view->row_stride + x * view->channels;
}

/// The smallest multiple of `unit` that is not below `n`.
static inline int32_t ck_round_up(int32_t n, int32_t unit) { return (n + unit - 1) / unit * unit; }

/// The tap (ky * 4 + kx) of a 4x4 transposed convolution that joins place (a, b) = (place / 2, place % 2) of the output
/// to part (row, column) = (part / 2, part % 2) of its window in the source: k = 3 - a - 2 * row.
static inline int32_t ck_upconv4x4_tap(int32_t place, int32_t part) {
  return (3 - place / 2 - 2 * (part / 2)) * 4 + 3 - place % 2 - 2 * (part % 2);
}

#endif
