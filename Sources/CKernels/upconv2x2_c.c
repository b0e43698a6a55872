// Tier `c`: 2x2 transposed convolution, stride 2. The windows of neighbours do not overlap, so each output pixel is one
// product of a source pixel and the weights of its place (a, b) in the window.
#include <string.h>

#include "tables.h"
#include "view.h"

// Packed: s8 [a][b][dst channels, rounded up to 4][channel].

size_t ck_upconv2x2_packed_size_c(int32_t c, int32_t out_channels) {
  return (size_t)4 * (size_t)ck_round_up(out_channels, 4) * (size_t)c;
}

void ck_upconv2x2_pack_c(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels) {
  memset(packed, 0, ck_upconv2x2_packed_size_c(c, out_channels));
  const int32_t stored = ck_round_up(out_channels, 4);
  for (int32_t o = 0; o < out_channels; o++) {
    for (int32_t place = 0; place < 4; place++) {
      memcpy(packed + ((ptrdiff_t)place * stored + o) * c, weights + ((ptrdiff_t)o * 4 + place) * logical,
             (size_t)logical);
    }
  }
}

/// One output pixel from one source pixel and the weights of its place in the window.
static void upconv_pixel(const ck_conv_args *args, const uint8_t *src, const int8_t *weights, uint8_t *dst) {
  const int32_t channels = args->src[0].channels;
  for (int32_t o = 0; o < args->dst.channels; o++) {
    int32_t acc = args->bias[o];
    for (int32_t c = 0; c < channels; c++) acc += src[c] * *weights++;
    dst[o] = ck_requantize(acc, args->multiplier[o], args->zero_point);
  }
}

void ck_upconv2x2_u8s8_c(const ck_conv_args *args) {
  const ck_view *src = &args->src[0];
  const ptrdiff_t place_size = (ptrdiff_t)args->dst.channels * src->channels;
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    for (int32_t x = 0; x < src->width; x++) {
      for (int32_t place = 0; place < 4; place++) {
        uint8_t *dst = ck_pixel(&args->dst, 2 * y + place / 2, 2 * x + place % 2);
        upconv_pixel(args, ck_pixel(src, y, x), args->weights + place * place_size, dst);
      }
    }
  }
}
