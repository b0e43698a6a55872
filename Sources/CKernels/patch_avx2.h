// Tier `avx2`: the part of a picture that a convolution works on, its source laid out as planes.
#ifndef CK_PATCH_AVX2_H
#define CK_PATCH_AVX2_H

#include "planes_avx2.h"

#if CK_X86

/// Which source pixels an output pixel reads: `taps` x `taps` from (stride * y + origin, stride * x + origin) on.
typedef struct ck_window {
  int32_t taps, stride, origin;
} ck_window;

/// A rectangle of outputs and the planes of its source.
///
/// Planes are [4 channels][row phase][column phase][row][column], a u32 of 4 channels each; with stride 2 the phases
/// keep even and odd rows and columns apart, so that neighbouring outputs always read neighbouring words. Outputs are
/// counted along the planes' rows, so a row of outputs ends with `pitch - width` that nobody stores.
typedef struct ck_patch {
  ck_window window;
  int32_t y, x, height, width;  ///< outputs (of one place)
  int32_t rows, pitch;          ///< of a plane
  uint8_t *planes;
} ck_patch;

/// Bytes of all planes for a rectangle of outputs.
int64_t ck_patch_size(const ck_window *window, int32_t channels, int32_t height, int32_t width);

/// Sets rows and pitch, and copies the source of the patch into its planes.
void ck_patch_fill(ck_patch *patch, const ck_view src[2]);

/// offsets[step]: bytes from an output's place to its step, steps being [tap row][tap column][4 channels].
void ck_patch_offsets(const ck_patch *patch, int32_t quads, int32_t *offsets);

/// Stores outputs first..<first + count of the patch: codes of 8 channels to dst + step * x in a row of dst for each
/// row. \param dst where output (0, 0) of the patch goes; `stored` bytes each, 8 or 4.
void ck_patch_store(const ck_patch *patch, int32_t first, int32_t count, uint8_t codes[8][CK_TILE_PIXELS], uint8_t *dst,
                    ptrdiff_t row_step, ptrdiff_t step, int32_t stored);

#endif
#endif
