// Tier `neon`: the register tile under all convolutions.
//
// A tile is P pixels by V vectors of 4 output channels. sdot by element multiplies a weight vector, 4 outputs by 4
// channels, by one of the four runs of 4 channels that a pixel's 16 loaded bytes hold, so nothing is ever broadcast.
#include "neon.h"

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

/// ck_requantize on 4 accumulators, before zero point and clamp. The conversion rounds to nearest even and saturates as
/// the narrowing does, which takes the place of the bounds at 512.
INLINE int16x4_t scaled(int32x4_t acc, float32x4_t multiplier) {
  return vqmovn_s32(vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(acc), multiplier)));
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
      const int16x4_t low = scaled(acc[p * V + v], first), high = scaled(acc[p * V + v + two], second);
      // Saturating to s16, adding there and saturating to u8 is the clamp of the exact sum.
      const uint8x8_t codes = vqmovun_s16(vqaddq_s16(vcombine_s16(low, high), zero_point));
      if (two) {
        vst1_u8(dst + p * step + 4 * v, codes);
      } else {
        const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(codes), 0);
        __builtin_memcpy(dst + p * step + 4 * v, &four, 4);
      }
    }
  }
}

/// Up to 4 steps of 4 channels: `steps` of them, a literal. src is at the tile's first pixel.
INLINE void add_steps(int32x4_t *acc, const uint8_t *src, ptrdiff_t pixel_step, const int8_t *weights, const int steps,
                      const int P, const int V) {
  int8x16_t a[12];
  UNROLL for (int p = 0; p < P; p++) a[p] = load_flipped(src + p * pixel_step);
  UNROLL for (int lane = 0; lane < steps; lane++) {
    UNROLL for (int v = 0; v < V; v++) {
      const int8x16_t w = vld1q_s8(weights + 16 * (lane * V + v));
      UNROLL for (int p = 0; p < P; p++) acc[p * V + v] = dot_lane(acc[p * V + v], w, a[p], lane);
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
      const uint8_t *src = row->src[s] + x * step;
      int32_t k = row->steps[s];
      for (; k >= 4; k -= 4, src += 16, weights += 64 * V) add_steps(acc, src, step, weights, 4, P, V);
      // The 16 bytes that hold the last runs may reach past the segment, at most 12 bytes past the last border pixel.
      if (k == 1) add_steps(acc, src, step, weights, 1, P, V);
      if (k == 2) add_steps(acc, src, step, weights, 2, P, V);
      if (k == 3) add_steps(acc, src, step, weights, 3, P, V);
      weights += 16 * V * k;
    }
    finish(row->dst + x * row->dst_step, acc, row, P, V);
  }
}

typedef void row_function(const ck_row *row, int32_t x, int32_t tiles);

// Of the 32 registers a tile takes P * V for accumulators, P for activations, one for the sign bits, and needs three or
// more for weights on their way: a core that runs in order must load them ahead of use. What a tile costs besides its
// sdots: for 4 steps, P + 4 * V loads per 4 * P * V sdots, and P flips, which share the sdots' pipes. So V is as large
// as the block gives it (at V = 8, 3 % flips and 0.36 loads per sdot, of which cores do one or more per sdot), P what
// is left, and no P * V where it is avoidable is below 16: four pipes of latency 4 wait for each other below that.

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_row *row, int32_t x, int32_t tiles) { row_tiles(row, x, tiles, P, V); }
#define TILES_3(V) TILE(1, V) TILE(2, V) TILE(3, V)
#define TILES_4(V) TILES_3(V) TILE(4, V)
#define TILES_5(V) TILES_4(V) TILE(5, V)
#define TILES_6(V) TILES_5(V) TILE(6, V)
#define TILES_8(V) TILES_6(V) TILE(7, V) TILE(8, V)
#define TILES_12(V) TILES_8(V) TILE(9, V) TILE(10, V) TILE(11, V) TILE(12, V)
TILES_12(1) TILES_8(2) TILES_6(3) TILES_5(4) TILES_4(5) TILES_4(6) TILES_3(7) TILES_3(8)

#define NAMES_3(V) tile_1x##V, tile_2x##V, tile_3x##V
#define NAMES_4(V) NAMES_3(V), tile_4x##V
#define NAMES_5(V) NAMES_4(V), tile_5x##V
#define NAMES_6(V) NAMES_5(V), tile_6x##V
#define NAMES_8(V) NAMES_6(V), tile_7x##V, tile_8x##V
#define NAMES_12(V) NAMES_8(V), tile_9x##V, tile_10x##V, tile_11x##V, tile_12x##V
static row_function *const functions[8][12] = {{NAMES_12(1)}, {NAMES_8(2)}, {NAMES_6(3)}, {NAMES_5(4)},
                                               {NAMES_4(5)},  {NAMES_4(6)}, {NAMES_3(7)}, {NAMES_3(8)}};
// clang-format on

static const int32_t most_pixels[8] = {12, 8, 6, 5, 4, 4, 3, 3};

void ck_row_neon(const ck_row *row, int32_t width, int32_t vectors) {
  // Tiles of nearly equal size: a narrow last tile would leave the multipliers waiting for accumulators.
  const int32_t most = most_pixels[vectors - 1];
  const int32_t tiles = (width + most - 1) / most, pixels = width / tiles, wider = width % tiles;
  if (wider) functions[vectors - 1][pixels](row, 0, wider);
  functions[vectors - 1][pixels - 1](row, wider * (pixels + 1), tiles - wider);
}

DOTPROD_END
#endif
