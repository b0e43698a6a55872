// Tier `neon`: Winograd's transforms.
#include "tile_neon.h"
#include "winograd_neon.h"

#if CK_NEON
DOTPROD_BEGIN

/// Eight pairs of codes as u16, whose differences wrap around to the s16 that is meant.
INLINE int16x8_t combined(uint8x8_t a, uint8x8_t b, bool sum, int16x8_t zero) {
  return sum ? vsubq_s16(vreinterpretq_s16_u16(vaddl_u8(a, b)), zero) : vreinterpretq_s16_u16(vsubl_u8(a, b));
}

void ck_winograd_vertical_neon(int16_t *even, int16_t *odd, const uint8_t *a, const uint8_t *b, int32_t pixels,
                               int32_t channels, bool sum, int32_t zero_point) {
  const int16x8_t zero = vdupq_n_s16((int16_t)(2 * zero_point));
  for (int32_t p = 0; p < pixels; p++, a += channels, b += channels) {
    int16_t *to = (p % 2 ? odd : even) + p / 2 * channels;
    for (int32_t c = 0; c < channels; c += 16) {
      const uint8x16_t top = vld1q_u8(a + c), bottom = vld1q_u8(b + c);
      vst1q_s16(to + c, combined(vget_low_u8(top), vget_low_u8(bottom), sum, zero));
      vst1q_s16(to + c + 8, combined(vget_high_u8(top), vget_high_u8(bottom), sum, zero));
    }
  }
}

/// 16 values of one tap: scaled, clamped and stored. The rounding product doubles before it takes the upper half, and
/// saturates for -32768 squared alone, which no scale is.
INLINE void store_tap(uint8_t *values, int16x8_t low, int16x8_t high, int16_t scale, int16x8_t centre) {
  const int8x8_t a = vqmovn_s16(vsubq_s16(vqrdmulhq_n_s16(low, scale), centre));
  const int8x8_t b = vqmovn_s16(vsubq_s16(vqrdmulhq_n_s16(high, scale), centre));
  vst1q_u8(values, vreinterpretq_u8_s8(vcombine_s8(a, b)));
}

void ck_winograd_horizontal_neon(uint8_t *values, ptrdiff_t tap_step, const int16_t *even, const int16_t *odd,
                                 int32_t count, int32_t channels, const int16_t *scale, int32_t sum_centre) {
  const int16x8_t none = vdupq_n_s16(0), centre = vdupq_n_s16((int16_t)sum_centre);
  for (int32_t i = 0; i < count; i += 16, even += 16, odd += 16, values += 16) {
    int16x8_t x[4][2];
    UNROLL for (int h = 0; h < 2; h++) {
      const int16x8_t a = vld1q_s16(even + 8 * h), b = vld1q_s16(odd + 8 * h);
      const int16x8_t c = vld1q_s16(even + channels + 8 * h), d = vld1q_s16(odd + channels + 8 * h);
      x[0][h] = vsubq_s16(a, c);
      x[1][h] = vaddq_s16(b, c);
      x[2][h] = vsubq_s16(c, b);
      x[3][h] = vsubq_s16(b, d);
    }
    UNROLL for (int j = 0; j < 4; j++) {
      store_tap(values + j * tap_step, x[j][0], x[j][1], scale[j], j == 1 ? centre : none);
    }
  }
}

/// A' m A of one vector of outputs with the biases: the accumulators of the four outputs of a tile.
INLINE void transformed(int32x4_t y[4], const int32_t *m, ptrdiff_t step, const int32x4_t bias[4]) {
  int32x4_t z[4][2];
  UNROLL for (int i = 0; i < 4; i++) {
    const int32_t *row = m + 4 * i * step;
    const int32x4_t b = vld1q_s32(row + step), c = vld1q_s32(row + 2 * step);
    z[i][0] = vaddq_s32(vaddq_s32(vld1q_s32(row), b), c);
    z[i][1] = vsubq_s32(vsubq_s32(b, c), vld1q_s32(row + 3 * step));
  }
  UNROLL for (int j = 0; j < 2; j++) {
    y[j] = vaddq_s32(vaddq_s32(vaddq_s32(z[0][j], z[1][j]), z[2][j]), bias[j]);
    y[2 + j] = vaddq_s32(vsubq_s32(vsubq_s32(z[1][j], z[2][j]), z[3][j]), bias[2 + j]);
  }
}

/// Stores the four outputs of tile (y, x) from channel `channel` on, as far as they exist, and their maximum.
INLINE void store_tile(const ck_conv_args *conv, int32_t y, int32_t x, int32_t channel, const uint8x8_t q[4],
                       const bool all) {
  for (int32_t i = 0; i < 4; i++) {
    const int32_t row = 2 * y + i / 2, column = 2 * x + i % 2;
    if (row >= conv->dst.height || column >= conv->dst.width) continue;
    store_codes(ck_pixel(&conv->dst, row, column) + channel, q[i], all);
  }
  if (!conv->pooled.data) return;
  const uint8x8_t most = vmax_u8(vmax_u8(q[0], q[1]), vmax_u8(q[2], q[3]));
  store_codes(ck_pixel(&conv->pooled, y, x) + channel, most, all);
}

/// Two vectors of all tiles, from output `at` of the block on, or the one that is left.
INLINE void finish_vectors(const ck_winograd_finish *work, int32_t at, const bool two) {
  const ck_conv_args *conv = work->conv;
  const int32_t across = (conv->dst.width + 1) / 2, channel = work->first + at, next = two ? 4 : 0;
  const int16x8_t zero_point = vdupq_n_s16((int16_t)conv->zero_point);
  const float32x4_t first = vld1q_f32(conv->multiplier + channel),
                    second = vld1q_f32(conv->multiplier + channel + next);
  int32x4_t bias[2][4];
  UNROLL for (int h = 0; h < 2; h++) {
    const int32x4_t own = vld1q_s32(conv->bias + channel + h * next);
    const int32_t *offsets = work->bias + at + h * next;
    UNROLL for (int p = 0; p < 4; p++) bias[h][p] = vaddq_s32(own, vld1q_s32(offsets + p * work->bias_step));
  }
  const int32_t *m = work->products + at;
  int32_t y = work->tile / across, x = work->tile % across;
  for (int32_t i = 0; i < work->tiles; i++, m += work->stored) {
    int32x4_t low[4], high[4];
    transformed(low, m, work->tap_step, bias[0]);
    if (two) transformed(high, m + 4, work->tap_step, bias[1]);
    uint8x8_t q[4];
    UNROLL for (int p = 0; p < 4; p++) q[p] = codes(low[p], two ? high[p] : low[p], first, second, zero_point);
    store_tile(conv, y, x, channel, q, two);
    if (++x == across) x = 0, y++;
  }
}

void ck_winograd_finish_neon(const ck_winograd_finish *work) {
  int32_t at = 0;
  for (; at + 8 <= work->stored; at += 8) finish_vectors(work, at, true);
  if (at < work->stored) finish_vectors(work, at, false);
}

DOTPROD_END
#endif
