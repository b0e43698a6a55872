// Tier `avx2`: the part of a picture that a convolution works on, its source laid out as planes.
#ifndef CK_PATCH_AVX2_H
#define CK_PATCH_AVX2_H

#include "planes_avx2.h"

#if CK_X86

/// Which source pixels an output pixel reads: `taps` x `taps` from (stride * y + origin, stride * x + origin) on.
typedef struct ck_window {
  int32_t taps, stride, origin;
} ck_window;

/// 8 rectangles of outputs, one per lane, and the planes of their sources.
///
/// A lane's rectangle is `height` rows of a run of `run` neighbouring outputs. So the tap beside a tap is the next
/// vector, never a shifted one, and all loads are aligned. Planes are [source row][4 channels][source column], vectors
/// of 4 channels of 8 lanes; with stride 2 the even columns come before the odd ones.
typedef struct ck_patch {
  ck_window window;
  int32_t run, height;
  int32_t y[8], x[8];  ///< the first output of each lane
  uint8_t *planes;
} ck_patch;

/// Source columns of runs of `run` outputs, and rows of `height` ones.
static inline int32_t ck_extent(const ck_window *window, int32_t outputs) {
  return window->stride * (outputs - 1) + window->taps;
}

/// Copies the sources of the lanes into the planes.
void ck_patch_fill(const ck_patch *patch, const ck_view src[2]);

/// offsets[step]: bytes from an output row's planes to the step's vectors, steps being [tap row][tap column][quad].
void ck_patch_offsets(const ck_patch *patch, int32_t quads, int32_t *offsets);

/// Stores 8 codes, or 4 if `stored` is 4, of `run` pixels of each lane, the pixels of a lane `step` bytes apart.
void ck_patch_store(int32_t run, uint8_t codes[8][CK_TILE_PIXELS], uint8_t *const dst[8], ptrdiff_t offset,
                    ptrdiff_t step, int32_t stored);

#endif
#endif
