// Tier `c`: 3x3 convolution, the definition that the other tiers are checked against.
#include <string.h>

#include "tables.h"
#include "view.h"

// Packed: s8 [dst channels, rounded up to 4][ky][source][kx][channel], so that one row of the window is one run of
// bytes in the weights as it is in the picture.

size_t ck_conv3x3_packed_size_c(int32_t c0, int32_t c1, int32_t out_channels) {
  return (size_t)ck_round_up(out_channels, 4) * 9 * (size_t)(c0 + c1);
}

void ck_conv3x3_pack_c(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                       int32_t c1, int32_t out_channels) {
  memset(packed, 0, ck_conv3x3_packed_size_c(c0, c1, out_channels));
  const int32_t logical = logical0 + logical1;
  for (int32_t o = 0; o < out_channels; o++) {
    for (int32_t tap = 0; tap < 9; tap++) {
      const int32_t ky = tap / 3, kx = tap % 3;
      const int8_t *from = weights + ((ptrdiff_t)o * 9 + tap) * logical;
      int8_t *row = packed + ((ptrdiff_t)o * 3 + ky) * 3 * (c0 + c1);
      memcpy(row + kx * c0, from, (size_t)logical0);
      memcpy(row + 3 * c0 + kx * c1, from + logical0, (size_t)logical1);
    }
  }
}

/// The sum of `count` products.
static int32_t dot(const uint8_t *src, const int8_t *weights, int32_t count) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; i++) sum += src[i] * weights[i];
  return sum;
}

/// One output pixel, all channels that dst stores.
static void conv_pixel(const ck_conv_args *args, int32_t stride, int32_t y, int32_t x) {
  const ck_view *first = &args->src[0], *second = &args->src[1];
  const int32_t n0 = 3 * first->channels, n1 = second->data ? 3 * second->channels : 0;
  const int8_t *weights = args->weights;
  uint8_t *dst = ck_pixel(&args->dst, y, x);
  for (int32_t o = 0; o < args->dst.channels; o++) {
    int32_t acc = args->bias[o];
    for (int32_t ky = -1; ky <= 1; ky++) {
      acc += dot(ck_pixel(first, stride * y + ky, stride * x - 1), weights, n0);
      if (n1) acc += dot(ck_pixel(second, stride * y + ky, stride * x - 1), weights + n0, n1);
      weights += n0 + n1;
    }
    dst[o] = ck_requantize(acc, args->multiplier[o], args->zero_point);
  }
}

void ck_pool_row_c(const ck_conv_args *args, int32_t y) {
  const ck_view *pooled = &args->pooled;
  for (int32_t x = 0; x < pooled->width; x++) {
    const uint8_t *top = ck_pixel(&args->dst, 2 * y, 2 * x), *bottom = top + args->dst.row_stride;
    uint8_t *out = ck_pixel(pooled, y, x);
    for (int32_t c = 0; c < pooled->channels; c++) {
      const uint8_t left = top[c] > bottom[c] ? top[c] : bottom[c];
      const int32_t r = c + pooled->channels;
      const uint8_t right = top[r] > bottom[r] ? top[r] : bottom[r];
      out[c] = left > right ? left : right;
    }
  }
}

void ck_conv3x3_u8s8_c(const ck_conv_args *args) {
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    for (int32_t x = 0; x < args->dst.width; x++) conv_pixel(args, 1, y, x);
    if (args->pooled.data && y % 2 == 1) ck_pool_row_c(args, y / 2);
  }
}

void ck_conv3x3_stride2_u8s8_c(const ck_conv_args *args) {
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    for (int32_t x = 0; x < args->dst.width; x++) conv_pixel(args, 2, y, x);
  }
}
