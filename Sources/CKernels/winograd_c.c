// Tier `c`: F(2x2, 3x3) as its definition says it.
#include <string.h>

#include "tables.h"
#include "view.h"

// Packed: [output][tap][source][channel].

size_t ck_winograd3x3_packed_size_c(int32_t c0, int32_t c1, int32_t out_channels) {
  return (size_t)ck_round_up(out_channels, 4) * 16 * (size_t)(c0 + c1);
}

void ck_winograd3x3_pack_c(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                           int32_t c1, int32_t out_channels) {
  memset(packed, 0, ck_winograd3x3_packed_size_c(c0, c1, out_channels));
  for (int32_t i = 0; i < 16 * out_channels; i++, packed += c0 + c1, weights += logical0 + logical1) {
    memcpy(packed, weights, (size_t)logical0);
    memcpy(packed + c0, weights + logical0, (size_t)logical1);
  }
}

/// One dimension of B': four values, `step` apart, in place.
static void transform4(int32_t *x, int32_t step) {
  const int32_t a = x[0], b = x[step], c = x[2 * step], d = x[3 * step];
  x[0] = a - c;
  x[step] = b + c;
  x[2 * step] = c - b;
  x[3 * step] = b - d;
}

/// v[t] of one channel of the window whose top left is (y, x). Rows and columns past the border, which only outputs
/// past the last row or column would see, repeat the border.
static void transform(int32_t v[16], const ck_view *view, const ck_winograd_source *source, int32_t y, int32_t x,
                      int32_t channel) {
  for (int32_t i = 0; i < 16; i++) {
    const int32_t row = y + i / 4 > view->height ? view->height : y + i / 4;
    const int32_t column = x + i % 4 > view->width ? view->width : x + i % 4;
    v[i] = ck_pixel(view, row, column)[channel] - source->zero_point;
  }
  for (int32_t i = 0; i < 4; i++) transform4(v + i, 4);
  for (int32_t i = 0; i < 4; i++) transform4(v + 4 * i, 1);
  for (int32_t t = 0; t < 16; t++) {
    const int32_t centre = t == 5 && source->zero_point == 0 ? 128 : 0;
    const int32_t scaled = ((v[t] * source->scale[t] + (1 << 14)) >> 15) - centre;
    v[t] = scaled < -128 ? -128 : scaled > 127 ? 127 : scaled;
  }
}

/// The four accumulators of one output channel, without bias.
static void accumulate(int32_t y[4], const int8_t (*values)[CK_WINOGRAD_CHANNELS], const int8_t *weights,
                       int32_t channels) {
  int32_t m[16];
  for (int32_t t = 0; t < 16; t++, weights += channels) {
    m[t] = 0;
    for (int32_t c = 0; c < channels; c++) m[t] += values[t][c] * weights[c];
  }
  for (int32_t i = 0; i < 2; i++) {
    int32_t column[4];
    for (int32_t j = 0; j < 4; j++) {
      column[j] = i == 0 ? m[j] + m[4 + j] + m[8 + j] : m[4 + j] - m[8 + j] - m[12 + j];
    }
    y[2 * i] = column[0] + column[1] + column[2];
    y[2 * i + 1] = column[1] - column[2] - column[3];
  }
}

/// The window of outputs (y, x) to (y + 1, x + 1), as far as they exist.
static void tile(const ck_winograd_args *args, int32_t y, int32_t x) {
  const ck_conv_args *conv = &args->conv;
  int8_t values[16][CK_WINOGRAD_CHANNELS];
  int32_t channels = 0;
  for (int32_t s = 0; s < (conv->src[1].data ? 2 : 1); s++) {
    for (int32_t c = 0; c < conv->src[s].channels; c++, channels++) {
      int32_t v[16];
      transform(v, &conv->src[s], &args->source[s], y - 1, x - 1, c);
      for (int32_t t = 0; t < 16; t++) values[t][channels] = (int8_t)v[t];
    }
  }
  for (int32_t o = 0; o < conv->dst.channels; o++) {
    int32_t acc[4];
    accumulate(acc, values, conv->weights + (ptrdiff_t)16 * o * channels, channels);
    for (int32_t i = 0; i < 4; i++) {
      if (y + i / 2 >= conv->dst.height || x + i % 2 >= conv->dst.width) continue;
      ck_pixel(&conv->dst, y + i / 2, x + i % 2)[o] =
          ck_requantize(acc[i] + conv->bias[o], conv->multiplier[o], conv->zero_point);
    }
  }
}

/// The maximum of the four outputs of a tile.
static void pool_tile(const ck_conv_args *conv, int32_t y, int32_t x) {
  for (int32_t o = 0; o < conv->dst.channels; o++) {
    uint8_t most = 0;
    for (int32_t i = 0; i < 4; i++) {
      const uint8_t code = ck_pixel(&conv->dst, 2 * y + i / 2, 2 * x + i % 2)[o];
      most = code > most ? code : most;
    }
    ck_pixel(&conv->pooled, y, x)[o] = most;
  }
}

/// Weights are read once for a tile.
int32_t ck_winograd3x3_band_c(int32_t c, int32_t out_channels) {
  (void)c, (void)out_channels;
  return 1;
}

void ck_winograd3x3_u8s8_c(const ck_winograd_args *args) {
  const ck_conv_args *conv = &args->conv;
  const int32_t across = (conv->dst.width + 1) / 2;
  for (int32_t i = args->tile_begin; i < args->tile_end; i++) {
    tile(args, i / across * 2, i % across * 2);
    if (conv->pooled.data) pool_tile(conv, i / across, i % across);
  }
}
