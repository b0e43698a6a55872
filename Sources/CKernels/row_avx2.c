// Tier `avx2`: the register tile under all convolutions, exact without vpdpbusd.
//
// vpmaddubsw would saturate its sums of two products; here bytes are widened to s16 and vpmaddwd sums two exact
// products into s32. A broadcast of 4 channels splits into its even and its odd bytes, so the weights are packed in
// that order.
#include "tile_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// Packed s16: [even or odd][output][2 channels].
void ck_pack_step_avx2(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                       int32_t channels) {
  int16_t *wide = (int16_t *)(void *)packed;
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < channels; c++) {
      wide[c % 2 * 16 * vectors + 2 * o + c / 2] = weights[o * out_stride + c];
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
      for (int32_t k = row->steps[s]; k > 0; k--, src += 4, weights += 2 * V) {
        UNROLL for (int p = 0; p < P; p++) {
          const __m256i bytes = broadcast4(src + p * step);
          const __m256i even = _mm256_and_si256(bytes, _mm256_set1_epi16(255)), odd = _mm256_srli_epi16(bytes, 8);
          UNROLL for (int v = 0; v < V; v++) {
            const __m256i low = _mm256_madd_epi16(even, weights[v]), high = _mm256_madd_epi16(odd, weights[V + v]);
            acc[p * V + v] = _mm256_add_epi32(_mm256_add_epi32(acc[p * V + v], low), high);
          }
        }
      }
    }
    uint8_t *dst = row->dst + x * row->dst_step;
    UNROLL for (int p = 0; p < P; p++, dst += row->dst_step) {
      UNROLL for (int v = 0; v < V; v++) {
        store_codes(dst + 8 * v, requantized(acc[p * V + v], row->multiplier + 8 * v, row->zero_point),
                    row->stored - 8 * v);
      }
    }
  }
}

typedef void row_function(const ck_row *row, int32_t x, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_row *row, int32_t x, int32_t tiles) { row_tiles(row, x, tiles, P, V); }
#define TILES_3(V) TILE(1, V) TILE(2, V) TILE(3, V)
#define TILES_6(V) TILES_3(V) TILE(4, V) TILE(5, V) TILE(6, V)
TILES_6(1) TILES_6(2) TILES_3(3) TILE(4, 3) TILES_3(4)

#define NAMES_3(V) tile_1x##V, tile_2x##V, tile_3x##V
#define NAMES_6(V) NAMES_3(V), tile_4x##V, tile_5x##V, tile_6x##V
static row_function *const functions[4][6] = {{NAMES_6(1)}, {NAMES_6(2)}, {NAMES_3(3), tile_4x3}, {NAMES_3(4)}};
// clang-format on

static const int32_t most_pixels[4] = {6, 6, 4, 3};

void ck_row_avx2(const ck_row *row, int32_t width, int32_t vectors) {
  // Tiles of nearly equal size: a narrow last tile would leave the multipliers waiting for accumulators.
  const int32_t most = most_pixels[vectors - 1];
  const int32_t tiles = (width + most - 1) / most, pixels = width / tiles, wider = width % tiles;
  if (wider) functions[vectors - 1][pixels](row, 0, wider);
  functions[vectors - 1][pixels - 1](row, wider * (pixels + 1), tiles - wider);
}

#pragma clang attribute pop
#endif
