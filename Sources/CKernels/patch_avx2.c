// Tier `avx2`: from pixels to planes, and from codes to pixels.
#include "patch_avx2.h"

#include "tile_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/// Rows or columns that a plane has more than there are outputs.
static int32_t margin(const ck_window *window) { return (window->taps - 1) / window->stride; }

/// Row or column phases of a window.
static int32_t phases(const ck_window *window) { return least(window->stride, window->taps); }

int64_t ck_patch_size(const ck_window *window, int32_t channels, int32_t height, int32_t width) {
  const int64_t more = margin(window), n = phases(window);
  return n * n * channels * (height + more) * (width + more);
}

/// Copies `count` pixels of `channels` channels into planes `plane_step` bytes apart.
static void fill_row(uint8_t *plane, ptrdiff_t plane_step, const uint8_t *src, ptrdiff_t pixel_step, int32_t count,
                     int32_t channels) {
  if (count < 8) {
    for (int32_t i = 0; i < count; i++, src += pixel_step) {
      for (int32_t c = 0; c < channels; c += 4) __builtin_memcpy(plane + c / 4 * plane_step + 4 * i, src + c, 4);
    }
    return;
  }
  for (int32_t i = 0; i < count; i += 8) {
    // The last 8 reach back over pixels that are done.
    const int32_t from = least(i, count - 8);
    for (int32_t c = 0; c < channels; c += 16) {
      __m256i quads[4];
      transpose16(quads, src + from * pixel_step + c, pixel_step);
      uint8_t *to = plane + c / 4 * plane_step + 4 * from;
      for (int32_t q = 0; q < least(4, (channels - c) / 4); q++) {
        _mm256_storeu_si256((__m256i *)(to + q * plane_step), quads[q]);
      }
    }
  }
}

void ck_patch_fill(ck_patch *patch, const ck_view src[2]) {
  const ck_window *window = &patch->window;
  const int32_t n = phases(window), stride = window->stride;
  patch->rows = patch->height + margin(window);
  patch->pitch = patch->width + margin(window);
  const ptrdiff_t row = (ptrdiff_t)4 * patch->pitch, plane = row * patch->rows;
  uint8_t *planes = patch->planes;
  for (int32_t s = 0; s < 2 && src[s].data; planes += src[s].channels / 4 * n * n * plane, s++) {
    for (int32_t phase = 0; phase < n * n; phase++) {
      for (int32_t r = 0; r < patch->rows; r++) {
        const uint8_t *from = ck_pixel(&src[s], stride * (patch->y + r) + phase / n + window->origin,
                                       stride * patch->x + phase % n + window->origin);
        fill_row(planes + phase * plane + r * row, n * n * plane, from, (ptrdiff_t)stride * src[s].channels,
                 patch->pitch, src[s].channels);
      }
    }
  }
}

void ck_patch_offsets(const ck_patch *patch, int32_t quads, int32_t *offsets) {
  const int32_t n = phases(&patch->window), taps = patch->window.taps, plane = patch->rows * patch->pitch;
  for (int32_t ky = 0; ky < taps; ky++) {
    for (int32_t kx = 0; kx < taps; kx++) {
      const int32_t place = (ky % n * n + kx % n) * plane + ky / n * patch->pitch + kx / n;
      for (int32_t q = 0; q < quads; q++) *offsets++ = 4 * (q * n * n * plane + place);
    }
  }
}

/// 8 rows of 16 codes to 16 pixels of 8 codes.
INLINE void transpose_codes(uint64_t *pixels, const uint8_t (*codes)[CK_TILE_PIXELS]) {
  __m128i a[8], b[8];
  UNROLL for (int i = 0; i < 8; i++) a[i] = _mm_loadu_si128((const __m128i *)codes[i]);
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

void ck_patch_store(const ck_patch *patch, int32_t first, int32_t count, uint8_t codes[8][CK_TILE_PIXELS], uint8_t *dst,
                    ptrdiff_t row_step, ptrdiff_t step, int32_t stored) {
  uint64_t pixels[CK_TILE_PIXELS];
  for (int32_t i = 0; i < count; i += 16) transpose_codes(pixels + i, (const uint8_t(*)[CK_TILE_PIXELS])(codes[0] + i));
  int32_t y = first / patch->pitch, x = first % patch->pitch;
  for (int32_t i = 0; i < count; y++, x = 0) {
    uint8_t *to = dst + y * row_step + x * step;
    const int32_t end = i + least(count - i, patch->pitch - x), stop = least(end, i + patch->width - x);
    if (stored == 8) {
      for (int32_t k = i; k < stop; k++, to += step) __builtin_memcpy(to, pixels + k, 8);
    } else {
      for (int32_t k = i; k < stop; k++, to += step) __builtin_memcpy(to, pixels + k, 4);
    }
    i = end;
  }
}

#pragma clang attribute pop
#endif
