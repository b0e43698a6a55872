// Tier `avx512vnni`: the register tile under all convolutions.
//
// A tile is P pixels by V vectors of 16 output channels, up to 24 accumulators; with V weight vectors and one broadcast
// it fills the 32 registers. Each weight vector that is loaded meets P pixels, each broadcast meets V vectors.
#include <string.h>

#include "tile_avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

// Packed: [output][4 channels], a vector register after the other. In a block of 17 to 24 outputs the outputs from 16
// on come twice, see row24_avx512vnni.c.
void ck_pack_step_avx512vnni(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs,
                             int32_t vectors, int32_t channels) {
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < channels; c++) packed[4 * o + c] = weights[o * out_stride + c];
  }
  if (vectors == 2 && outputs <= 24) memcpy(packed + 96, packed + 64, 32);
}

/// Stores the first `stored` of 16, 32 or 64 bytes.
INLINE void store16(uint8_t *dst, __m128i codes, int32_t stored) {
  if (stored == 16) {
    _mm_storeu_si128((__m128i *)dst, codes);
  } else {
    _mm_mask_storeu_epi8(dst, (__mmask16)(0xffffu >> (16 - stored)), codes);
  }
}

INLINE void store32(uint8_t *dst, __m256i codes, int32_t stored) {
  if (stored == 32) {
    _mm256_storeu_si256((__m256i *)dst, codes);
  } else {
    _mm256_mask_storeu_epi8(dst, ~0u >> (32 - stored), codes);
  }
}

INLINE void store64(uint8_t *dst, __m512i codes, int32_t stored) {
  if (stored == 64) {
    _mm512_storeu_si512(dst, codes);
  } else {
    _mm512_mask_storeu_epi8(dst, ~0ull >> (64 - stored), codes);
  }
}

/// Stores 64 bytes of codes as 4 pixels of 16, 2 of 32, or one of more; those past `pixels` are left out.
INLINE void store_pixels(uint8_t *dst, __m512i codes, const ck_row *row, const int pixels, const int V) {
  const ptrdiff_t step = row->dst_step;
  if (V == 1) {
    store16(dst, _mm512_castsi512_si128(codes), row->stored);
    if (pixels > 1) store16(dst + step, _mm512_extracti32x4_epi32(codes, 1), row->stored);
    if (pixels > 2) store16(dst + 2 * step, _mm512_extracti32x4_epi32(codes, 2), row->stored);
    if (pixels > 3) store16(dst + 3 * step, _mm512_extracti32x4_epi32(codes, 3), row->stored);
  } else if (V == 2) {
    store32(dst, _mm512_castsi512_si256(codes), row->stored);
    if (pixels > 1) store32(dst + step, _mm512_extracti64x4_epi64(codes, 1), row->stored);
  } else {
    store64(dst, codes, row->stored);
  }
}

/// Requantises and stores P pixels of V vectors, 4 vectors at a time where pixels are that narrow.
INLINE void finish(uint8_t *dst, const __m512i *acc, const ck_row *row, const int P, const int V) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const int group = V == 1 ? 4 : V == 2 ? 2 : 1;
  UNROLL for (int p = 0; p < P; p += group) {
    __m512i q[4];
    UNROLL for (int i = 0; i < 4; i++) {
      const int vector = V == 3 ? (i < 3 ? i : 0) : i % V, pixel = V < 3 ? p + i / V : p;
      q[i] = pixel < P && !(V == 3 && i == 3)
                 ? scaled(acc[pixel * V + vector], _mm512_loadu_ps(row->multiplier + 16 * vector))
                 : q[0];
    }
    store_pixels(dst + p * row->dst_step, _mm512_permutexvar_epi32(order, clamped(q, row->zero_point)), row, P - p, V);
  }
}

/// `tiles` tiles of P pixels from pixel x on.
INLINE void row_tiles(const ck_row *row, int32_t x, int32_t tiles, const int P, const int V) {
  for (; tiles > 0; tiles--, x += P) {
    __m512i acc[24];  // P * V of them; an array sized by parameters would not be kept in registers
    UNROLL for (int p = 0; p < P; p++) {
      UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = _mm512_loadu_si512(row->bias + 16 * v);
    }
    const int8_t *weights = row->weights;
    for (int32_t s = 0; s < row->segments; s++) {
      const ptrdiff_t step = row->pixel_step[s];
      const uint8_t *src = row->src[s] + x * step;
      for (int32_t k = row->steps[s]; k > 0; k--, src += 4, weights += 64 * V) {
        __m512i w[4];
        UNROLL for (int v = 0; v < V; v++) w[v] = _mm512_load_si512(weights + 64 * v);
        UNROLL for (int p = 0; p < P; p++) {
          const __m512i a = broadcast4(src + p * step);
          UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = _mm512_dpbusd_epi32(acc[p * V + v], a, w[v]);
        }
      }
    }
    finish(row->dst + x * row->dst_step, acc, row, P, V);
  }
}

typedef void row_function(const ck_row *row, int32_t x, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_row *row, int32_t x, int32_t tiles) { row_tiles(row, x, tiles, P, V); }
#define TILES_6(V) TILE(1, V) TILE(2, V) TILE(3, V) TILE(4, V) TILE(5, V) TILE(6, V)
#define TILES_8(V) TILES_6(V) TILE(7, V) TILE(8, V)
#define TILES_12(V) TILES_8(V) TILE(9, V) TILE(10, V) TILE(11, V) TILE(12, V)
#define TILES_24(V) TILES_12(V) TILE(13, V) TILE(14, V) TILE(15, V) TILE(16, V) TILE(17, V) TILE(18, V) \
  TILE(19, V) TILE(20, V) TILE(21, V) TILE(22, V) TILE(23, V) TILE(24, V)
TILES_24(1) TILES_12(2) TILES_8(3) TILES_6(4)

#define NAMES_6(V) tile_1x##V, tile_2x##V, tile_3x##V, tile_4x##V, tile_5x##V, tile_6x##V
#define NAMES_8(V) NAMES_6(V), tile_7x##V, tile_8x##V
#define NAMES_12(V) NAMES_8(V), tile_9x##V, tile_10x##V, tile_11x##V, tile_12x##V
#define NAMES_24(V) NAMES_12(V), tile_13x##V, tile_14x##V, tile_15x##V, tile_16x##V, tile_17x##V, tile_18x##V, \
  tile_19x##V, tile_20x##V, tile_21x##V, tile_22x##V, tile_23x##V, tile_24x##V
static row_function *const functions[4][24] = {{NAMES_24(1)}, {NAMES_12(2)}, {NAMES_8(3)}, {NAMES_6(4)}};
// clang-format on

static const int32_t most_pixels[4] = {24, 12, 8, 6};

void ck_row_avx512vnni(const ck_row *row, int32_t width, int32_t vectors) {
  if (vectors == 2 && row->stored <= 24) {
    ck_row24_avx512vnni(row, width);
    return;
  }
  // Tiles of nearly equal size: a narrow last tile would leave the multipliers waiting for accumulators.
  const int32_t most = most_pixels[vectors - 1];
  const int32_t tiles = (width + most - 1) / most, pixels = width / tiles, wider = width % tiles;
  if (wider) functions[vectors - 1][pixels](row, 0, wider);
  functions[vectors - 1][pixels - 1](row, wider * (pixels + 1), tiles - wider);
}

#pragma clang attribute pop
#endif
