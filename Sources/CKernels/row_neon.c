// Tier `neon`: rows of register tiles, which all convolutions are made of.
#include "tile_neon.h"

#if CK_NEON
DOTPROD_BEGIN

// Packed: [header: 128 * (sum of the weights) of each output, s32][step][output][4 channels].
void ck_pack_step_neon(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                       int32_t channels) {
  (void)vectors;  // one vector follows the other, however many there are
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < channels; c++) packed[4 * o + c] = weights[o * out_stride + c];
  }
}

void ck_pack_header_neon(int8_t *block, int32_t steps, int32_t vectors) {
  int32_t *header = (int32_t *)(void *)block;
  const int8_t *weights = block + 16 * vectors;
  for (int32_t o = 0; o < 4 * vectors; o++) {
    int32_t sum = 0;
    for (int32_t s = 0; s < steps; s++) {
      for (int32_t c = 0; c < 4; c++) sum += weights[16 * vectors * s + 4 * o + c];
    }
    header[o] = 128 * sum;
  }
}

/// Requantises and stores P pixels of V vectors: lanes of 4 outputs leave no partial vector.
INLINE void finish(uint8_t *dst, const int32x4_t *acc, const ck_row *row, const int P, const int V) {
  // Read once, since the compiler must take every store for a change of them.
  const float *multiplier = row->multiplier;
  const ptrdiff_t step = row->dst_step;
  const int16x8_t zero_point = vdupq_n_s16((int16_t)row->zero_point);
  UNROLL for (int v = 0; v < V; v += 2) {
    const int two = v + 1 < V;
    const float32x4_t first = vld1q_f32(multiplier + 4 * v), second = vld1q_f32(multiplier + 4 * (v + two));
    UNROLL for (int p = 0; p < P; p++) {
      const int32x4_t *low = acc + p * V + v;
      store_codes(dst + p * step + 4 * v, codes(low[0], low[two], first, second, zero_point), two);
    }
  }
}

/// `tiles` tiles of P pixels from pixel x on.
INLINE void row_tiles(const ck_row *row, int32_t x, int32_t tiles, const int P, const int V) {
  for (; tiles > 0; tiles--, x += P) {
    int32x4_t acc[24];  // P * V of them; an array sized by parameters would not be kept in registers
    const int8_t *weights = row->weights;
    UNROLL for (int v = 0; v < V; v++, weights += 16) {
      const int32x4_t start = vaddq_s32(vld1q_s32(row->bias + 4 * v), vreinterpretq_s32_s8(vld1q_s8(weights)));
      UNROLL for (int p = 0; p < P; p++) acc[p * V + v] = start;
    }
    for (int32_t s = 0; s < row->segments; s++) {
      const ptrdiff_t step = row->pixel_step[s];
      // May read at most 12 bytes past the last border pixel.
      weights = add_segment(acc, row->src[s] + x * step, step, weights, row->steps[s], P, V, true);
    }
    finish(row->dst + x * row->dst_step, acc, row, P, V);
  }
}

typedef void row_function(const ck_row *row, int32_t x, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_row *row, int32_t x, int32_t tiles) { row_tiles(row, x, tiles, P, V); }
// clang-format on
ALL_TILES

static row_function *const functions[8][12] = ALL_NAMES;

void ck_row_neon(const ck_row *row, int32_t width, int32_t vectors) {
  // Tiles of nearly equal size: a narrow last tile would leave the multipliers waiting for accumulators.
  const int32_t most = most_pixels[vectors - 1];
  const int32_t tiles = (width + most - 1) / most, pixels = width / tiles, wider = width % tiles;
  if (wider) functions[vectors - 1][pixels](row, 0, wider);
  functions[vectors - 1][pixels - 1](row, wider * (pixels + 1), tiles - wider);
}

DOTPROD_END
#endif
