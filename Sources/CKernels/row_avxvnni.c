// Tier `avxvnni`: the register tile under all convolutions.
//
// A tile is P pixels by V vectors of 8 output channels: 12 accumulators, two weight vectors and one broadcast leave one
// of the 16 registers. Three weight vectors would fill them to the last one, and the compiler spills.
#include "avxvnni.h"
#include "tile_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

// Packed: [output][4 channels], a vector register after the other.
void ck_pack_step_avxvnni(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                          int32_t channels) {
  (void)vectors;
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < channels; c++) packed[4 * o + c] = weights[o * out_stride + c];
  }
}

/// Stores 8 codes, or 4 where the stored channels end.
INLINE void store8(uint8_t *dst, __m128i codes, int32_t stored) {
  if (stored >= 8) {
    _mm_storel_epi64((__m128i *)dst, codes);
  } else {
    const int32_t four = _mm_cvtsi128_si32(codes);
    __builtin_memcpy(dst, &four, 4);
  }
}

/// Stores 16 bytes of codes as one pixel of 16 or two of 8; the second is left out when `pixels` is 1.
INLINE void store_pixels(uint8_t *dst, __m128i codes, const ck_row *row, const int pixels, const int V) {
  if (V == 2 && row->stored == 16) {
    _mm_storeu_si128((__m128i *)dst, codes);
    return;
  }
  store8(dst, codes, V == 2 ? 8 : row->stored);
  const __m128i rest = _mm_unpackhi_epi64(codes, codes);
  if (V == 2) {
    store8(dst + 8, rest, row->stored - 8);
  } else if (pixels > 1) {
    store8(dst + row->dst_step, rest, row->stored);
  }
}

/// Requantises and stores P pixels of V vectors, 4 vectors at a time.
INLINE void finish(uint8_t *dst, const __m256i *acc, const ck_row *row, const int P, const int V) {
  const int group = 4 / V, half = group / 2;
  UNROLL for (int p = 0; p < P; p += group, dst += group * row->dst_step) {
    __m256i q[4];
    UNROLL for (int i = 0; i < 4; i++) {
      const int number = p * V + i;
      q[i] = number < P * V ? scaled(acc[number], _mm256_loadu_ps(row->multiplier + 8 * (i % V))) : q[0];
    }
    const __m256i codes = clamped(q, row->zero_point);
    store_pixels(dst, _mm256_castsi256_si128(codes), row, P - p, V);
    if (p + half < P) {
      store_pixels(dst + half * row->dst_step, _mm256_extracti128_si256(codes, 1), row, P - p - half, V);
    }
  }
}

/// `tiles` tiles of P pixels from pixel x on.
INLINE void row_tiles(const ck_row *row, int32_t x, int32_t tiles, const int P, const int V) {
  for (; tiles > 0; tiles--, x += P) {
    __m256i acc[12];  // P * V of them; an array sized by parameters would not be kept in registers
    UNROLL for (int p = 0; p < P; p++) {
      UNROLL for (int v = 0; v < V; v++) { acc[p * V + v] = _mm256_loadu_si256((const __m256i *)(row->bias + 8 * v)); }
    }
    const __m256i *weights = (const __m256i *)(const void *)row->weights;
    for (int32_t s = 0; s < row->segments; s++) {
      const ptrdiff_t step = row->pixel_step[s];
      const uint8_t *src = row->src[s] + x * step;
      for (int32_t k = row->steps[s]; k > 0; k--, src += 4, weights += V) {
        __m256i w[2];
        UNROLL for (int v = 0; v < V; v++) w[v] = _mm256_load_si256(weights + v);
        UNROLL for (int p = 0; p < P; p++) {
          const __m256i a = broadcast4(src + p * step);
          UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = _mm256_dpbusd_avx_epi32(acc[p * V + v], a, w[v]);
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
TILES_6(1) TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
TILES_6(2)

#define NAMES_6(V) tile_1x##V, tile_2x##V, tile_3x##V, tile_4x##V, tile_5x##V, tile_6x##V
static row_function *const functions[2][12] = {
    {NAMES_6(1), tile_7x1, tile_8x1, tile_9x1, tile_10x1, tile_11x1, tile_12x1}, {NAMES_6(2)}};
// clang-format on

static const int32_t most_pixels[2] = {12, 6};

void ck_row_avxvnni(const ck_row *row, int32_t width, int32_t vectors) {
  // Tiles of nearly equal size: a narrow last tile would leave the multipliers waiting for accumulators.
  const int32_t most = most_pixels[vectors - 1];
  const int32_t tiles = (width + most - 1) / most, pixels = width / tiles, wider = width % tiles;
  if (wider) functions[vectors - 1][pixels](row, 0, wider);
  functions[vectors - 1][pixels - 1](row, wider * (pixels + 1), tiles - wider);
}

#pragma clang attribute pop
#endif
