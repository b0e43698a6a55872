// Tier `avx2`: from pixels to planes, and from codes to pixels.
#include "patch_avx2.h"

#include "tile_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

/// The vector of a source column, or of a tap of the first output, within its row and quad.
static int32_t column_place(const ck_patch *patch, int32_t column) {
  if (patch->window.stride == 1) return column;
  return column % 2 * (patch->run + 1) + column / 2;
}

/// Copies one pixel of each lane, `channels` channels, to vectors `plane_step` bytes apart.
INLINE void fill_pixels(uint8_t *plane, ptrdiff_t plane_step, const uint8_t *const src[8], ptrdiff_t offset,
                        int32_t channels) {
  for (int32_t c = 0; c < channels; c += 16, offset += 16, plane += 4 * plane_step) {
    __m256i halves[4], quads[4];
    UNROLL for (int i = 0; i < 4; i++) halves[i] = load_halves(src[i] + offset, src[i + 4] + offset);
    transpose(quads, halves);
    // A last run of less than 16 channels reads on into the bytes that follow, at most 12 past the pixel.
    const int32_t valid = (channels - c) / 4;
    _mm256_store_si256((__m256i *)plane, quads[0]);
    if (valid > 1) _mm256_store_si256((__m256i *)(plane + plane_step), quads[1]);
    if (valid > 2) _mm256_store_si256((__m256i *)(plane + 2 * plane_step), quads[2]);
    if (valid > 3) _mm256_store_si256((__m256i *)(plane + 3 * plane_step), quads[3]);
  }
}

void ck_patch_fill(const ck_patch *patch, const ck_view src[2]) {
  const ck_window *window = &patch->window;
  const int32_t rows = ck_extent(window, patch->height), columns = ck_extent(window, patch->run);
  const ptrdiff_t plane_step = 32 * columns;
  uint8_t *plane = patch->planes;
  for (int32_t row = 0; row < rows; row++) {
    for (int32_t s = 0; s < 2 && src[s].data; s++) {
      const uint8_t *lanes[8];
      for (int i = 0; i < 8; i++) {
        lanes[i] = ck_pixel(&src[s], window->stride * patch->y[i] + window->origin + row,
                            window->stride * patch->x[i] + window->origin);
      }
      for (int32_t column = 0; column < columns; column++) {
        fill_pixels(plane + 32 * column_place(patch, column), plane_step, lanes, (ptrdiff_t)column * src[s].channels,
                    src[s].channels);
      }
      plane += src[s].channels / 4 * plane_step;
    }
  }
}

void ck_patch_offsets(const ck_patch *patch, int32_t quads, int32_t *offsets) {
  const int32_t columns = ck_extent(&patch->window, patch->run);
  for (int32_t ky = 0; ky < patch->window.taps; ky++) {
    for (int32_t kx = 0; kx < patch->window.taps; kx++) {
      for (int32_t q = 0; q < quads; q++) *offsets++ = 32 * ((ky * quads + q) * columns + column_place(patch, kx));
    }
  }
}

/// 8 rows of 16 codes to 16 pixels of 8 codes.
INLINE void transpose_codes(uint64_t *pixels, uint8_t codes[8][CK_TILE_PIXELS], int32_t first) {
  __m128i a[8], b[8];
  UNROLL for (int i = 0; i < 8; i++) a[i] = _mm_loadu_si128((const __m128i *)(codes[i] + first));
  UNROLL for (int round = 0; round < 3; round++) {
    // Row i meets row i + 4: three rounds of interleaving halves transpose 8 rows.
    UNROLL for (int i = 0; i < 4; i++) {
      b[2 * i] = _mm_unpacklo_epi8(a[i], a[i + 4]);
      b[2 * i + 1] = _mm_unpackhi_epi8(a[i], a[i + 4]);
    }
    UNROLL for (int i = 0; i < 8; i++) a[i] = b[i];
  }
  UNROLL for (int i = 0; i < 8; i++) _mm_storeu_si128((__m128i *)(pixels + 2 * i), a[i]);
}

void ck_patch_store(int32_t run, uint8_t codes[8][CK_TILE_PIXELS], uint8_t *const dst[8], ptrdiff_t offset,
                    ptrdiff_t step, int32_t stored) {
  uint64_t pixels[CK_TILE_PIXELS];
  for (int32_t i = 0; i < 8 * run; i += 16) transpose_codes(pixels + i, codes, i);
  const uint64_t *from = pixels;
  for (int32_t x = 0; x < run; x++, offset += step, from += 8) {
    if (stored == 8) {
      UNROLL for (int i = 0; i < 8; i++) __builtin_memcpy(dst[i] + offset, from + i, 8);
    } else {
      UNROLL for (int i = 0; i < 8; i++) __builtin_memcpy(dst[i] + offset, from + i, 4);
    }
  }
}

#pragma clang attribute pop
#endif
