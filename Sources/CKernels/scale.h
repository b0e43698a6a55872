// Scaling of planar YUV to RGB: what the tiers share. Each compiles these loops for its own registers and brings the
// step between them, which sums along rows.
#ifndef CK_SCALE_H
#define CK_SCALE_H

#include <string.h>

#include "tables.h"

#define CK_SCALE_INLINE static inline __attribute__((always_inline))

/// One line of a plane: out[x] = sum of in[first[x] + k] * weights, in of 2^-7 as out.
typedef void ck_scale_across(int16_t *out, const int16_t *in, const ck_scale_axis *axis, int32_t width);

/// Adds four lines, or starts with them; their weights are in units of 2^-14, doubled so that the product's upper half
/// is in units of 2^-7.
CK_SCALE_INLINE void scale_four(int16_t *restrict out, const uint8_t *const rows[4], const uint16_t doubled[4],
                                int32_t width, bool is_first, uint16_t bias) {
  const uint8_t *restrict a = rows[0], *restrict b = rows[1], *restrict c = rows[2], *restrict d = rows[3];
  const uint32_t wa = doubled[0], wb = doubled[1], wc = doubled[2], wd = doubled[3];
  for (int32_t x = 0; x < width; x++) {
    const uint16_t pa = (uint16_t)((uint32_t)(uint16_t)(a[x] << 8) * wa >> 16);
    const uint16_t pb = (uint16_t)((uint32_t)(uint16_t)(b[x] << 8) * wb >> 16);
    const uint16_t pc = (uint16_t)((uint32_t)(uint16_t)(c[x] << 8) * wc >> 16);
    const uint16_t pd = (uint16_t)((uint32_t)(uint16_t)(d[x] << 8) * wd >> 16);
    const uint16_t sum = (uint16_t)(pa + pb + pc + pd + bias);
    out[x] = (int16_t)(is_first ? sum : (uint16_t)out[x] + sum);
  }
}

/// The source lines of output line y summed up into `tall`.
CK_SCALE_INLINE void scale_down(const ck_scale_args *args, int plane, int32_t y) {
  const ck_scale_axis *axis = &args->down[plane > 0];
  const uint8_t *top = args->src[plane] + axis->first[y] * args->src_stride[plane];
  const int16_t *weights = axis->weights + (ptrdiff_t)y * axis->taps;
  // What the shift cuts off is about half a unit for each product, and nothing where 128 divides the weight.
  int32_t cut = 0;
  for (int32_t k = 0; k < axis->taps; k++) cut += weights[k] % 128 != 0;
  for (int32_t k = 0; k < axis->taps; k += 4) {
    const uint8_t *rows[4];
    uint16_t doubled[4];
    for (int i = 0; i < 4; i++) {
      // A line that counts for nothing may be past the last one.
      rows[i] = weights[k + i] ? top + (k + i) * args->src_stride[plane] : top;
      doubled[i] = (uint16_t)(2 * weights[k + i]);
    }
    scale_four(args->tall, rows, doubled, args->src_width[plane > 0], k == 0, (uint16_t)(k == 0 ? cut / 2 : 0));
  }
}

CK_SCALE_INLINE uint32_t scale_clamp(int32_t sum) {
  const int32_t value = sum >> 20;
  return (uint32_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/// One line of colours.
CK_SCALE_INLINE void scale_colors(const ck_scale_args *args, int32_t row) {
  const ck_scale_color by = args->color;
  const int16_t *restrict ys = args->line[0], *restrict us = args->line[1], *restrict vs = args->line[2];
  uint8_t *restrict out = args->dst + row * args->dst_stride;
  const int32_t width = args->width;
  for (int32_t x = 0; x < width; x++) {
    const int32_t luma = ys[x] * by.luma, u = us[x], v = vs[x];
    const uint32_t red = scale_clamp(luma + v * by.red_v + by.red);
    const uint32_t green = scale_clamp(luma + u * by.green_u + v * by.green_v + by.green);
    const uint32_t blue = scale_clamp(luma + u * by.blue_u + by.blue);
    const uint32_t pixel = red | green << 8 | blue << 16;
    memcpy(out + 4 * x, &pixel, sizeof pixel);
  }
}

/// The whole picture.
CK_SCALE_INLINE void scale_picture(const ck_scale_args *args, ck_scale_across *across) {
  for (int32_t y = 0; y < args->height; y++) {
    for (int plane = 0; plane < 3; plane++) {
      scale_down(args, plane, y);
      across(args->line[plane], args->tall, &args->across[plane > 0], args->width);
    }
    scale_colors(args, y);
  }
}

#endif
