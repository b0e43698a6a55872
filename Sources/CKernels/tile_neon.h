// Tier `neon`: the register tile of convolutions, and of Winograd products with tiles of outputs in place of pixels.
//
// A tile is P pixels by V vectors of 4 output channels. sdot by element multiplies a weight vector, 4 outputs by 4
// channels, by one of the four runs of 4 channels that a pixel's 16 loaded bytes hold, so nothing is ever broadcast.
#ifndef CK_TILE_NEON_H
#define CK_TILE_NEON_H

#include "neon.h"

#if CK_NEON
DOTPROD_BEGIN

/// Up to 4 steps of 4 channels: `steps` of them, a literal. src is at the tile's first pixel; `flip`, a literal, tells
/// u8, which load_flipped makes signed, from s8.
INLINE void add_steps(int32x4_t *acc, const uint8_t *src, ptrdiff_t pixel_step, const int8_t *weights, const int steps,
                      const int P, const int V, const bool flip) {
  int8x16_t a[12];
  UNROLL for (int p = 0; p < P; p++) {
    a[p] = flip ? load_flipped(src + p * pixel_step) : vreinterpretq_s8_u8(vld1q_u8(src + p * pixel_step));
  }
  UNROLL for (int lane = 0; lane < steps; lane++) {
    UNROLL for (int v = 0; v < V; v++) {
      const int8x16_t w = vld1q_s8(weights + 16 * (lane * V + v));
      UNROLL for (int p = 0; p < P; p++) acc[p * V + v] = dot_lane(acc[p * V + v], w, a[p], lane);
    }
  }
}

/// A segment of `steps` runs of 4 channels; returns the weights behind it. The 16 bytes that hold the last runs may
/// reach up to 12 bytes past the segment.
INLINE const int8_t *add_segment(int32x4_t *acc, const uint8_t *src, ptrdiff_t pixel_step, const int8_t *weights,
                                 int32_t steps, const int P, const int V, const bool flip) {
  for (; steps >= 4; steps -= 4, src += 16, weights += 64 * V) add_steps(acc, src, pixel_step, weights, 4, P, V, flip);
  if (steps == 1) add_steps(acc, src, pixel_step, weights, 1, P, V, flip);
  if (steps == 2) add_steps(acc, src, pixel_step, weights, 2, P, V, flip);
  if (steps == 3) add_steps(acc, src, pixel_step, weights, 3, P, V, flip);
  return weights + 16 * V * steps;
}

/// ck_requantize on 4 accumulators, before zero point and clamp. The conversion rounds to nearest even and saturates as
/// the narrowing does, which takes the place of the bounds at 512.
INLINE int16x4_t scaled(int32x4_t acc, float32x4_t multiplier) {
  return vqmovn_s32(vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(acc), multiplier)));
}

/// The codes of 8 accumulators.
INLINE uint8x8_t codes(int32x4_t low, int32x4_t high, float32x4_t low_multiplier, float32x4_t high_multiplier,
                       int16x8_t zero_point) {
  // Saturating to s16, adding there and saturating to u8 is the clamp of the exact sum.
  const int16x8_t both = vcombine_s16(scaled(low, low_multiplier), scaled(high, high_multiplier));
  return vqmovun_s16(vqaddq_s16(both, zero_point));
}

/// Stores 8 codes, or 4 where the stored channels end.
INLINE void store_codes(uint8_t *dst, uint8x8_t codes, const bool all) {
  if (all) {
    vst1_u8(dst, codes);
  } else {
    const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(codes), 0);
    __builtin_memcpy(dst, &four, 4);
  }
}

DOTPROD_END

// Of the 32 registers a tile takes P * V for accumulators, P for activations, one for the sign bits, and needs three or
// more for weights on their way: a core that runs in order must load them ahead of use. What a tile costs besides its
// sdots: for 4 steps, P + 4 * V loads per 4 * P * V sdots, and P flips, which share the sdots' pipes. So V is as large
// as the block gives it (at V = 8, 3 % flips and 0.36 loads per sdot, of which cores do one or more per sdot), P what
// is left, and no P * V where it is avoidable is below 16: four pipes of latency 4 wait for each other below that.
static const int32_t most_pixels[8] = {12, 8, 6, 5, 4, 4, 3, 3};

// clang-format off
#define TILES_3(V) TILE(1, V) TILE(2, V) TILE(3, V)
#define TILES_4(V) TILES_3(V) TILE(4, V)
#define TILES_5(V) TILES_4(V) TILE(5, V)
#define TILES_6(V) TILES_5(V) TILE(6, V)
#define TILES_8(V) TILES_6(V) TILE(7, V) TILE(8, V)
#define TILES_12(V) TILES_8(V) TILE(9, V) TILE(10, V) TILE(11, V) TILE(12, V)
/// A function for every tile: TILE(P, V) is to define tile_PxV.
#define ALL_TILES TILES_12(1) TILES_8(2) TILES_6(3) TILES_5(4) TILES_4(5) TILES_4(6) TILES_3(7) TILES_3(8)

#define NAMES_3(V) tile_1x##V, tile_2x##V, tile_3x##V
#define NAMES_4(V) NAMES_3(V), tile_4x##V
#define NAMES_5(V) NAMES_4(V), tile_5x##V
#define NAMES_6(V) NAMES_5(V), tile_6x##V
#define NAMES_8(V) NAMES_6(V), tile_7x##V, tile_8x##V
#define NAMES_12(V) NAMES_8(V), tile_9x##V, tile_10x##V, tile_11x##V, tile_12x##V
/// Their names, [V - 1][P - 1]: [8][12].
#define ALL_NAMES {{NAMES_12(1)}, {NAMES_8(2)}, {NAMES_6(3)}, {NAMES_5(4)}, \
                   {NAMES_4(5)}, {NAMES_4(6)}, {NAMES_3(7)}, {NAMES_3(8)}}
// clang-format on

#endif
#endif
