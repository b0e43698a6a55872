// Tier `c`: 4x4 transposed convolution, stride 2. The windows of neighbours overlap by half, so each output pixel is
// the sum of a 2x2 window of the source with the weights of its place (a, b). That window begins at pixel
// (y + a - 1, x + b - 1).
#include <string.h>

#include "tables.h"
#include "view.h"

// Packed: s8 [a][b][dst channels, rounded up to 4][window row][window column][channel].

size_t ck_upconv4x4_packed_size_c(int32_t c, int32_t out_channels) {
  return (size_t)16 * (size_t)ck_round_up(out_channels, 4) * (size_t)c;
}

void ck_upconv4x4_pack_c(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels) {
  memset(packed, 0, ck_upconv4x4_packed_size_c(c, out_channels));
  const int32_t stored = ck_round_up(out_channels, 4);
  for (int32_t place = 0; place < 4; place++) {
    for (int32_t o = 0; o < out_channels; o++) {
      for (int32_t part = 0; part < 4; part++) {
        const int32_t tap = ck_upconv4x4_tap(place, part);
        memcpy(packed + (((ptrdiff_t)place * stored + o) * 4 + part) * c, weights + ((ptrdiff_t)o * 16 + tap) * logical,
               (size_t)logical);
      }
    }
  }
}

/// One output pixel; `src` is the first pixel of its window.
static void upconv_pixel(const ck_conv_args *args, const uint8_t *src, const int8_t *weights, uint8_t *dst) {
  const int32_t run = 2 * args->src[0].channels;
  for (int32_t o = 0; o < args->dst.channels; o++) {
    int32_t acc = args->bias[o];
    for (int32_t i = 0; i < run; i++) acc += src[i] * *weights++;
    for (int32_t i = 0; i < run; i++) acc += src[args->src[0].row_stride + i] * *weights++;
    dst[o] = ck_requantize(acc, args->multiplier[o], args->zero_point);
  }
}

void ck_upconv4x4_u8s8_c(const ck_conv_args *args) {
  const ck_view *src = &args->src[0];
  const ptrdiff_t place_size = (ptrdiff_t)4 * args->dst.channels * src->channels;
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    for (int32_t x = 0; x < src->width; x++) {
      for (int32_t place = 0; place < 4; place++) {
        const int32_t a = place / 2, b = place % 2;
        upconv_pixel(args, ck_pixel(src, y + a - 1, x + b - 1), args->weights + place * place_size,
                     ck_pixel(&args->dst, 2 * y + a, 2 * x + b));
      }
    }
  }
}
